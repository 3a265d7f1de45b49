"""Endings told in any order, twice and again, to followers that die at any write and meet each other.

Every dependent starts exactly as often, and with exactly what, a simple model says.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.memory_table import Crash, MemoryTable
from watchbill.execution.models import NewTask, Origin, Task, TaskStatus
from watchbill.execution.store import TaskStore
from watchbill.platform import keys
from watchbill.platform.clock import frozen_at
from watchbill.platform.errors import NotFound, Unprocessable
from watchbill.platform.writes import MOST_WRITES, Write
from watchbill.registry.models import AgentSettings
from watchbill.runs.models import Trigger
from watchbill.streams.models import GoalCriteria, Stream
from watchbill.workflows.following import WorkflowFollower
from watchbill.workflows.models import MOST_DEPENDENTS, Assignment, Ending
from watchbill.workflows.starting import Starter
from watchbill.workflows.store import WorkflowStore

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
STREAM = "s"
Graph = dict[str, tuple[str, ...]]


@pytest.fixture(autouse=True)
def _as_a_function(environment: None) -> None:
    """With the settings of a function, because followers write logs."""


class World:
    """A stream with agents that wait for each other, in a table in memory."""

    def __init__(self, graph: Graph, **facts: object) -> None:
        self.table = MemoryTable()
        self.table.put(keys.STREAM("demo", STREAM), {})
        self.store = WorkflowStore(self.table)
        self.tasks = TaskStore(self.table)
        self.settings: dict[str, AgentSettings] = {}
        self.without_runtime: set[str] = set()
        self.follower = WorkflowFollower(
            self.store,
            Starter(self._draft, self._creation, self._stream, lambda agent: self.settings.get(agent, AgentSettings())),
            lambda: ZoneInfo("UTC"),
        )
        made = [assignment(agent, upstream, **facts) for agent, upstream in graph.items()]
        self.store.add(self.store.workflow(STREAM), graph, made)

    def started(self, agent: str) -> list[Task]:
        """The tasks that were made for an agent."""
        found = [self.tasks.task(key.pk.split("#")[-1]) for key in self.table.items if key.sk == "TASK"]
        return [stored.task for stored in found if stored and stored.task.agent_id == agent]

    def assignment(self, agent: str) -> Assignment:
        """An assignment as it is."""
        return self.store.workflow(STREAM).assignments[agent]

    def _draft(self, wish: NewTask, origin: Origin) -> Task:
        if wish.agent_id in self.without_runtime:
            raise Unprocessable("no runtime")
        assert origin.task_id
        return Task(
            id=origin.task_id,
            agent_id=wish.agent_id,
            org_id="demo",
            task_type=wish.task_type,
            trigger=origin.trigger,
            priority=wish.priority,
            stream_id=origin.stream_id,
            goal_context=origin.goal_context,
            upstream=dict(origin.upstream),
            created_at=NOW,
        )

    def _creation(self, task: Task) -> list[Write]:
        return self.tasks.creation(task)

    def _stream(self, stream_id: str) -> Stream:
        if stream_id != STREAM:
            raise NotFound("no such stream")
        criteria = GoalCriteria(industry=("SaaS",))
        return Stream(id=STREAM, name="n", goal_criteria=criteria, created_at=NOW, updated_at=NOW)


def assignment(agent: str, upstream: tuple[str, ...] = (), **facts: object) -> Assignment:
    given = {"auto_execute": True, "created_at": NOW, "updated_at": NOW, **facts}
    return Assignment(id=f"of-{agent}", stream_id=STREAM, agent_id=agent, depends_on_agent_ids=upstream, **given)


def ending(
    agent: str, task: int, status: TaskStatus = TaskStatus.COMPLETED, *, number: int = 1, priority: int = 5
) -> Ending:
    return Ending(
        stream=STREAM,
        agent=agent,
        task=f"{agent}-{task}",
        number=number,
        status=status,
        priority=priority,
        ended_at=NOW + timedelta(seconds=task),
        duration_ms=1_000 * task,
    )


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Any way in which two to six agents may wait for each other without a circle."""
    agents = [f"a{number}" for number in range(draw(st.integers(2, 6)))]
    return {
        agent: tuple(draw(st.lists(st.sampled_from(agents[:number]), unique=True, max_size=3))) if number else ()
        for number, agent in enumerate(agents)
    }


