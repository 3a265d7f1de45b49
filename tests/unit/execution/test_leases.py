"""What a worker gets, when, how long it may keep it, and what it is told when it has lost it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.leased import PULL, TIMEOUT, Registry, Table, running
from watchbill.execution import leasing, queueing, rules
from watchbill.execution.dispatcher import Dispatcher
from watchbill.execution.leases import LeaseService
from watchbill.execution.models import Hold, Limits, Task, TaskError, TaskStatus
from watchbill.execution.rules import NotAllowed
from watchbill.execution.slots import Slots
from watchbill.execution.store import TaskStore
from watchbill.execution.views import Completion, Failure, Heartbeat, LeaseWish, Release
from watchbill.execution.worker import Agent, LeasedElsewhere, NotRunnable, Worker
from watchbill.platform.clock import frozen_at
from watchbill.platform.errors import Conflict
from watchbill.registry.models import AgentSettings

START = datetime(2026, 3, 10, 12, tzinfo=UTC)
LEASE_SECONDS = 30


class Office:
    """An organisation with tasks, for one story at a time."""

    def __init__(self, slots: int = 2, **agents: AgentSettings) -> None:
        self.table = Table()
        self.store = TaskStore(self.table)
        self.registry = Registry(**(agents or {"ana": running(pull=True), "bo": running(pull=False)}))
        self.slots = Slots(self.store, lambda: Limits(slots=slots), self.registry.settings_of)
        self.dispatcher = Dispatcher(self.store, self.slots, lambda _: None)
        self.pauses: list[float] = []
        self.leases = LeaseService(self.store, self.slots, self.registry, self.pauses.append)  # type: ignore[arg-type]

        self.worker = Worker(self.store, self._agent_of)

    def _agent_of(self, agent_id: str) -> Agent:
        if queueing.limits_of(self.registry.settings(agent_id)).leased:
            raise LeasedElsewhere
        raise NotRunnable("it is run by nobody here")

    def make(self, task: str, agent: str = "ana", **facts: Any) -> None:
        usual = {"org_id": "demo", "task_type": "t", "created_at": START}
        self.store.create(Task(id=task, agent_id=agent, **(usual | facts)))

    def task(self, task: str) -> Task:
        stored = self.store.task(task)
        assert stored
        return stored.task

    def lease(self, **wish: Any) -> list[str]:
        return [task.id for task in self.leases.lease(LeaseWish(**wish)).tasks]

    def token(self, task: str) -> str:
        return self.task(task).lease_holder or ""


@pytest.fixture
def office() -> Any:
    with frozen_at(START):
        yield Office()


def test_a_task_without_a_worker_waits_takes_no_slot_and_says_so(office: Office) -> None:
    office.make("task")

    assert office.dispatcher.dispatch() == []
    assert office.store.in_flight() == []
    held = office.dispatcher.why(office.task("task"))
    assert (held.hold, held.reason) == (Hold.WAITING_FOR_WORKER, "it waits for a worker that leases it")  # type: ignore[union-attr]


def test_what_holds_every_task_back_is_named_before_the_worker_that_is_missing() -> None:
    with frozen_at(START):
        office = Office(ana=running(pull=True).model_copy(update={"is_active": False}))
        office.make("task")

        assert office.lease() == []
        assert office.dispatcher.why(office.task("task")).hold is Hold.AGENT_INACTIVE  # type: ignore[union-attr]
        office.dispatcher.stop(True)
        assert office.dispatcher.why(office.task("task")).hold is Hold.RUNNER_STOPPED  # type: ignore[union-attr]


def test_a_stopped_runner_leases_nothing_and_lets_a_holder_finish(office: Office) -> None:
    office.make("first")
    office.make("second")
    office.lease()
    office.dispatcher.stop(True)

    assert office.lease() == []
    done = office.leases.complete("first", Completion(lease_token=office.token("first"), output=3))
    assert (done.status, done.output) == (TaskStatus.COMPLETED, 3)


def test_the_slot_that_a_more_urgent_task_of_ours_is_about_to_get_is_not_leased() -> None:
    with frozen_at(START):
        office = Office(slots=1)
        office.make("leased", "ana", priority=5)
        office.make("urgent", "bo", priority=9)

        assert office.lease() == []
        assert office.dispatcher.dispatch() == ["urgent"]


def test_the_most_urgent_come_first_and_no_more_than_asked_for_or_than_there_are_slots(office: Office) -> None:
    for priority in (1, 9, 5, 10):
        office.make(f"task-{priority}", priority=priority)

    assert office.lease() == ["task-10"]
    assert office.lease(max_tasks=10) == ["task-9"]
    assert office.lease(max_tasks=10) == []


def test_an_agent_s_own_limit_holds_for_leases() -> None:
    with frozen_at(START):
        office = Office(slots=5, ana=AgentSettings(runtime=PULL, concurrency=1))
        office.make("first")
        office.make("second")

        assert office.lease(max_tasks=5) == ["first"]


def test_a_worker_gets_only_what_it_asks_for(office: Office) -> None:
    office.make("write", task_type="write")
    office.make("read", task_type="read")

    assert office.lease(task_types=["read"], max_tasks=10) == ["read"]


def test_a_worker_that_waits_looks_again_each_second_and_gets_what_comes(office: Office) -> None:
    def pause(seconds: float) -> None:
        office.pauses.append(seconds)
        if len(office.pauses) == 3:
            office.make("late")

    office.leases = LeaseService(office.store, office.slots, office.registry, pause)  # type: ignore[arg-type]

    assert office.lease(wait_seconds=20) == ["late"]
    assert office.pauses == [1.0, 1.0, 1.0]


def test_a_heartbeat_prolongs_a_lease_until_the_agent_s_time_is_over(office: Office) -> None:
    office.make("task")
    office.lease(lease_seconds=LEASE_SECONDS)
    beat = Heartbeat(lease_token=office.token("task"), lease_seconds=LEASE_SECONDS)

    with frozen_at(START + timedelta(seconds=20)):
        assert office.leases.heartbeat("task", beat).lease_until == START + timedelta(seconds=50)
    with frozen_at(START + timedelta(seconds=45)):
        assert office.leases.heartbeat("task", beat).lease_until == START + timedelta(seconds=TIMEOUT)
    with frozen_at(START + timedelta(seconds=TIMEOUT)):
        with pytest.raises(Conflict, match="as long as its agent may take"):
            office.leases.heartbeat("task", beat)
        office.dispatcher.look_after()
    task = office.task("task")
    assert (task.status, task.retry_count) == (TaskStatus.PENDING, 1)
    assert task.error == TaskError(type="Timeout", message="the attempt took longer than its agent may take")


def test_a_worker_that_died_loses_the_task_to_the_next_and_is_told_to_whom(office: Office) -> None:
    office.make("task")
    office.lease(worker="first", lease_seconds=LEASE_SECONDS)
    token = office.token("task")

    with frozen_at(START + timedelta(seconds=LEASE_SECONDS)):
        assert office.lease(worker="second") == ["task"]
        done = Completion(lease_token=token)
        with pytest.raises(Conflict, match=r"this lease is over: worker 'second' \(attempt 2\) has it now"):
            office.leases.complete("task", done)
    assert office.task("task").error == TaskError(
        type="Lost", message="worker 'first' (attempt 1) was not heard from before its lease ended"
    )


def test_a_task_whose_workers_all_died_fails_for_good_and_says_why(office: Office) -> None:
    office.make("task", max_retries=0)
    office.lease(lease_seconds=LEASE_SECONDS)

    with frozen_at(START + timedelta(seconds=LEASE_SECONDS)):
        office.dispatcher.look_after()

    task = office.task("task")
    assert (task.status, task.error and task.error.type, task.completed_at) == (
        TaskStatus.FAILED,
        "Lost",
        START + timedelta(seconds=LEASE_SECONDS),
    )


def test_a_slow_worker_whose_task_nobody_took_may_still_finish_it(office: Office) -> None:
    office.make("task")
    office.lease(lease_seconds=LEASE_SECONDS)

    with frozen_at(START + timedelta(seconds=LEASE_SECONDS + 5)):
        done = office.leases.complete("task", Completion(lease_token=office.token("task")))

    assert done.status is TaskStatus.COMPLETED


def test_a_failure_is_offered_again_after_its_backoff_without_a_slot(office: Office) -> None:
    office.make("task")
    office.lease()
    error = TaskError(type="Busy", message="later")
    office.leases.fail("task", Failure(lease_token=office.token("task"), error=error))

    assert office.store.in_flight() == []
    assert office.lease() == []
    with frozen_at(START + timedelta(seconds=1)):
        assert office.lease() == ["task"]
    assert (office.task("task").attempt, office.task("task").retry_count) == (2, 1)


def test_what_is_given_back_waits_again_at_once_and_costs_no_attempt(office: Office) -> None:
    office.make("task", max_retries=0)
    office.lease()
    office.leases.release("task", Release(lease_token=office.token("task")))

    assert office.task("task").retry_count == 0
    assert office.lease() == ["task"]


def test_a_worker_learns_that_its_task_was_cancelled_and_completes_it_no_more(office: Office) -> None:
    office.make("task")
    office.lease()
    token = office.token("task")
    stored = office.store.task("task")
    assert stored
    office.store.replace(stored, rules.cancelled(stored.task, START))

    heard = office.leases.heartbeat("task", Heartbeat(lease_token=token))
    assert (heard.cancelled, heard.lease_until) == (True, None)
    with pytest.raises(Conflict, match="it is cancelled"):
        office.leases.complete("task", Completion(lease_token=token))
    with pytest.raises(Conflict, match="this lease is over: it is cancelled"):
        office.leases.heartbeat("task", Heartbeat(lease_token="another"))


@pytest.mark.parametrize("status", [TaskStatus.QUEUED, TaskStatus.RETRYING])
def test_what_lies_in_a_queue_when_its_agent_becomes_leased_is_offered_to_workers(status: TaskStatus) -> None:
    due = START + timedelta(seconds=4) if status is TaskStatus.RETRYING else None
    usual = {"id": "task", "agent_id": "ana", "org_id": "demo", "task_type": "t", "created_at": START}
    task = Task(status=status, retry_count=2, next_attempt_at=due, lease_until=START, **usual)

    offered = leasing.taken_back(task, START)

    assert (offered.status, offered.not_before, offered.retry_count) == (TaskStatus.PENDING, due, 2)


def test_what_a_worker_has_when_its_agent_becomes_ours_it_may_finish(office: Office) -> None:
    office.make("task")
    office.lease()
    office.registry.agents["ana"] = running(pull=False)

    done = office.leases.complete("task", Completion(lease_token=office.token("task"), output="mine"))

    assert (done.status, done.output) == (TaskStatus.COMPLETED, "mine")


def test_nobody_takes_back_what_a_worker_has(office: Office) -> None:
    office.make("task")
    office.lease(worker="first")

    with pytest.raises(NotAllowed, match=r"worker 'first' \(attempt 1\) has it"):
        leasing.taken_back(office.task("task"), START)


def test_of_a_lease_and_a_dispatcher_that_see_the_last_slot_one_gets_it() -> None:
    with frozen_at(START):
        office = Office(slots=1)
        office.make("ours", "bo", priority=1)
        office.make("leased", "ana", priority=9)
        office.table.meanwhile = office.dispatcher.dispatch
        assert office.lease() == []
        assert [one.task_id for one in office.store.in_flight()] == ["ours"]

        office = Office(slots=1)
        office.make("ours", "bo", priority=1)
        office.make("leased", "ana", priority=9)
        office.table.meanwhile = office.lease
        assert office.dispatcher.dispatch() == []
        assert [one.task_id for one in office.store.in_flight()] == ["leased"]


def test_a_message_for_a_task_whose_agent_became_leased_gives_its_slot_back(office: Office) -> None:
    office.make("task", "bo")
    office.dispatcher.dispatch()
    office.registry.agents["bo"] = running(pull=True)

    assert office.worker.work("task") is None
    assert office.store.in_flight() == []
    assert office.lease() == ["task"]
    assert (office.worker.work("task"), office.task("task").status) == (None, TaskStatus.PROCESSING)


def test_a_worker_of_ours_has_a_task_under_its_own_name_and_without_the_other_s_deadline(office: Office) -> None:
    office.make("task")
    office.lease(worker="first", lease_seconds=LEASE_SECONDS)

    later = START + timedelta(seconds=LEASE_SECONDS)
    begun = rules.begun(office.task("task"), later, timedelta(minutes=1), "ours")

    assert (begun.lease_holder, begun.worker, begun.deadline, begun.retry_count) == ("ours", None, None, 1)
