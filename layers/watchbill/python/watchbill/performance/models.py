"""What the performance tracker is told, and what it answers; camelCase on the wire, as its callers have it."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from watchbill.platform import clock
from watchbill.platform.batches import MOST_ENTRIES
from watchbill.platform.wire import MAX_DURATION_MS, Bound, CamelModel, Count, Instant, Label, Moment, Money, Name
from watchbill.runs.models import ClientId, Quality, Satisfaction, Status

DEFAULT_WINDOW = timedelta(days=30)
LONGEST_WINDOW = timedelta(days=92)


def _success(value: Any) -> Any:
    if isinstance(value, bool) or value not in (0, 1):
        raise ValueError("successRate is 1 for a success and 0 for a failure")
    return value


def _milliseconds(value: Any) -> Any:
    # JavaScript's clocks give fractions of a millisecond.
    return round(value) if isinstance(value, float) and 0 <= value <= MAX_DURATION_MS else value


_Milliseconds = Annotated[int, BeforeValidator(_milliseconds), Field(strict=True, ge=0, le=MAX_DURATION_MS)]


class PerformanceMetrics(CamelModel):
    """How a task went: `execution_time` in ms, `cost` in USD, `quality_score` 0-100, `user_satisfaction` 1-5.

    A rating of 0 means that nobody rated, and a quality of 0 of a failed task that nobody judged it.
    """

    success_rate: Annotated[float, BeforeValidator(_success)]
    execution_time: _Milliseconds | None = None
    token_usage: Count | None = None
    cost: Money | None = None
    user_satisfaction: Satisfaction | None = None
    quality_score: Quality | None = None
    timestamp: Instant = Field(default_factory=clock.now)


class PerformanceRecord(CamelModel):
    """A finished task of a strand. `id` is the client's own, so that a record sent again is stored once."""

    strand_id: Name
    user_id: Label
    task_id: ClientId
    task_type: Label
    metrics: PerformanceMetrics
    id: ClientId | None = None


_RECORD_SCHEMA = {"$ref": "#/components/schemas/PerformanceRecord"}


class RecordBatch(CamelModel):
    """Several records, each validated by itself."""

    records: Annotated[
        list[Any], Field(min_length=1, json_schema_extra={"items": _RECORD_SCHEMA, "maxItems": MOST_ENTRIES})
    ]


def _form(body: Any) -> str:
    return "many" if isinstance(body, dict) and "records" in body else "one"


OneOrMany = Annotated[
    Annotated[PerformanceRecord, Tag("one")] | Annotated[RecordBatch, Tag("many")], Discriminator(_form)
]
"""The body of a post: a record, or a batch of records."""


class PerformanceFilters(CamelModel):
    """Which tasks are looked at. The window is [start, end); without one, the last 30 days."""

    strand_id: str | None = None
    user_id: str | None = None
    task_type: str | None = None
    start_date: Bound | None = None
    end_date: Bound | None = None
    min_quality_score: Annotated[float, Field(ge=0, le=100)] | None = None
    max_cost: Annotated[Decimal, Field(ge=0)] | None = None

    @model_validator(mode="after")
    def _a_window(self) -> Self:
        start, end = self.window
        if start >= end:
            raise ValueError("the window ends before it begins")
        if end - start > LONGEST_WINDOW:
            raise ValueError(f"a window has at most {LONGEST_WINDOW.days} days")
        return self

    @property
    def window(self) -> tuple[datetime, datetime]:
        """Start (included) and end (excluded). An end in the future is a moment from now, runs being events."""
        end = self.end_date or (max(clock.now(), self.start_date or clock.now()) + timedelta(milliseconds=1))
        return self.start_date or end - DEFAULT_WINDOW, end


class StrandMetrics(CamelModel):
    """The figures of some tasks. Means are weighted by tasks, and null when nothing was measured."""

    total_tasks: int
    success_rate: float | None
    avg_execution_time: float | None
    avg_quality_score: float | None
    avg_satisfaction: float | None
    total_cost: Money
    total_tokens: int
    p50_execution_time: float | None = Field(alias="p50ExecutionTime")
    p95_execution_time: float | None = Field(alias="p95ExecutionTime")
    p99_execution_time: float | None = Field(alias="p99ExecutionTime")


class SeriesPoint(CamelModel):
    """A figure of an hour, or of a day for windows longer than a week."""

    timestamp: Moment
    metric: str
    value: float


class PerformanceAnalytics(StrandMetrics):
    """The figures of a window and how they split.

    A split is null where only the runs themselves could tell it and the window holds too many to read.
    """

    by_strand: dict[str, StrandMetrics] | None
    by_task_type: dict[str, StrandMetrics] | None
    by_user: dict[str, StrandMetrics] | None
    time_series: tuple[SeriesPoint, ...]


class SnapshotMetrics(CamelModel):
    """How one task went; null where it was not measured or is not over."""

    execution_time: int | None
    token_usage: int | None
    cost: Money | None
    success_rate: float | None
    user_satisfaction: float | None
    quality_score: float | None
    timestamp: Moment


class Snapshot(CamelModel):
    """The newest record of a strand."""

    strand_id: str
    run_id: str
    user_id: str | None
    task_id: int | str | None
    task_type: str | None
    status: Status
    metrics: SnapshotMetrics
