"""The figures of a window, split by strand, task type, user and time. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from watchbill.analytics.models import Cell, Measure
from watchbill.performance.models import PerformanceAnalytics, SeriesPoint, StrandMetrics

HOURLY = timedelta(days=7)
"""Up to this long a window is shown by the hour, a longer one by the day."""

_SERIES: dict[str, Callable[[Cell], float | None]] = {
    "totalTasks": lambda cell: float(cell[Measure.RUNS]),
    "successRate": lambda cell: cell.success_rate,
    "executionTime": lambda cell: cell.mean_duration_ms,
    "qualityScore": lambda cell: cell.mean(Measure.QUALITY, Measure.QUALITY_RATED),
    "cost": lambda cell: float(cell[Measure.COST]),
    "tokens": lambda cell: float(cell[Measure.TOKENS_TOTAL]),
}


class Place(NamedTuple):
    """Whose work a cell holds, as far as that is known."""

    strand: str | None = None
    version: str | None = None
    task_type: str | None = None
    user: str | None = None


@dataclass
class Breakdown:
    """Cells of a window. A split that is None is not known, or not wanted; the others are exact."""

    total: Cell = field(default_factory=Cell)
    hours: dict[str, Cell] = field(default_factory=dict)
    by_strand: dict[str, Cell] | None = field(default_factory=dict)
    by_task_type: dict[str, Cell] | None = field(default_factory=dict)
    by_user: dict[str, Cell] | None = field(default_factory=dict)

    def add(self, hour: str, cell: Cell, place: Place) -> None:
        """Count a cell of an hour (YYYY-MM-DDTHH); under the names that are known also in the splits."""
        self.total.add(cell)
        self.hours.setdefault(hour, Cell()).add(cell)
        for split, name in (
            (self.by_strand, place.strand),
            (self.by_task_type, place.task_type),
            (self.by_user, place.user),
        ):
            if split is not None and name is not None:
                split.setdefault(name, Cell()).add(cell)


def analytics(breakdown: Breakdown, length: timedelta) -> PerformanceAnalytics:
    """A breakdown as it is answered."""
    return PerformanceAnalytics(
        **metrics(breakdown.total).model_dump(),
        by_strand=_split(breakdown.by_strand),
        by_task_type=_split(breakdown.by_task_type),
        by_user=_split(breakdown.by_user),
        time_series=tuple(series(breakdown.hours, daily=length > HOURLY)),
    )


def metrics(cell: Cell) -> StrandMetrics:
    """The figures of a cell."""
    return StrandMetrics(
        total_tasks=int(cell[Measure.RUNS]),
        success_rate=cell.success_rate,
        avg_execution_time=cell.mean_duration_ms,
        avg_quality_score=cell.mean(Measure.QUALITY, Measure.QUALITY_RATED),
        avg_satisfaction=cell.mean(Measure.SATISFACTION, Measure.SATISFACTION_RATED),
        total_cost=cell[Measure.COST],
        total_tokens=int(cell[Measure.TOKENS_TOTAL]),
        p50_execution_time=cell.duration_quantile(0.5),
        p95_execution_time=cell.duration_quantile(0.95),
        p99_execution_time=cell.duration_quantile(0.99),
    )


def series(hours: Mapping[str, Cell], *, daily: bool) -> Iterable[SeriesPoint]:
    """Every figure of every hour, or day, that has one, in time order."""
    buckets: dict[str, Cell] = {}
    for hour, cell in hours.items():
        buckets.setdefault(f"{hour[:10]}T00" if daily else hour, Cell()).add(cell)
    for bucket in sorted(buckets):
        at = datetime.strptime(bucket, "%Y-%m-%dT%H").replace(tzinfo=UTC)
        for name, figure in _SERIES.items():
            value = figure(buckets[bucket])
            if value is not None:
                yield SeriesPoint(timestamp=at, metric=name, value=value)


def _split(cells: Mapping[str, Cell] | None) -> dict[str, StrandMetrics] | None:
    return None if cells is None else {name: metrics(cell) for name, cell in sorted(cells.items()) if cell}
