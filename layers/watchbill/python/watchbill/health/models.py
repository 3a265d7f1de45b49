"""What health answers; camelCase on the wire, as the tracker's callers have it."""

from enum import StrEnum

from pydantic import Field

from watchbill.anomalies.models import Anomaly
from watchbill.performance.models import SeriesPoint, SnapshotMetrics, StrandMetrics
from watchbill.platform.wire import CamelModel, Label, Spend


class Health(StrEnum):
    """How a strand is."""

    UNKNOWN = "unknown"
    HEALTHY = "healthy"
    DEGRADED = "degraded"
    CRITICAL = "critical"


class RowHealth(StrEnum):
    """How a strand's last day was, the worst first: the order a dashboard shows them in."""

    CRITICAL = "critical"
    WARNING = "warning"
    HEALTHY = "healthy"

    @property
    def rank(self) -> int:
        """Its place in the order, from 0."""
        return list(RowHealth).index(self)


def _absent(value: object) -> bool:
    return value is None


class StrandHealth(CamelModel):
    """How a strand is, and why: its open anomalies when something is wrong, its newest figures when all is well."""

    status: Health
    message: str
    anomalies: tuple[Anomaly, ...] | None = Field(None, exclude_if=_absent)
    metrics: SnapshotMetrics | None = Field(None, exclude_if=_absent)


class DashboardFilters(CamelModel):
    """Whose tasks a dashboard shows; without a user everybody's."""

    user_id: Label | None = None


class DashboardSummary(CamelModel):
    """Everything shown in four figures: success rate 0 to 1, mean quality 0 to 100, cost in USD."""

    total_tasks: int
    success_rate: float | None
    avg_quality: float | None
    total_cost: Spend


class DashboardStrand(CamelModel):
    """A strand's row."""

    id: str
    name: str
    metrics: StrandMetrics
    health: RowHealth


class Dashboard(CamelModel):
    """The last 24 hours, from a full hour on: rows worst first, open anomalies that are high or critical, the hours.

    The rows are null where only the runs themselves could tell a user's strands and the day holds too many to read.
    """

    summary: DashboardSummary
    strands: tuple[DashboardStrand, ...] | None
    anomalies: tuple[Anomaly, ...]
    time_series: tuple[SeriesPoint, ...]
