"""What the routes of tasks take and answer."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from watchbill.execution.happenings import CustomEvents, TaskEvent
from watchbill.execution.models import Hold, Metrics, Task, TaskError, TaskStatus
from watchbill.platform.wire import Label, Model, Moment, PageQuery
from watchbill.runs.models import Body, Status, StatusWord, Trigger

LeaseSeconds = Annotated[int, Field(ge=5, le=3_600, strict=True)]
_Labels = Annotated[tuple[Label, ...], Field(min_length=1, max_length=100)]


class TaskQuery(PageQuery):
    """Which tasks are listed: of a status, of an agent (by id or name), of a type, or all."""

    status: TaskStatus | None = None
    agent_id: Label | None = None
    task_type: Label | None = None


class ExecutionQuery(PageQuery):
    """Which executions are listed: of an agent (by id or name), a stream, a campaign, a status, or all."""

    agent_id: Label | None = None
    stream_id: Label | None = None
    campaign_id: Label | None = None
    status: StatusWord | None = None


class TaskList(Model):
    """Some tasks, and where the list goes on."""

    items: tuple[Task, ...]
    next_cursor: str | None = None


class Reason(Model):
    """Why a task does not start, from when on that may be different, and how many get a slot before it does."""

    hold: Hold
    reason: str
    until: Moment | None = None
    ahead: int | None = None


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
    campaign_id: str | None
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
    """An execution with what went in and came out, and what has happened to it.

    `upstream` are those whose outputs it was given, by agent.
    """

    input_data: dict[str, Any]
    output_data: Any
    goal_context: dict[str, Any] | None
    upstream: dict[str, str]
    session_id: str | None
    events: tuple[TaskEvent, ...]


class ExecutionList(Model):
    """Some executions, and where the list goes on."""

    items: tuple[Execution, ...]
    next_cursor: str | None = None


class LeaseWish(Model):
    """What a worker would work on: tasks of these agents (ids or names) and types, or of all that are leased.

    It waits at most `wait_seconds` for the first; a lease ends after `lease_seconds` unless the worker is heard from.
    """

    agent_ids: _Labels | None = None
    task_types: _Labels | None = None
    wait_seconds: Annotated[int, Field(ge=0, le=20, strict=True)] = 0
    lease_seconds: LeaseSeconds = 60
    max_tasks: Annotated[int, Field(ge=1, le=10, strict=True)] = 1
    worker: Label = "unnamed"


class LeasedTask(Model):
    """A task as its worker is told of it: what to do, and the lease under which to do it."""

    id: str
    agent_id: str
    task_type: str
    priority: int
    payload: dict[str, Any]
    attempt: int
    stream_id: str | None
    campaign_id: str | None
    session_id: str | None
    version: str | None
    goal_context: dict[str, Any] | None
    upstream: dict[str, Any]
    configuration: dict[str, Any]
    timeout: int
    lease_token: str
    lease_until: Moment


class LeasedTasks(Model):
    """The tasks that a worker got."""

    tasks: tuple[LeasedTask, ...]


class Release(Model):
    """What a worker proves its lease with."""

    lease_token: Label


class Heartbeat(Release):
    """That a worker is still at it: its lease ends so many seconds from now unless it is heard from again.

    `events` are what it has to tell meanwhile; one that it tells again is known already.
    """

    lease_seconds: LeaseSeconds = 60
    events: CustomEvents = ()


class Heard(Model):
    """How a task is whose worker was heard from: `cancelled` says that its work counts for nothing any more."""

    id: str
    status: TaskStatus
    cancelled: bool
    lease_until: Moment | None


class Completion(Release):
    """What a worker has brought."""

    output: Body = None
    metrics: Metrics | None = None
    events: CustomEvents = ()


class Failure(Release):
    """Why a worker failed, and what it cost nevertheless."""

    error: TaskError
    metrics: Metrics | None = None
    events: CustomEvents = ()
