"""What may become of a task that a process of the user's works on: it has a lease, proves it by a token, may lose it.

Pure. What is offered again waits as if it were new, without a slot: nobody knows whether a worker will come.
"""

from datetime import datetime, timedelta

from watchbill.execution import rules
from watchbill.execution.happenings import CustomEvents
from watchbill.execution.models import Metrics, Task, TaskError, TaskStatus
from watchbill.execution.recording import TIMED_OUT
from watchbill.execution.rules import NotAllowed

LOST = "Lost"
"""The type of the error of an attempt of which no worker told what became of it."""


def leased(task: Task, now: datetime, lease: timedelta, timeout: timedelta, token: str, worker: str) -> Task:
    """The task in the hands of a worker, for as long as it is heard from, and `timeout` at most. Raises NotAllowed."""
    begun = rules.begun(rules.queued(task, now, lease), now, min(lease, timeout), token)
    return begun.model_copy(update={"worker": worker, "deadline": now + timeout})


def awaited(task: Task, deadline: datetime) -> Task:
    """The task whose agent will call back: nobody of ours works on it, and its attempt ends at the deadline."""
    return task.model_copy(update={"lease_until": deadline, "deadline": deadline})


def timed_out(task: Task, now: datetime) -> Task:
    """The task whose agent did not call back in time: to be tried again, or failed for good. Raises NotAllowed."""
    return rules.failed(task, task.attempt, now, lapse_of(task, now))


def prolonged(task: Task, token: str, now: datetime, lease: timedelta, told: CustomEvents = ()) -> Task:
    """The task with a longer lease, for a worker that is heard from, and what it tells. Raises NotAllowed."""
    attempt, deadline = attempt_of(task, token), task.deadline or now + lease
    if now >= deadline:
        raise NotAllowed("its attempt has taken as long as its agent may take")
    return rules.heard(rules.prolonged(task, attempt, now, min(lease, deadline - now)), told, now)


def completed(
    task: Task, token: str, now: datetime, output: object, metrics: Metrics | None, told: CustomEvents = ()
) -> Task:
    """The task done by the holder of its lease; as it is when that is known already. Raises NotAllowed."""
    if _said_already(task, token, TaskStatus.COMPLETED):
        return task
    return rules.completed(task, attempt_of(task, token), now, output, metrics, told)


def failed(
    task: Task, token: str, now: datetime, error: TaskError, metrics: Metrics | None, told: CustomEvents = ()
) -> Task:
    """The task after its holder's attempt failed: offered again after a while, or failed for good. Raises NotAllowed.

    As it is when that is known already.
    """
    if _said_already(task, token, TaskStatus.FAILED, TaskStatus.PENDING):
        return task
    after = rules.failed(task, attempt_of(task, token), now, error, metrics, told=told)
    if after.status.ended:
        return after
    return _offered(after, after.next_attempt_at, lease_holder=token, worker=task.worker)


def released(task: Task, token: str) -> Task:
    """The task offered again, which its holder cannot finish; that costs no attempt. Raises NotAllowed.

    As it is when that is known already.
    """
    if _said_already(task, token, TaskStatus.PENDING):
        return task
    attempt_of(task, token)
    return _offered(task, lease_holder=token, worker=task.worker)


def taken_back(task: Task, now: datetime) -> Task:
    """The task offered again that lies where nobody works on it; failed for good when no attempt is left.

    Its lease is over, or it has a slot of an agent whose tasks are leased now. Raises NotAllowed when somebody has it.
    """
    if task.status in (TaskStatus.QUEUED, TaskStatus.RETRYING):
        due = task.next_attempt_at
        return _offered(task, due if due and due > now else None)
    if task.status is not TaskStatus.PROCESSING:
        raise NotAllowed(f"it is {task.status.value}")
    if task.lease_until and now < task.lease_until:
        raise NotAllowed(f"{_named(task)} has it")
    error = lapse_of(task, now)
    if task.retry_count >= task.max_retries:
        return rules.abandoned(task, now, error)
    return _offered(task, retry_count=task.retry_count + 1, error=error)


def lapse_of(task: Task, now: datetime) -> TaskError:
    """Why the attempt failed of a task whose lease is over: it took too long, or its worker is gone."""
    if task.deadline and now >= task.deadline:
        return TaskError(type=TIMED_OUT, message="the attempt took longer than its agent may take")
    return TaskError(type=LOST, message=f"{_named(task)} was not heard from before its lease ended")


def attempt_of(task: Task, token: str) -> int:
    """The attempt that a lease is for. Raises NotAllowed, with why, when it is not the task's present one."""
    if task.lease_holder == token and task.status is not TaskStatus.PROCESSING:
        raise NotAllowed(f"it is {task.status.value}")
    if task.lease_holder != token:
        has = f"{_named(task)} has it now" if task.status is TaskStatus.PROCESSING else f"it is {task.status.value}"
        raise NotAllowed(f"this lease is over: {has}")
    return task.attempt


def _said_already(task: Task, token: str, *statuses: TaskStatus) -> bool:
    return task.lease_holder == token and task.status in statuses


def _named(task: Task) -> str:
    return f"worker {task.worker!r} (attempt {task.attempt})" if task.worker else f"attempt {task.attempt}"


def _offered(task: Task, due: datetime | None = None, **facts: object) -> Task:
    waiting: dict[str, object] = {
        "status": TaskStatus.PENDING,
        "not_before": due,
        "next_attempt_at": None,
        "queued_at": None,
        "lease_until": None,
        "lease_holder": None,
        "worker": None,
        "deadline": None,
    }
    return task.model_copy(update=waiting | facts)
