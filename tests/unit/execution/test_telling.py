"""What agents tell while they work: it is known at once, bounded, once, and only while the attempt is theirs."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.memory_table import MemoryTable
from watchbill.execution import leasing, rules
from watchbill.execution.attempts import Attempt
from watchbill.execution.happenings import MOST_TOLD, CustomEvent, Tell
from watchbill.execution.models import Task, TaskStatus
from watchbill.execution.store import StoredTask, TaskStore
from watchbill.execution.worker import Done, Outcome, Upstream, Worker
from watchbill.platform.clock import frozen_at

START = datetime(2026, 3, 10, 12, tzinfo=UTC)
LEASE = timedelta(minutes=1)
HALFWAY = CustomEvent(name="halfway", data={"of": 2})


def a_task(**facts: Any) -> Task:
    usual = {"id": "task", "agent_id": "ana", "org_id": "demo", "task_type": "t", "created_at": START}
    return rules.queued(Task(**(usual | facts)), START, LEASE)


def stored(store: TaskStore) -> StoredTask:
    found = store.task("task")
    assert found
    return found


def told(store: TaskStore) -> list[str | None]:
    return [event.name for event in stored(store).task.events if event.name]


class Teller:
    """An agent that looks what is known of its task after it has told something."""

    timeout = timedelta(seconds=60)

    def __init__(self, store: TaskStore) -> None:
        self._store = store
        self.seen: list[list[str | None]] = []

    def run(self, _: Task, __: Upstream, tell: Tell) -> Outcome:
        tell(HALFWAY)
        self.seen.append(told(self._store))
        self._beside()
        tell(CustomEvent(name="nearly"))
        return Done("done", events=(CustomEvent(name="at last"),))

    def _beside(self) -> None:
        """Somebody else writes the task while the agent works."""
        now = stored(self._store)
        self._store.replace(now, now.task.model_copy(update={"user_id": "eve"}))


@pytest.fixture
def store(environment: None) -> TaskStore:
    store = TaskStore(MemoryTable())
    store.create(a_task())
    return store


def test_what_an_agent_tells_is_known_while_it_works_and_what_others_write_beside_stays(store: TaskStore) -> None:
    agent = Teller(store)
    with frozen_at(START):
        assert Worker(store, lambda _: agent).work("task") is None

    task = stored(store).task
    assert agent.seen == [["halfway"]]
    assert told(store) == ["halfway", "nearly", "at last"]
    assert (task.status, task.output, task.user_id) == (TaskStatus.COMPLETED, "done", "eve")


def test_what_a_worker_tells_that_has_lost_its_task_is_not_kept(store: TaskStore) -> None:
    with frozen_at(START):
        before = stored(store)
        store.replace(before, rules.begun(before.task, START, LEASE, "first"))
        attempt = Attempt(store, stored(store))
        attempt.tell(HALFWAY)
        mine = stored(store)
        store.replace(mine, rules.begun(mine.task, START + 2 * LEASE, LEASE, "second"))

        attempt.tell(CustomEvent(name="too late"))
        ended = attempt.written(lambda task: rules.completed(task, task.attempt, START, "mine"))

    assert ended is None
    assert told(store) == ["halfway"]
    assert stored(store).task.lease_holder == "second"


def test_of_an_attempt_so_much_is_told_and_nothing_twice() -> None:
    task = rules.begun(a_task(), START, LEASE, "first")
    events = tuple(CustomEvent(name=f"step {number}") for number in range(MOST_TOLD + 5))

    once = rules.heard(task, (HALFWAY,), START)
    assert rules.heard(once, (HALFWAY,), START) is once
    full = rules.heard(once, events, START)
    assert len(full.events) == 1 + MOST_TOLD
    again = rules.begun(full, START + 2 * LEASE, LEASE, "second")
    assert rules.heard(again, (HALFWAY,), START).events[-1].attempt == 2


def test_a_heartbeat_tells_and_tells_nothing_again_when_its_answer_was_lost() -> None:
    waiting = Task(id="task", agent_id="ana", org_id="demo", task_type="t", created_at=START)
    task = leasing.leased(waiting, START, LEASE, LEASE, "token", "desk")

    beat = leasing.prolonged(task, "token", START, LEASE, (HALFWAY,))
    again = leasing.prolonged(beat, "token", START, LEASE, (HALFWAY,))

    assert [event.name for event in again.events if event.name] == ["halfway"]
