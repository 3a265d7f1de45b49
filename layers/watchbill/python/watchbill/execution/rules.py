"""What runs next, and what may become of a task. Pure; every decision comes with its reason."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from watchbill.execution.models import (
    AgentLimits,
    Decision,
    Dispatch,
    Held,
    Hold,
    InFlight,
    Limits,
    Metrics,
    Takes,
    Task,
    TaskError,
    TaskStatus,
    Waiting,
)
from watchbill.registry.models import AgentSettings, PullRuntime
from watchbill.runs.models import Tokens

FIRST_BACKOFF, LONGEST_BACKOFF = timedelta(seconds=1), timedelta(seconds=60)


class NotAllowed(Exception):
    """A task in this state does not take that step; the message says why."""


def next_tasks(
    ready: Iterable[Waiting], in_flight: Iterable[InFlight], limits: Limits, now: datetime
) -> list[Decision]:
    """For each waiting task, in the order of `Waiting.order`, whether it starts now, and if not, why not.

    A task that an agent's own limit or a budget holds does not stand in the way of those behind it.
    """
    return list(decisions(ready, in_flight, limits, now))


def decisions(
    ready: Iterable[Waiting], in_flight: Iterable[InFlight], limits: Limits, now: datetime, takes: Takes | None = None
) -> Iterator[Decision]:
    """The decisions of `next_tasks`, one after the other: `ready` is read no further than they are taken.

    Where a worker asks, `takes` says which tasks it would lease; the others are decided as ever, and the slots that
    they are about to get are not the worker's.
    """
    running, ahead = Counter(flying.agent_id for flying in in_flight), 0
    for task in ready:
        held = _hold(task, running, limits, now, ahead) or _without_worker(task, limits, takes)
        if held is None:
            running[task.agent_id] += 1
        ahead += held is None or held.hold is Hold.ORGANISATION_LIMIT
        yield held or Dispatch(task.task_id, limits.of_agent(task.agent_id).leased)


def limits_of(settings: AgentSettings) -> AgentLimits:
    """What an agent's settings allow."""
    return AgentLimits(settings.concurrency, settings.is_active, isinstance(settings.runs_as, PullRuntime))


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
    lost = task.status is TaskStatus.PROCESSING
    return _changed(
        task,
        status=TaskStatus.PROCESSING,
        attempt=task.attempt + 1,
        retry_count=task.retry_count + lost,
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


def completed(task: Task, attempt: int, now: datetime, output: object, metrics: Metrics | None = None) -> Task:
    """The task done by the worker that began its `attempt`. Raises NotAllowed for any other."""
    _require_holder(task, attempt)
    return _ended(task, TaskStatus.COMPLETED, now, output=output, metrics=_spent(task.metrics, metrics), error=None)


def failed(
    task: Task,
    attempt: int,
    now: datetime,
    error: TaskError,
    metrics: Metrics | None = None,
    wait: timedelta = timedelta(0),
) -> Task:
    """The task after an attempt that failed: to be tried again after a while, or failed for good. Raises NotAllowed.

    It waits for `wait` at least, where the agent has asked for that.
    """
    _require_holder(task, attempt)
    if not error.retryable or task.retry_count >= task.max_retries:
        return _ended(task, TaskStatus.FAILED, now, error=error, metrics=_spent(task.metrics, metrics))
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
    return _ended(task, TaskStatus.FAILED, now, error=error, lease_holder=None)


def cancelled(task: Task, now: datetime) -> Task:
    """The task called off; what a worker still does of it counts no more. Raises NotAllowed when it has ended."""
    if task.status.ended:
        raise NotAllowed(f"it is {task.status.value} already")
    return _ended(task, TaskStatus.CANCELLED, now)


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


def _hold(task: Waiting, running: Counter[str], limits: Limits, now: datetime, ahead: int) -> Held | None:
    checks: tuple[Callable[[], Held | None], ...] = (
        lambda: _held(task, Hold.RUNNER_STOPPED, "the task runner is stopped") if limits.stopped else None,
        lambda: _not_yet(task, now),
        lambda: _of_agent(task, running, limits),
        lambda: _over_budget(task, limits),
        lambda: _no_slot(task, running, limits, ahead),
    )
    return next((held for check in checks if (held := check())), None)


def _not_yet(task: Waiting, now: datetime) -> Held | None:
    if task.not_before is None or task.not_before <= now:
        return None
    reason = f"it is scheduled for {task.not_before:%Y-%m-%d %H:%M:%S} UTC"
    return Held(task.task_id, Hold.SCHEDULED, reason, task.not_before)


def _of_agent(task: Waiting, running: Counter[str], limits: Limits) -> Held | None:
    agent, busy = limits.of_agent(task.agent_id), running[task.agent_id]
    if not agent.active:
        return _held(task, Hold.AGENT_INACTIVE, "its agent is not active")
    if agent.concurrency is not None and busy >= agent.concurrency:
        return _held(task, Hold.AGENT_LIMIT, f"{busy} of its agent's {agent.concurrency} tasks at a time are in flight")
    return None


def _over_budget(task: Waiting, limits: Limits) -> Held | None:
    frees = limits.budgets.get(task.agent_id)
    if frees is None:
        return None
    return Held(task.task_id, Hold.BUDGET, f"its budget is spent until {frees:%Y-%m-%d %H:%M} UTC", frees)


def _no_slot(task: Waiting, running: Counter[str], limits: Limits, ahead: int) -> Held | None:
    busy = running.total()
    if busy < limits.slots:
        return None
    before = f"; {ahead} that wait start before it" if ahead else ""
    reason = f"{busy} tasks are in flight, and {limits.slots} may be at a time{before}"
    return Held(task.task_id, Hold.ORGANISATION_LIMIT, reason, ahead=ahead)


def _without_worker(task: Waiting, limits: Limits, takes: Takes | None) -> Held | None:
    if not limits.of_agent(task.agent_id).leased or (takes and takes(task)):
        return None
    return _held(task, Hold.WAITING_FOR_WORKER, "it waits for a worker that leases it")


def _held(task: Waiting, hold: Hold, reason: str) -> Held:
    return Held(task.task_id, hold, reason)


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


def _ended(task: Task, status: TaskStatus, now: datetime, **facts: object) -> Task:
    return _changed(
        task, status=status, completed_at=now, lease_until=None, deadline=None, next_attempt_at=None, **facts
    )


def _changed(task: Task, **facts: object) -> Task:
    return task.model_copy(update=facts)
