"""What the data of events is made of, as it crosses the wire. Who tells an event does not need these: readers do."""

from typing import Any, Literal

from watchbill.alerts.models import AlertChannel, Kind
from watchbill.anomalies.models import Anomaly
from watchbill.budgets.models import BudgetPeriod, BudgetScope
from watchbill.execution.happenings import TaskEventType
from watchbill.execution.models import TaskError, TaskStatus
from watchbill.platform.access import Scope
from watchbill.platform.wire import CamelModel, Model, Moment, Spend
from watchbill.realtime.models import Level
from watchbill.reports.models import Period, ReportType
from watchbill.runs.models import Status, Trigger
from watchbill.streams.views import Concern, InsightKind


class AgentData(Model):
    """An agent as it is registered."""

    agent_id: str
    name: str
    project: str
    type: str | None = None
    created_at: Moment
    updated_at: Moment


class VersionData(Model):
    """A version of an agent as it was announced."""

    agent_id: str
    version: str
    cluster: str | None = None
    tools: tuple[str, ...]
    models: tuple[str, ...]
    deployment: str | None = None
    created_at: Moment


class RunTold(Model):
    """What is told of a run: no input, no output. `event_id` is the same whenever the same news comes again."""

    event_id: str
    run_id: str
    agent_id: str
    version: str
    status: Status
    created_at: Moment
    duration_ms: int | None = None
    cost: Spend | None = None
    task_type: str | None = None
    campaign_id: str | None = None
    session_id: str | None = None


class RunsData(Model):
    """Runs that one request recorded or changed."""

    runs: tuple[RunTold, ...]


class KeyData(Model):
    """A key without what proves it."""

    key_id: str
    name: str
    scopes: tuple[Scope, ...]
    created_at: Moment


class AnomalyData(Model):
    """An anomaly with its whole life up to now."""

    strand_id: str
    anomaly: Anomaly


class SubscriptionData(Model):
    """A subscription that Watchbill has disabled, and why; of an endpoint only its host is told."""

    subscription: str
    channel: AlertChannel
    target: str
    kinds: tuple[Kind, ...]
    description: str | None
    reason: str


class ReportData(Model):
    """A report as it stands in a list. `scheduled` says that nobody asked for it by hand."""

    report_id: str
    type: ReportType
    title: str
    period: Period
    scheduled: bool
    summary: str


class TaskFailedData(Model):
    """A task that has failed for good."""

    task_id: str
    agent_id: str
    task_type: str
    trigger: Trigger
    priority: int
    attempt: int
    stream_id: str | None
    error: TaskError | None
    completed_at: Moment | None


class TaskTold(TaskFailedData):
    """A task in the state it came to. `event_id` is the same whenever the same news comes again."""

    event_id: str
    status: TaskStatus
    agent_name: str | None
    campaign_id: str | None
    session_id: str | None
    orchestration_id: str | None
    created_at: Moment
    queued_at: Moment | None
    started_at: Moment | None
    not_before: Moment | None


class TasksData(Model):
    """Tasks whose states one request changed."""

    tasks: tuple[TaskTold, ...]


class BudgetData(Model):
    """A budget of which a share is spent. `subject` is null for the whole organisation's."""

    budget_id: str
    mark: str
    scope: BudgetScope
    subject: str | None
    name: str
    period: BudgetPeriod
    limit: Spend
    spent: Spend
    share: float
    starts_at: Moment
    ends_at: Moment


class WorkData(Model):
    """Something that happened to a task of a campaign or a session: `name` is what its agent calls an event."""

    task_id: str
    agent_id: str
    agent_name: str | None
    campaign_id: str | None
    session_id: str | None
    orchestration_id: str | None
    at: Moment
    attempt: int
    name: str | None
    data: dict[str, Any]


class InsightData(Model):
    """Something worth knowing of a stream, told once."""

    insight_id: str
    stream_id: str
    kind: InsightKind
    subject: str
    severity: Concern
    title: str
    message: str
    suggested_action: str
    created_at: Moment


class NotificationData(Model):
    """What an operator tells everybody who is connected."""

    notification_id: str
    message: str
    level: Level
    created_at: Moment


class UserMessageData(Model):
    """What a person said in a session, through which socket; `message_id` is the same when it is said again."""

    session_id: str
    message_id: str
    message: str
    connection_id: str
    key_id: str
    sent_at: Moment


class CampaignUpdate(WorkData):
    """Something that happened to a task of a campaign, under the name that the bus has for it."""

    type: TaskEventType


class AgentUpdate(CamelModel):
    """An agent at work for a session: its progress in percent where that is known, what it tells, or why it failed.

    `name` is what the agent calls what it tells while it works.
    """

    type: Literal["agent_started", "agent_progress", "agent_completed", "agent_error"]
    agent: str
    task_id: str
    progress: int | None
    name: str | None = None
    data: dict[str, Any] | None = None
    error: dict[str, Any] | None = None


class Connected(CamelModel):
    """The socket is open."""

    connection_id: str


class Joined(Model):
    """How far a room is, how much of what was missed follows, and whether that is all of it."""

    seq: int
    complete: bool
    replayed: int


class Left(Model):
    """Nothing more to say."""


class Acknowledged(CamelModel):
    """The bus has a person's message."""

    message_id: str


class RoomPosition(CamelModel):
    """How far a room or a session is."""

    room: str | None = None
    session_id: str | None = None
    seq: int


class Pong(Model):
    """How far the joined rooms are."""

    positions: tuple[RoomPosition, ...]


class Fault(Model):
    """One thing that is wrong, and where."""

    path: str
    message: str


class Refusal(CamelModel):
    """Why a client's message was refused, and which one, as far as it could be read."""

    code: str
    detail: str
    errors: tuple[Fault, ...] | None = None
    action: str | None = None
    message_id: str | None = None
