"""Tasks: what an agent is to do, and how far it has come."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, Field, computed_field

from watchbill.budgets.models import EVERYTHING, BudgetScope, Spent, Subject
from watchbill.execution.happenings import TaskEvent
from watchbill.platform.wire import Bound, Count, Label, Model, Moment, Money, bounded
from watchbill.runs.models import MAX_BODY, Labels, Quality, Satisfaction, Text, Tokens, Trigger

DEFAULT_PRIORITY, HIGHEST_PRIORITY = 5, 10
DEFAULT_RETRIES, MOST_RETRIES = 3, 10
MOST_DEPENDENCIES = 16

Priority = Annotated[int, Field(ge=1, le=HIGHEST_PRIORITY, strict=True)]
Retries = Annotated[int, Field(ge=0, le=MOST_RETRIES, strict=True)]


class TaskStatus(StrEnum):
    """Where a task is. It waits as `pending`, is in flight while `queued`, `processing` or `retrying`, then it ends."""

    PENDING = "pending"
    QUEUED = "queued"
    PROCESSING = "processing"
    RETRYING = "retrying"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def in_flight(self) -> bool:
        """Whether it holds one of the organisation's slots."""
        return self in (TaskStatus.QUEUED, TaskStatus.PROCESSING, TaskStatus.RETRYING)

    @property
    def ended(self) -> bool:
        """Whether nothing more happens to it, unless somebody sends it again."""
        return self in (TaskStatus.COMPLETED, TaskStatus.FAILED, TaskStatus.CANCELLED)


class TriggerRule(StrEnum):
    """When a task starts that depends on others: when all have completed, or when all have ended, however."""

    ALL_SUCCESS = "all_success"
    ALL_DONE = "all_done"


Payload = Annotated[dict[str, Any], AfterValidator(lambda value: bounded(MAX_BODY, value))]


class NewTask(Model):
    """The wish for a task. `agent_id` is an agent's id or name, `user_id` for whom it is done.

    `depends_on` are the tasks that it waits for, whose outputs it is given.
    """

    agent_id: Label
    task_type: Label
    priority: Priority = DEFAULT_PRIORITY
    payload: Payload = Field(default_factory=dict)
    scheduled_for: Bound | None = None
    max_retries: Retries | None = None
    session_id: Label | None = None
    user_id: Label | None = None
    depends_on: Annotated[tuple[Label, ...], Field(max_length=MOST_DEPENDENCIES)] = ()
    trigger_rule: TriggerRule = TriggerRule.ALL_SUCCESS


@dataclass(frozen=True, slots=True)
class Origin:
    """What brings a task about, and what it takes along. `task_id` is given where the same cause must make one task.

    `upstream` are the tasks whose outputs it is given, by their agents' ids. `stated` is what whoever brings it about
    says that it costs, which outranks what its agent says.
    """

    trigger: Trigger = Trigger.API
    user_id: str | None = None
    stream_id: str | None = None
    campaign_id: str | None = None
    orchestration_id: str | None = None
    goal_context: dict[str, Any] | None = None
    upstream: Mapping[str, str] = field(default_factory=dict)
    task_id: str | None = None
    stated: "Metrics | None" = None


class Metrics(Model):
    """What an attempt cost and brought, for its run's record."""

    tokens: Tokens | None = None
    models: Labels = ()
    cost: Money | None = None
    quality_score: Quality | None = None
    user_satisfaction: Satisfaction | None = None
    items_processed: Count | None = None
    content_produced: Count | None = None
    trends_detected: Count | None = None
    summary: Text | None = None


class TaskError(Model):
    """Why an attempt failed; `retryable` says whether another may succeed."""

    type: Annotated[str, Field(min_length=1, max_length=200)]
    message: Text
    retryable: bool = True


