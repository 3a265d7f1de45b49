"""What came of an experiment: the figures of its versions, and which differences are more than noise. Pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from watchbill.analytics.models import SQUARE_STEPS, Cell, Measure
from watchbill.experiments import statistics, wording
from watchbill.experiments.models import Experiment, ExperimentState, Metric, Share
from watchbill.experiments.statistics import ALPHA, FEWEST, Difference, Sample
from watchbill.experiments.views import Comparison, Estimate, ExperimentReport, VersionFigures

_POINTS = {Metric.SUCCESS: 0.05, Metric.DURATION_P50: 0.1, Metric.DURATION_P95: 0.05}
"""Differences of shares that are worth seeing."""
_TENTH = 0.1
"""Of a mean, what is worth seeing."""
_QUANTILES = {Metric.DURATION_P50: 0.5, Metric.DURATION_P95: 0.95}
_MEANS = {
    Metric.COST: (Measure.COST, Measure.COSTED, Measure.COST_SQUARES),
    Metric.QUALITY: (Measure.QUALITY, Measure.QUALITY_RATED, Measure.QUALITY_SQUARES),
    Metric.RATING: (Measure.SATISFACTION, Measure.SATISFACTION_RATED, Measure.SATISFACTION_SQUARES),
}

Cells = Mapping[str, Cell]
"""The sums over each version's runs in the experiment."""


@dataclass(frozen=True, slots=True)
class _Pair:
    """A version beside the first one in a metric: how many runs each has, and the difference where there are enough."""

    metric: Metric
    version: str
    runs: tuple[int, int]
    difference: Difference | None
    effect: float = 0.0


def report(experiment: Experiment, cells: Cells, now: datetime) -> ExperimentReport:
    """An experiment with its figures and comparisons, as they are at an instant."""
    state = experiment.state(now)
    figures = tuple(_figures(share, cells.get(share.version, Cell())) for share in experiment.versions)
    return ExperimentReport(
        **dict(experiment),
        status=state,
        runs=sum(each.runs for each in figures),
        figures=figures,
        comparisons=tuple(_comparisons(experiment, cells, figures, state is not ExperimentState.ENDED)),
        notes=tuple(wording.notes(experiment, state)),
    )


def _figures(share: Share, cell: Cell) -> VersionFigures:
    judged, completed = cell.judged, int(cell[Measure.COMPLETED])
    success = _estimate(completed / judged, statistics.wilson(completed, judged), judged) if judged else None
    quantiles = {metric.value: _quantile(cell, q) for metric, q in _QUANTILES.items()}
    means = {metric.value: _mean(cell, metric) for metric in _MEANS}
    runs = int(cell[Measure.RUNS])
    return VersionFigures(version=share.version, weight=share.weight, runs=runs, success=success, **quantiles, **means)


def _quantile(cell: Cell, q: float) -> Estimate | None:
    value = cell.duration_quantile(q)
    if value is None:
        return None
    return _estimate(value, statistics.quantile_interval(cell.durations, q), sum(cell.durations.values()))


def _mean(cell: Cell, metric: Metric) -> Estimate | None:
    sample = _sample(cell, metric)
    if sample is None:
        return None
    return _estimate(sample.mean, statistics.mean_interval(sample) if sample.runs > 1 else None, sample.runs)


def _estimate(value: float, interval: statistics.Interval | None, runs: int) -> Estimate:
    low, high = interval or (None, None)
    return Estimate(value=value, low=low, high=high, runs=runs)


def _sample(cell: Cell, metric: Metric) -> Sample | None:
    amount, counted, squares = _MEANS[metric]
    runs = int(cell[counted])
    if not runs:
        return None
    return statistics.mean(Decimal(cell[amount]), cell[squares] * SQUARE_STEPS[squares] ** 2, runs)


def _comparisons(
    experiment: Experiment, cells: Cells, figures: tuple[VersionFigures, ...], anytime: bool
) -> Iterator[Comparison]:
    pairs = list(_pairs(experiment, cells))
    adjusted: dict[int, float] = {}
    for is_hypothesis in (True, False):
        # What the experiment was made for is judged by itself; everything else is one family beside it.
        family = [
            (number, pair.difference.p_value(anytime))
            for number, pair in enumerate(pairs)
            if pair.difference and (pair.metric is experiment.hypothesis) is is_hypothesis
        ]
        adjusted |= dict(zip((number for number, _ in family), statistics.holm([p for _, p in family]), strict=True))
    shown = {each.version: each for each in figures}
    for number, pair in enumerate(pairs):
        yield _compared(pair, shown[figures[0].version], shown[pair.version], adjusted.get(number), anytime)


def _pairs(experiment: Experiment, cells: Cells) -> Iterator[_Pair]:
    first, *others = (cells.get(share.version, Cell()) for share in experiment.versions)
    for metric in Metric:
        for share, cell in zip(experiment.versions[1:], others, strict=True):
            pair = _pair(metric, share.version, first, cell)
            if any(pair.runs) or metric is Metric.SUCCESS:
                yield pair


def _pair(metric: Metric, version: str, first: Cell, other: Cell) -> _Pair:
    if metric in _MEANS:
        return _of_means(metric, version, _sample(first, metric), _sample(other, metric))
    measured: Callable[[Cell], int] = _timed if metric in _QUANTILES else lambda cell: cell.judged
    runs = measured(first), measured(other)
    if min(runs) < FEWEST:
        return _Pair(metric, version, runs, None)
    difference = statistics.between_shares(*_shares(metric, first, other))
    return _Pair(metric, version, runs, difference, _POINTS[metric])


def _of_means(metric: Metric, version: str, first: Sample | None, other: Sample | None) -> _Pair:
    runs = first.runs if first else 0, other.runs if other else 0
    if first is None or other is None or min(runs) < FEWEST:
        return _Pair(metric, version, runs, None)
    return _Pair(metric, version, runs, statistics.between_means(first, other), abs(first.mean) * _TENTH)


def _shares(metric: Metric, first: Cell, other: Cell) -> tuple[Sample, Sample]:
    if metric is Metric.SUCCESS:
        one, two = (statistics.share(int(cell[Measure.COMPLETED]), cell.judged) for cell in (first, other))
        return one, two
    bucket = statistics.pooled_bucket(first.durations, other.durations, _QUANTILES[metric])
    return statistics.above(first.durations, bucket), statistics.above(other.durations, bucket)


def _timed(cell: Cell) -> int:
    return sum(cell.durations.values())


def _compared(
    pair: _Pair, first: VersionFigures, other: VersionFigures, adjusted: float | None, anytime: bool
) -> Comparison:
    named = {"version": pair.version, "against": first.version, "metric": pair.metric, "runs": sum(pair.runs)}
    difference = pair.difference
    if difference is None or adjusted is None:
        says = wording.too_few(pair.metric, first.version, other.version, pair.runs)
        return Comparison.model_validate({**named, "says": says})
    low, high = difference.interval(anytime)
    more = adjusted < ALPHA
    needed = statistics.runs_needed(difference.scale, pair.effect, anytime) if pair.effect else 0
    missing = max(0, needed - min(pair.runs))
    says = (
        wording.different(pair.metric, first, other, difference.value, sum(pair.runs))
        if more
        else wording.alike(pair.metric, first.version, other.version, sum(pair.runs), pair.effect, missing)
    )
    return Comparison(
        **named,
        difference=difference.value,
        low=low,
        high=high,
        p_value=difference.p_value(anytime),
        adjusted_p_value=adjusted,
        more_than_noise=more,
        effect=None if more else pair.effect or None,
        more_runs=None if more else missing,
        says=says,
    )
