"""Budgets: as asked for, as kept with what was spent of them, and as shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, WithJsonSchema

from watchbill.platform.wire import Label, Model, Moment, Money, Spend

MOST_BUDGETS = 200
"""Of an organisation: the dispatcher reads them all before it starts something."""
_MOST = 10**9


class BudgetScope(StrEnum):
    """Whose spending a budget bounds."""

    ORGANISATION = "organisation"
    AGENT = "agent"
    CAMPAIGN = "campaign"
    USER = "user"


class BudgetPeriod(StrEnum):
    """What a budget is for: a day or a month, by UTC."""

    DAY = "day"
    MONTH = "month"


class BudgetState(StrEnum):
    """How far a budget is used up: below 80%, from there on, and from 100% on, when no further task starts."""

    OK = "ok"
    WARNED = "warned"
    HELD = "held"


class Subject(NamedTuple):
    """Whose spending it is: an agent's or a campaign's id, a user, or the organisation itself, `*`."""

    scope: BudgetScope
    id: str


EVERYTHING = Subject(BudgetScope.ORGANISATION, "*")


def _above_zero(amount: Decimal) -> Decimal:
    if amount <= 0:
        raise ValueError("a limit is more than 0: to hold everything, stop the task runner or pause the agent")
    return amount


Limit = Annotated[
    Money,
    AfterValidator(_above_zero),
    WithJsonSchema({"type": "number", "exclusiveMinimum": 0, "maximum": _MOST}),
]
"""US dollars, more than 0."""


class NewBudget(Model):
    """The wish for a budget. `subject` is an agent (by id or name), a campaign's id or a user, as the scope says."""

    scope: BudgetScope
    subject: Label | None = None
    period: BudgetPeriod
    limit: Limit


class BudgetChange(Model):
    """What may be changed of a budget."""

    limit: Limit


@dataclass(frozen=True, slots=True)
class Budget:
    """A budget as kept: `days` is what was spent on each day from the beginning of the period `opened` on, by UTC.

    `state` is how far it was used up when it was last looked at. `warned` and `held` are the period and the limit in
    which that share was last reached, so that it is told once.
    """

    id: str
    subject: Subject
    name: str
    period: BudgetPeriod
    limit: Decimal
    created_at: datetime
    updated_at: datetime
    opened: str = ""
    days: Mapping[str, Decimal] = field(default_factory=dict)
    state: BudgetState = BudgetState.OK
    warned: str = ""
    held: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a budget stands at an instant: what its period is, and what was spent in it."""

    starts_at: datetime
    ends_at: datetime
    spent: Decimal
    share: float
    state: BudgetState


@dataclass(frozen=True, slots=True)
class Spent:
    """A budget that is used up, in words, and when it frees."""

    reason: str
    until: datetime


class ShownBudget(Model):
    """A budget as it stands. `spent` and `limit` are US dollars, `share` what is spent of the limit.

    `subject` is null for the organisation. `frees_at` is when tasks start again that it holds, and `held_tasks` how
    many it holds of the first thousand that wait; both are null unless it is used up.
    """

    id: str
    scope: BudgetScope
    subject: str | None
    name: str
    period: BudgetPeriod
    limit: Spend
    spent: Spend
    share: float
    state: BudgetState
    starts_at: Moment
    ends_at: Moment
    frees_at: Moment | None
    held_tasks: int | None
    created_at: Moment
    updated_at: Moment


class BudgetList(Model):
    """An organisation's budgets: its own first, then by scope, name and period."""

    items: tuple[ShownBudget, ...]
    next_cursor: str | None = None
