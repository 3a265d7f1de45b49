"""The statistics of a comparison: intervals, tests, and how many runs it takes. Pure, with the standard library alone.

A test at a fixed end is right when it is looked at once. Whoever looks every hour, and stops at the first good news,
finds some in many an experiment without any difference. While an experiment runs, the test is therefore one that
holds whenever it is looked at, a mixture over possible effects (Robbins 1970; Johari and others, "Always valid
inference", 2022), and pays for that with more runs.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import NormalDist

from watchbill.analytics.histograms import value_of

ALPHA = 0.05
POWER = 0.8
FEWEST = 30
"""Fewer runs of a version are too few to say anything: all of this holds for sums of many."""
_EXPECTED_EFFECT = 0.2
"""In standard deviations of one run, what the mixture looks for first: a small effect, as Cohen calls it."""
_MOST_RUNS = 10**9
_NORMAL = NormalDist()
Z = _NORMAL.inv_cdf(1 - ALPHA / 2)

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Sample:
    """What is known of a measure over some runs: how many, their mean, and the variance of one."""

    runs: int
    mean: float
    variance: float


@dataclass(frozen=True, slots=True)
class Difference:
    """How much the second of two samples lies above the first, with the variance of that, and that of one run."""

    value: float
    variance: float
    scale: float

    def p_value(self, anytime: bool) -> float:
        """How often chance alone makes a difference as large; with `anytime`, at whichever moment one looks."""
        if self.variance <= 0:
            return 0.0 if self.value else 1.0
        if not anytime:
            return 2 * (1 - _NORMAL.cdf(abs(self.value) / math.sqrt(self.variance)))
        mixture = self._mixture
        shrunk = math.sqrt((self.variance + mixture) / self.variance)
        return min(1.0, shrunk * math.exp(-mixture * self.value**2 / (2 * self.variance * (self.variance + mixture))))

    def interval(self, anytime: bool) -> Interval:
        """Where the true difference lies, in 95 of 100 experiments."""
        radius = self.radius(ALPHA, anytime)
        return self.value - radius, self.value + radius

    def radius(self, alpha: float, anytime: bool) -> float:
        """How large a difference must be to be more than noise."""
        if self.variance <= 0:
            return 0.0
        if not anytime:
            return _NORMAL.inv_cdf(1 - alpha / 2) * math.sqrt(self.variance)
        total = self.variance + self._mixture
        return math.sqrt(self.variance * total / self._mixture * math.log(total / (self.variance * alpha**2)))

    @property
    def _mixture(self) -> float:
        return _EXPECTED_EFFECT**2 * self.scale


def share(successes: int, runs: int) -> Sample:
    """A share of runs as a sample of zeros and ones."""
    mean = successes / runs
    return Sample(runs, mean, mean * (1 - mean))


def mean(total: Decimal, squares: Decimal, runs: int) -> Sample:
    """A sample by its sum and its sum of squares, which are exact: what is left of them is small beside them."""
    variance = max(Decimal(0), squares - total * total / runs) / max(1, runs - 1)
    return Sample(runs, float(total / runs), float(variance))


def wilson(successes: int, runs: int) -> Interval:
    """The interval of a share (Wilson 1927), which stays between 0 and 1 and holds for few runs too."""
    middle = (successes + Z**2 / 2) / (runs + Z**2)
    radius = Z / (runs + Z**2) * math.sqrt(successes * (runs - successes) / runs + Z**2 / 4)
    return max(0.0, middle - radius), min(1.0, middle + radius)


def mean_interval(sample: Sample) -> Interval:
    """The interval of a mean."""
    radius = Z * math.sqrt(sample.variance / sample.runs)
    return sample.mean - radius, sample.mean + radius


def quantile_interval(counts: Mapping[int, int], q: float) -> Interval | None:
    """The interval of a quantile from the ranks it may have; None when there are too few runs to have both ends."""
    runs = sum(counts.values())
    spread = Z * math.sqrt(runs * q * (1 - q))
    low, high = math.floor(runs * q - spread), math.ceil(runs * q + spread) + 1
    if low < 1 or high > runs:
        return None
    return _at_rank(counts, low), _at_rank(counts, high)


def above(counts: Mapping[int, int], bucket: int) -> Sample:
    """The share of runs that lie above a bucket."""
    return share(sum(count for each, count in counts.items() if each > bucket), sum(counts.values()))


def pooled_bucket(one: Mapping[int, int], other: Mapping[int, int], q: float) -> int:
    """The bucket of a quantile of both together. Of two like distributions equal shares lie above it."""
    both = {bucket: one.get(bucket, 0) + other.get(bucket, 0) for bucket in one.keys() | other.keys()}
    return _bucket_at_rank(both, max(1, math.ceil(q * sum(both.values()))))


def between_shares(control: Sample, other: Sample) -> Difference:
    """The difference of two shares, its variance as it is when there is none (with Campbell's correction, 2007)."""
    runs = control.runs + other.runs
    pooled = (control.mean * control.runs + other.mean * other.runs) / runs
    scale = pooled * (1 - pooled)
    variance = scale * (1 / control.runs + 1 / other.runs) * runs / (runs - 1)
    return Difference(other.mean - control.mean, variance, scale)


def between_means(control: Sample, other: Sample) -> Difference:
    """The difference of two means, their variances as they are (Welch)."""
    variance = control.variance / control.runs + other.variance / other.runs
    return Difference(other.mean - control.mean, variance, (control.variance + other.variance) / 2)


def holm(p_values: Sequence[float]) -> list[float]:
    """P-values such that among all of them together chance alone passes 5% in 5 of 100 experiments (Holm 1979)."""
    adjusted, largest = [0.0] * len(p_values), 0.0
    for rank, index in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = largest
    return adjusted


def runs_needed(scale: float, effect: float, anytime: bool) -> int:
    """How many runs of each of two versions show an effect in 80 of 100 experiments; `scale` is one run's variance."""
    low, high = 1, _MOST_RUNS
    while low < high:
        runs = (low + high) // 2
        difference = Difference(effect, 2 * scale / runs, scale)
        shown = difference.radius(ALPHA, anytime) + _NORMAL.inv_cdf(POWER) * math.sqrt(difference.variance)
        low, high = (low, runs) if shown <= effect else (runs + 1, high)
    return low


def _at_rank(counts: Mapping[int, int], rank: int) -> float:
    return value_of(_bucket_at_rank(counts, rank))


def _bucket_at_rank(counts: Mapping[int, int], rank: int) -> int:
    seen = 0
    for bucket in sorted(counts):
        seen += counts[bucket]
        if seen >= rank:
            return bucket
    return max(counts)
