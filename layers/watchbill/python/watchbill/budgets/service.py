"""An organisation's budgets: setting them, and saying how they stand and what they hold."""

from collections import Counter
from collections.abc import Callable, Iterable

from watchbill.budgets import rules
from watchbill.budgets.models import (
    EVERYTHING,
    MOST_BUDGETS,
    Budget,
    BudgetChange,
    BudgetList,
    BudgetScope,
    BudgetState,
    NewBudget,
    ShownBudget,
    Subject,
)
from watchbill.budgets.reviewer import BudgetReviewer
from watchbill.budgets.store import BudgetStore, Stored
from watchbill.platform import clock, ids
from watchbill.platform.errors import BadRequest, Conflict, Fault, NotFound, Unprocessable
from watchbill.platform.table import Changed

NameOf = Callable[[str], tuple[str, str]]
"""The id and the name of what is told by an id or a name. Raises NotFound."""
Waiting = Callable[[], Iterable[tuple[Subject, ...]]]
"""For each task that waits, the first thousand of them, on whose budgets it would be spent."""


class BudgetService:
    """One organisation's budgets."""

    def __init__(
        self,
        organisation: str,
        store: BudgetStore,
        reviewer: BudgetReviewer,
        agent: NameOf,
        campaign: NameOf,
        waiting: Waiting,
    ) -> None:
        self._organisation = organisation
        self._store = store
        self._reviewer = reviewer
        self._agent = agent
        self._campaign = campaign
        self._waiting = waiting

    def create(self, wish: NewBudget) -> ShownBudget:
        """A new budget, with what was spent of it before. Raises BadRequest, NotFound, Conflict, Unprocessable."""
        subject, name = self._named(wish)
        if len(self._store.budgets()) >= MOST_BUDGETS:
            raise Unprocessable(f"an organisation has at most {MOST_BUDGETS} budgets")
        now = clock.now()
        budget_id = ids.derived_id("budget", self._organisation, *subject, wish.period)
        budget = Budget(budget_id, subject, name, wish.period, wish.limit, created_at=now, updated_at=now)
        try:
            self._store.add(self._reviewer.opened(budget))
        except Changed as error:
            raise Conflict(f"there is such a budget: change its limit with PATCH /api/budgets/{budget_id}") from error
        return self._reopened(budget_id)

    def budgets(self) -> BudgetList:
        """Every budget: the organisation's first, then by scope, name and period."""
        return BudgetList(items=self._shown(stored.budget for stored in self._store.budgets()))

    def budget(self, budget_id: str) -> ShownBudget:
        """One budget. Raises NotFound."""
        return self._one(self._stored(budget_id).budget)

    def change(self, budget_id: str, change: BudgetChange) -> ShownBudget:
        """Set another limit; what it holds no more starts by itself. Raises NotFound."""
        changed = self._store.change(
            self._stored(budget_id), lambda budget: rules.limited(budget, change.limit, clock.now())
        )
        if changed is None:
            raise _unknown(budget_id)
        return self._one(changed)

    def remove(self, budget_id: str) -> None:
        """Forget a budget; what it held starts by itself. Raises NotFound."""
        if not self._store.remove(budget_id):
            raise _unknown(budget_id)

    def _reopened(self, budget_id: str) -> ShownBudget:
        """A new budget, reviewed once more: whoever counted runs while it was first summed did not know of it."""
        stored = self._stored(budget_id)
        reviewed = self._store.change(stored, self._reviewer.opened)
        return self._one(reviewed or stored.budget)

    def _named(self, wish: NewBudget) -> tuple[Subject, str]:
        if wish.scope is BudgetScope.ORGANISATION:
            if wish.subject is not None:
                raise _bad_subject("the organisation's budget has none")
            return EVERYTHING, self._organisation
        if wish.subject is None:
            raise _bad_subject(f"say which {wish.scope.value} it is for")
        if wish.scope is BudgetScope.USER:
            return Subject(wish.scope, wish.subject), wish.subject
        found, name = (self._agent if wish.scope is BudgetScope.AGENT else self._campaign)(wish.subject)
        return Subject(wish.scope, found), name

    def _one(self, budget: Budget) -> ShownBudget:
        return self._shown([budget])[0]

    def _shown(self, budgets: Iterable[Budget]) -> tuple[ShownBudget, ...]:
        there, now = rules.in_order(budgets), clock.now()
        holding = any(rules.standing(budget, now).state is BudgetState.HELD for budget in there)
        held = Counter(subject for subjects in self._waiting() for subject in subjects) if holding else Counter()
        return tuple(rules.shown(budget, now, held) for budget in there)

    def _stored(self, budget_id: str) -> Stored:
        stored = self._store.budget(budget_id)
        if stored is None:
            raise _unknown(budget_id)
        return stored


def _bad_subject(message: str) -> BadRequest:
    return BadRequest(f"subject: {message}", errors=[Fault("subject", message)])


def _unknown(budget_id: str) -> NotFound:
    return NotFound(f"there is no budget {budget_id!r}")
