"""What the routes of tasks answer."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from watchbill.execution.models import Hold, Metrics, Task, TaskError, TaskStatus
from watchbill.platform.wire import Label, Model, Moment
from watchbill.runs.models import Status, Trigger


class TaskList(Model):
    """Some tasks, and where the list goes on."""

    items: tuple[Task, ...]
    next_cursor: str | None = None


class Reason(Model):
    """Why a task does not start, and from when on that may be different."""

    hold: Hold
    reason: str
    until: Moment | None = None


class Why(Model):
    """Whether a task starts as soon as somebody looks, and if not, why not."""

    task_id: str
    status: TaskStatus
    starts: bool
    reasons: tuple[Reason, ...] = ()


class RunnerStatus(StrEnum):
    """Whether tasks are started."""

    RUNNING = "running"
    STOPPED = "stopped"


class RunnerState(Model):
    """The task runner as it is. `polling_interval` is in ms: how often it looks without being asked."""

    status: RunnerStatus
    polling_interval: int
    max_concurrent_tasks: int


class TaskStats(Model):
    """How many tasks there are. `processing` are those in flight; `failed` holds the cancelled ones apart."""

    pending: int
    processing: int
    completed: int
    failed: int
    cancelled: int
    total: int


class RunnerReport(Model):
    """The task runner, the counts, and the newest tasks."""

    success: bool = True
    runner: RunnerState
    stats: TaskStats
    recent_tasks: tuple[Task, ...]


class RunnerAction(StrEnum):
    """What can be asked of the task runner."""

    START = "start"
    STOP = "stop"


class RunnerWish(Model):
    """A wish of the task runner."""

    action: RunnerAction


class Redrive(Model):
    """Which failed tasks to send again: those named, or without names all of them, so many at a time."""

    task_ids: Annotated[tuple[Label, ...], Field(max_length=100)] | None = None


class Redriven(Model):
    """The tasks that were sent again, and how many failed ones are known to be left."""

    redriven: tuple[str, ...]
    more: bool = False


class Execution(Model):
    """What an agent was asked to do, as far as it has come. `results_summary` are the figures of its output."""

    id: str
    agent_id: str
    agent_name: str
    stream_id: str | None
    task_type: str
    trigger: Trigger
    status: Status
    created_at: Moment
    started_at: Moment | None
    completed_at: Moment | None
    duration_ms: int | None
    metrics: Metrics | None
    error: TaskError | None
    results_summary: dict[str, Any] | None


class ExecutionDetail(Execution):
    """An execution with what went in and came out. `upstream` are those whose outputs it was given, by agent."""

    input_data: dict[str, Any]
    output_data: Any
    goal_context: dict[str, Any] | None
    upstream: dict[str, str]


class ExecutionList(Model):
    """Some executions, and where the list goes on."""

    items: tuple[Execution, ...]
    next_cursor: str | None = None
