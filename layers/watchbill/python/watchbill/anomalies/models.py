"""Anomalies as values: what may be found, the thresholds it is found by, the windows that are compared, a judgement."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from watchbill.platform.wire import CamelModel, Moment


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

    `severity` is None when nothing is claimed. `deviation` is in percent of what was expected, and finite.
    """

    type: AnomalyType
    window: Window
    severity: Severity | None
    reason: str
    current: float | None = None
    expected: float | None = None
    deviation: float = 0.0

    @property
    def anomalous(self) -> bool:
        """Whether something is claimed."""
        return self.severity is not None


class Anomaly(CamelModel):
    """One anomaly with its whole life: what was found when, how bad it got, and whether it is over."""

    id: str
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
