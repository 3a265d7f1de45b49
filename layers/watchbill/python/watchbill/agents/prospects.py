"""How well a company fits a stream's goal when it is looked for, and what about it says that now is the time. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from watchbill.agents.figures import growth_of
from watchbill.companies import matching
from watchbill.companies.models import Company, CompanySignal, Criteria, Description
from watchbill.companies.models import SignalStrength as Strength
from watchbill.streams import models as streams
from watchbill.streams.models import GoalCriteria, Stream, TargetMetrics

ENTRY_SCORE, BEST_SCORE, HIGH_SCORE = 3.0, 5.0, 4.0
USUAL_TARGET = 50
"""How many companies are looked for where the stream does not say."""

_GROWTH_SIGNALS = ((50, Strength.VERY_STRONG), (25, Strength.STRONG), (10, Strength.MODERATE))
"""What percentage of growth a year is how strong a signal."""
_GROWTH_SEEN_FOR = timedelta(days=30)


def goal_of(stream: Stream, context: dict[str, Any] | None) -> tuple[GoalCriteria, TargetMetrics]:
    """What is looked for: as the task's context says, or else the stream. Raises ValidationError."""
    given = context or {}
    criteria, target = given.get("goal_criteria"), given.get("target_metrics")
    return (
        stream.goal_criteria if criteria is None else GoalCriteria.model_validate(criteria),
        stream.target_metrics if target is None else TargetMetrics.model_validate(target),
    )


def criteria_of(goal: GoalCriteria) -> Criteria:
    """A goal's criteria as the directory searches by them; growth is not known before a company was looked at."""
    employees, revenue = goal.employee_count, goal.revenue
    return Criteria(
        industry=goal.industry,
        location=goal.location,
        min_employees=employees.min if employees else None,
        max_employees=employees.max if employees else None,
        min_revenue=_decimal(revenue.min) if revenue else None,
        max_revenue=_decimal(revenue.max) if revenue else None,
    )


def fit_of(company: Company, criteria: Criteria) -> float:
    """How well a company fits, from 3 to 5: of what is asked for only what is known to be met counts."""
    entry = matching.entry_of(company)
    headcount = (criteria.min_employees, criteria.max_employees)
    points = (
        (0.5, matching.in_industry(entry, criteria.industry)),
        (0.3, matching.in_place(entry, criteria.location)),
        (0.4, headcount != (None, None) and matching.within(entry.employee_count, *headcount)),
        (0.2, bool(company.website)),
        (0.1, bool(company.description)),
        (0.2, bool(company.social_urls())),
        (0.3, company.revenue is not None),
    )
    return min(BEST_SCORE, round(ENTRY_SCORE + sum(point for point, earned in points if earned), 2))


def best_first(companies: Sequence[Company], criteria: Criteria, least: float) -> list[tuple[float, Company]]:
    """The companies that fit well enough with how well they do, the best first, ties by name."""
    rated = [(fit_of(company, criteria), company) for company in companies]
    good = [(fit, company) for fit, company in rated if fit >= least]
    return sorted(good, key=lambda one: (-one[0], one[1].name.casefold(), one[1].id))


def signals_of(known: Description, now: datetime) -> list[streams.Signal]:
    """What suggests to approach a company now: what was noticed of it and is not over, and known growth."""
    noticed = noticed_of(known, now)
    growth = growth_of(known.employee_history, known.employee_count)
    strength = next((strong for least, strong in _GROWTH_SIGNALS if growth and growth.percent >= least), None)
    if growth is None or growth.estimated or strength is None:
        return noticed[:50]
    grown = streams.Signal(
        type="headcount_growth",
        strength=streams.Strength(strength),
        confidence=1.0,
        detected_at=now,
        expires_at=now + _GROWTH_SEEN_FOR,
        source="employee_history",
    )
    return [grown, *noticed][:50]


def noticed_of(known: Description, now: datetime) -> list[streams.Signal]:
    """What was noticed of a company and is not over."""
    active = (one for one in known.signals or () if one.expires_at is None or one.expires_at > now)
    return [_signal(signal, now) for signal in active]


def _signal(signal: CompanySignal, now: datetime) -> streams.Signal:
    return streams.Signal(
        type=signal.type[:50].strip(),
        strength=streams.Strength(signal.strength),
        confidence=signal.confidence,
        detected_at=signal.detected_at or now,
        expires_at=signal.expires_at,
        source=(signal.source or signal.url or signal.title)[:200].strip(),
    )


def _decimal(value: int | None) -> Decimal | None:
    return None if value is None else Decimal(value)
