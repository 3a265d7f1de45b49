"""When a strand is well, and what a row of the dashboard is called. Pure.

What was not measured is null and alarms nobody.
"""

from collections.abc import Container, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from watchbill.anomalies.models import Anomaly, Severity
from watchbill.health.models import Health, RowHealth, StrandHealth
from watchbill.performance.models import SnapshotMetrics, StrandMetrics
from watchbill.performance.rules import Span

DAY = timedelta(days=1)
RECENTLY = timedelta(hours=1)
"""How far back an open anomaly counts for a strand's health."""

FEWEST_FAILURES = 2
"""So many failures and no success are critical; one failed task of one proves nothing yet."""

LOWEST_SUCCESS_RATE = 0.9
LOWEST_QUALITY = 70
LONGEST_EXECUTION_MS = 5_000
_ALARMING = (Severity.CRITICAL, Severity.HIGH)


class Judged(NamedTuple):
    """How many tasks of the last day ended, and how many of them failed."""

    ended: int
    failed: int

    @property
    def all_failed(self) -> bool:
        """Whether there are enough to say that nothing succeeds any more."""
        return self.ended == self.failed >= FEWEST_FAILURES


NOTHING_KNOWN = StrandHealth(status=Health.UNKNOWN, message="No performance data available")


def strand_health(newest: SnapshotMetrics, anomalies: Iterable[Anomaly], last_day: Judged) -> StrandHealth:
    """How a strand that has worked is, by its anomalies of the last hour and the tasks of its last day."""
    still = tuple(anomaly for anomaly in anomalies if not anomaly.resolved)
    worst = max((anomaly.severity for anomaly in still), key=lambda severity: severity.rank, default=None)
    if worst is Severity.CRITICAL:
        return StrandHealth(status=Health.CRITICAL, message="Critical performance issues detected", anomalies=still)
    if last_day.all_failed:
        message = f"All {last_day.ended} tasks of the last 24 hours failed"
        return StrandHealth(status=Health.CRITICAL, message=message, anomalies=still)
    if worst is Severity.HIGH:
        return StrandHealth(status=Health.DEGRADED, message="Performance degradation detected", anomalies=still)
    return StrandHealth(status=Health.HEALTHY, message="Strand is performing normally", metrics=newest)


def row_health(metrics: StrandMetrics) -> RowHealth:
    """How a day with these figures was: failures weigh more than bad results, and these more than slow ones."""
    if metrics.success_rate is not None and metrics.success_rate < LOWEST_SUCCESS_RATE:
        return RowHealth.CRITICAL
    if metrics.avg_quality_score is not None and metrics.avg_quality_score < LOWEST_QUALITY:
        return RowHealth.WARNING
    if metrics.avg_execution_time is not None and metrics.avg_execution_time > LONGEST_EXECUTION_MS:
        return RowHealth.WARNING
    return RowHealth.HEALTHY


def alarming(anomalies: Iterable[Anomaly], strands: Container[str] | None) -> list[Anomaly]:
    """The anomalies a dashboard shows, of these strands or of all: open and at least high, critical ones first."""
    shown = (anomaly for anomaly in anomalies if anomaly.severity in _ALARMING and not anomaly.resolved)
    mine = [anomaly for anomaly in shown if strands is None or anomaly.strand_id in strands]
    return sorted(mine, key=lambda anomaly: (anomaly.severity.rank, anomaly.detected_at), reverse=True)


def last_day(now: datetime) -> Span:
    """The last 24 hours in whole hours, which rollups hold: from the full hour before to the end of the running one."""
    return Span(_full_hour(now - DAY), _full_hour(now) + timedelta(hours=1))


def _full_hour(instant: datetime) -> datetime:
    return instant.replace(minute=0, second=0, microsecond=0)
