"""What a comparison says in words, and what it rests on. Pure."""

from collections.abc import Iterator

from watchbill.experiments.models import Experiment, ExperimentState, Metric, Sticky
from watchbill.experiments.statistics import FEWEST
from watchbill.experiments.views import Estimate, VersionFigures
from watchbill.platform.wire import format_duration

_MORE_OR_LESS = {
    Metric.SUCCESS: ("succeeds more often than", "succeeds less often than"),
    Metric.DURATION_P50: ("usually takes longer than", "is usually faster than"),
    Metric.DURATION_P95: ("is slow more often than", "is slow less often than"),
    Metric.COST: ("costs more than", "costs less than"),
    Metric.QUALITY: ("does better work than", "does worse work than"),
    Metric.RATING: ("is rated higher than", "is rated lower than"),
}
_NOUNS = {
    Metric.SUCCESS: "success",
    Metric.DURATION_P50: "the usual duration",
    Metric.DURATION_P95: "slow runs",
    Metric.COST: "cost",
    Metric.QUALITY: "quality",
    Metric.RATING: "rating",
}
_SHARES = (Metric.SUCCESS, Metric.DURATION_P50, Metric.DURATION_P95)


def different(metric: Metric, first: VersionFigures, other: VersionFigures, difference: float, runs: int) -> str:
    """A difference that is more than noise."""
    how = _MORE_OR_LESS[metric][difference < 0]
    figures = f"{_figure(metric, other)} against {_figure(metric, first)}"
    return f"{other.version} {how} {first.version} ({figures}): more than noise on {runs} runs"


def alike(metric: Metric, first: str, other: str, runs: int, effect: float, missing: int) -> str:
    """No difference that is more than noise, and what it would take to see one."""
    said = f"no difference in {_NOUNS[metric]} beyond noise between {other} and {first} on {runs} runs"
    if not effect:
        return said
    size = f"{effect * 100:.0f} points" if metric in _SHARES else f"{_amount(metric, effect)}, a tenth"
    if missing:
        return f"{said}; about {missing} more runs of each would be needed to see one of {size}"
    return f"{said}; one of {size} would most likely have shown"


def too_few(metric: Metric, first: str, other: str, runs: tuple[int, int]) -> str:
    """Nothing to be said yet."""
    had = f"{runs[0]} of {first} and {runs[1]} of {other}"
    return f"too few runs to compare {_NOUNS[metric]}: {had}, and {FEWEST} of each are the least"


def notes(experiment: Experiment, state: ExperimentState) -> Iterator[str]:
    """What the figures rest on."""
    yield "Counted are the runs of tasks whose version was chosen in this experiment."
    if state is ExperimentState.ENDED:
        yield "It has come to its planned end: p-values and intervals are those of a test that is looked at once."
    else:
        yield (
            "P-values and intervals hold whenever they are looked at, so that stopping early for a good result makes no"
            " false one; one that comes to a planned end (ends_at) needs fewer runs."
        )
    judged = f"{_NOUNS[experiment.hypothesis]} is judged by itself, " if experiment.hypothesis else ""
    yield f"{judged}{'all else' if judged else 'everything'} is adjusted for being many comparisons (Holm)."
    if experiment.sticky_by is not Sticky.NONE:
        yield (
            f"All runs of a {experiment.sticky_by.value} have one version: where they are alike, they tell less than as"
            " many runs apart, and the intervals are too narrow by that."
        )
    if experiment.weights_changed_at is not None:
        yield "The weights were changed on the way: what changed over time with them may look like a difference."


def _figure(metric: Metric, figures: VersionFigures) -> str:
    estimate: Estimate | None = getattr(figures, metric.value)
    return _amount(metric, estimate.value) if estimate else "nothing"


def _amount(metric: Metric, value: float) -> str:
    match metric:
        case Metric.SUCCESS:
            return f"{value:.1%}"
        case Metric.DURATION_P50 | Metric.DURATION_P95:
            return format_duration(round(value))
        case Metric.COST:
            return f"${value:.4g}"
        case _:
            return f"{value:.3g}"
