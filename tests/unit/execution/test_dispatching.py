"""What runs next: exactly by priority, then age; nothing beyond the limits; every decision with its reason."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from watchbill.budgets.models import EVERYTHING, BudgetScope, Spent, Subject
from watchbill.execution import queueing, rules
from watchbill.execution.models import AgentLimits, Dispatch, Held, Hold, InFlight, Limits, Waiting

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
AGENTS = st.sampled_from(["ana", "bo", "cy"])


def waiting(number: int, priority: int = 5, agent: str = "ana", age: int = 0) -> Waiting:
    return Waiting(f"task-{number:03d}", agent, priority, NOW - timedelta(seconds=age))


@st.composite
def backlogs(draw: st.DrawFn) -> list[Waiting]:
    """Any set of waiting tasks, as the table lists them."""
    count = draw(st.integers(0, 12))
    tasks = [
        waiting(number, draw(st.integers(1, 10)), draw(AGENTS), draw(st.integers(0, 3))) for number in range(count)
    ]
    return sorted(tasks, key=lambda task: task.order)


FLYING = st.lists(AGENTS, max_size=4).map(
    lambda agents: [InFlight(f"flying-{n}", agent, NOW) for n, agent in enumerate(agents)]
)
LIMITS = st.builds(
    Limits,
    slots=st.integers(0, 5),
    stopped=st.booleans(),
    agents=st.dictionaries(
        AGENTS, st.builds(AgentLimits, st.none() | st.integers(0, 3), st.booleans(), paused=st.booleans())
    ),
    budgets=st.dictionaries(
        st.one_of(
            AGENTS.map(lambda agent: Subject(BudgetScope.AGENT, agent)), st.just(Subject(BudgetScope.USER, "eve"))
        ),
        st.just(Spent("spent", NOW + timedelta(hours=1))),
    ),
)


@given(backlogs(), FLYING, LIMITS)
def test_every_task_is_decided_once_and_no_limit_is_passed(
    ready: list[Waiting], flying: list[InFlight], limits: Limits
) -> None:
    decided = queueing.next_tasks(ready, flying, limits, NOW)

    started = {one.task_id for one in decided if isinstance(one, Dispatch)}
    running = Counter([one.agent_id for one in flying] + [one.agent_id for one in ready if one.task_id in started])
    assert [one.task_id for one in decided] == [one.task_id for one in ready]
    assert not started or running.total() <= limits.slots
    assert not (started and limits.stopped)
    for task in ready:
        if task.task_id in started:
            agent = limits.of_agent(task.agent_id)
            assert agent.active
            assert not agent.paused
            assert agent.concurrency is None or running[task.agent_id] <= agent.concurrency
            assert not set(task.subjects) & limits.budgets.keys()
    assert all(one.reason for one in decided if isinstance(one, Held))


@given(backlogs(), FLYING, LIMITS)
def test_what_a_slot_alone_holds_back_stands_behind_everything_that_starts(
    ready: list[Waiting], flying: list[InFlight], limits: Limits
) -> None:
    decided = queueing.next_tasks(ready, flying, limits, NOW)

    order = {task.task_id: task.order for task in ready}
    started = [order[one.task_id] for one in decided if isinstance(one, Dispatch)]
    without_slot = [
        order[one.task_id] for one in decided if isinstance(one, Held) and one.hold is Hold.ORGANISATION_LIMIT
    ]
    assert not started or not without_slot or max(started) < min(without_slot)


@given(backlogs())
def test_with_one_slot_tasks_start_in_order_of_priority_then_age(ready: list[Waiting]) -> None:
    started = []
    left = list(ready)
    while left:
        (first,) = [d.task_id for d in queueing.next_tasks(left, (), Limits(slots=1), NOW) if isinstance(d, Dispatch)]
        started.append(first)
        left = [task for task in left if task.task_id != first]

    assert started == [task.task_id for task in sorted(ready, key=lambda t: (-t.priority, t.created_at, t.task_id))]


def test_a_task_whose_agent_is_busy_does_not_stand_in_the_way() -> None:
    ready = [waiting(1, 10, "ana"), waiting(2, 1, "bo")]
    limits = Limits(slots=3, agents={"ana": AgentLimits(concurrency=1)})

    busy, free = queueing.next_tasks(ready, [InFlight("flying", "ana", NOW)], limits, NOW)

    assert busy == Held("task-001", Hold.AGENT_LIMIT, "1 of its agent's 1 tasks at a time are in flight")
    assert free == Dispatch("task-002")


def test_of_several_budgets_that_are_spent_the_one_that_frees_last_is_told() -> None:
    tonight, next_month = NOW + timedelta(hours=12), datetime(2026, 4, 1, tzinfo=UTC)
    task = replace(waiting(1), campaign_id="spring", user_id="eve")
    budgets = {
        EVERYTHING: Spent("ours", tonight),
        Subject(BudgetScope.CAMPAIGN, "spring"): Spent("the campaign's", next_month),
        Subject(BudgetScope.USER, "eve"): Spent("eve's", tonight),
        Subject(BudgetScope.USER, "bob"): Spent("bob's", next_month),
    }

    (held,) = queueing.next_tasks([task], (), Limits(budgets=budgets), NOW)

    assert held == Held("task-001", Hold.BUDGET, "the campaign's", next_month)


def test_a_spent_budget_holds_those_alone_who_spend_it() -> None:
    mine, theirs = replace(waiting(1), user_id="eve"), replace(waiting(2), user_id="bob")
    limits = Limits(budgets={Subject(BudgetScope.USER, "eve"): Spent("eve's", NOW)})

    held, started = queueing.next_tasks([mine, theirs], (), limits, NOW)

    assert (held.task_id, started) == ("task-001", Dispatch("task-002"))
    assert isinstance(held, Held)
    assert not limits.nothing_starts
    assert Limits(budgets={EVERYTHING: Spent("ours", NOW)}).nothing_starts


def test_retries_wait_longer_and_longer_but_never_more_than_a_minute() -> None:
    waits = [rules.backoff(count).total_seconds() for count in range(1, 10)]

    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
