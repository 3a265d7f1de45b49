"""Tasks through dispatchers and workers that die at any write, meet messages twice and late, and each other.

Whatever happens, slots are never exceeded, a task that was done is done once, and every task comes to its end.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, invariant, rule

from tests.support.lives import CRASHES, SLOTS, START, Lives
from tests.support.memory_table import Crash, MemoryTable
from watchbill.execution import rules
from watchbill.execution.dispatcher import LEASE, Dispatcher
from watchbill.execution.happenings import CustomEvent, TaskEventType, Tell
from watchbill.execution.models import Limits, Task, TaskError, TaskStatus
from watchbill.execution.rules import NotAllowed
from watchbill.execution.slots import Slots
from watchbill.execution.store import TaskStore
from watchbill.execution.worker import MARGIN, Done, Failed, NotRunnable, Outcome, Upstream, Worker, _Coalesced
from watchbill.platform.clock import frozen_at
from watchbill.platform.table import Changed
from watchbill.registry.models import AgentSettings

TIMEOUT = timedelta(seconds=60)
EXECUTION_STARTED, RETRY_ATTEMPT = TaskEventType.EXECUTION_STARTED, TaskEventType.RETRY_ATTEMPT
_LAST_WORDS = {
    TaskStatus.COMPLETED: TaskEventType.EXECUTION_COMPLETED,
    TaskStatus.FAILED: TaskEventType.EXECUTION_FAILED,
}


@pytest.fixture(autouse=True)
def _as_a_function(environment: None) -> None:
    """With the settings of a function, because workers write logs."""


class Script:
    """An agent that does what the test says next."""

    timeout = TIMEOUT

    def __init__(self) -> None:
        self.next: str = "succeed"
        self.successes: Counter[str] = Counter()

    def run(self, task: Task, _: Upstream, tell: Tell) -> Outcome:
        match self.next:
            case "succeed":
                return Done({"attempt": task.attempt})
            case "tell":
                tell(CustomEvent(name="halfway", data={"attempt": task.attempt}))
                return Done({"attempt": task.attempt})
            case "fail":
                return Failed(TaskError(type="Refused", message="not today"))
            case "fail for good":
                return Failed(TaskError(type="Bad", message="never", retryable=False))
            case "die":
                raise Crash
            case _:
                raise ZeroDivisionError


def none_known(agent_ids: Iterable[str]) -> Mapping[str, AgentSettings]:
    return {}


class Tasks(Lives):
    """An organisation's tasks, and everything that can happen to them."""

    made: Bundle[str] = Bundle("made")

    def __init__(self) -> None:
        super().__init__()
        self.agent = Script()
        self.slots = Slots(self.store, lambda: Limits(slots=SLOTS), none_known)
        self.dispatcher = Dispatcher(self.store, self.slots, lambda _: None)
        self.worker = Worker(self.store, lambda _: self.agent)

    @rule(target=made, priority=st.integers(1, 10), retries=st.integers(0, 2), later=st.booleans())
    def make(self, priority: int, retries: int, later: bool) -> str:
        due = self.now + timedelta(seconds=30) if later else None
        return self._created(priority=priority, max_retries=retries, scheduled_for=due, not_before=due)

    @rule(crash=CRASHES)
    def dispatch(self, crash: int | None) -> None:
        self._at_now(self.dispatcher.dispatch, crash)

    @rule(crash=CRASHES)
    def release(self, crash: int | None) -> None:
        self._at_now(self.slots.release, crash)

    @rule(task=made, then=st.sampled_from(["succeed", "tell", "fail", "fail for good", "die", "raise"]), crash=CRASHES)
    def deliver(self, task: str, then: str, crash: int | None) -> None:
        """A message for the task arrives: for the first time, again, or long after."""
        self.agent.next = then
        self._at_now(lambda: self.worker.work(task), crash)

    @rule(
        tasks=st.lists(made, min_size=1, max_size=4),
        then=st.sampled_from(["succeed", "fail", "die"]),
        crash=st.none() | st.integers(0, 4),
        meanwhile=st.none() | made,
    )
    def deliver_together(self, tasks: list[str], then: str, crash: int | None, meanwhile: str | None) -> None:
        """Messages arrive in one batch, some perhaps twice, while one of the tasks may be called off."""
        self.agent.next = then
        self.table.crash_after = crash

        def work() -> None:
            begun = self.worker.begin(tasks)
            if meanwhile:
                self.cancel(meanwhile)
            for task in tasks:
                self.worker.work(task, begun.pop(task, None))

        self._at_now(work)

    @rule(task=made)
    def cancel(self, task: str) -> None:
        self._called_off(task)

    @invariant()
    def every_task_is_found_where_its_state_says_and_nowhere_else(self) -> None:
        waiting = [task.id for task in self._all() if task.status is TaskStatus.PENDING and not task.not_before]
        later = [task.id for task in self._all() if task.status is TaskStatus.PENDING and task.not_before]
        assert sorted(one.task_id for one in self.store.ready()) == sorted(waiting)
        assert sorted(self.store.due(datetime.max.replace(tzinfo=UTC))) == sorted(later)

    @invariant()
    def no_task_has_more_attempts_than_it_may(self) -> None:
        for task in self._all():
            assert task.retry_count <= task.max_retries
            assert task.attempt <= task.max_retries + 1

    @invariant()
    def a_task_s_events_tell_its_life(self) -> None:
        for task in self._all():
            begun = [one.type for one in task.events if one.type is not TaskEventType.CUSTOM_EVENT]
            if task.status in _LAST_WORDS:
                assert begun.pop() is _LAST_WORDS[task.status]
            assert begun == [EXECUTION_STARTED, *[RETRY_ATTEMPT] * (task.attempt - 1)][: task.attempt]
            assert [one.at for one in task.events] == sorted(one.at for one in task.events)

    def teardown(self) -> None:
        """With time, messages that come again and agents that work, every task comes to its end."""
        self.agent.next = "succeed"
        for _ in range(200):
            unfinished = [task for task in self._all() if not task.status.ended]
            if not unfinished:
                return
            self.now += LEASE + TIMEOUT + MARGIN
            self._at_now(self.slots.release)
            self._at_now(self.dispatcher.dispatch)
            for flying in self.store.in_flight():
                task_id = flying.task_id
                self._at_now(lambda task_id=task_id: self.worker.work(task_id))
        raise AssertionError("not every task came to its end")


