"""Anomalies as values: what may be found, the thresholds it is found by, the windows that are compared, a judgement."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Literal, NamedTuple

from pydantic import AfterValidator, Field

from watchbill.anomalies.timeframes import start_of, timeframe
from watchbill.platform import clock
from watchbill.platform.wire import CamelModel, Moment, PageQuery

Timeframe = Annotated[str, AfterValidator(timeframe)]
"""How far back a question looks: `24h`, `7d`, `2w`, `3m` (months), `1y`."""


class AnomalyType(StrEnum):
    """What is anomalous."""

    LATENCY = "latency"
    COST = "cost"
    ERROR_RATE = "error-rate"
    QUALITY = "quality"
    SILENCE = "silence"
    VOLUME = "volume"


class Severity(StrEnum):
    """How bad it is, in ascending order."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """Its place in the order, from 0."""
        return list(Severity).index(self)


class Figure(NamedTuple):
    """A figure of one hour: its start, the mean over its runs (or a rate, 0 to 1), and how many runs that are."""

    hour: datetime
    value: float
    runs: int


class Window(NamedTuple):
    """The hours that are judged, from `start` up to `end`."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Failures:
    """How many of an hour's finished runs failed."""

    hour: datetime
    failed: int
    finished: int


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a rule found in a window: the departure if there is one, and in any case the reason.

    `severity` is None when nothing is claimed. `deviation` is in percent of what was expected, and finite. `doubtful`
    says that there is a departure, of too few runs to be claimed.
    """

    type: AnomalyType
    window: Window
    severity: Severity | None
    reason: str
    current: float | None = None
    expected: float | None = None
    deviation: float = 0.0
    doubtful: bool = False

    @property
    def anomalous(self) -> bool:
        """Whether something is claimed."""
        return self.severity is not None


class Anomaly(CamelModel):
    """One anomaly with its whole life: what was found when, how bad it got, who knows of it, and whether it is over.

    `affected_component` is the agent's name and `strand_id` its id; `task_type` is None where the agent's whole work is
    meant, or work that names none. `acknowledged_by` is the id of the key whose holder said that they know of it.
    """

    id: str
    strand_id: str
    task_type: str | None
    type: AnomalyType
    severity: Severity
    description: str
    affected_component: str
    metric: str
    detected_at: Moment
    window_start: Moment
    window_end: Moment
    current_value: float
    expected_value: float
    deviation: float
    suggested_actions: tuple[str, ...] = ()
    resolved: bool = False
    resolved_at: Moment | None = None
    acknowledged_at: Moment | None = None
    acknowledged_by: str | None = None

    def touches(self, start: datetime, end: datetime) -> bool:
        """Whether it lasted into a window, or lasts."""
        return self.window_start < end and (self.resolved_at is None or self.resolved_at > start)


class AnomalyFilters(PageQuery):
    """Which anomalies of all agents are listed: the open ones, or all that lasted into the timeframe up to now."""

    state: Literal["open", "all"] = "open"
    severity: Severity | None = None
    agent: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    timeframe: Timeframe = "4w"

    @property
    def start(self) -> datetime:
        """Where the timeframe begins that ends now."""
        return start_of(self.timeframe, clock.now())


class AnomalyList(CamelModel):
    """Anomalies of all agents, newest first."""

    items: tuple[Anomaly, ...]
    next_cursor: str | None = None


class AnomalyQuery(CamelModel):
    """Whose anomalies are asked for, and how far back; `strand_id` must be given."""

    strand_id: str | None = None
    timeframe: Timeframe = "7d"

    @property
    def span(self) -> timedelta:
        """How long the timeframe is that ends now."""
        now = clock.now()
        return now - start_of(self.timeframe, now)
