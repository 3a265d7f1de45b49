"""How a record becomes a run, and from what a question about many runs can be answered. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from watchbill.performance.models import PerformanceFilters, PerformanceRecord, Snapshot, SnapshotMetrics
from watchbill.platform import clock
from watchbill.runs import rules as runs
from watchbill.runs.models import Facts, NewRun, Status, Tokens

HOUR = timedelta(hours=1)
MOST_RUNS_READ = 5_000
"""How many runs one question may read; above, only rollups answer."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, from `start` (included) to `end` (excluded)."""

    start: datetime
    end: datetime


def run_of(record: PerformanceRecord) -> NewRun:
    """The finished run that a record tells of.

    A rating of 0 lies below its scale, and a quality of 0 of a failure was given for want of one: neither was measured.
    """
    told = record.metrics
    failed = told.success_rate == 0
    return NewRun(
        created=told.timestamp,
        status=Status.FAILED if failed else Status.COMPLETED,
        id=record.id,
        task_id=record.task_id,
        task_type=record.task_type,
        user_id=record.user_id,
        duration_ms=told.execution_time,
        tokens=None if told.token_usage is None else Tokens(total=told.token_usage),
        cost=told.cost,
        user_satisfaction=told.user_satisfaction or None,
        quality_score=None if failed and told.quality_score == 0 else told.quality_score,
    )


def whole_hours(window: Span) -> Span | None:
    """The part of a window that rollups hold, or None when it has no whole hour."""
    start, end = _next_hour(window.start), window.end.replace(minute=0, second=0, microsecond=0)
    return Span(start, end) if start < end else None


def edges(window: Span) -> list[Span]:
    """The parts of a window before and behind its whole hours."""
    inner = whole_hours(window)
    if inner is None:
        return [window]
    return [edge for edge in (Span(window.start, inner.start), Span(inner.end, window.end)) if edge.start < edge.end]


def hours_of(span: Span) -> tuple[str, str]:
    """The first and the last hour (YYYY-MM-DDTHH) that a span touches."""
    return clock.to_text(span.start)[:13], clock.to_text(span.end - timedelta(milliseconds=1))[:13]


def rollups_hold(filters: PerformanceFilters) -> bool:
    """Whether rollups answer the question itself, whatever they know of its splits."""
    by_figure = filters.min_quality_score is not None or filters.max_cost is not None
    return not by_figure and (filters.user_id is None or (filters.strand_id is None and filters.task_type is None))


def rollups_hold_every_split(filters: PerformanceFilters) -> bool:
    """Whether rollups also know how the answer splits."""
    return rollups_hold(filters) and not (filters.user_id or filters.strand_id or filters.task_type)


def matches(record: Facts, filters: PerformanceFilters) -> bool:
    """Whether a run is one of those asked for; its strand was chosen before."""
    quality, cost = record.get("quality_score"), record.get("cost")
    return (
        filters.user_id in (None, runs.user_of(record))
        and filters.task_type in (None, record.get("task_type"))
        and (filters.min_quality_score is None or (quality is not None and quality >= filters.min_quality_score))
        and (filters.max_cost is None or (cost is not None and cost <= filters.max_cost))
    )


def snapshot_of(record: Facts) -> Snapshot:
    """A run as a record of the tracker."""
    status = Status(record[runs.STATUS])
    return Snapshot(
        strand_id=record[runs.AGENT_ID],
        run_id=record[runs.RUN_ID],
        user_id=runs.user_of(record),
        task_id=record.get("task_id"),
        task_type=record.get("task_type"),
        status=status,
        metrics=SnapshotMetrics(
            execution_time=record.get(runs.DURATION_MS),
            token_usage=record.get("tokens", {}).get("total"),
            cost=record.get("cost"),
            success_rate=float(status is Status.COMPLETED) if status.judged else None,
            user_satisfaction=record.get("user_satisfaction"),
            quality_score=record.get("quality_score"),
            timestamp=clock.from_text(record[runs.CREATED_AT]),
        ),
    )


def hour_of(record: Facts) -> str:
    """The hour of a run's event."""
    created: str = record[runs.CREATED_AT]
    return created[:13]


def _next_hour(instant: datetime) -> datetime:
    floor = instant.replace(minute=0, second=0, microsecond=0)
    return floor if floor == instant else floor + HOUR
