"""What the routes of experiments answer."""

from watchbill.experiments.models import Experiment, ExperimentState, Metric
from watchbill.platform.wire import Model


class ShownExperiment(Experiment):
    """An experiment and where it is."""

    status: ExperimentState


class ExperimentList(Model):
    """An agent's experiments, newest first."""

    items: tuple[ShownExperiment, ...]
    next_cursor: str | None = None


class Estimate(Model):
    """A figure over so many runs, and its interval: in 95 of 100 experiments it holds the true one; null if unknown."""

    value: float
    low: float | None = None
    high: float | None = None
    runs: int


class VersionFigures(Model):
    """A version in an experiment. Durations are in ms, `success` is a ratio; null is what no run tells of."""

    version: str
    weight: float
    runs: int
    success: Estimate | None = None
    duration_p50: Estimate | None = None
    duration_p95: Estimate | None = None
    cost: Estimate | None = None
    quality: Estimate | None = None
    rating: Estimate | None = None


class Comparison(Model):
    """A version beside the first one.

    `difference` is in the metric's unit; for durations in shares of runs that take longer than the percentile of both
    together. `p_value` is for this comparison alone, `adjusted_p_value` beside the others; `more_than_noise` is whether
    that is below 0.05, null while there are too few runs to say. `more_runs` is about how many more runs of each
    version would show a difference of `effect`.
    """

    version: str
    against: str
    metric: Metric
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    p_value: float | None = None
    adjusted_p_value: float | None = None
    more_than_noise: bool | None = None
    runs: int
    effect: float | None = None
    more_runs: int | None = None
    says: str


class ExperimentReport(ShownExperiment):
    """An experiment with what came of it so far; `notes` say what the figures rest on."""

    runs: int
    figures: tuple[VersionFigures, ...]
    comparisons: tuple[Comparison, ...]
    notes: tuple[str, ...]