TestTasks = Tasks.TestCase
TestTasks.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)


def a_task(**facts: Any) -> Task:
    usual = {"id": "task", "agent_id": "ana", "org_id": "demo", "task_type": "t", "created_at": START}
    return Task(**(usual | facts))


def flying(**facts: Any) -> tuple[TaskStore, Task]:
    """A task that has a slot."""
    store = TaskStore(MemoryTable())
    store.create(a_task(**facts))
    with frozen_at(START):
        slots = Slots(store, lambda: Limits(slots=1), none_known)
        Dispatcher(store, slots, lambda _: None).dispatch()
    stored = store.task("task")
    assert stored
    return store, stored.task


def test_a_worker_whose_lease_is_over_cannot_end_what_another_has_begun() -> None:
    _, task = flying()
    first = rules.begun(task, START, TIMEOUT, "first")
    later = START + 2 * TIMEOUT
    second = rules.begun(first, later, TIMEOUT, "second")

    with pytest.raises(NotAllowed, match="attempt 1 has lost it to attempt 2"):
        rules.completed(second, first.attempt, later, None)


def test_of_two_workers_with_one_message_each_only_one_begins() -> None:
    store, _ = flying()
    stored = store.task("task")
    assert stored
    begun = rules.begun(stored.task, START, TIMEOUT, "first")
    store.replace(stored, begun)

    with pytest.raises(Changed):
        store.replace(stored, rules.begun(stored.task, START, TIMEOUT, "second"))
    with pytest.raises(NotAllowed, match="another worker has it"):
        rules.begun(begun, START + timedelta(seconds=1), TIMEOUT, "second")


