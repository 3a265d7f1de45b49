"""A budget as an item, which the stream's consumers read too. Pure."""

from decimal import Decimal

from watchbill.budgets.models import Budget, BudgetPeriod, BudgetScope, BudgetState, Subject
from watchbill.platform import clock
from watchbill.platform.items import Item


def to_budget(item: Item) -> Budget:
    """The budget in an item."""
    return Budget(
        id=item["id"],
        subject=Subject(BudgetScope(item["scope"]), item["subject"]),
        name=item["name"],
        period=BudgetPeriod(item["period"]),
        limit=Decimal(item["limit"]),
        created_at=clock.from_text(item["created_at"]),
        updated_at=clock.from_text(item["updated_at"]),
        opened=item["opened"],
        days={day: Decimal(amount) for day, amount in item["days"].items()},
        state=BudgetState(item["state"]),
        warned=item["warned"],
        held=item["held"],
    )


def from_budget(budget: Budget) -> Item:
    """The item of a budget."""
    return {
        "id": budget.id,
        "scope": budget.subject.scope.value,
        "subject": budget.subject.id,
        "name": budget.name,
        "period": budget.period.value,
        "limit": budget.limit,
        "created_at": clock.to_text(budget.created_at),
        "updated_at": clock.to_text(budget.updated_at),
        "opened": budget.opened,
        "days": dict(budget.days),
        "state": budget.state.value,
        "warned": budget.warned,
        "held": budget.held,
    }
