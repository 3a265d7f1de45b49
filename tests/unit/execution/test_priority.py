"""Priority is exact, and whoever waits behind others is told so: a thousand tasks that wait, and an urgent one."""

from datetime import UTC, datetime, timedelta

from tests.support.memory_table import MemoryTable
from watchbill.execution import rules
from watchbill.execution.dispatcher import Dispatcher
from watchbill.execution.models import Held, Hold, Limits, Task
from watchbill.execution.slots import Slots
from watchbill.execution.store import TaskStore
from watchbill.platform.clock import frozen_at

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
THOUSAND = 1_000


def backlog() -> tuple[TaskStore, Dispatcher]:
    """One slot, and a thousand tasks of the lowest priority that wait for it."""
    store = TaskStore(MemoryTable())
    for number in range(THOUSAND):
        store.create(a_task(f"low-{number:04d}", 1, NOW - timedelta(seconds=THOUSAND - number)))
    slots = Slots(store, lambda: Limits(slots=1), lambda _: {})
    return store, Dispatcher(store, slots, lambda _: None)


def a_task(name: str, priority: int, made: datetime) -> Task:
    return Task(id=name, agent_id="ana", org_id="demo", task_type="t", priority=priority, created_at=made)


def finish(store: TaskStore, name: str) -> None:
    stored = store.task(name)
    assert stored
    store.replace(stored, rules.cancelled(stored.task, NOW))


def test_an_urgent_task_starts_next_before_a_thousand_that_waited_longer() -> None:
    store, dispatcher = backlog()
    with frozen_at(NOW):
        assert dispatcher.dispatch() == ["low-0000"]
        store.create(a_task("urgent", 10, NOW))
        assert dispatcher.dispatch() == []

        finish(store, "low-0000")
        assert dispatcher.dispatch() == ["urgent"]
        finish(store, "urgent")
        assert dispatcher.dispatch() == ["low-0001"]


def test_who_waits_behind_others_is_told_how_many_and_for_what() -> None:
    store, dispatcher = backlog()
    with frozen_at(NOW):
        dispatcher.dispatch()
        for number in range(3):
            store.create(a_task(f"urgent-{number}", 10, NOW))
        last = store.task(f"low-{THOUSAND - 1:04d}")
        assert last

        said = dispatcher.why(last.task)

    assert isinstance(said, Held)
    assert (said.hold, said.ahead) == (Hold.ORGANISATION_LIMIT, THOUSAND - 2 + 3)
    assert said.reason == "1 tasks are in flight, and 1 may be at a time; 1001 that wait start before it"