def test_tasks_are_begun_together_and_of_those_that_somebody_changed_meanwhile_none_is() -> None:
    store = TaskStore(MemoryTable())
    for number in range(3):
        store.create(a_task(id=f"task-{number}"))
    with frozen_at(START):
        dispatcher = Dispatcher(store, Slots(store, lambda: Limits(slots=9), none_known), lambda _: None)
        names = dispatcher.dispatch()

        def called_off_before_its_agent_is_known(_: str) -> Script:
            taken = store.task("task-1")
            assert taken
            store.replace(taken, rules.cancelled(taken.task, START))
            return Script()

        assert Worker(store, called_off_before_its_agent_is_known).begin(names) == {}
        begun = Worker(store, lambda _: Script()).begin(names)

    assert set(begun) == {"task-0", "task-2"}
    assert {one.stored.task.lease_until for one in begun.values()} == {START + TIMEOUT + MARGIN}
    assert len({one.stored.task.lease_holder for one in begun.values()}) == 2


def test_a_free_slot_is_offered_when_somebody_waits_for_it_and_only_then() -> None:
    store, asked = TaskStore(MemoryTable()), []
    for name in ("task", "next"):
        store.create(a_task(id=name))
    dispatcher = Dispatcher(store, Slots(store, lambda: Limits(slots=1), none_known), lambda _: None)
    worker = Worker(store, lambda _: Script(), lambda: asked.append(dispatcher.dispatch()))
    with frozen_at(START):
        (first,) = dispatcher.dispatch()
        worker.work(first)
        assert len(asked) == 1
        ((second,),) = asked
        worker.work(second)

    assert len(asked) == 1
    assert {first, second} == {"task", "next"}


def test_of_those_who_ask_while_one_is_at_it_one_does_it_for_all() -> None:
    at_it, go_on, done = Event(), Event(), []

    def act() -> None:
        done.append("begun")
        at_it.set()
        assert go_on.wait(30)

    coalesced = _Coalesced(act)
    with ThreadPoolExecutor(6) as threads:
        threads.submit(coalesced)
        assert at_it.wait(30)
        finished = as_completed([threads.submit(coalesced) for _ in range(5)], timeout=30)
        for _ in range(4):
            next(finished).result()
        assert done == ["begun"]
        go_on.set()
        next(finished).result()
    assert done == ["begun", "begun"]


def test_a_task_nobody_can_run_fails_at_once_and_says_why() -> None:
    store, _ = flying()

    def nobody(agent_id: str) -> Script:
        raise NotRunnable(f"there is no agent {agent_id!r}")

    with frozen_at(START):
        assert Worker(store, nobody).work("task") is None

    stored = store.task("task")
    assert stored
    assert stored.task.status is TaskStatus.FAILED
    assert stored.task.error == TaskError(type="NotRunnable", message="there is no agent 'ana'", retryable=False)


def test_a_failure_is_tried_again_after_its_backoff_and_not_before() -> None:
    store, _ = flying(max_retries=3)
    agent = Script()
    worker, waits, now = Worker(store, lambda _: agent), [], START
    agent.next = "raise"
    for _ in range(3):
        with frozen_at(now):
            again = worker.work("task")
            assert again
            waits.append((again - now).total_seconds())
            assert worker.work("task") == again
        now = again
    with frozen_at(now):
        assert worker.work("task") is None

    stored = store.task("task")
    assert stored
    assert waits == [1, 2, 4]
    assert (stored.task.status, stored.task.attempt, stored.task.retry_count) == (TaskStatus.FAILED, 4, 3)


@pytest.mark.parametrize("status", [TaskStatus.PENDING, TaskStatus.QUEUED, TaskStatus.COMPLETED])
def test_only_what_failed_or_was_cancelled_is_sent_again(status: TaskStatus) -> None:
    with pytest.raises(NotAllowed):
        rules.sent_again(a_task(status=status))


def test_what_is_sent_again_has_all_its_attempts_before_it() -> None:
    error = TaskError(type="e", message="m")
    task = a_task(status=TaskStatus.FAILED, retry_count=3, attempt=4, error=error, completed_at=START)

    again = rules.sent_again(task)

    assert (again.status, again.retry_count, again.error, again.completed_at) == (TaskStatus.PENDING, 0, None, None)
