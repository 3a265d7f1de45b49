"""What the dashboard's routes answer."""

from enum import StrEnum
from typing import Annotated

from pydantic import PlainSerializer

from watchbill.platform.wire import CamelModel, Model, Moment, Money, Spend


class Trend(StrEnum):
    """The direction of a figure, not whether that is good."""

    UP = "up"
    DOWN = "down"
    NEUTRAL = "neutral"


class Card(Model):
    """A figure in words, with the plain number in `raw`."""

    title: str
    value: str
    change: str
    icon: str
    trend: Trend
    raw: int | float


class Activity(Model):
    """One of the newest runs. `id` is the client's when it sent one; `duration` is in seconds."""

    id: int | str
    agent: str
    action: str
    status: str
    time: Moment
    duration: float | None
    cost: Money | None


class AgentVersion(CamelModel):
    """An agent version with its figures of all time: runtime in seconds, success in percent, spend in USD."""

    id: str
    name: str
    project: str
    status: str
    last_seen: Moment | None
    version: str
    avg_runtime: float | None
    success_rate: Annotated[float, PlainSerializer(lambda rate: round(rate, 1))] | None
    total_runs: int
    spend: Spend
    tools: tuple[str, ...]
    models: tuple[str, ...]
    cluster: str | None
    deployment: str | None


class Range(StrEnum):
    """How far back the figures of agents go: the running hour and 23 before it, or the running day of UTC and more."""

    DAY = "24h"
    WEEK = "7d"
    MONTH = "30d"


class RangeFilter(Model):
    """Which range is asked for."""

    range: Range = Range.DAY


class Figures(Model):
    """What executions came to. Rates are 0 to 1, over those that ended; what was not measured is null."""

    executions: int
    completed: int
    failed: int
    timeout: int
    cancelled: int
    success_rate: float | None
    avg_duration_ms: float | None
    p95_duration_ms: float | None
    avg_quality_score: float | None
    tokens: int
    cost: Spend
    items_processed: int
    content_produced: int


class Overview(Figures):
    """All agents together; `active_agents` is how many of them worked."""

    active_agents: int


class AgentFigures(Figures):
    """One agent."""

    agent_id: str
    name: str


class AgentFailures(Model):
    """How often one agent failed."""

    agent_id: str
    name: str
    failed: int
    timeout: int
    error_rate: float | None


class Errors(Model):
    """How often agents failed, and which of them, the most first."""

    failed: int
    timeout: int
    error_rate: float | None
    by_agent: tuple[AgentFailures, ...]


class AgentSpend(Model):
    """What one agent cost; `share` is its part of all costs, 0 to 1."""

    agent_id: str
    name: str
    cost: Spend
    share: float


class Cost(Model):
    """What agents cost, and which of them, the most first. The mean is over the executions whose cost is known."""

    total: Spend
    executions_with_cost: int
    avg_per_execution: float | None
    tokens_input: int
    tokens_output: int
    by_agent: tuple[AgentSpend, ...]


class Point(Model):
    """An hour, or a day of UTC."""

    timestamp: Moment
    executions: int
    failed: int
    success_rate: float | None
    avg_duration_ms: float | None
    tokens: int
    cost: Spend


class AgentsAnalytics(Model):
    """What agents did and cost between `start` and `end`. By themselves the 100 are shown that worked last."""

    range: Range
    start: Moment
    end: Moment
    overview: Overview
    agents: tuple[AgentFigures, ...]
    errors: Errors
    time_series: tuple[Point, ...]
    cost: Cost
