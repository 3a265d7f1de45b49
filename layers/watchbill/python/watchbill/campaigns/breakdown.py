"""What was done for a campaign, and how it splits by agent and by time: the answer, folded from rollups. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from watchbill.analytics.models import OTHER, Cell, Measure, Rollup
from watchbill.campaigns.models import Campaign, CampaignStatus
from watchbill.campaigns.views import (
    AgentOfCampaign,
    CampaignFigures,
    CampaignPerformance,
    CampaignPoint,
    TokenSums,
)
from watchbill.metrics.views import MetricAggregate

OTHERS = "others"
"""The name of those that are too many to tell apart."""
_REVENUE, _CURRENCY = "REVENUE", "USD"


def performance(
    campaign: Campaign,
    status: CampaignStatus,
    total: Rollup,
    names: Mapping[str, str],
    metrics: Sequence[MetricAggregate],
    series: Iterable[CampaignPoint] | None,
) -> CampaignPerformance:
    """The answer, from a campaign's rollup of all time, whose cells are its agents', their names, and its metrics."""
    whole, budget, revenue = total.total, campaign.budget, revenue_of(metrics)
    spent = whole[Measure.COST]
    return CampaignPerformance(
        **dict(_figures(whole)),
        campaign_id=campaign.id,
        status=status,
        budget=budget,
        budget_remaining=None if budget is None else budget - spent,
        budget_used=float(spent / budget) if budget else None,
        revenue=revenue,
        roi=float((revenue - budget) / budget * 100) if budget and revenue is not None else None,
        agents=tuple(_agents(total, names)),
        metrics=tuple(metrics),
        time_series=None if series is None else tuple(series),
    )


def revenue_of(metrics: Iterable[MetricAggregate]) -> Decimal | None:
    """The sum of all that is called revenue and is in US dollars; None when nothing is."""
    sums = [one.sum for one in metrics if one.name.upper() == _REVENUE and (one.unit or "").upper() == _CURRENCY]
    return sum(sums, Decimal(0)) if sums else None


def points(buckets: Iterable[tuple[datetime, Cell]]) -> Iterator[CampaignPoint]:
    """A campaign's hours or days."""
    for at, cell in buckets:
        yield CampaignPoint(
            timestamp=at,
            runs=int(cell[Measure.RUNS]),
            completed=int(cell[Measure.COMPLETED]),
            failed=int(cell[Measure.FAILED]),
            timeout=int(cell[Measure.TIMEOUT]),
            cost=cell[Measure.COST],
            tokens=int(cell[Measure.TOKENS_TOTAL]),
            content_produced=int(cell[Measure.CONTENT]),
            p50_duration_ms=cell.duration_quantile(0.5),
            p95_duration_ms=cell.duration_quantile(0.95),
        )


def _agents(total: Rollup, names: Mapping[str, str]) -> list[AgentOfCampaign]:
    shown = [
        AgentOfCampaign(
            **dict(_figures(cell)),
            agent_id=None if agent == OTHER else agent,
            name=OTHERS if agent == OTHER else names.get(agent, agent),
        )
        for agent, cell in total.cells.items()
        if cell[Measure.RUNS]
    ]
    return sorted(shown, key=lambda one: (one.agent_id is None, -one.runs, one.name))


def _figures(cell: Cell) -> CampaignFigures:
    return CampaignFigures(
        runs=int(cell[Measure.RUNS]),
        completed=int(cell[Measure.COMPLETED]),
        failed=int(cell[Measure.FAILED]),
        timeout=int(cell[Measure.TIMEOUT]),
        cancelled=int(cell[Measure.CANCELLED]),
        running=int(cell[Measure.RUNNING]),
        queued=int(cell[Measure.QUEUED]),
        success_rate=cell.success_rate,
        cost=cell[Measure.COST],
        runs_with_cost=int(cell[Measure.COSTED]),
        cost_per_run=cell.mean(Measure.COST, Measure.COSTED),
        tokens=TokenSums(
            input=int(cell[Measure.TOKENS_INPUT]),
            output=int(cell[Measure.TOKENS_OUTPUT]),
            total=int(cell[Measure.TOKENS_TOTAL]),
        ),
        items_processed=int(cell[Measure.ITEMS]),
        content_produced=int(cell[Measure.CONTENT]),
        trends_detected=int(cell[Measure.TRENDS]),
        average_duration_ms=cell.mean_duration_ms,
        average_quality=cell.mean(Measure.QUALITY, Measure.QUALITY_RATED),
        average_satisfaction=cell.mean(Measure.SATISFACTION, Measure.SATISFACTION_RATED),
    )