@st.composite
def deliveries(draw: st.DrawFn, graph: Graph) -> list[Ending]:
    """Endings of any agents' tasks, in any order, some told more than once."""
    agents, statuses = st.sampled_from(sorted(graph)), [TaskStatus.COMPLETED] * 4 + [TaskStatus.FAILED]
    told = draw(
        st.lists(
            st.builds(
                ending,
                agents,
                st.integers(0, 3),
                st.sampled_from(statuses),
                number=st.integers(1, 2),
                priority=st.integers(1, 10),
            ),
            max_size=14,
        )
    )
    distinct = {(one.task, one.number): one for one in told}
    again = draw(st.lists(st.sampled_from(told), max_size=6)) if told else []
    return draw(st.permutations([*distinct.values(), *(distinct[one.task, one.number] for one in again)]))


def model(graph: Graph, told: list[Ending]) -> dict[str, list[dict[str, str]]]:
    """What each dependent is started with, in order: the first telling of each ending counts."""
    arrived: dict[str, dict[str, Ending]] = {agent: {} for agent in graph}
    starts: dict[str, list[dict[str, str]]] = {agent: [] for agent in graph}
    for one in {(one.task, one.number): one for one in told}.values():
        for agent, upstream in graph.items():
            if one.status is not TaskStatus.COMPLETED or one.agent not in upstream:
                continue
            there = arrived[agent].get(one.agent)
            arrived[agent][one.agent] = max(filter(None, (there, one)), key=lambda each: (each.ended_at, each.task))
            if len(arrived[agent]) == len(upstream):
                starts[agent].append({name: each.task for name, each in arrived[agent].items()})
                arrived[agent] = {}
    return starts


def follow_with_crashes(world: World, told: list[Ending], crashes: Iterator[int | None]) -> None:
    """Tell the follower of endings; one that dies is told again, as a queue does."""
    for one in told:
        world.table.crash_after = next(crashes, None)
        try:
            world.follower.follow(one)
        except Crash:
            world.follower.follow(one)
        world.table.crash_after = None


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_every_dependent_starts_as_often_and_with_what_the_model_says(data: st.DataObject) -> None:
    graph = data.draw(graphs())
    told = data.draw(deliveries(graph))
    crashes = data.draw(st.lists(st.none() | st.integers(0, 1), max_size=len(told)))
    world = World(graph)

    follow_with_crashes(world, told, iter(crashes))

    expected = model(graph, told)
    for agent in graph:
        started = sorted(sorted(task.upstream.items()) for task in world.started(agent))
        assert started == sorted(sorted(start.items()) for start in expected[agent])
        assert all((task.trigger, task.stream_id) == (Trigger.DEPENDENT, STREAM) for task in world.started(agent))
        mine = {(one.task, one.number): one for one in told if one.agent == agent}.values()
        done = [one for one in mine if one.status is TaskStatus.COMPLETED]
        kept = world.assignment(agent)
        assert (kept.total_executions, kept.successful_executions) == (len(mine), len(done))
        assert kept.busy_ms == sum(one.duration_ms or 0 for one in done)
        assert kept.last_executed_at == max((one.ended_at for one in mine), default=None)


def test_a_chain_of_three_goes_on_behind_the_second() -> None:
    world = World({"find": (), "enrich": ("find",), "score": ("enrich",)})

    world.follower.follow(ending("find", 1, priority=8))
    (enrich,) = world.started("enrich")
    world.follower.follow(ending("enrich", 2, priority=enrich.priority))

    (score,) = world.started("score")
    assert score.upstream == {"enrich": "enrich-2"}
    assert (enrich.priority, score.priority) == (8, 8)
    assert score.goal_context == {
        "goal_criteria": {"industry": ["SaaS"], "location": []},
        "target_metrics": {},
        "success_criteria": {},
    }


def test_who_waits_for_two_starts_with_the_second_once_with_what_both_brought_last() -> None:
    world = World({"a": (), "b": (), "both": ("a", "b")})

    for one in (ending("a", 3, priority=9), ending("a", 2), ending("a", 3, priority=9)):
        world.follower.follow(one)
        assert world.started("both") == []
    world.follower.follow(ending("b", 4, priority=4))

    (task,) = world.started("both")
    assert task.upstream == {"a": "a-3", "b": "b-4"}
    assert task.priority == 4
    world.follower.follow(ending("b", 4, priority=4))
    world.follower.follow(ending("b", 5))
    assert len(world.started("both")) == 1


def test_as_many_as_may_wait_for_the_same_one_start_in_one_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    many = [f"behind-{number}" for number in range(MOST_DEPENDENTS)]
    world = World({"a": (), **dict.fromkeys(many, ("a",))})
    sizes: list[int] = []
    transact = world.table.transact
    monkeypatch.setattr(world.table, "transact", lambda writes: sizes.append(len(writes)) or transact(writes))

    world.follower.follow(ending("a", 1))

    assert [len(world.started(agent)) for agent in many] == [1] * MOST_DEPENDENTS
    assert len(sizes) == 1
    assert sizes[0] <= MOST_WRITES


