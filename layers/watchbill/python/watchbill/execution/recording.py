"""A task as a run: what is kept of its execution in the one record that all views share. Pure."""

from watchbill.execution.models import Task, TaskStatus
from watchbill.runs.models import NewRun, RunError, Status
from watchbill.runs.rules import milliseconds_between

_STATUS = {
    TaskStatus.PENDING: Status.QUEUED,
    TaskStatus.QUEUED: Status.QUEUED,
    TaskStatus.PROCESSING: Status.RUNNING,
    TaskStatus.RETRYING: Status.RUNNING,
    TaskStatus.COMPLETED: Status.COMPLETED,
    TaskStatus.FAILED: Status.FAILED,
    TaskStatus.CANCELLED: Status.CANCELLED,
}
TIMED_OUT = "Timeout"
"""The type of the error of an attempt that took too long."""


def run_of(task: Task) -> NewRun:
    """What a task's run record says while the task is as it is; statements of later attempts and states outrank it."""
    ended = task.status.ended and task.started_at is not None and task.completed_at is not None
    metrics = task.metrics.model_dump(exclude_unset=True) if task.metrics else {}
    facts = {
        "created": task.created_at,
        "status": _status(task),
        "id": task.id,
        "task_id": task.id,
        "task_type": task.task_type,
        "user_id": task.user_id,
        "stream_id": task.stream_id,
        "trigger": task.trigger,
        "attempt": max(1, task.attempt),
        "started_at": task.started_at,
        "completed_at": task.completed_at,
        "duration_ms": _duration(task) if ended else None,
        "input": task.payload or None,
        "output": task.output,
        "error": _error(task),
    }
    return NewRun.model_validate({**facts, **metrics}, strict=False)


def _status(task: Task) -> Status:
    if task.status is TaskStatus.FAILED and task.error and task.error.type == TIMED_OUT:
        return Status.TIMEOUT
    return _STATUS[task.status]


def _duration(task: Task) -> int | None:
    if task.started_at is None or task.completed_at is None:
        return None
    return milliseconds_between(task.started_at, task.completed_at)


def _error(task: Task) -> RunError | None:
    if task.status is not TaskStatus.FAILED or task.error is None:
        return None
    return RunError(type=task.error.type, message=task.error.message)
