"""What the API says of tasks: what they are, why one waits, and what a worker is told that leases one."""

import threading
from typing import Any

from pydantic import Field, PrivateAttr

from watchbill_client.models import Answer, Body, Money, Tokens, UtcDatetime


class TaskError(Answer):
    """Why an attempt failed; `retryable` says whether another may succeed."""

    type: str
    message: str
    retryable: bool = True


class Metrics(Body):
    """What an attempt cost and brought, for its run's record."""

    tokens: Tokens | None = None
    models: tuple[str, ...] = ()
    cost: Money | None = Field(default=None, ge=0)
    quality_score: float | None = Field(default=None, ge=0, le=100)
    user_satisfaction: float | None = Field(default=None, ge=0, le=5)
    items_processed: int | None = Field(default=None, ge=0)
    content_produced: int | None = Field(default=None, ge=0)
    trends_detected: int | None = Field(default=None, ge=0)
    summary: str | None = None


class CustomEvent(Body):
    """What an agent tells of its work besides what comes of it; at most 20 of an attempt, each of 2 000 bytes."""

    name: str = Field(min_length=1, max_length=200)
    data: dict[str, Any] = Field(default_factory=dict)


class TaskEvent(Answer):
    """Something that happened to a task in its `attempt`.

    `type` is execution_started, execution_completed, execution_failed, retry_attempt, stop_requested or custom_event;
    `name` is what an agent calls an event of its own.
    """

    type: str
    at: UtcDatetime
    attempt: int
    name: str | None = None
    data: dict[str, Any] = Field(default_factory=dict)


class Task(Answer):
    """A task. `status` is pending, queued, processing, retrying, completed, failed or cancelled.

    Of the tasks it depends on, `waits_for` are those that had not ended when the service looked last.
    """

    id: str
    agent_id: str
    agent_name: str | None = None
    task_type: str
    status: str
    priority: int = 5
    payload: dict[str, Any] = Field(default_factory=dict)
    attempt: int = 0
    retry_count: int = 0
    max_retries: int = 3
    stream_id: str | None = None
    campaign_id: str | None = None
    session_id: str | None = None
    orchestration_id: str | None = None
    user_id: str | None = None
    depends_on: tuple[str, ...] = ()
    trigger_rule: str = "all_success"
    waits_for: tuple[str, ...] = ()
    version: str | None = None
    output: Any = None
    error: TaskError | None = None
    events: tuple[TaskEvent, ...] = ()
    worker: str | None = None
    scheduled_for: UtcDatetime | None = None
    not_before: UtcDatetime | None = None
    lease_until: UtcDatetime | None = None
    created_at: UtcDatetime | None = None
    started_at: UtcDatetime | None = None
    completed_at: UtcDatetime | None = None


class Reason(Answer):
    """Why a task does not start, and from when on that may be different."""

    hold: str
    reason: str
    until: UtcDatetime | None = None


class Why(Answer):
    """Whether a task starts as soon as somebody looks, and if not, why not."""

    task_id: str
    status: str
    starts: bool
    reasons: tuple[Reason, ...] = ()


class LeasedTask(Answer):
    """A task as its worker is told of it. `upstream` holds the outputs it builds on, by their agents' ids."""

    id: str
    agent_id: str
    task_type: str
    priority: int = 5
    payload: dict[str, Any] = Field(default_factory=dict)
    attempt: int = 1
    stream_id: str | None = None
    campaign_id: str | None = None
    session_id: str | None = None
    version: str | None = None
    goal_context: dict[str, Any] | None = None
    upstream: dict[str, Any] = Field(default_factory=dict)
    configuration: dict[str, Any] = Field(default_factory=dict)
    timeout: float
    lease_token: str = Field(repr=False)
    lease_until: UtcDatetime
    _over: threading.Event = PrivateAttr(default_factory=threading.Event)

    @property
    def is_over(self) -> bool:
        """Whether further work on it is in vain: it was cancelled, somebody else has it, or the worker must end."""
        return self._over.is_set()

    def end(self) -> None:
        """Let whoever works on it know that it is over."""
        self._over.set()


class Heard(Answer):
    """How a task is whose worker was heard from: `cancelled` says that its work counts for nothing any more."""

    id: str
    status: str
    cancelled: bool
    lease_until: UtcDatetime | None = None
