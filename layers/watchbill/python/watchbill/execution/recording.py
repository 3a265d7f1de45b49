"""A task as a run: what is kept of its execution in the one record that all views share, and shown of it. Pure."""

from typing import Any

from watchbill.execution.models import Metrics, Task, TaskStatus
from watchbill.execution.views import Execution, ExecutionDetail
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
_SUMMARY_PARTS, _SUMMARY_TEXT = 20, 200
TIMED_OUT = "Timeout"
"""The type of the error of an attempt that took too long."""


def run_of(task: Task) -> NewRun:
    """What a task's run record says while the task is as it is; statements of later attempts and states outrank it."""
    metrics = _said(task.metrics)
    # Nothing was spent on a task that nobody has begun.
    stated = _said(task.stated) if task.attempt else {}
    facts = {
        "created": task.created_at,
        "status": status_of(task),
        "id": task.id,
        "task_id": task.id,
        "task_type": task.task_type,
        "user_id": task.user_id,
        "stream_id": task.stream_id,
        "campaign_id": task.campaign_id,
        "session_id": task.session_id,
        "experiment_id": task.experiment_id,
        "trigger": task.trigger,
        "attempt": max(1, task.attempt),
        "started_at": task.started_at,
        "completed_at": task.completed_at,
        "duration_ms": duration_of(task),
        "input": task.payload or None,
        "output": task.output,
        "error": _error(task),
    }
    return NewRun.model_validate({**facts, **metrics, **stated}, strict=False)


def execution_of(task: Task, agent_name: str) -> Execution:
    """A task as an execution is listed."""
    return Execution(**_shown(task, agent_name))


def detail_of(task: Task, agent_name: str) -> ExecutionDetail:
    """A task as an execution is shown by itself."""
    return ExecutionDetail(
        **_shown(task, agent_name),
        input_data=task.payload,
        output_data=task.output,
        goal_context=task.goal_context,
        upstream=task.upstream,
        session_id=task.session_id,
        events=task.events,
    )


def status_of(task: Task) -> Status:
    """A task's state in the words of runs."""
    if task.status is TaskStatus.FAILED and task.error and task.error.type == TIMED_OUT:
        return Status.TIMEOUT
    return _STATUS[task.status]


def duration_of(task: Task) -> int | None:
    """How long a task took that has ended, in ms, from its first attempt to its end; None when it was never begun."""
    if not task.status.ended or task.started_at is None or task.completed_at is None:
        return None
    return milliseconds_between(task.started_at, task.completed_at)


def _said(metrics: Metrics | None) -> dict[str, Any]:
    return metrics.model_dump(exclude_unset=True) if metrics else {}


def _error(task: Task) -> RunError | None:
    if task.status is not TaskStatus.FAILED or task.error is None:
        return None
    return RunError(type=task.error.type, message=task.error.message)


def _shown(task: Task, agent_name: str) -> dict[str, Any]:
    return {
        "id": task.id,
        "agent_id": task.agent_id,
        "agent_name": agent_name,
        "stream_id": task.stream_id,
        "campaign_id": task.campaign_id,
        "task_type": task.task_type,
        "trigger": task.trigger,
        "status": status_of(task),
        "created_at": task.created_at,
        "started_at": task.started_at,
        "completed_at": task.completed_at,
        "duration_ms": duration_of(task),
        "metrics": task.metrics,
        "error": task.error,
        "results_summary": _summary(task.output),
    }


def _summary(output: Any) -> dict[str, Any] | None:
    """The figures and short texts of an output that names its parts; its lists and objects are left to the detail."""
    if not isinstance(output, dict):
        return None
    short = {name: value for name, value in output.items() if _is_short(name) and _is_short(value)}
    return dict(list(short.items())[:_SUMMARY_PARTS]) or None


def _is_short(value: Any) -> bool:
    return isinstance(value, int | float) or (isinstance(value, str) and len(value) <= _SUMMARY_TEXT)
