"""What the performance routes answer; camelCase on the wire, snake_case here, and fields not known yet are kept.

Execution times are milliseconds, costs USD, success rates 0 to 1, satisfaction 0 to 5, quality 0 to 100. None
means not known.
"""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from watchbill_client.models import CamelAnswer, Money, UtcDatetime


class PerformanceAnswer(CamelAnswer):
    """An answer of these routes. `model_dump(by_alias=True)` gives back the wire's names."""


class PerformanceMetrics(PerformanceAnswer):
    """The metrics of one record."""

    execution_time: float | None = None
    token_usage: int | None = None
    cost: Money | None = None
    success_rate: float | None = None
    user_satisfaction: float | None = None
    quality_score: float | None = None
    timestamp: UtcDatetime | None = None


class PerformanceSnapshot(PerformanceAnswer):
    """A strand's newest record; its metrics are None while the run is not over."""

    strand_id: str
    run_id: str | None = None
    user_id: str | None = None
    task_id: str | int | None = None
    task_type: str | None = None
    status: str | None = None
    metrics: PerformanceMetrics


class TimePoint(PerformanceAnswer):
    """One value of one metric in one hour, or in one day of longer windows."""

    timestamp: UtcDatetime
    metric: str
    value: float | None = None


class StrandMetrics(PerformanceAnswer):
    """Figures of several records: counts are zero without any, means None."""

    total_tasks: int = 0
    success_rate: float | None = None
    avg_execution_time: float | None = None
    avg_quality_score: float | None = None
    avg_satisfaction: float | None = None
    total_cost: Money | None = None
    total_tokens: int = 0
    p50_execution_time: float | None = None
    p95_execution_time: float | None = None
    p99_execution_time: float | None = None

    @property
    def execution_time(self) -> float | None:
        """The mean, under the name that one record's has, so that both can be judged alike."""
        return self.avg_execution_time

    @property
    def quality_score(self) -> float | None:
        """The mean, as above."""
        return self.avg_quality_score

    @property
    def user_satisfaction(self) -> float | None:
        """The mean, as above."""
        return self.avg_satisfaction


# The service says null of a split that it could not make; whoever goes through it meets nobody.
Split = Annotated[dict[str, StrandMetrics], BeforeValidator(lambda split: split or {}), Field(default_factory=dict)]


class PerformanceAnalytics(StrandMetrics):
    """Figures of everything the filters let through, and how they split."""

    by_strand: Split
    by_task_type: Split
    by_user: Split
    time_series: tuple[TimePoint, ...] = ()


class Anomaly(PerformanceAnswer):
    """A judgement that something is out of the ordinary, with what was expected; `deviation` is percent.

    `affected_component` is the strand's name; `task_type` is None where its whole work is meant. `acknowledged_by` is
    the id of the key whose holder said that they know of it.
    """

    id: str
    strand_id: str | None = None
    task_type: str | None = None
    type: str
    severity: str
    description: str = ""
    affected_component: str | None = None
    metric: str | None = None
    detected_at: UtcDatetime | None = None
    window_start: UtcDatetime | None = None
    window_end: UtcDatetime | None = None
    current_value: float | None = None
    expected_value: float | None = None
    deviation: float | None = None
    suggested_actions: tuple[str, ...] = ()
    resolved: bool = False
    resolved_at: UtcDatetime | None = None
    acknowledged_at: UtcDatetime | None = None
    acknowledged_by: str | None = None


class StrandHealth(PerformanceAnswer):
    """How a strand is: `unknown` (no data), `critical`, `degraded` or `healthy`, and why.

    What is not well comes with its open anomalies, what is healthy with the metrics of its newest record.
    """

    status: str
    message: str = ""
    anomalies: tuple[Anomaly, ...] | None = None
    metrics: PerformanceMetrics | None = None


class DashboardSummary(PerformanceAnswer):
    """The last 24 hours in four figures."""

    total_tasks: int = 0
    success_rate: float | None = None
    avg_quality: float | None = None
    total_cost: Money | None = None


class DashboardStrand(PerformanceAnswer):
    """A dashboard's row: `health` is `critical`, `warning` or `healthy`."""

    id: str
    name: str | None = None
    metrics: StrandMetrics = StrandMetrics()
    health: str | None = None


# The service says null when it could not tell a user's strands apart.
Rows = Annotated[tuple[DashboardStrand, ...], BeforeValidator(lambda rows: rows or ()), Field(default=())]


class PerformanceDashboard(PerformanceAnswer):
    """The last 24 hours: summary, strands, open anomalies of high and critical severity, and the course of things."""

    summary: DashboardSummary = DashboardSummary()
    strands: Rows
    anomalies: tuple[Anomaly, ...] = ()
    time_series: tuple[TimePoint, ...] = ()


class Period(PerformanceAnswer):
    """A span of time, its end excluded."""

    start: UtcDatetime
    end: UtcDatetime


class Insight(PerformanceAnswer):
    """Something that a report's figures say, beside the same figure of the period before; `change` is percent.

    `severity` is `info`, `warning` or `critical`; `subject` the strand, task type, user or model it is about.
    """

    text: str = ""
    severity: str | None = None
    metric: str | None = None
    current: float | None = None
    previous: float | None = None
    change: float | None = None
    subject: str | None = None


class Recommendation(PerformanceAnswer):
    """What to do about an insight, which `metric` and `subject` name."""

    text: str = ""
    severity: str | None = None
    metric: str | None = None
    subject: str | None = None


class PerformanceReport(PerformanceAnswer):
    """A stored report. What `data` holds depends on the type; insights compare with the period before.

    Days are the time zone's; `scheduled` says that nobody asked for it by hand.
    """

    id: str
    type: str
    title: str = ""
    description: str = ""
    summary: str = ""
    generated_at: UtcDatetime | None = None
    period: Period | None = None
    compared_with: Period | None = None
    time_zone: str | None = None
    filters: dict[str, Any] | None = None
    scheduled: bool = False
    data: Any = None
    insights: tuple[Insight, ...] = ()
    recommendations: tuple[Recommendation, ...] = ()
    anomalies: tuple[Anomaly, ...] = ()
    anomalies_left_out: int = 0


def wire_time(at: datetime) -> str:
    """A moment as the API takes it.

    Raises:
        ValueError: it has no time zone, so it names no moment.
    """
    if at.tzinfo is None:
        raise ValueError(f"{at.isoformat()} has no time zone; datetime.now(UTC) has one")
    return at.isoformat(timespec="milliseconds")
