"""What may become of a task. Pure; what is not allowed says why."""

from datetime import datetime, timedelta

from watchbill.execution.happenings import MOST_TOLD, CustomEvents, TaskEvent, TaskEventType, happened
from watchbill.execution.models import Metrics, Task, TaskError, TaskStatus
from watchbill.runs.models import Tokens

FIRST_BACKOFF, LONGEST_BACKOFF = timedelta(seconds=1), timedelta(seconds=60)
_LONGEST_REASON = 500


class NotAllowed(Exception):
    """A task in this state does not take that step; the message says why."""


def backoff(retry_count: int) -> timedelta:
    """How long to wait after so many failed attempts: 1, 2, 4 … at most 60 seconds."""
    doublings = min(retry_count - 1, 10)
    return min(LONGEST_BACKOFF, FIRST_BACKOFF * (1 << doublings))


def fallen_due(task: Task) -> Task:
    """The task ready to start, now that its time has come. Raises NotAllowed."""
    _require(task, TaskStatus.PENDING)
    return _changed(task, not_before=None)


def queued(task: Task, now: datetime, lease: timedelta) -> Task:
    """The task with a slot, on its way to a worker. Raises NotAllowed."""
    _require(task, TaskStatus.PENDING)
    if task.waits_for:
        raise NotAllowed("it waits for other tasks")
    return _changed(task, status=TaskStatus.QUEUED, queued_at=now, lease_until=now + lease)


def begun(task: Task, now: datetime, lease: timedelta, holder: str) -> Task:
    """The task in the hands of a worker, who has it until the lease ends. Raises NotAllowed.

    A task that is being worked on can be begun again only when its lease is over: its worker has died.
    """
    if task.status is TaskStatus.PROCESSING and task.lease_until and now < task.lease_until:
        raise NotAllowed("another worker has it")
    if task.status is TaskStatus.RETRYING and task.next_attempt_at and now < task.next_attempt_at:
        raise NotAllowed("its next attempt is not due yet")
    _require(task, TaskStatus.QUEUED, TaskStatus.RETRYING, TaskStatus.PROCESSING)
    if task.status is TaskStatus.PROCESSING and task.retry_count >= task.max_retries:
        raise NotAllowed("no attempt is left")
    attempt, retried = task.attempt + 1, task.retry_count + (task.status is TaskStatus.PROCESSING)
    kind = TaskEventType.RETRY_ATTEMPT if retried else TaskEventType.EXECUTION_STARTED
    return _changed(
        task,
        status=TaskStatus.PROCESSING,
        attempt=attempt,
        retry_count=retried,
        events=happened(task.events, TaskEvent(type=kind, at=now, attempt=attempt)),
        started_at=task.started_at or now,
        lease_until=now + lease,
        lease_holder=holder,
        worker=None,
        deadline=None,
        next_attempt_at=None,
    )


def prolonged(task: Task, attempt: int, now: datetime, lease: timedelta) -> Task:
    """The task with a longer lease, for a worker that is still at it. Raises NotAllowed."""
    _require_holder(task, attempt)
    return _changed(task, lease_until=now + lease)


def heard(task: Task, told: CustomEvents, now: datetime) -> Task:
    """The task with what its agent tells of the attempt while it works: so many at most, and nothing twice.

    As it is when that is nothing new.
    """
    known = [event for event in task.events if event.name and event.attempt == task.attempt]
    new = [one for one in told if (one.name, one.data) not in [(event.name, event.data) for event in known]]
    return _hearing(task, tuple(new[: max(0, MOST_TOLD - len(known))]), now)


def completed(
    task: Task,
    attempt: int,
    now: datetime,
    output: object,
    metrics: Metrics | None = None,
    told: CustomEvents = (),
) -> Task:
    """The task done by the worker that began its `attempt`, with what it told of that. Raises NotAllowed for others."""
    _require_holder(task, attempt)
    return _ended(
        _hearing(task, told, now),
        TaskStatus.COMPLETED,
        now,
        TaskEvent(type=TaskEventType.EXECUTION_COMPLETED, at=now, attempt=attempt),
        output=output,
        metrics=_spent(task.metrics, metrics),
        error=None,
    )


