"""How sure a rate is that few runs speak for: Wilson's score interval."""

from math import sqrt
from typing import NamedTuple

Z_95 = 1.96


class Interval(NamedTuple):
    """Where a rate lies with the stated confidence, both ends between 0 and 1."""

    low: float
    high: float


def wilson(hits: int, trials: int, z: float = Z_95) -> Interval:
    """Wilson's interval of a rate (E. B. Wilson, 1927); everything from 0 to 1 when nothing was tried.

    One failure of one run gives 0.21 to 1: it is not known to be more than a fifth.
    """
    if trials <= 0:
        return Interval(0.0, 1.0)
    rate, square = hits / trials, z * z
    scale = 1 + square / trials
    centre = (rate + square / (2 * trials)) / scale
    half = z * sqrt(rate * (1 - rate) / trials + square / (4 * trials * trials)) / scale
    return Interval(max(0.0, centre - half), min(1.0, centre + half))
