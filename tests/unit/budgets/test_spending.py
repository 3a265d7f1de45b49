"""What is spent of a budget equals the sum over the runs, and is told once, however the stream delivers them."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from boto3.dynamodb.types import TypeSerializer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.history import History, Step
from tests.support.memory_table import Crash, MemoryTable
from tests.support.run_strategies import PLACES, changes, instants, new_runs
from watchbill.analytics.models import Generation, Layout
from watchbill.analytics.rollups import RollupService
from watchbill.analytics.store import RollupStore
from watchbill.budgets import rules
from watchbill.budgets.models import (
    EVERYTHING,
    Budget,
    BudgetChange,
    BudgetPeriod,
    BudgetScope,
    BudgetState,
    NewBudget,
    ShownBudget,
    Subject,
)
from watchbill.budgets.reviewer import BudgetReviewer
from watchbill.budgets.service import BudgetService
from watchbill.budgets.store import BudgetStore
from watchbill.outbox import rules as outbox
from watchbill.platform import keys
from watchbill.platform.clock import frozen_at, to_text
from watchbill.platform.errors import Conflict
from watchbill.platform.items import Item
from watchbill.platform.keys import Key
from watchbill.platform.queue import Queue
from watchbill.platform.stream import Record
from watchbill.runs import rules as runs
from watchbill.runs.models import Facts, NewRun, RunChange

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
AGENT = PLACES[0].agent_id
WISHES = [
    {"scope": "organisation"},
    {"scope": "agent", "subject": AGENT},
    {"scope": "campaign", "subject": "spring"},
    {"scope": "user", "subject": "ana"},
]
STEPS: st.SearchStrategy[list[Step]] = st.lists(
    st.tuples(st.integers(0, 9), st.one_of(new_runs(st.integers(1, 4)), changes, st.just("expire"))), max_size=12
)
quick = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
_serialise = TypeSerializer().serialize


class Told(MemoryTable):
    """A table in memory that keeps the stream of its budgets' writes."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[Record] = []

    def put(self, key: Key, item: Item) -> None:
        before = self.items.get(key)
        super().put(key, item)
        self._tell(key, before)

    def delete(self, key: Key) -> bool:
        before = self.items.get(key)
        done = super().delete(key)
        self._tell(key, before)
        return done

    def _tell(self, key: Key, before: Item | None) -> None:
        if keys.BUDGET.parse(key):
            after = self.items.get(key)
            self.records.append(Record(key, len(self.records), _image(before), _image(after)))


class Bench:
    """An organisation's rollups and budgets, to which the stream delivers."""

    def __init__(self) -> None:
        self.table = Told()
        self.rollups = RollupStore(self.table)
        self.store = BudgetStore(self.table)
        self.reviewer = BudgetReviewer(self.store, self.rollups)
        named = lambda reference: (reference, f"name of {reference}")  # noqa: E731
        self.budgets = BudgetService("demo", self.store, self.reviewer, named, named, lambda: ())

    def set(self, limit: float = 5, period: str = "day", **wish: Any) -> ShownBudget:
        """Set a budget, or change its limit when it is set already."""
        given = NewBudget.model_validate({"period": period, "limit": limit, **wish})
        try:
            return self.budgets.create(given)
        except Conflict as conflict:
            budget_id = conflict.detail.rsplit("/", 1)[1]
            return self.budgets.change(budget_id, BudgetChange(limit=Decimal(str(limit))))

    def take_in(self, records: Sequence[Record], shard: str = "shard") -> None:
        """Deliver records to the consumer of the stream, which counts them first."""
        RollupService(self.rollups).take_in(records, shard)
        self.reviewer.take_in(records)

    def told(self) -> Counter[tuple[str, str]]:
        """How often each budget's share was told, as kind and budget."""
        events = [event for record in self.table.records for event in outbox.events_of(record)]
        return Counter((event.type.value, event.data["budget_id"]) for event in events)


def deliver(bench: Bench, records: Sequence[Record], data: st.DataObject) -> None:
    """Deliver as Lambda may: in any batches, with crashes between writes, again from before; budgets set in between."""
    done = 0
    while done < len(records):
        if data.draw(st.booleans(), label="somebody sets a budget"):
            wish, period = data.draw(st.sampled_from(WISHES)), data.draw(st.sampled_from(BudgetPeriod))
            bench.set(data.draw(st.sampled_from([1, 5, 25])), period, **wish)
        again = data.draw(st.integers(0, done), label="delivered from")
        until = data.draw(st.integers(done + 1, len(records)), label="delivered to")
        bench.table.crash_after = data.draw(st.none() | st.integers(0, 12), label="dies before write")
        try:
            bench.take_in(records[again:until])
        except Crash:
            continue
        finally:
            bench.table.crash_after = None
        done = until


