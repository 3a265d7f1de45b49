"""What each type of report holds as `data`, besides its findings. Values only; camelCase on the wire.

Durations are milliseconds, money USD, rates and shares 0 to 1, quality 0 to 100, ratings 1 to 5. A figure that nothing
was measured for is null. `Compared` says what a figure was in the period before.
"""

from watchbill.platform.wire import CamelModel, Spend
from watchbill.reports.lines import Compared, ComparedCost, Line, Split, Stretch


class OutcomeLine(Line):
    """How runs ended: `failed` counts failures and timeouts, `share` is of all runs."""

    share: float | None
    finished: int
    failed: int
    timeouts: int
    success_rate: Compared
    avg_execution_time: Compared
    total_cost: ComparedCost


class OutcomeStretch(Stretch):
    """How a stretch's runs went."""

    failed: int
    success_rate: float | None
    avg_execution_time: float | None
    avg_quality_score: float | None
    total_cost: Spend


class Headline(CamelModel):
    """The figures of a period beside those of the period before."""

    total_tasks: Compared
    finished: Compared
    failed: Compared
    success_rate: Compared
    avg_execution_time: Compared
    p95_execution_time: Compared
    avg_quality_score: Compared
    avg_satisfaction: Compared
    total_cost: ComparedCost
    total_tokens: Compared
    active_strands: Compared


class SummaryData(CamelModel):
    """How it went: daily, weekly, monthly.

    `busiest` has the mean number of runs by hour of the day (24 of them, local time) where the period has several
    days. Splits are null where a user is asked for and only the runs themselves, too many of them, know them.
    """

    figures: Headline
    most_active: Split[OutcomeLine] | None
    worst: tuple[OutcomeLine, ...]
    by_task_type: Split[OutcomeLine] | None
    new_strands: tuple[Line, ...]
    silent_strands: tuple[Line, ...]
    timeline: tuple[OutcomeStretch, ...]
    busiest: tuple[float, ...]


class PartLine(Line):
    """A version's or a task type's part of a strand's work."""

    success_rate: Compared
    avg_execution_time: Compared
    p95_execution_time: float | None
    avg_quality_score: Compared
    total_cost: ComparedCost


class StrandLine(Line):
    """One strand, entirely."""

    finished: int
    failed: int
    timeouts: int
    success_rate: Compared
    avg_execution_time: Compared
    p50_execution_time: Compared
    p95_execution_time: Compared
    p99_execution_time: Compared
    avg_quality_score: Compared
    avg_satisfaction: Compared
    total_cost: ComparedCost
    cost_per_run: Compared
    total_tokens: int
    versions: Split[PartLine] | None = None
    task_types: Split[PartLine] | None = None


class StrandData(CamelModel):
    """How each strand does, by version and task type."""

    figures: Headline
    strands: Split[StrandLine] | None


class CostLine(Line):
    """What something cost. `share` is of all costs, `costed_runs` are those whose cost is known."""

    cost: ComparedCost
    share: float | None
    costed_runs: int
    cost_per_run: Compared
    tokens: int
    cost_per_1000_tokens: Compared


class CostStretch(Stretch):
    """What a stretch cost, and which strands' part of it was how much (in the order of `CostData.course_of`)."""

    cost: Spend
    parts: tuple[Spend, ...]


class Projection(CamelModel):
    """What `days` days cost if they cost as much a day as this period did so far; `previous` as the one before did."""

    days: int
    cost: Spend
    previous: Spend | None
    per_day: Spend
    basis: str


class CostData(CamelModel):
    """What was spent, on what, and where it is going.

    A run's cost counts for the models its agent's version was registered with: several are one name joined by " + ",
    and "unknown" stands for versions registered without any.
    `dearest_stretch` is the dearest hour or day of `timeline`.
    """

    cost: ComparedCost
    cost_per_run: Compared
    cost_per_1000_tokens: Compared
    tokens: Compared
    runs: Compared
    dearest_stretch: ComparedCost
    runs_without_cost: Compared
    by_strand: Split[CostLine] | None
    by_model: Split[CostLine] | None
    by_model_basis: str
    by_user: Split[CostLine] | None
    timeline: tuple[CostStretch, ...]
    course_of: tuple[str, ...]
    projection: Projection | None


class QualityLine(Line):
    """How good something was: `judged` runs have a score."""

    judged: int
    share_judged: float | None
    quality: Compared


class QualityStretch(Stretch):
    """How good a stretch's runs were."""

    judged: int
    quality: float | None


class QualityChange(CamelModel):
    """A name whose quality moved, from `previous` to `current`, by `points`."""

    name: str
    current: float
    previous: float
    points: float
    judged: int


class QualityData(CamelModel):
    """How good the work was, and where that changed. `by_task_type` and `by_strand` begin with the worst."""

    quality: Compared
    judged: Compared
    share_judged: Compared
    by_task_type: Split[QualityLine] | None
    by_strand: Split[QualityLine] | None
    by_version: Split[QualityLine] | None
    declined: tuple[QualityChange, ...]
    improved: tuple[QualityChange, ...]
    timeline: tuple[QualityStretch, ...]


class RatingLine(Line):
    """How content users were: `rated` runs have a rating."""

    rated: int
    share_rated: float | None
    rating: Compared


class RatingStretch(Stretch):
    """How content users were with a stretch's runs."""

    rated: int
    rating: float | None


class SatisfactionData(CamelModel):
    """What users say. All three splits begin with the least content."""

    rating: Compared
    rated: Compared
    share_rated: Compared
    by_user: Split[RatingLine] | None
    by_strand: Split[RatingLine] | None
    by_task_type: Split[RatingLine] | None
    timeline: tuple[RatingStretch, ...]


class WaitLine(Line):
    """Where time goes: `share` is of all time; `saved_ms` what the slowest 5% of runs took beyond the median."""

    failed: int
    timeouts: int
    p50_execution_time: float | None
    p95_execution_time: Compared
    total_ms: Compared
    share: float | None
    saved_ms: Compared


class WaitStretch(Stretch):
    """How much went on: `concurrency` is the mean number of runs at work, each counted in the hour it began in."""

    concurrency: float
    p95_execution_time: float | None
    failed: int


class BottleneckData(CamelModel):
    """Where time goes, what is slowest, and what could be saved. Splits begin with the slowest by p95.

    `saved_ms` is what would be saved if the slowest 5% of each strand's runs took that strand's median.
    """

    p95_execution_time: Compared
    total_ms: Compared
    failed: Compared
    timeouts: Compared
    peak_concurrency: Compared
    saved_ms: Compared
    by_strand: Split[WaitLine] | None
    by_task_type: Split[WaitLine] | None
    timeline: tuple[WaitStretch, ...]


Data = SummaryData | StrandData | CostData | QualityData | SatisfactionData | BottleneckData
