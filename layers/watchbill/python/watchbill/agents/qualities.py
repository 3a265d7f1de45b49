"""How good an item is: its quality from 0 to 5, what that is made of, and the priority that follows. Pure."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from watchbill.agents.figures import growth_of, social_score
from watchbill.agents.prospects import criteria_of, noticed_of
from watchbill.companies import matching
from watchbill.companies.matching import Entry
from watchbill.companies.models import NETWORKS, Description
from watchbill.streams.models import GoalCriteria, Item, ItemPriority, Signal, Strength

HIGH_QUALITY = 4.0
COMPLETE = (
    "name",
    "website",
    "description",
    "industry",
    "employee_count",
    "region",
    "linkedin_url",
    "phone",
    "email",
)
"""What is to be known of a company."""
_STRENGTHS = {Strength.VERY_STRONG: 1.0, Strength.STRONG: 0.75, Strength.MODERATE: 0.5, Strength.WEAK: 0.25}
_PRIORITIES = ((4.5, ItemPriority.CRITICAL), (4.0, ItemPriority.HIGH), (3.0, ItemPriority.MEDIUM))
_GOOD_SOCIAL, _GOOD_GROWTH = 50, 10
_NOTHING = (None, "", ())


@dataclass(frozen=True, slots=True)
class Parts:
    """What a quality is made of, each from 0 to 1."""

    criteria: float
    completeness: float
    enrichment: float
    signals: float

    @property
    def quality(self) -> float:
        """The whole, from 0 to 5."""
        return round(self.criteria * 2 + self.completeness + self.enrichment + self.signals, 2)

    @property
    def scores(self) -> dict[str, float]:
        """The whole and its parts, as an item has them."""
        return {"quality": self.quality, **{name: round(part, 4) for name, part in asdict(self).items()}}


def parts_of(item: Item, known: Description, goal: GoalCriteria, now: datetime) -> Parts:
    """What the quality of an item is made of, by what is known of its company."""
    return Parts(
        criteria=_criteria(known, goal),
        completeness=sum(getattr(known, name) not in _NOTHING for name in COMPLETE) / len(COMPLETE),
        enrichment=_enrichment(item, known),
        signals=_signals([*item.signals, *noticed_of(known, now)], now),
    )


def priority_of(quality: float) -> ItemPriority:
    """How much an item of a quality matters."""
    return next((priority for least, priority in _PRIORITIES if quality >= least), ItemPriority.LOW)


def known_of(item: Item) -> Description:
    """What an item says itself of its company, for one that is not in the directory."""
    said: dict[str, Any] = {"name": item.name}
    for name, value in item.metadata.items():
        if name in Description.model_fields:
            try:
                Description.model_validate({name: value})
            except ValidationError:
                continue
            said[name] = value
    return Description.model_validate(said)


def _criteria(known: Description, goal: GoalCriteria) -> float:
    places = tuple(place for place in (known.location, known.region, known.country) if place)
    entry = Entry("", known.name or "", known.industry or (), places, known.employee_count, known.revenue)
    met = [meets is True for meets in matching.confirmed(entry, criteria_of(goal))]
    if goal.growth is not None and (goal.growth.min, goal.growth.max) != (None, None):
        growth = growth_of(known.employee_history, known.employee_count)
        least, most = goal.growth.min, goal.growth.max
        above = growth is not None and (least is None or growth.percent >= least)
        met.append(growth is not None and above and (most is None or growth.percent <= most))
    return sum(met) / len(met) if met else 1.0


def _enrichment(item: Item, known: Description) -> float:
    urls = {network: getattr(known, f"{network}_url") or "" for network in NETWORKS}
    growth = growth_of(known.employee_history, known.employee_count)
    found = item.enrichment or {}
    fifths = (
        bool(item.enriched_at or known.enriched_at),
        bool(known.technologies or found.get("technologies")),
        bool(known.registry or found.get("registry")),
        social_score(urls) > _GOOD_SOCIAL,
        growth is not None and growth.percent > _GOOD_GROWTH,
    )
    return sum(fifths) / len(fifths)


def _signals(signals: Iterable[Signal], now: datetime) -> float:
    """The mean of what the active signals say; one that item and company both have counts once."""
    active = {
        (signal.type, signal.source, signal.strength, signal.confidence): _STRENGTHS[signal.strength]
        * signal.confidence
        for signal in signals
        if signal.expires_at is None or signal.expires_at > now
    }
    return sum(active.values()) / len(active) if active else 0.0
