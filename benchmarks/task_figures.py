"""What is measured of a task queue: how long spaced tasks wait for their start, and how fast a burst is done."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random
from statistics import quantiles

from benchmarks.tables import Value

PATIENCE = 600.0
"""Seconds that a burst may take at most."""
WARM_UP = 100
"""Tasks that are done first: enough for as many workers to be there as a burst will find."""
_SPACED = 0.5
_JITTER = Random(1)


@dataclass(frozen=True)
class Counts:
    """How many tasks are spaced, and how many come in a burst."""

    spaced: int
    burst: int


@dataclass(frozen=True)
class Figures:
    """What was measured of `name`: waits in ms, and tasks a second."""

    name: str
    spaced_ms: list[float]
    per_second: float

    @property
    def p50(self) -> float:
        """The median wait in ms."""
        return self._percentile(50)

    @property
    def p95(self) -> float:
        """What 95 of 100 tasks wait at most, in ms."""
        return self._percentile(95)

    def row(self) -> list[Value]:
        """The figures as a row of the table."""
        return [self.name, round(self.p50), round(self.p95), round(max(self.spaced_ms)), round(self.per_second)]

    def _percentile(self, percent: int) -> float:
        return quantiles(self.spaced_ms, n=100, method="inclusive")[percent - 1]


def spaced(numbers: Iterable[int], act: Callable[[int], object]) -> dict[int, float]:
    """Do something every half a second, not in step with anything that polls; when each was begun."""
    begun = {}
    for number in numbers:
        begun[number] = time.time()
        act(number)
        time.sleep(_SPACED * _JITTER.uniform(0.5, 1.5))
    return begun
