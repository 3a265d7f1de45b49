"""What a planned campaign may reach and cost, by what the organisation's campaigns before reached. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum

from watchbill.campaigns.models import Campaign
from watchbill.campaigns.views import CampaignPerformance
from watchbill.metrics.views import MetricAggregate
from watchbill.platform.wire import CamelModel, Money

USUAL_REACH, USUAL_ENGAGEMENT, USUAL_COST = Decimal(1_000), Decimal(50), Decimal(25)
"""Of an item: people reached, and reactions, on each channel; and what it costs in USD."""
CHANNELS = "channels"
"""The name in a campaign's targeting of the channels it was for."""
_CENTS = Decimal("0.01")
_REACH, _ENGAGEMENT, _SPEND = "REACH", "ENGAGEMENT", "SPEND"
"""What metrics are called that say what came of a campaign."""


class Basis(StrEnum):
    """What a prediction rests on."""

    PAST_CAMPAIGNS = "past_campaigns"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Past:
    """What came of a campaign: of so many items on so many channels. None is what was not measured."""

    items: int
    channels: int
    reach: Decimal | None
    engagement: Decimal | None
    spend: Decimal | None


class Bases(CamelModel):
    """What each of a plan's figures rests on."""

    reach: Basis
    engagement: Basis
    budget: Basis


class PlanMetrics(CamelModel):
    """What a planned campaign may reach, and what it is planned with. The budget is in USD."""

    estimated_reach: int
    estimated_engagement: int
    budget: Money
    content_count: int
    channels_count: int
    based_on: Bases


def past_of(campaign: Campaign, performance: CampaignPerformance) -> Past | None:
    """What came of a campaign; None for one that brought no content."""
    if performance.content_produced < 1:
        return None
    named = (campaign.targeting or {}).get(CHANNELS)
    return Past(
        items=performance.content_produced,
        channels=len(named) if isinstance(named, list) and named else 1,
        reach=_sum(performance.metrics, _REACH),
        engagement=_sum(performance.metrics, _ENGAGEMENT),
        spend=_sum(performance.metrics, _SPEND, "USD"),
    )


def predicted(items: int, channels: int, budget: Decimal | None, before: Iterable[Past]) -> PlanMetrics:
    """What so many items on so many channels may reach; they are planned with the given budget at most."""
    past = list(before)
    reach = _rate((one.reach, one.items * one.channels) for one in past)
    engagement = _rate((one.engagement, one.items * one.channels) for one in past)
    cost = _rate((one.spend, one.items) for one in past)
    whole = items * (USUAL_COST if cost is None else cost)
    planned = whole if budget is None else min(whole, budget)
    return PlanMetrics(
        estimated_reach=int(items * channels * (USUAL_REACH if reach is None else reach)),
        estimated_engagement=int(items * channels * (USUAL_ENGAGEMENT if engagement is None else engagement)),
        budget=planned.quantize(_CENTS, ROUND_DOWN),
        content_count=items,
        channels_count=channels,
        based_on=Bases(reach=_basis(reach), engagement=_basis(engagement), budget=_basis(cost)),
    )


def _rate(measured: Iterable[tuple[Decimal | None, int]]) -> Decimal | None:
    """How much of something there was for each; None where it was never measured."""
    known = [(value, of) for value, of in measured if value is not None]
    return sum((value for value, _ in known), Decimal(0)) / sum(of for _, of in known) if known else None


def _basis(rate: Decimal | None) -> Basis:
    return Basis.DEFAULT if rate is None else Basis.PAST_CAMPAIGNS


def _sum(metrics: Iterable[MetricAggregate], name: str, unit: str | None = None) -> Decimal | None:
    found = [
        one.sum for one in metrics if one.name.upper() == name and (unit is None or (one.unit or "").upper() == unit)
    ]
    return sum(found, Decimal(0)) if found else None
