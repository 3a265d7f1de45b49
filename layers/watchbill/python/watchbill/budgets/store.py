"""Budgets in the table, each with what was spent of it: an item that its owner and the stream's consumer replace."""

from collections.abc import Callable
from dataclasses import dataclass

from watchbill.budgets.models import Budget
from watchbill.budgets.packing import from_budget, to_budget
from watchbill.platform import keys
from watchbill.platform.items import REVISION, Item
from watchbill.platform.keys import Key
from watchbill.platform.table import Changed, Table

Decide = Callable[[Budget], Budget]
"""A budget as it shall be: itself to leave it as it is."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A budget as it was read."""

    budget: Budget
    revision: int


class BudgetStore:
    """One organisation's budgets."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._organisation = table.organisation

    def budgets(self) -> list[Stored]:
        """Every budget."""
        partition = keys.BUDGET.partition(self._organisation)
        return [_to_stored(found.item) for found in self._table.query(partition)]

    def budget(self, budget_id: str) -> Stored | None:
        """One budget, or None."""
        item = self._table.get(self._key(budget_id))
        return _to_stored(item) if item else None

    def add(self, budget: Budget) -> None:
        """Store a new budget. Raises Changed when there is one of that id."""
        self._table.replace(self._key(budget.id), from_budget(budget), 0)

    def change(self, stored: Stored, decide: Decide) -> Budget | None:
        """Replace a budget as decided on what was read, again when it was changed meanwhile; None when it is gone."""
        while (after := decide(stored.budget)) != stored.budget:
            try:
                self._table.replace(self._key(after.id), from_budget(after), stored.revision)
            except Changed as met:
                if met.item is None:
                    return None
                stored = _to_stored(met.item)
            else:
                return after
        return stored.budget

    def remove(self, budget_id: str) -> bool:
        """Forget a budget; whether there was one."""
        return self._table.delete(self._key(budget_id))

    def _key(self, budget_id: str) -> Key:
        return keys.BUDGET(self._organisation, budget_id)


def _to_stored(item: Item) -> Stored:
    return Stored(to_budget(item), item[REVISION])
