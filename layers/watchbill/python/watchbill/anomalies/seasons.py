"""Seasons: the time of day, the hour of the week, and a period of the series' own found by autocorrelation."""

from array import array
from collections.abc import Sequence
from itertools import pairwise
from operator import mul

from watchbill.anomalies.states import FLOATS, Part

DAY, WEEK = 86_400, 604_800
_LEAST_PERIOD = 6
_CLEAR = 0.4
"""The autocorrelation from which a period counts."""
_MEMORY = 12
"""How many cycles a place in the season remembers, about."""


class Profile(Part):
    """What is usual at each place of a season: the deviation from the level, and how far one usually is from that."""

    __slots__ = ("deviation", "spread", "visits")

    def __init__(self) -> None:
        self.deviation = array(FLOATS)
        self.spread = array(FLOATS)
        self.visits = array(FLOATS)

    def resize(self, places: int) -> None:
        """Begin anew with so many places."""
        self.deviation = array(FLOATS, bytes(4 * places))
        self.spread = array(FLOATS, bytes(4 * places))
        self.visits = array(FLOATS, bytes(4 * places))

    def knows(self, place: int) -> bool:
        """Whether the place has been visited before, twice at least."""
        return 0 <= place < len(self.visits) and self.visits[place] >= 2

    def learn(self, place: int, error: float, most: float) -> None:
        """Take in how far a value was from the profile, at most `most` of it."""
        if not 0 <= place < len(self.visits):
            return
        visits = min(self.visits[place] + 1, _MEMORY)
        self.visits[place] = visits
        clipped = max(-most, min(most, error)) if visits > 2 else error
        self.deviation[place] += clipped / (visits if visits < 3 else visits / 1.5)
        self.spread[place] += (abs(clipped) - self.spread[place]) / visits


def period_of(values: Sequence[float]) -> tuple[int, float]:
    """The clearest period of some values in steps, and its autocorrelation; (0, 0.0) without one.

    It is where the autocorrelation has its first high peak after it was low: a multiple of a period is no period.
    """
    correlations = _autocorrelation(values)
    low, best, found = False, 0.0, 0
    for lag, (before, after) in enumerate(pairwise(correlations)):
        low = low or before < _CLEAR / 2
        follows = correlations[lag - 1] if lag else 1.0
        if low and lag >= _LEAST_PERIOD and before >= max(follows, after) and before > max(best * 1.1, _CLEAR):
            best, found = before, lag
    return found, best


def _autocorrelation(values: Sequence[float]) -> list[float]:
    count = len(values)
    mean = sum(values) / count
    centred = [value - mean for value in values]
    # An outlier must not decide the period.
    most = 3 * sum(map(abs, centred)) / count
    centred = [max(-most, min(most, value)) for value in centred]
    power = sum(map(mul, centred, centred)) / count
    if power <= 0:
        return [1.0]
    return [sum(map(mul, centred, centred[lag:])) / ((count - lag) * power) for lag in range(count // 2 + 1)]
