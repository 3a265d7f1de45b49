"""How budgets stand, what changes that, and when it is told. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from watchbill.analytics.models import Measure, Rollup
from watchbill.budgets.models import (
    EVERYTHING,
    Budget,
    BudgetPeriod,
    BudgetScope,
    BudgetState,
    ShownBudget,
    Spent,
    Standing,
    Subject,
)
from watchbill.platform import clock
from watchbill.runs import rules as runs
from watchbill.runs.models import Facts

WARNED_FROM = Decimal("0.8")
_DAY = timedelta(days=1)
_DAY_TEXT = len("2026-03-10")
_SCOPES, _PERIODS = list(BudgetScope), list(BudgetPeriod)
_OPENED = {BudgetPeriod.DAY: "%Y-%m-%d", BudgetPeriod.MONTH: "%Y-%m"}

Place = tuple[Subject, str]
"""Whose spending, on which day."""


def bounds(period: BudgetPeriod, now: datetime) -> tuple[datetime, datetime]:
    """Where the period that an instant falls into begins and ends."""
    start = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if period is BudgetPeriod.DAY:
        return start, start + _DAY
    start = start.replace(day=1)
    return start, (start + 31 * _DAY).replace(day=1)


def days_at(period: BudgetPeriod, now: datetime) -> tuple[str, str]:
    """The first and the last day whose runs may count from now on: the period's first, and, as clocks differ, tomorrow.

    A run's time may be up to a day ahead of ours.
    """
    return day_of(bounds(period, now)[0]), day_of(now + _DAY)


def day_of(instant: datetime) -> str:
    """The day of an instant."""
    return clock.to_text(instant)[:_DAY_TEXT]


def day_in(hour: str) -> str:
    """The day of an hour as rollups name it."""
    return hour[:_DAY_TEXT]


def standing(budget: Budget, now: datetime) -> Standing:
    """How a budget stands."""
    start, end = bounds(budget.period, now)
    within = (day_of(start), day_of(end))
    spent = sum((amount for day, amount in budget.days.items() if within[0] <= day < within[1]), Decimal(0))
    return Standing(start, end, spent, round(float(spent / budget.limit), 4), _state(spent, budget.limit))


def reviewed(budget: Budget, days: Mapping[str, Decimal], now: datetime) -> Budget:
    """The budget with what is now known to be spent on some days; days before its period are forgotten."""
    first, _ = days_at(budget.period, now)
    kept = {day: amount for day, amount in {**budget.days, **days}.items() if day >= first and amount}
    return _marked(replace(budget, days=kept), now)


def limited(budget: Budget, limit: Decimal, now: datetime) -> Budget:
    """The budget with another limit."""
    return _marked(replace(budget, limit=limit, updated_at=now), now)


def charges(record: Facts | None) -> dict[Place, Decimal]:
    """Whom a run's cost is charged to, on which day. Each run has the cost of its own calls, not of its children's."""
    cost = (record or {}).get("cost")
    if not record or not cost:
        return {}
    named = (
        EVERYTHING,
        Subject(BudgetScope.AGENT, record[runs.AGENT_ID]),
        Subject(BudgetScope.CAMPAIGN, record.get("campaign_id") or ""),
        Subject(BudgetScope.USER, runs.user_of(record) or ""),
    )
    day = record[runs.CREATED_AT][:_DAY_TEXT]
    return {(subject, day): Decimal(cost) for subject in named if subject.id}


def touched(changes: Iterable[tuple[Facts | None, Facts | None]]) -> dict[Subject, set[str]]:
    """Whose spending is another after runs were written, given as before and after, and on which days."""
    found: defaultdict[Subject, set[str]] = defaultdict(set)
    for before, after in changes:
        was, now = charges(before), charges(after)
        for subject, day in was | now:
            if was.get((subject, day)) != now.get((subject, day)):
                found[subject].add(day)
    return dict(found)


def cost_in(rollup: Rollup, subject: Subject) -> Decimal:
    """What a subject's runs cost that are counted in a rollup of its dimension."""
    if subject.scope is BudgetScope.USER:
        cells = [rollup.cells[subject.id]] if subject.id in rollup.cells else []
    else:
        cells = list(rollup.cells.values())
    return sum((Decimal(cell[Measure.COST]) for cell in cells), Decimal(0))


