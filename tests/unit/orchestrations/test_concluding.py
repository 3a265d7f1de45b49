"""An orchestration is concluded once, with everything that follows from it, however many look at the same time."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support.leased import Table
from tests.support.memory_table import Crash
from watchbill.execution.models import Task, TaskStatus
from watchbill.orchestrations.models import Member, Orchestration, OrchestrationStatus
from watchbill.orchestrations.service import OrchestrationService
from watchbill.orchestrations.store import OrchestrationStore
from watchbill.platform import keys
from watchbill.platform.lists import Cursors
from watchbill.platform.writes import Create, Write

START = datetime(2026, 3, 10, 12, tzinfo=UTC)
REPLY = keys.NOTICE("demo", "reply")


class Tasks:
    """Two tasks, as they are."""

    def __init__(self) -> None:
        self.ends = {"a": TaskStatus.COMPLETED, "b": TaskStatus.FAILED}

    def tasks_of(self, task_ids: Iterable[str]) -> dict[str, Task]:
        usual: dict[str, Any] = {"agent_id": "x", "org_id": "demo", "task_type": "t", "created_at": START}
        return {task_id: Task(id=task_id, status=self.ends[task_id], **usual) for task_id in task_ids}


class World:
    """An orchestration whose tasks have ended, in a table."""

    def __init__(self) -> None:
        self.table, self.tasks = Table(), Tasks()
        self.store = OrchestrationStore(self.table)
        members = tuple(Member(agent=task_id, agent_id="x", task_id=task_id) for task_id in self.tasks.ends)
        self.store.write(self.store.creation(Orchestration(id="o", members=members, created_at=START)))
        stubs: Any = self.tasks, None
        self.service = OrchestrationService(self.store, *stubs, Cursors(lambda: b"secret"))
        self.asked = 0

    def also(self, orchestration: Orchestration, tasks: Mapping[str, Task]) -> Sequence[Write]:
        """A reply that is made once."""
        self.asked += 1
        return [Create(REPLY, {"status": orchestration.status.value, "tasks": len(tasks)})]

    @property
    def status(self) -> OrchestrationStatus:
        stored = self.store.orchestration("o")
        assert stored
        return stored.orchestration.status


@pytest.fixture
def world() -> World:
    return World()


def test_what_follows_is_written_with_it_once(world: World) -> None:
    for _ in range(3):
        world.service.conclude("o", world.also)

    assert (world.status, world.asked) == (OrchestrationStatus.PARTIAL, 1)
    assert world.table.items[REPLY] == {"status": "partial", "tasks": 2}


def test_who_dies_before_the_write_has_said_nothing_and_the_next_one_says_it(world: World) -> None:
    world.table.crash_after = 0
    with pytest.raises(Crash):
        world.service.conclude("o", world.also)
    before = world.status
    world.service.conclude("o", world.also)

    assert (before, world.status) == (OrchestrationStatus.RUNNING, OrchestrationStatus.PARTIAL)


def test_of_two_at_once_one_says_it(world: World) -> None:
    world.table.meanwhile = lambda: world.service.conclude("o", world.also)
    world.service.conclude("o", world.also)

    assert (world.status, world.asked) == (OrchestrationStatus.PARTIAL, 2)


def test_nothing_is_said_while_one_is_at_work(world: World) -> None:
    world.tasks.ends["b"] = TaskStatus.RETRYING
    world.service.conclude("o", world.also)
    world.service.conclude("unknown", world.also)

    assert (world.status, world.asked) == (OrchestrationStatus.RUNNING, 0)