def recomputed(everything: Sequence[Facts], budget: Budget, shown: ShownBudget) -> Decimal:
    """What the runs of a budget's period cost."""
    start, end = to_text(shown.starts_at), to_text(shown.ends_at)
    whose = {
        BudgetScope.ORGANISATION: lambda _: "*",
        BudgetScope.AGENT: lambda run: run["agent_id"],
        BudgetScope.CAMPAIGN: lambda run: run.get("campaign_id"),
        BudgetScope.USER: runs.user_of,
    }[budget.subject.scope]
    within = [run for run in everything if start <= run["created_at"] < end and whose(run) == budget.subject.id]
    return sum((Decimal(run.get("cost") or 0) for run in within), Decimal(0))


@quick
@given(STEPS, st.data())
def test_what_is_spent_is_the_sum_over_the_runs_for_any_delivery(steps: list[Step], data: st.DataObject) -> None:
    bench = Bench()
    with frozen_at(NOW):
        history = History().apply(steps)
        deliver(bench, history.records, data)

        told = bench.told()
        for stored in bench.store.budgets():
            budget, shown = stored.budget, bench.budgets.budget(stored.budget.id)
            assert shown.spent == recomputed(history.everything, budget, shown)
            assert (budget.subject in bench.reviewer.spent()) >= (shown.state is BudgetState.HELD)
            assert told["budget_held", budget.id] >= (shown.state is BudgetState.HELD)
            assert told["budget_warned", budget.id] >= (shown.state is not BudgetState.OK)


A_COST = st.integers(1, 20).map(lambda cents: Decimal(cents) / 10)


@quick
@given(st.lists(st.tuples(A_COST, instants), min_size=1, max_size=10), st.data())
def test_the_same_runs_are_told_the_same_in_any_order_and_however_often_they_come(
    spent: list[tuple[Decimal, datetime]], data: st.DataObject
) -> None:
    bench = Bench()
    with frozen_at(NOW):
        posted = [
            (0, NewRun.model_validate({"created": at, "status": "completed", "id": number, "cost": cost}))
            for number, (cost, at) in enumerate(spent)
        ]
        records = History().apply(data.draw(st.permutations(posted))).records
        of_day, of_month = bench.set(scope="organisation"), bench.set(limit=10, period="month", scope="organisation")
        while records:
            some = data.draw(st.integers(1, len(records)))
            for _ in range(2):
                bench.take_in(records[:some])
            records = records[some:]

        today = sum(cost for cost, at in spent if at.date() == NOW.date())
        this_month = sum(cost for cost, _ in spent)
        assert bench.told() == Counter(
            {
                (kind, budget.id): 1
                for budget, amount in ((of_day, today), (of_month, this_month))
                for kind, share in (("budget_warned", Decimal("0.8")), ("budget_held", Decimal(1)))
                if amount >= budget.limit * share
            }
        )


def a_cost(number: int, cost: float, at: datetime = NOW) -> Step:
    run = {"created": at, "status": "completed", "id": number, "cost": cost}
    return 0, NewRun.model_validate(run)


def corrected(cost: float) -> Step:
    """The only run's cost said again."""
    return 0, RunChange.model_validate({"cost": cost})


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_a_share_that_is_left_and_reached_again_is_told_once_and_what_it_held_is_dispatched(bench: Bench) -> None:
    with frozen_at(NOW):
        budget = bench.set(scope="organisation")
        for record in History().apply([a_cost(1, 6), corrected(1), corrected(7)]).records:
            bench.take_in([record])

    assert bench.told() == {("budget_warned", budget.id): 1, ("budget_held", budget.id): 1}
    freed = [bool(outbox.messages_of([record])[Queue.DISPATCH]) for record in bench.table.records]
    assert freed == [False, False, True, False]


def test_another_limit_is_told_when_it_is_reached_and_the_first_not_twice(bench: Bench) -> None:
    with frozen_at(NOW):
        budget = bench.set(limit=5, scope="organisation")
        bench.take_in(History().apply([a_cost(1, 6)]).records)
        raised = bench.set(limit=20, scope="organisation")
        lowered = bench.set(limit=6, scope="organisation")

    told = [event for record in bench.table.records for event in outbox.events_of(record)]
    assert (raised.state, raised.frees_at, raised.share) == (BudgetState.OK, None, 0.3)
    assert (lowered.state, lowered.share) == (BudgetState.HELD, 1.0)
    assert [(event.type.value, event.data["limit"]) for event in told] == [
        ("budget_warned", 5),
        ("budget_held", 5),
        ("budget_warned", 6),
        ("budget_held", 6),
    ]
    freed = [bool(outbox.messages_of([record])[Queue.DISPATCH]) for record in bench.table.records]
    assert freed == [False, False, True, False]
    with frozen_at(NOW):
        bench.budgets.remove(budget.id)
    assert outbox.messages_of(bench.table.records[-1:])[Queue.DISPATCH] == [{"organisation": "demo"}]