def spent(budgets: Iterable[Budget], now: datetime) -> dict[Subject, Spent]:
    """The budgets that are used up, by whose they are; of several of one subject the one that frees last."""
    found: dict[Subject, Spent] = {}
    for budget in budgets:
        stands = standing(budget, now)
        known = found.get(budget.subject)
        if stands.state is BudgetState.HELD and (known is None or known.until < stands.ends_at):
            found[budget.subject] = Spent(_reason(budget, stands), stands.ends_at)
    return found


def shown(budget: Budget, now: datetime, held_tasks: Mapping[Subject, int]) -> ShownBudget:
    """A budget as answers have it."""
    stands = standing(budget, now)
    holds = stands.state is BudgetState.HELD
    return ShownBudget(
        id=budget.id,
        scope=budget.subject.scope,
        subject=None if budget.subject == EVERYTHING else budget.subject.id,
        name=budget.name,
        period=budget.period,
        limit=budget.limit,
        spent=stands.spent,
        share=stands.share,
        state=stands.state,
        starts_at=stands.starts_at,
        ends_at=stands.ends_at,
        frees_at=stands.ends_at if holds else None,
        held_tasks=held_tasks.get(budget.subject, 0) if holds else None,
        created_at=budget.created_at,
        updated_at=budget.updated_at,
    )


def in_order(budgets: Iterable[Budget]) -> list[Budget]:
    """Budgets as they are listed: by scope, name and period."""

    def place(one: Budget) -> tuple[int, str, str, int]:
        return _SCOPES.index(one.subject.scope), one.name, one.subject.id, _PERIODS.index(one.period)

    return sorted(budgets, key=place)


def told(before: Budget | None, after: Budget | None) -> Iterator[tuple[BudgetState, str]]:
    """The shares that a write says were reached, each with the period and the limit in which it was.

    What reaches both at once tells both, so that what is told does not follow from how writes came together.
    """
    if after is None:
        return
    for state, was, now in (
        (BudgetState.WARNED, before.warned if before else "", after.warned),
        (BudgetState.HELD, before.held if before else "", after.held),
    ):
        if now and now != was:
            yield state, now


def notice(budget: Budget, mark: str) -> dict[str, Any]:
    """What is told of a share that was reached; `mark` tells it apart from when it is reached again another time."""
    stands = standing(budget, _at(budget))
    return {
        "budget_id": budget.id,
        "mark": mark,
        "scope": budget.subject.scope.value,
        "subject": None if budget.subject == EVERYTHING else budget.subject.id,
        "name": budget.name,
        "period": budget.period.value,
        "limit": budget.limit,
        "spent": stands.spent,
        "share": stands.share,
        "starts_at": clock.to_text(stands.starts_at),
        "ends_at": clock.to_text(stands.ends_at),
    }


def frees(before: Budget | None, after: Budget | None) -> bool:
    """Whether a budget that held tasks does so no more."""
    held, holds = (budget is not None and budget.state is BudgetState.HELD for budget in (before, after))
    return held and not holds


def _at(budget: Budget) -> datetime:
    """The beginning of the period in which a budget was last looked at."""
    return datetime.strptime(budget.opened, _OPENED[budget.period]).replace(tzinfo=UTC)


def _marked(budget: Budget, now: datetime) -> Budget:
    stands = standing(budget, now)
    opened = stands.starts_at.strftime(_OPENED[budget.period])
    mark = f"{opened} {budget.limit.normalize():f}"
    warned = mark if stands.state is not BudgetState.OK else budget.warned
    held = mark if stands.state is BudgetState.HELD else budget.held
    return replace(budget, opened=opened, state=stands.state, warned=warned, held=held)


def _state(spent: Decimal, limit: Decimal) -> BudgetState:
    if spent >= limit:
        return BudgetState.HELD
    return BudgetState.WARNED if spent >= limit * WARNED_FROM else BudgetState.OK


def _reason(budget: Budget, stands: Standing) -> str:
    whose = f"{budget.subject.scope.value} {budget.name!r}"
    amounts = f"{stands.spent.normalize():f} of {budget.limit.normalize():f} USD"
    return (
        f"{amounts} for the {budget.period.value} are spent by {whose}: "
        f"its budget frees at {stands.ends_at:%Y-%m-%d %H:%M} UTC, or when it is raised"
    )
