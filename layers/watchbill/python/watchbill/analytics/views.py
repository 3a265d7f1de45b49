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