def failed(
    task: Task,
    attempt: int,
    now: datetime,
    error: TaskError,
    metrics: Metrics | None = None,
    wait: timedelta = timedelta(0),
    told: CustomEvents = (),
) -> Task:
    """The task after an attempt that failed: to be tried again after a while, or failed for good. Raises NotAllowed.

    It waits for `wait` at least, where the agent has asked for that.
    """
    _require_holder(task, attempt)
    task = _hearing(task, told, now)
    if not error.retryable or task.retry_count >= task.max_retries:
        return _failed(task, now, error, metrics=_spent(task.metrics, metrics))
    count = task.retry_count + 1
    due = now + max(wait, backoff(count))
    return _changed(
        task,
        status=TaskStatus.RETRYING,
        retry_count=count,
        error=error,
        metrics=_spent(task.metrics, metrics),
        next_attempt_at=due,
        lease_until=due + LONGEST_BACKOFF,
        lease_holder=None,
        worker=None,
        deadline=None,
    )


def abandoned(task: Task, now: datetime, error: TaskError) -> Task:
    """The task failed for good, whoever had it: its messages are used up, or its worker died too often.

    Raises NotAllowed when it has ended.
    """
    if task.status.ended:
        raise NotAllowed(f"it is {task.status.value}")
    return _failed(task, now, error, lease_holder=None)


def cancelled(task: Task, now: datetime) -> Task:
    """The task called off; what a worker still does of it counts no more. Raises NotAllowed when it has ended."""
    if task.status.ended:
        raise NotAllowed(f"it is {task.status.value} already")
    return _ended(task, TaskStatus.CANCELLED, now)


def stopped(task: Task, now: datetime) -> Task:
    """The task called off because its agent is to stop. Raises NotAllowed when it has ended."""
    asked = TaskEvent(type=TaskEventType.STOP_REQUESTED, at=now, attempt=task.attempt)
    return cancelled(_changed(task, events=happened(task.events, asked)), now)


def sent_again(task: Task) -> Task:
    """A task that failed or was cancelled, waiting as if it were new. Raises NotAllowed."""
    _require(task, TaskStatus.FAILED, TaskStatus.CANCELLED)
    return _changed(
        task,
        status=TaskStatus.PENDING,
        retry_count=0,
        error=None,
        output=None,
        not_before=None,
        next_attempt_at=None,
        lease_until=None,
        lease_holder=None,
        worker=None,
        deadline=None,
        queued_at=None,
        started_at=None,
        completed_at=None,
    )


def _require(task: Task, *statuses: TaskStatus) -> None:
    if task.status not in statuses:
        wanted = " or ".join(status.value for status in statuses)
        raise NotAllowed(f"it is {task.status.value}, not {wanted}")


def _require_holder(task: Task, attempt: int) -> None:
    _require(task, TaskStatus.PROCESSING)
    if task.attempt != attempt:
        raise NotAllowed(f"attempt {attempt} has lost it to attempt {task.attempt}")


def _spent(before: Metrics | None, now: Metrics | None) -> Metrics | None:
    """What all attempts cost together; what they brought, as the last one says."""
    if before is None or now is None:
        return now or before
    costs = [one.cost for one in (before, now) if one.cost is not None]
    tokens = [one.tokens for one in (before, now) if one.tokens is not None]
    sums = {
        name: sum(getattr(one, name) or 0 for one in tokens)
        for name in Tokens.model_fields
        if any(getattr(one, name) is not None for one in tokens)
    }
    return now.model_copy(
        update={
            "cost": sum(costs) if costs else None,
            "tokens": Tokens(**sums) if sums else None,
            "models": tuple(dict.fromkeys((*before.models, *now.models))),
        }
    )


def _hearing(task: Task, told: CustomEvents, now: datetime) -> Task:
    """The task with what its agent told of the present attempt."""
    kind = TaskEventType.CUSTOM_EVENT
    heard = (TaskEvent(type=kind, at=now, attempt=task.attempt, name=one.name, data=one.data) for one in told)
    return _changed(task, events=happened(task.events, *heard)) if told else task


def _failed(task: Task, now: datetime, error: TaskError, **facts: object) -> Task:
    why = {"type": error.type, "message": error.message[:_LONGEST_REASON]}
    event = TaskEvent(type=TaskEventType.EXECUTION_FAILED, at=now, attempt=task.attempt, data=why)
    return _ended(task, TaskStatus.FAILED, now, event, error=error, **facts)


def _ended(task: Task, status: TaskStatus, now: datetime, *events: TaskEvent, **facts: object) -> Task:
    return _changed(
        task,
        status=status,
        completed_at=now,
        waits_for=(),
        lease_until=None,
        deadline=None,
        next_attempt_at=None,
        events=happened(task.events, *events),
        **facts,
    )


def _changed(task: Task, **facts: object) -> Task:
    return task.model_copy(update=facts)