def test_two_that_end_at_once_are_both_told_to_who_waits_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World({"a": (), "b": (), "both": ("a", "b")})
    follow, meanwhile = world.store.follow, [ending("b", 2)]

    def interrupted(*arguments: Any) -> None:
        if meanwhile:
            world.follower.follow(meanwhile.pop())
        follow(*arguments)

    monkeypatch.setattr(world.store, "follow", interrupted)
    world.follower.follow(ending("a", 1))

    (task,) = world.started("both")
    assert task.upstream == {"a": "a-1", "b": "b-2"}


@pytest.mark.parametrize("status", [TaskStatus.FAILED, TaskStatus.CANCELLED])
def test_what_failed_starts_nobody_until_it_was_sent_again_and_completed(status: TaskStatus) -> None:
    world = World({"a": (), "b": ("a",)})

    world.follower.follow(ending("a", 1, status, number=3))
    assert world.started("b") == []
    world.follower.follow(ending("a", 1, number=6))
    world.follower.follow(ending("a", 1, status, number=3))

    assert len(world.started("b")) == 1
    assert (world.assignment("a").total_executions, world.assignment("a").successful_executions) == (2, 1)


@pytest.mark.parametrize("facts", [{"is_active": False}, {"auto_execute": False}])
def test_who_is_not_to_start_by_itself_does_not(facts: dict[str, bool]) -> None:
    world = World({"a": (), "b": ("a",)}, **facts)

    world.follower.follow(ending("a", 1))

    assert world.started("b") == []
    assert world.assignment("a").total_executions == 1


def test_one_that_cannot_be_run_keeps_nobody_else_from_starting_and_starts_with_the_next_completion() -> None:
    world = World({"a": (), "b": ("a",), "c": ("a",)})
    world.without_runtime = {"b"}

    world.follower.follow(ending("a", 1))
    assert [len(world.started(agent)) for agent in "bc"] == [0, 1]
    assert world.assignment("b").missing == ()
    world.without_runtime = set()
    world.follower.follow(ending("a", 2))

    assert [task.upstream for task in world.started("b")] == [{"a": "a-2"}]


def test_an_agent_that_is_not_active_is_not_started() -> None:
    world = World({"a": (), "b": ("a",)})
    world.settings["b"] = AgentSettings(is_active=False)

    world.follower.follow(ending("a", 1))

    assert world.started("b") == []


def test_what_is_not_assigned_any_more_is_not_counted() -> None:
    world = World({"a": ()})

    world.follower.follow(ending("x", 1))

    assert world.assignment("a").total_executions == 0


def test_the_clock_starts_an_agent_once_a_day_with_the_latest_of_what_it_depends_on() -> None:
    midnight = datetime(2026, 3, 11, tzinfo=UTC)
    facts = {"execution_frequency": "daily", "next_due": midnight}
    world = World({"a": (), "b": ("a",)}, **facts)
    world.follower.follow(ending("a", 1))
    (dependent,) = world.started("b")

    with frozen_at(midnight - timedelta(minutes=1)):
        assert not world.follower.overdue()
    with frozen_at(midnight + timedelta(minutes=3)):
        assert world.follower.overdue()
        world.follower.start_due()
        world.follower.start_due()
        assert not world.follower.overdue()

    assert [task.trigger for task in world.started("a")] == [Trigger.SCHEDULED]
    (by_clock,) = [task for task in world.started("b") if task.id != dependent.id]
    assert (by_clock.trigger, by_clock.upstream) == (Trigger.SCHEDULED, {"a": "a-1"})
    assert world.assignment("b").next_due == midnight + timedelta(days=1)


@given(st.integers(0, 6))
def test_the_clock_that_dies_at_any_write_starts_an_agent_once(crash_after: int) -> None:
    world = World({"a": (), "b": ("a",)}, execution_frequency="weekly", next_due=NOW)
    with frozen_at(NOW):
        world.table.crash_after = crash_after
        try:
            world.follower.start_due()
        except Crash:
            world.follower.start_due()

    assert [len(world.started(agent)) for agent in "ab"] == [1, 0]
    assert {world.assignment(agent).next_due for agent in "ab"} == {datetime(2026, 3, 16, tzinfo=UTC)}


def test_what_the_clock_finds_of_an_assignment_that_is_gone_is_forgotten() -> None:
    world = World({"a": ()}, next_due=NOW, execution_frequency="daily")
    workflow = world.store.workflow(STREAM)
    (stored,) = workflow.stored.values()
    unknown = replace(stored, assignment=stored.assignment.model_copy(update={"next_due": None}))
    world.store.remove(workflow, {}, unknown)
    with frozen_at(NOW):
        assert world.follower.overdue()

        world.follower.start_due()

        assert not world.follower.overdue()
    assert world.started("a") == []