@pytest.mark.parametrize(
    ("period", "frees"), [("day", datetime(2026, 3, 4, tzinfo=UTC)), ("month", datetime(2026, 4, 1, tzinfo=UTC))]
)
def test_a_budget_frees_with_its_period_by_the_clock_alone(bench: Bench, period: str, frees: datetime) -> None:
    with frozen_at(NOW):
        budget = bench.set(period=period, scope="agent", subject=AGENT)
        bench.take_in(History().apply([a_cost(1, 5)]).records)
        held = bench.budgets.budget(budget.id)
        (spent,) = bench.reviewer.spent().values()
    with frozen_at(frees - timedelta(milliseconds=1)):
        assert bench.reviewer.spent()
    with frozen_at(frees):
        freed = bench.budgets.budget(budget.id)
        assert not bench.reviewer.spent()

    assert (held.state, held.frees_at, held.held_tasks) == (BudgetState.HELD, frees, 0)
    assert spent.until == frees
    assert spent.reason.startswith(f"5 of 5 USD for the {period} are spent by agent 'name of {AGENT}'")
    assert (freed.state, freed.spent, freed.starts_at) == (BudgetState.OK, 0, frees)


def test_what_comes_late_counts_where_it_happened_and_tomorrow_counts_tomorrow(bench: Bench) -> None:
    with frozen_at(NOW):
        day, month = bench.set(scope="organisation"), bench.set(period="month", scope="organisation")
        yesterday, tomorrow = NOW - timedelta(days=1), NOW + timedelta(hours=13)
        bench.take_in(History().apply([a_cost(1, 5, yesterday), a_cost(2, 4, tomorrow)]).records)

        assert [bench.budgets.budget(each.id).spent for each in (day, month)] == [0, 9]
    with frozen_at(tomorrow):
        assert [bench.budgets.budget(each.id).spent for each in (day, month)] == [4, 9]


def test_a_run_that_is_counted_while_a_budget_is_being_set_is_in_it(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = bench.store.add

    def counted_meanwhile(budget: Budget) -> None:
        bench.take_in(History().apply([a_cost(1, 5)]).records)
        add(budget)

    monkeypatch.setattr(bench.store, "add", counted_meanwhile)
    with frozen_at(NOW):
        assert bench.set(scope="organisation").spent == 5


def test_a_limit_that_is_set_while_spending_is_reviewed_and_what_is_spent_are_both_kept(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = bench.table.replace

    def overtaken(key: Key, item: Item, revision: int) -> None:
        if keys.BUDGET.parse(key):
            monkeypatch.undo()
            bench.budgets.change(item["id"], BudgetChange(limit=Decimal(20)))
        replace(key, item, revision)

    with frozen_at(NOW):
        budget = bench.set(scope="organisation")
        monkeypatch.setattr(bench.table, "replace", overtaken)
        bench.take_in(History().apply([a_cost(1, 15)]).records)

        shown = bench.budgets.budget(budget.id)
        assert (shown.limit, shown.spent, shown.state) == (20, 15, BudgetState.OK)


def test_a_run_that_moves_is_taken_from_where_it_was() -> None:
    before = {"agent_id": "a", "created_at": "2026-03-01T00:00:00.000Z", "cost": 1, "user_id": "ana"}
    after = before | {"created_at": "2026-03-02T00:00:00.000Z", "initiator": "bo", "user_id": None}

    unchanged = [(after, after), (None, before | {"cost": None})]
    assert rules.touched(unchanged) == {}
    assert rules.touched([(before, after), *unchanged]) == {
        EVERYTHING: {"2026-03-01", "2026-03-02"},
        Subject(BudgetScope.AGENT, "a"): {"2026-03-01", "2026-03-02"},
        Subject(BudgetScope.USER, "ana"): {"2026-03-01"},
        Subject(BudgetScope.USER, "bo"): {"2026-03-02"},
    }


def test_a_new_generation_of_rollups_is_read_at_once(bench: Bench) -> None:
    with frozen_at(NOW):
        budget = bench.set(scope="organisation")
        bench.take_in(History().apply([a_cost(1, 5)]).records)
        bench.rollups.replace_layout(Layout(read=(Generation(2),)))
        bench.reviewer.take_in([Record(keys.LAYOUT("demo"), 9, None, {})])

        assert bench.budgets.budget(budget.id).spent == 0


def _image(item: Item | None) -> dict[str, Any] | None:
    return {name: _serialise(value) for name, value in item.items()} if item else None
