"""What was spent of budgets, kept current as runs are counted; the dispatcher asks it what is used up.

Nothing is added up here that could be added twice. Runs are counted into rollups, each once; behind that, whatever days
the same records speak of are summed anew from the rollups and replace what was known of them. So a record that comes
again changes nothing, a cost that is corrected is taken back, and a budget that is set in the middle of a month knows
what was spent before.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from decimal import Decimal
from functools import partial

from watchbill.analytics import rules as analytics
from watchbill.analytics.models import Dimension, Layout
from watchbill.analytics.store import RollupStore
from watchbill.budgets import rules
from watchbill.budgets.models import Budget, BudgetScope, Spent, Subject
from watchbill.budgets.store import BudgetStore, Stored
from watchbill.platform import clock, keys
from watchbill.platform.items import to_item
from watchbill.platform.stream import Record
from watchbill.platform.table import each
from watchbill.runs.models import Facts

_DIMENSIONS = {
    BudgetScope.ORGANISATION: Dimension.ORGANISATION,
    BudgetScope.AGENT: Dimension.AGENT,
    BudgetScope.CAMPAIGN: Dimension.CAMPAIGN,
    BudgetScope.USER: Dimension.USER,
}


class BudgetReviewer:
    """One organisation's budgets, as those see them who count runs and start tasks."""

    def __init__(self, store: BudgetStore, rollups: RollupStore) -> None:
        self._store = store
        self._rollups = rollups

    def take_in(self, records: Sequence[Record]) -> None:
        """Review the budgets whose spending is another after writes of runs, or of where their rollups lie.

        The rollups have taken the records in before. Those that come again are reviewed again, which changes nothing.
        """
        written = [record for record in records if record.key.sk == keys.RUN.sk]
        moved = any(record.key.sk == keys.LAYOUT.sk for record in records)
        budgets = self._store.budgets() if written or moved else []
        if not budgets:
            return
        days = rules.touched(map(_images, written))
        review = partial(self._review, days=days, whole=moved)
        each(review, [one for one in budgets if moved or one.budget.subject in days])

    def opened(self, budget: Budget) -> Budget:
        """A budget with all that was spent in its period before it was set."""
        return self._summed(budget)

    def spent(self) -> dict[Subject, Spent]:
        """The budgets that are used up now, by whose they are."""
        return rules.spent((stored.budget for stored in self._store.budgets()), clock.now())

    def _review(self, stored: Stored, days: dict[Subject, set[str]], whole: bool) -> None:
        # Read behind the budget, over which it is written only if that has not changed meanwhile: of two who review it
        # at once, the one who writes last has seen all that either has.
        self._store.change(
            stored, lambda budget: self._summed(budget, None if whole else days.get(budget.subject, set()))
        )

    def _summed(self, budget: Budget, days: Collection[str] | None = None) -> Budget:
        now = clock.now()
        first, last = rules.days_at(budget.period, now)
        if days is None:
            return rules.reviewed(budget, {**_none_of(budget), **self._between(budget.subject, first, last)}, now)
        sums: dict[str, Decimal] = {}
        for day in sorted(day for day in days if day >= first):
            sums[day] = self._between(budget.subject, day, day).get(day, Decimal(0))
        return rules.reviewed(budget, sums, now) if sums else budget

    def _between(self, subject: Subject, first: str, last: str) -> dict[str, Decimal]:
        sums: defaultdict[str, Decimal] = defaultdict(Decimal)
        layout = self._rollups.layout()
        for member in _members(subject, layout):
            span = (f"{first}T00", f"{last}T23")
            hours = self._rollups.hours(layout, _DIMENSIONS[subject.scope], member, *span, consistent=True)
            for hour, rollup in hours:
                sums[rules.day_in(hour)] += rules.cost_in(rollup, subject)
        return dict(sums)


def _members(subject: Subject, layout: Layout) -> list[str]:
    """The items of rollups that a subject's runs are counted in."""
    return analytics.user_members(subject.id, layout) if subject.scope is BudgetScope.USER else [subject.id]


def _none_of(budget: Budget) -> dict[str, Decimal]:
    return dict.fromkeys(budget.days, Decimal(0))


def _images(record: Record) -> tuple[Facts | None, Facts | None]:
    before, after = (to_item(image) if image else None for image in (record.before, record.after))
    return before, after