class Task(Model):
    """A task with everything that is known of it.

    `retry_count` is how many attempts failed so far. While it is in flight, `lease_until` is when it is taken to be
    abandoned; `attempt` counts the times it was begun, and names who may end it. `lease_holder` is who has it or had it
    last, `worker` what a worker that leased it calls itself, and `deadline` when its attempt is over, however often its
    lease is prolonged. `not_before` is when it is to start until that has come; `scheduled_for` stays. `upstream` are
    the tasks whose outputs it is given, by their agents' ids. `version` is the one that the agent's experiment chose.
    `stated` is what whoever asked for it says that it costs, which outranks `metrics`; `events` are the newest of what
    has happened to it, oldest first. Of the tasks it depends on, `waits_for` are those that had not ended when somebody
    looked last; `preceded_by` says of the others when they completed or failed, once it waits no more. `dependents` are
    the tasks that wait for this one, or did.
    """

    id: str
    agent_id: str
    agent_name: str | None = None
    org_id: str
    task_type: str
    trigger: Trigger = Trigger.API
    priority: int = DEFAULT_PRIORITY
    payload: dict[str, Any] = Field(default_factory=dict)
    status: TaskStatus = TaskStatus.PENDING
    attempt: int = 0
    retry_count: int = 0
    max_retries: int = DEFAULT_RETRIES
    stream_id: str | None = None
    campaign_id: str | None = None
    session_id: str | None = None
    orchestration_id: str | None = None
    version: str | None = None
    experiment_id: str | None = None
    goal_context: dict[str, Any] | None = None
    upstream: dict[str, str] = Field(default_factory=dict)
    depends_on: tuple[str, ...] = ()
    trigger_rule: TriggerRule = TriggerRule.ALL_SUCCESS
    waits_for: tuple[str, ...] = ()
    preceded_by: dict[str, Moment] = Field(default_factory=dict)
    dependents: tuple[str, ...] = ()
    output: Any = None
    metrics: Metrics | None = None
    stated: Metrics | None = None
    error: TaskError | None = None
    events: tuple[TaskEvent, ...] = ()
    user_id: str | None = None
    scheduled_for: Moment | None = None
    not_before: Moment | None = None
    lease_until: Moment | None = None
    lease_holder: str | None = None
    worker: str | None = None
    deadline: Moment | None = None
    next_attempt_at: Moment | None = None
    created_at: Moment
    queued_at: Moment | None = None
    started_at: Moment | None = None
    completed_at: Moment | None = None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def error_message(self) -> str | None:
        """What `error` says, under the name that the original's tasks have it."""
        return self.error.message if self.error else None

    @property
    def waits(self) -> bool:
        """Whether it is ready to start."""
        return self.status is TaskStatus.PENDING and self.not_before is None and not self.waits_for


class Hold(StrEnum):
    """Why a task does not start."""

    DEPENDENCIES = "waiting_for_tasks"
    RUNNER_STOPPED = "runner_stopped"
    SCHEDULED = "scheduled"
    AGENT_INACTIVE = "agent_inactive"
    AGENT_PAUSED = "agent_paused"
    ORGANISATION_LIMIT = "organisation_limit"
    AGENT_LIMIT = "agent_limit"
    BUDGET = "budget"
    WAITING_FOR_WORKER = "waiting_for_worker"


@dataclass(frozen=True, slots=True)
class Waiting:
    """What the dispatcher looks at of a task that waits."""

    task_id: str
    agent_id: str
    priority: int
    created_at: datetime
    not_before: datetime | None = None
    task_type: str = ""
    campaign_id: str | None = None
    user_id: str | None = None

    @property
    def subjects(self) -> tuple[Subject, ...]:
        """On whose budgets it would be spent."""
        named = (
            (BudgetScope.AGENT, self.agent_id),
            (BudgetScope.CAMPAIGN, self.campaign_id),
            (BudgetScope.USER, self.user_id),
        )
        return (EVERYTHING, *(Subject(scope, whose) for scope, whose in named if whose))

    @property
    def order(self) -> tuple[int, datetime, str]:
        """The most urgent first, among those the oldest."""
        return HIGHEST_PRIORITY - self.priority, self.created_at, self.task_id


@dataclass(frozen=True, slots=True)
class InFlight:
    """What the dispatcher looks at of a task that holds a slot."""

    task_id: str
    agent_id: str
    lease_until: datetime


@dataclass(frozen=True, slots=True)
class AgentLimits:
    """What an agent allows: how many of its tasks at once, whether it works at all, and whether workers lease them."""

    concurrency: int | None = None
    active: bool = True
    leased: bool = False
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """What holds tasks back: slots, a runner that is stopped, agents' own limits, and budgets that are used up."""

    slots: int = 3
    stopped: bool = False
    agents: Mapping[str, AgentLimits] = field(default_factory=dict)
    budgets: Mapping[Subject, Spent] = field(default_factory=dict)

    @property
    def nothing_starts(self) -> bool:
        """Whether nobody's tasks start, whoever waits."""
        return self.stopped or EVERYTHING in self.budgets

    def of_agent(self, agent_id: str) -> AgentLimits:
        """An agent's own limits."""
        return self.agents.get(agent_id, AgentLimits())


@dataclass(frozen=True, slots=True)
class Dispatch:
    """A task that starts now; `leased` by a worker that asks for it, rather than sent to one."""

    task_id: str
    leased: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """A task that does not start now, why, and from when on that may be different, where that is known.

    `ahead` is how many of the waiting tasks get a slot before it does, where a slot is what it waits for.
    """

    task_id: str
    hold: Hold
    reason: str
    until: datetime | None = None
    ahead: int | None = None


Decision = Dispatch | Held

Takes = Callable[[Waiting], bool]
"""Whether the worker that asks for a task would take this one."""
