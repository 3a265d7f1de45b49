"""The figures a dashboard shows, in this package's units; the wire has seconds and camelCase here."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from watchbill_client.models import Answer, Money, UtcDatetime


def _milliseconds(seconds: object) -> object:
    return round(seconds * 1_000) if isinstance(seconds, int | float) else seconds


SecondsAsMs = Annotated[int, BeforeValidator(_milliseconds)]


class StatCard(Answer):
    """One card of the dashboard: the text it shows and, as `raw`, the plain number behind it."""

    title: str
    value: str
    change: str
    icon: str
    trend: str
    raw: int | Money | None = None


class Activity(Answer):
    """One line of recent activity."""

    id: str | int
    agent: str
    action: str
    status: str
    time: UtcDatetime
    # Seconds on the wire.
    duration_ms: SecondsAsMs | None = Field(default=None, validation_alias="duration")
    cost: Money | None = None


class VersionFigures(Answer):
    """One agent version with its figures; `success_rate` is percent, and None without finished runs."""

    id: str
    name: str
    version: str
    status: str
    project: str | None = None
    last_seen: UtcDatetime | None = Field(default=None, validation_alias="lastSeen")
    # Seconds on the wire.
    avg_runtime_ms: SecondsAsMs | None = Field(default=None, validation_alias="avgRuntime")
    success_rate: float | None = Field(default=None, validation_alias="successRate")
    total_runs: int = Field(default=0, validation_alias="totalRuns")
    spend: Money | None = None
    tools: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    cluster: str | None = None
    deployment: str | None = None
