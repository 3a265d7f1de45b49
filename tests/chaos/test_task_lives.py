"""A thousand lives of tasks while workers, dispatchers and the stream's consumers die at every step.

A death is a process of its own that gets `SIGKILL`, at a moment that its fate names: before the claim, after it, inside
the agent, after the agent, after the commit, before and after a message is sent. The table is another process. Messages
come twice, late and in any order, stream batches come again with other borders, writes are throttled, agents take
longer than they may, tasks are called off, and the task runner is stopped and started, all decided by a seed.
"""

from collections import Counter

import pytest

from tests.support.task_world import DEATHS, DIAMOND, SLOTS, World
from watchbill.execution.models import TaskStatus

LIVES, STREAMS = 160, 10
"""The tasks that somebody makes, and the streams with four tasks each, that follow each other."""
STEPS = ("make", "execute", "deliver", "read_stream", "go_on_working", "pass_time", "cancel", "switch")
WEIGHTS = (10, 3, 40, 16, 16, 6, 1, 1)


@pytest.fixture
def world(request, deployment, listener):
    world = World(request.param, deployment, listener)
    yield world
    world.close()


@pytest.mark.parametrize("world", range(1, 6), indirect=True)
def test_every_task_ends_once_whoever_dies(world):
    while not nearly_all_have_ended(world):
        for _ in range(50):
            live(world)
    counts_are_possible(world)
    world.calm = True
    end(world)

    tasks = world.tasks()
    assert {task.status for task in tasks} <= {TaskStatus.COMPLETED, TaskStatus.FAILED, TaskStatus.CANCELLED}
    assert world.store.in_flight() == []
    the_counts_add_up(world, tasks)
    each_task_is_one_run_with_what_it_cost(world, tasks)
    for stream in world.streams:
        everybody_was_started_once_by_all_it_waits_for(world, stream)
    somebody_died_at_every_step(world)


def nearly_all_have_ended(world):
    """Whether so few are left that their ends need not wait for accidents: most have lived through them."""
    stats = world.report().stats
    return stats.completed + stats.failed + stats.cancelled >= 0.95 * (LIVES + len(DIAMOND) * STREAMS)


def live(world):
    (step,) = world.random.choices(STEPS, WEIGHTS)
    if step == "pass_time":
        world.pass_time(world.random.choice((1, 2, 5, 30, 70)))
    elif step in ("make", "execute"):
        if len(world.made) < LIVES if step == "make" else len(world.streams) < STREAMS:
            getattr(world, step)()
    elif step != "cancel" or world.made:
        getattr(world, step)()
    if step == "deliver":
        no_slot_is_given_twice(world)


def end(world):
    """Nobody dies any more: messages arrive, the stream is read, and time passes until nothing is left to do."""
    for _ in range(300):
        world.start_runner()
        while world.working:
            world.go_on_working()
        while world.deliver() or world.read_stream():
            pass
        if all(task.status.ended for task in world.tasks()) and not world.letters:
            return
        world.pass_time(61 if any(not task.status.ended for task in world.tasks()) else 5_400)
    raise AssertionError("not every task came to its end")


def everybody_was_started_once_by_all_it_waits_for(world, stream):
    tasks = {task.agent_id: task for task in world.executed(stream)}
    assert set(tasks) == {world.agent(name) for name in DIAMOND}
    assert {task.status for task in tasks.values()} == {TaskStatus.COMPLETED}
    for name, before in DIAMOND.items():
        upstream = {world.agent(other): tasks[world.agent(other)].id for other in before}
        assert tasks[world.agent(name)].upstream == upstream


def somebody_died_at_every_step(world):
    assert {tuple(moment) for function, *moment in world.deaths if function == "task_worker"} == set(
        DEATHS["task_worker"]
    )
    assert {"dispatcher", "outbox", "rollups"} < {function for function, *_ in world.deaths}
    assert world.throttled > 0


def no_slot_is_given_twice(world):
    flying = world.store.in_flight()
    assert len(flying) <= SLOTS
    assert len([one for one in flying if one.agent_id == world.narrow]) <= 1


def counts_are_possible(world):
    stats = world.report().stats
    states = (stats.pending, stats.processing, stats.completed, stats.failed, stats.cancelled)
    assert min(states) >= 0
    assert sum(states) == stats.total <= LIVES + len(DIAMOND) * STREAMS


def the_counts_add_up(world, tasks):
    stats, found = world.report().stats, Counter(task.status for task in tasks)
    assert (stats.pending, stats.processing) == (0, 0)
    assert (stats.completed, stats.failed, stats.cancelled) == (
        found[TaskStatus.COMPLETED],
        found[TaskStatus.FAILED],
        found[TaskStatus.CANCELLED],
    )
    assert stats.total == len(tasks) == LIVES + len(DIAMOND) * STREAMS


def each_task_is_one_run_with_what_it_cost(world, tasks):
    runs = world.runs()
    assert set(runs) == {task.id for task in tasks}
    for task in tasks:
        cost = task.metrics.cost if task.metrics else None
        assert (runs[task.id].status == "completed") == (task.status is TaskStatus.COMPLETED)
        assert runs[task.id].cost == cost
        assert task.retry_count <= task.max_retries
        assert task.attempt <= task.max_retries + 1
