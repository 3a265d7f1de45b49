"""Runs as metrics: each kind of metric is a way to look at a run, never kept beside it. Pure."""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from watchbill.platform.wire import CamelModel, Moment
from watchbill.runs.models import Status, Tokens


class MetricName(StrEnum):
    """The metrics that follow from runs."""

    AGENT_EXECUTION_TIME = "AGENT_EXECUTION_TIME"
    AGENT_SUCCESS_RATE = "AGENT_SUCCESS_RATE"
    TOKEN_USAGE = "TOKEN_USAGE"  # noqa: S105 - a metric's name
    CONTENT_PRODUCTION = "CONTENT_PRODUCTION"
    TREND_DETECTION = "TREND_DETECTION"
    CAMPAIGN_PERFORMANCE = "CAMPAIGN_PERFORMANCE"


class CampaignMetric(CamelModel):
    """A figure at an instant, of an agent's run for a campaign, or of a campaign. A value of null is not known."""

    name: str
    value: float | int | None
    unit: str | None
    agent_id: str | None
    campaign_id: str | None
    execution_id: str | None = None
    timestamp: Moment
    metadata: dict[str, Any]


class Measured(Protocol):
    """What metrics are read from: a run, however it comes."""

    @property
    def created(self) -> datetime: ...
    @property
    def status(self) -> Status: ...
    @property
    def campaign_id(self) -> str | None: ...
    @property
    def duration_ms(self) -> int | None: ...
    @property
    def tokens(self) -> Tokens | None: ...
    @property
    def models(self) -> tuple[str, ...]: ...
    @property
    def content_produced(self) -> int | None: ...
    @property
    def trends_detected(self) -> int | None: ...


def metrics_of(run: Measured, agent_id: str, execution_id: str) -> list[CampaignMetric]:
    """The metrics of a run: of one that was judged its success, and of all what they took and brought."""
    return [
        CampaignMetric(
            name=name,
            value=value,
            unit=unit,
            agent_id=agent_id,
            campaign_id=run.campaign_id,
            execution_id=execution_id,
            timestamp=run.created,
            metadata=metadata,
        )
        for name, value, unit, metadata in _figures(run)
        if value is not None
    ]


def _figures(run: Measured) -> Iterator[tuple[MetricName, float | int | None, str, dict[str, Any]]]:
    judged = run.status.judged
    yield MetricName.AGENT_EXECUTION_TIME, run.duration_ms if judged else None, "ms", {}
    yield MetricName.AGENT_SUCCESS_RATE, float(run.status is Status.COMPLETED) if judged else None, "ratio", {}
    if run.tokens is not None:
        said = {"input": run.tokens.input, "output": run.tokens.output, "model": next(iter(run.models), None)}
        yield MetricName.TOKEN_USAGE, run.tokens.total, "tokens", said
    yield MetricName.CONTENT_PRODUCTION, run.content_produced, "pieces", {}
    yield MetricName.TREND_DETECTION, run.trends_detected, "trends", {}
