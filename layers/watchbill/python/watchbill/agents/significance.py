"""Whether something has changed, or chance explains it: exact tests, and what remains of many of them. Pure.

All is compared within strata, so that what differs between them is no change: sources that write about different
things, days of the week. The tests are exact given how much there is in each stratum: they assume no distribution, and
of little they claim nothing.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from functools import lru_cache
from itertools import accumulate
from math import comb, log10
from typing import NamedTuple, TypeVar

RATE = 0.05
"""Of what is claimed at most so much is chance; where there is nothing to be found, so many scans claim something."""
_FARTHEST = 300.0
_Key = TypeVar("_Key", bound=Hashable)


class Share(NamedTuple):
    """How many things of a stratum have a property, and how many of them, and of all, are recent."""

    recent_having: int
    having: int
    recent: int
    all: int


class Sample(NamedTuple):
    """The recent figures of a stratum, and those before."""

    recent: tuple[float, ...]
    before: tuple[float, ...]


class Surprise(NamedTuple):
    """How probable it is that chance goes as far, and how probable the farthest that it can go."""

    probability: float
    least: float


class Shift(NamedTuple):
    """Which way figures have gone, and how surprising that is."""

    up: bool
    surprise: Surprise


def more_often(strata: Iterable[Share]) -> Surprise:
    """Whether a property is more frequent among what is recent, one-sided.

    Fisher's exact test for several tables (Gart, "Point and interval estimation of the common odds ratio in the
    combination of 2 x 2 tables with fixed marginals", Biometrika 57, 1970): how probable it is that so many of what has
    the property are recent if lots decided in each stratum which are.
    """
    distribution, seen = [1.0], 0
    for stratum in (stratum for stratum in strata if stratum.having):
        distribution = _convolved(distribution, _drawn(stratum.having, stratum.recent, stratum.all))
        seen += stratum.recent_having
    return Surprise(min(1.0, sum(distribution[seen:])), distribution[-1])


def shifted(strata: Iterable[Sample]) -> Shift:
    """Whether recent figures lie higher or lower than those before, two-sided.

    Van Elteren's test ("On the combination of independent two sample tests of Wilcoxon", Bulletin of the International
    Statistical Institute 37, 1960), exact and with one weight for all strata: figures are ranked within each of them,
    and the sum of the recent ones' ranks is judged by how probable it is if lots decided which the recent ones are.
    """
    distribution, seen = {0: 1.0}, 0
    for stratum in strata:
        everything = stratum.recent + stratum.before
        seen += sum(_rank(figure, everything) for figure in stratum.recent)
        ranks = tuple(sorted(_rank(figure, everything) for figure in everything))
        distribution = _added(distribution, _sums(ranks, len(stratum.recent)))
    above = sum(probability for total, probability in distribution.items() if total >= seen)
    below = sum(probability for total, probability in distribution.items() if total <= seen)
    least = min(distribution[max(distribution)], distribution[min(distribution)])
    return Shift(above < below, Surprise(min(1.0, 2 * min(above, below)), min(1.0, 2 * least)))


def claimed(surprises: Mapping[_Key, Surprise], rate: float = RATE) -> dict[_Key, float]:
    """Those of many surprises that chance does not explain, with probabilities adjusted for having looked so often.

    Benjamini and Hochberg's procedure ("Controlling the false discovery rate", Journal of the Royal Statistical Society
    B 57, 1995) over those comparisons that could be significant at all (Gilbert, "A modified false discovery rate
    multiple-comparisons procedure for discrete data", Applied Statistics 54, 2005).
    """
    able = _able(surprises, rate)
    ranked = sorted(able, key=lambda key: able[key])
    raised = [able[key] * len(able) / rank for rank, key in enumerate(ranked, start=1)]
    adjusted = list(accumulate(reversed(raised), min))[::-1]
    return {key: one for key, one in zip(ranked, adjusted, strict=True) if one <= rate}


def score(adjusted: float) -> float:
    """How sure a claim is: 2 where chance goes as far once in a hundred times, 3 once in a thousand."""
    return round(min(_FARTHEST, -log10(adjusted)), 2) if adjusted > 0 else _FARTHEST


def _able(surprises: Mapping[_Key, Surprise], rate: float) -> dict[_Key, float]:
    """The comparisons that could be significant as one of so many, by their probabilities."""
    least = sorted(surprise.least for surprise in surprises.values())
    count = next((k for k in range(1, len(least)) if least[k] * k > rate), len(least))
    return {key: one.probability for key, one in surprises.items() if one.least * count <= rate}


@lru_cache(maxsize=10_000)
def _drawn(having: int, recent: int, everything: int) -> tuple[float, ...]:
    """How probable it is that 0, 1, 2 … of those having the property are recent: the hypergeometric distribution."""
    ways = comb(everything, recent)
    return tuple(comb(having, k) * comb(everything - having, recent - k) / ways for k in range(min(having, recent) + 1))


def _convolved(one: list[float], other: tuple[float, ...]) -> list[float]:
    total = [0.0] * (len(one) + len(other) - 1)
    for i, first in enumerate(one):
        for j, second in enumerate(other):
            total[i + j] += first * second
    return total


def _rank(figure: float, everything: tuple[float, ...]) -> int:
    """Twice a figure's rank, the mean of those that are equal, counted from the middle."""
    return sum(other < figure for other in everything) - sum(other > figure for other in everything)


@lru_cache(maxsize=10_000)
def _sums(ranks: tuple[int, ...], count: int) -> Mapping[int, float]:
    """How probable each sum of so many of the ranks is when they are drawn by lot."""
    ways: list[dict[int, int]] = [{0: 1}, *({} for _ in range(count))]
    for rank in ranks:
        for drawn in range(count, 0, -1):
            for total, number in ways[drawn - 1].items():
                ways[drawn][total + rank] = ways[drawn].get(total + rank, 0) + number
    return {total: number / comb(len(ranks), count) for total, number in ways[count].items()}


def _added(one: Mapping[int, float], other: Mapping[int, float]) -> dict[int, float]:
    total: defaultdict[int, float] = defaultdict(float)
    for first, probability in one.items():
        for second, further in other.items():
            total[first + second] += probability * further
    return dict(total)
