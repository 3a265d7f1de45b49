"""What a report is: its type and period, figures beside those of the period before, findings; camelCase on the wire."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from watchbill.anomalies.models import Anomaly
from watchbill.performance.models import LONGEST_WINDOW
from watchbill.platform import clock
from watchbill.platform.wire import Bound, CamelModel, Moment
from watchbill.reports.data import Data


class ReportType(StrEnum):
    """The eight reports."""

    DAILY_SUMMARY = "daily-summary"
    WEEKLY_SUMMARY = "weekly-summary"
    MONTHLY_SUMMARY = "monthly-summary"
    STRAND_PERFORMANCE = "strand-performance"
    COST_ANALYSIS = "cost-analysis"
    QUALITY_TRENDS = "quality-trends"
    USER_SATISFACTION = "user-satisfaction"
    BOTTLENECK_ANALYSIS = "bottleneck-analysis"


def _one_of_the_eight(value: Any) -> Any:
    if value not in list(ReportType):
        raise ValueError(f"a report is one of {', '.join(ReportType)}")
    return value


KnownType = Annotated[ReportType, BeforeValidator(_one_of_the_eight)]


def _in_the_years_of_runs(instant: datetime) -> datetime:
    if not 2000 <= instant.year <= 2100:
        raise ValueError("a report is about a time between 2000 and 2100")
    return instant


_Date = Annotated[Bound, AfterValidator(_in_the_years_of_runs)]


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


class Period(CamelModel):
    """A stretch of time from `start` (included) to `end` (excluded)."""

    start: Moment
    end: Moment

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return self.end - self.start

    @property
    def partial_hours(self) -> list[datetime]:
        """The beginnings of the hours of which only a part is in this period or in the one before."""
        borders = (self.before.start, self.start, self.end)
        return sorted({_hour(at) for at in borders if at != _hour(at)})

    @property
    def in_whole_hours(self) -> "Period":
        """The shortest period of whole hours that has this one in it, as far as there is room for it."""
        end = _hour(self.end)
        end = end if end == self.end else end + timedelta(hours=1)
        return Period(start=max(_hour(self.start), end - LONGEST_WINDOW), end=end)

    @property
    def before(self) -> "Period":
        """The period of the same length right before."""
        return Period(start=self.start - self.length, end=self.start)


class ReportFilters(CamelModel):
    """Which tasks a report is about. Without dates its type says how far back it looks from now."""

    strand_id: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    user_id: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    task_type: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    start_date: _Date | None = None
    end_date: _Date | None = None

    @model_validator(mode="after")
    def _a_period(self) -> Self:
        start, end = self.start_date, self.end_date or clock.now()
        if start and start >= end:
            raise ValueError("the period ends before it begins")
        if start and end - start > LONGEST_WINDOW:
            raise ValueError(f"a report covers at most {LONGEST_WINDOW.days} days")
        return self


class ReportRequest(CamelModel):
    """The wish for a report."""

    report_type: KnownType
    filters: ReportFilters | None = None


class InsightSeverity(StrEnum):
    """How much an insight asks for attention, in ascending order."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


class Insight(CamelModel):
    """Something that the figures say.

    `current` and `previous` are the figure in this period and in the one before, null where there was none; `change`
    is in percent of the previous one. `subject` is the strand, task type, user or model it is about, null for all.
    """

    severity: InsightSeverity
    metric: str
    text: str
    current: float | None
    previous: float | None
    change: float | None
    subject: str | None = None


class Recommendation(CamelModel):
    """What to do about an insight, which `metric` and `subject` name."""

    severity: InsightSeverity
    metric: str
    subject: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """An insight, and what follows from it if anything does."""

    insight: Insight
    advice: str | None = None

    @property
    def recommendation(self) -> Recommendation | None:
        """The advice, with the insight it follows from."""
        found = self.insight
        if self.advice is None:
            return None
        return Recommendation(severity=found.severity, metric=found.metric, subject=found.subject, text=self.advice)


class ReportEntry(CamelModel):
    """A report as it stands in a list. `summary` is one line; `scheduled` says that nobody asked for it by hand."""

    id: str
    type: ReportType
    title: str
    description: str
    generated_at: Moment
    period: Period
    compared_with: Period
    time_zone: str
    filters: ReportFilters
    scheduled: bool
    summary: str


class Report(ReportEntry):
    """A report. What `data` holds depends on the type; of very many anomalies it holds the gravest."""

    data: Data
    insights: tuple[Insight, ...]
    recommendations: tuple[Recommendation, ...]
    anomalies: tuple[Anomaly, ...]
    anomalies_left_out: int = 0

    @property
    def entry(self) -> ReportEntry:
        """The report without its contents."""
        return ReportEntry.model_validate({name: getattr(self, name) for name in ReportEntry.model_fields})


class ReportList(CamelModel):
    """Reports, newest first."""

    items: tuple[ReportEntry, ...]
    next_cursor: str | None = Field(default=None, serialization_alias="next_cursor", validation_alias="next_cursor")
