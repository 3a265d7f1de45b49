"""What goes over the wire: answers (tolerant of fields they do not know) and requests (strict about their own).

Money is `Decimal` in USD, durations are whole milliseconds, times carry a zone. None means not known, never zero.
"""

from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
)
from pydantic.alias_generators import to_camel

RunStatus = Literal["queued", "running", "completed", "failed", "timeout", "cancelled"]

# The wire wants JSON numbers. The service keeps ten decimals, so below 100 000 USD the shortest text of the float is
# the very same number; reading is exact in any case, because pydantic reads a Decimal from the number's text.
Money = Annotated[Decimal, PlainSerializer(float, return_type=float, when_used="json")]


def _rfc3339(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


UtcDatetime = Annotated[
    AwareDatetime, AfterValidator(lambda at: at.astimezone(UTC)), PlainSerializer(_rfc3339, when_used="json")
]


class Scope(StrEnum):
    """What an API key may do."""

    INGEST = "ingest"
    READ = "read"
    EXECUTE = "execute"
    ADMIN = "admin"


class Answer(BaseModel):
    """What the service says. Fields this version does not know are kept, so `--json` shows them too."""

    model_config = ConfigDict(frozen=True, extra="allow", populate_by_name=True)


class CamelAnswer(Answer):
    """An answer whose names on the wire are camelCase."""

    model_config = ConfigDict(alias_generator=to_camel)


class Body(BaseModel):
    """What the caller says. A misspelt field is an error here rather than a fact lost on the way."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class FieldError(Answer):
    """One thing that is wrong with what was sent: where, and what."""

    path: str = ""
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


class Tokens(Answer):
    """Tokens of one run; `cache_read`, `cache_write` and `reasoning` are parts of the others."""

    input: int | None = None
    output: int | None = None
    total: int | None = None
    cache_read: int | None = None
    cache_write: int | None = None
    reasoning: int | None = None


class RunError(Answer):
    """Why a run did not complete."""

    type: str | None = None
    message: str | None = None


class Agent(Answer):
    """A registered agent; `id` is derived from the organisation and the name."""

    id: str
    name: str
    project: str | None = None
    type: str | None = None
    created_at: UtcDatetime | None = None
    updated_at: UtcDatetime | None = None


class ChangedAgent(Agent):
    """An agent after a change; `secret` is given, this once, when the change made it an endpoint that had none."""

    secret: str | None = Field(default=None, repr=False)


class AgentSecret(Answer):
    """The secret that requests to an agent's endpoint are signed with, at the one moment it is known."""

    agent_id: str
    secret: str | None = Field(default=None, repr=False)


class AgentVersion(Answer):
    """A version of an agent: what it may use and where it is deployed."""

    version: str
    agent_id: str | None = None
    cluster: str | None = None
    deployment: str | None = None
    tools: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    created_at: UtcDatetime | None = None


class Run(Answer):
    """One run as recorded. `run_id` is the service's id, `id` the client's own if it sent one."""

    run_id: str
    agent_id: str
    version: str
    status: str
    id: str | int | None = None
    task_id: str | int | None = None
    created: UtcDatetime
    started_at: UtcDatetime | None = None
    completed_at: UtcDatetime | None = None
    recorded_at: UtcDatetime | None = None
    duration_ms: int | None = None
    initiator: str | None = None
    user_id: str | None = None
    session_id: str | None = None
    campaign_id: str | None = None
    parent_run_id: str | None = None
    trace_id: str | None = None
    stream_id: str | None = None
    task_type: str | None = None
    trigger: str | None = None
    attempt: int | None = None
    tools: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    tokens: Tokens | None = None
    cost: Money | None = None
    quality_score: float | None = None
    user_satisfaction: float | None = None
    items_processed: int | None = None
    content_produced: int | None = None
    trends_detected: int | None = None
    first_token_ms: int | None = None
    known_cost: Money | None = None
    told_cost: Money | None = None
    unpriced_models: tuple[str, ...] = ()
    input: Any = None
    output: Any = None
    summary: str | None = None
    error: RunError | None = None


def _now() -> datetime:
    return datetime.now(UTC)


class NewRun(Body):
    """A run to record. With an `id` of your own, recording it again changes nothing; `created` defaults to now."""

    status: RunStatus
    created: AwareDatetime = Field(default_factory=_now)
    id: str | int | None = None
    task_id: str | int | None = None
    started_at: AwareDatetime | None = None
    completed_at: AwareDatetime | None = None
    duration_ms: int | None = Field(default=None, ge=0)
    initiator: str | None = None
    user_id: str | None = None
    session_id: str | None = None
    campaign_id: str | None = None
    parent_run_id: str | None = None
    stream_id: str | None = None
    task_type: str | None = None
    trigger: str | None = None
    attempt: int | None = Field(default=None, ge=1)
    tools: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    tokens: Tokens | None = None
    cost: Money | None = Field(default=None, ge=0)
    quality_score: float | None = Field(default=None, ge=0, le=100)
    user_satisfaction: float | None = Field(default=None, ge=0, le=5)
    items_processed: int | None = Field(default=None, ge=0)
    content_produced: int | None = Field(default=None, ge=0)
    trends_detected: int | None = Field(default=None, ge=0)
    input: Any = None
    output: Any = None
    summary: str | None = None
    error: RunError | None = None


class RunUpdate(Body):
    """Facts of a run that came later. Only what is known is sent, so None leaves a fact as it is."""

    status: RunStatus | None = None
    completed_at: AwareDatetime | None = None
    duration_ms: int | None = Field(default=None, ge=0)
    tokens: Tokens | None = None
    cost: Money | None = Field(default=None, ge=0)
    quality_score: float | None = Field(default=None, ge=0, le=100)
    user_satisfaction: float | None = Field(default=None, ge=0, le=5)
    output: Any = None
    summary: str | None = None
    error: RunError | None = None


class ApiKey(Answer):
    """An API key without its secret, which the service shows once and keeps only as a hash."""

    id: str
    name: str
    scopes: tuple[str, ...] = ()
    created_at: UtcDatetime | None = None


class IssuedKey(ApiKey):
    """An API key at the one moment its secret is known."""

    secret: str = Field(repr=False)


class Organisation(Answer):
    """The organisation the API key belongs to; its time zone decides when a day begins."""

    id: str
    name: str
    time_zone: str
    created_at: UtcDatetime | None = None


class Progress(Answer):
    """How far a piece of work has come; `total` may be unknown at first."""

    done: int = 0
    total: int | None = None
    percentage: float | None = None


class Rebuild(Answer):
    """A recomputation of all figures from the runs; `retry_after` is when to advance it again, in seconds."""

    id: str
    state: str
    progress: Progress = Progress()
    started_at: UtcDatetime | None = None
    completed_at: UtcDatetime | None = None
    retry_after: float | None = None

    @property
    def is_completed(self) -> bool:
        """Whether there is nothing left to do."""
        return self.state == "completed"


class Accepted(Answer):
    """A run of a batch that was stored: its place in what was sent, and the service's id for it."""

    index: int
    id: str


class Rejected(Answer):
    """A run of a batch that was refused, and why."""

    index: int
    errors: tuple[FieldError, ...] = ()


class BatchAnswer(Answer):
    """What became of each run of a batch; indexes count from zero over everything that was sent."""

    accepted: tuple[Accepted, ...] = ()
    rejected: tuple[Rejected, ...] = ()
