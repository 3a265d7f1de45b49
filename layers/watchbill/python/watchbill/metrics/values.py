"""Tallies: what is known of a series of values without the values. They count and sum exactly, up and down again.

The lowest, highest and last value cannot be counted down: when one of them is taken away, a tally doubts it until it is
shown what is left. What is left may already hold what a tally is yet to be told of: that does no harm, as long as it is
told in the end.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Context, Decimal
from enum import StrEnum
from typing import Any, NamedTuple

EXACT = Context(prec=60)
"""Holds a sum of as many values as there may be without rounding it."""
OTHER = "~"
"""What the series are counted under that no longer found room."""


class Reading(NamedTuple):
    """A value, and the text of the instant it was measured at."""

    at: str
    value: Decimal


class Peak(StrEnum):
    """The readings of a series that stand out."""

    LOWEST = "lowest"
    HIGHEST = "highest"
    LAST = "last"

    def rank(self, reading: Reading) -> Any:
        """What is greatest of the reading that stands out. Of several values at one instant the highest is the last."""
        return _RANKS[self](reading)


_RANKS: dict[Peak, Callable[[Reading], Any]] = {
    Peak.LOWEST: lambda reading: reading.value.copy_negate(),
    Peak.HIGHEST: lambda reading: reading.value,
    Peak.LAST: lambda reading: reading,
}


@dataclass(slots=True)
class Tally:
    """How many values a series has, their sum, and those that stand out."""

    count: int = 0
    sum: Decimal = Decimal(0)
    peaks: dict[Peak, Reading] = field(default_factory=dict)
    doubted: set[Peak] = field(default_factory=set)

    def add(self, reading: Reading) -> None:
        """Count a value in."""
        self.count += 1
        self.sum = EXACT.add(self.sum, reading.value)
        for peak in Peak:
            # Nothing that is left is above what is doubted, so that what reaches it stands out for certain.
            if peak not in self.peaks or peak.rank(reading) >= peak.rank(self.peaks[peak]):
                self.peaks[peak] = reading
                self.doubted.discard(peak)

    def take(self, reading: Reading) -> None:
        """Take a value away that was counted in."""
        if self.count <= 1:
            self.count, self.sum, self.peaks, self.doubted = 0, Decimal(0), {}, set()
            return
        self.count -= 1
        self.sum = EXACT.subtract(self.sum, reading.value)
        self.doubted |= {peak for peak, there in self.peaks.items() if peak.rank(reading) == peak.rank(there)}

    def settle(self, left: Iterable[Reading]) -> None:
        """Put right what is doubted, by what is left. Where nothing is left to tell, nothing is known to stand out."""
        readings = [*left, *(reading for peak, reading in self.peaks.items() if peak not in self.doubted)]
        for peak in self.doubted:
            if readings:
                self.peaks[peak] = max(readings, key=peak.rank)
            else:
                del self.peaks[peak]
        self.doubted.clear()

    def join(self, other: "Tally") -> None:
        """Count in all that another has counted."""
        self.count += other.count
        self.sum = EXACT.add(self.sum, other.sum)
        for peak, reading in other.peaks.items():
            self.peaks[peak] = max(reading, self.peaks.get(peak, reading), key=peak.rank)
