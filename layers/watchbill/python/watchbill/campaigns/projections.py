"""Runs as metrics: each kind of metric is a way to look at a run, never kept beside it. Pure."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from watchbill.campaigns.views import CampaignPerformance
from watchbill.metrics.models import CustomMetric, ProjectedMetric
from watchbill.platform.wire import CamelModel, Figure, Moment
from watchbill.runs.models import Status, Tokens

_NOT_TOLD = {"campaign_id", "agents", "time_series", "metrics"}


class CampaignMetric(CamelModel):
    """A figure at an instant: of an agent's run for a campaign, of a campaign, or posted. Null is not known."""

    name: str
    value: Figure | None
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
            value=Decimal(str(value)),
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


def posted(metric: CustomMetric) -> CampaignMetric:
    """A metric that somebody has posted."""
    return CampaignMetric(
        name=metric.name,
        value=metric.value,
        unit=metric.unit,
        agent_id=metric.agent_id,
        campaign_id=metric.campaign_id,
        timestamp=metric.timestamp,
        metadata={"dimension": metric.dimension} if metric.dimension else {},
    )


def overall(performance: CampaignPerformance, now: datetime) -> CampaignMetric:
    """What a campaign has come to: the share of its runs that succeeded, and beside it all else that is known."""
    return CampaignMetric(
        name=ProjectedMetric.CAMPAIGN_PERFORMANCE,
        value=None if performance.success_rate is None else Decimal(str(performance.success_rate)),
        unit="ratio",
        agent_id=None,
        campaign_id=performance.campaign_id,
        timestamp=now,
        metadata=performance.model_dump(mode="json", by_alias=True, exclude=_NOT_TOLD),
    )


def _figures(run: Measured) -> Iterator[tuple[ProjectedMetric, float | int | None, str, dict[str, Any]]]:
    judged = run.status.judged
    yield ProjectedMetric.AGENT_EXECUTION_TIME, run.duration_ms if judged else None, "ms", {}
    yield ProjectedMetric.AGENT_SUCCESS_RATE, float(run.status is Status.COMPLETED) if judged else None, "ratio", {}
    if run.tokens is not None:
        said = {"input": run.tokens.input, "output": run.tokens.output, "model": next(iter(run.models), None)}
        yield ProjectedMetric.TOKEN_USAGE, run.tokens.total, "tokens", said
    yield ProjectedMetric.CONTENT_PRODUCTION, run.content_produced, "pieces", {}
    yield ProjectedMetric.TREND_DETECTION, run.trends_detected, "trends", {}
