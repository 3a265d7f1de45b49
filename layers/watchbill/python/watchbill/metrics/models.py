"""Custom metrics as they come in and as they are kept; camelCase on the wire, as campaigns have it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, NamedTuple, Self

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator

from watchbill.metrics.values import OTHER, Reading
from watchbill.platform import clock
from watchbill.platform.batches import MOST_ENTRIES
from watchbill.platform.wire import Bound, CamelModel, Instant, Label, Moment, PageQuery, Quantity
from watchbill.runs.models import ClientId

MOST_SERIES = 300
"""So many series of a subject are told apart; what comes under further names is counted together."""
LONGEST_WINDOW = timedelta(days=366)


class ProjectedMetric(StrEnum):
    """Metrics that come from runs: views of the run records, which nobody can post."""

    AGENT_EXECUTION_TIME = "AGENT_EXECUTION_TIME"
    AGENT_SUCCESS_RATE = "AGENT_SUCCESS_RATE"
    TOKEN_USAGE = "TOKEN_USAGE"  # noqa: S105
    CONTENT_PRODUCTION = "CONTENT_PRODUCTION"
    TREND_DETECTION = "TREND_DETECTION"
    CAMPAIGN_PERFORMANCE = "CAMPAIGN_PERFORMANCE"


def _own(name: str) -> str:
    if name.upper() in ProjectedMetric.__members__:
        raise ValueError(f"metrics named {name.upper()} come from the runs themselves; choose another name")
    if name == OTHER:
        raise ValueError(f"{OTHER!r} names the series that find no room; choose another name")
    return name


Short = Annotated[Label, Field(max_length=50)]
"""A short text: a unit, a channel."""


class NewMetric(CamelModel):
    """A value as it is posted: of the organisation, and of a campaign or an agent (by id or name) when it names one.

    Without a timestamp it is measured now. `id` is the client's own: sent again it is the same metric, whose place the
    newer word takes.
    """

    name: Annotated[Label, AfterValidator(_own)]
    value: Quantity
    unit: Short | None = None
    dimension: Short | None = None
    campaign_id: Label | None = None
    agent_id: Label | None = None
    timestamp: Instant | None = None
    id: ClientId | None = None


_NEW_METRIC_SCHEMA = {"$ref": "#/components/schemas/NewMetric"}


class MetricBatch(CamelModel):
    """Several metrics, each validated by itself."""

    metrics: Annotated[
        list[Any], Field(min_length=1, json_schema_extra={"items": _NEW_METRIC_SCHEMA, "maxItems": MOST_ENTRIES})
    ]


def _form(body: Any) -> str:
    return "many" if isinstance(body, dict) and "metrics" in body else "one"


OneOrMany = Annotated[Annotated[NewMetric, Tag("one")] | Annotated[MetricBatch, Tag("many")], Discriminator(_form)]
"""The body of a post: a metric, or a batch of metrics."""


class Series(NamedTuple):
    """What values are summed up under."""

    name: str
    unit: str | None = None
    dimension: str | None = None


OVERFLOW = Series(OTHER)
"""Stands for all the series that found no room."""


class CustomMetric(CamelModel):
    """A metric as it is kept and answered. `id` is the server's, `client_id` the client's own."""

    id: str
    client_id: int | str | None = None
    name: str
    value: Quantity
    unit: str | None = None
    dimension: str | None = None
    campaign_id: str | None = None
    agent_id: str | None = None
    timestamp: Moment
    recorded_at: Moment

    @property
    def series(self) -> Series:
        """What it is summed up under."""
        return Series(self.name, self.unit, self.dimension)

    @property
    def reading(self) -> Reading:
        """Its value, and when it was measured."""
        return Reading(clock.to_text(self.timestamp), self.value)


class Window(CamelModel):
    """Which metrics are meant: for a campaign, or all; of a name, or of all. The window is [start, end)."""

    campaign_id: Label | None = None
    name: Label | None = None
    start_date: Bound | None = None
    end_date: Bound | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.start_date and self.end_date and self.start_date >= self.end_date:
            raise ValueError("the window ends before it begins")
        return self


class _Subject(Window):
    """Whose metrics are meant besides: an agent's, by its id or name, or all."""

    agent_id: Label | None = None


class MetricQuery(PageQuery, _Subject):
    """Which page of which metrics is wanted."""


class SummaryQuery(_Subject):
    """Which metrics are summed up; without a window all that there ever were."""

    @model_validator(mode="after")
    def _not_too_long(self) -> Self:
        window = self.window
        if window and window[1] - window[0] > LONGEST_WINDOW:
            raise ValueError(f"a window has at most {LONGEST_WINDOW.days} days; without one, all is summed up")
        return self

    @property
    def window(self) -> tuple[datetime, datetime] | None:
        """The whole days that hold the window asked for, the end excluded; None without one.

        What has no end ends with today, what has no beginning is as long as a window can be.
        """
        if self.start_date is None and self.end_date is None:
            return None
        end = self.end_date or max(clock.now(), self.start_date or clock.now()) + timedelta(milliseconds=1)
        last = _day(end - timedelta(milliseconds=1)) + timedelta(days=1)
        return _day(self.start_date) if self.start_date else last - LONGEST_WINDOW, last


def _day(instant: datetime) -> datetime:
    return clock.from_text(clock.to_text(instant)[:10] + "T00:00:00.000Z")


class Step(NamedTuple):
    """A reading that a write of a metric adds to a series, or takes away; `sequence` is the write's in its shard."""

    sequence: int
    series: Series
    reading: Reading
    added: bool


@dataclass(frozen=True, slots=True)
class Book:
    """Which series of a subject are told apart, in the order in which they came, and the years they have values of.

    Nothing leaves a book, so that what a series is counted under stays the same for ever.
    """

    series: tuple[Series, ...] = ()
    years: tuple[str, ...] = ()

    def with_(self, series: Iterable[Series], years: Iterable[str]) -> "Book":
        """The book with these in it too, as far as there is room."""
        new = [one for one in dict.fromkeys(series) if one not in self.series]
        return Book((*self.series, *new)[:MOST_SERIES], tuple(sorted({*self.years, *years})))

    def home(self, series: Series) -> str:
        """What a series is counted under: its number, or what stands for the others."""
        return str(self.series.index(series)) if series in self.series else OTHER

    def at(self, home: str) -> Series:
        """What is counted under a number."""
        return OVERFLOW if home == OTHER else self.series[int(home)]


@dataclass(frozen=True, slots=True)
class Writing:
    """A metric to be stored over the one that was read at `revision`, 0 for none."""

    metric: CustomMetric
    expires_at: int
    revision: int = 0
