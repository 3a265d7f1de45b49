"""The run record as it comes in and as it is inside. `0-common` of the specification names its fields."""

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, NamedTuple, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Discriminator,
    Field,
    JsonValue,
    Tag,
    WithJsonSchema,
    model_validator,
)

from watchbill.platform.batches import MOST_ENTRIES
from watchbill.platform.wire import (
    MAX_DURATION_MS,
    Count,
    Instant,
    Label,
    Model,
    Money,
    parse_duration,
)

MAX_TEXT = 20_000
MAX_BODY = 64_000
"""Bytes. The most a run can hold (these, and 200 labels) stays below the 400 KB of an item."""


class Status(StrEnum):
    """Where a run is in its life."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    TIMEOUT = "timeout"
    CANCELLED = "cancelled"

    @property
    def final(self) -> bool:
        """Whether the run is over."""
        return self not in (Status.QUEUED, Status.RUNNING)

    @property
    def judged(self) -> bool:
        """Whether the run enters the success rate."""
        return self in (Status.COMPLETED, Status.FAILED, Status.TIMEOUT)


STATUS_WORDS = {
    Status.COMPLETED: ("completed", "complete", "success", "succeeded", "ok"),
    Status.FAILED: ("failed", "failure", "error"),
    Status.TIMEOUT: ("timeout", "timed_out"),
    Status.RUNNING: ("running", "in_progress", "processing", "started"),
    Status.QUEUED: ("queued", "pending"),
    Status.CANCELLED: ("cancelled", "canceled", "aborted"),
}
_STATUS_OF = {word: status for status, words in STATUS_WORDS.items() for word in words}


class Trigger(StrEnum):
    """What started a run."""

    MANUAL = "manual"
    SCHEDULED = "scheduled"
    DEPENDENT = "dependent"
    CHAT = "chat"
    API = "api"
    INGEST = "ingest"


def _status(value: Any) -> Any:
    known = _STATUS_OF.get(value.lower()) if isinstance(value, str) else None
    if known is None:
        raise ValueError(f"a status is one of {', '.join(_STATUS_OF)}")
    return known


def _client_id(value: Any) -> Any:
    # 123 and "123" name the same run: languages without 64-bit integers send them as text.
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError("an id is text or an integer of at most 64 bits")
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise ValueError("an integer id has at most 64 bits")
    if isinstance(value, str) and (not 1 <= len(value) <= 200 or not value.isprintable()):
        raise ValueError("an id has 1 to 200 printable characters")
    return value


def _duration(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError('a duration is text such as "5m30s", or a number of seconds')
    return parse_duration(value)


StatusWord = Annotated[
    Status, BeforeValidator(_status), WithJsonSchema({"type": "string", "enum": list(_STATUS_OF)}, mode="validation")
]
ClientId = Annotated[int | str, BeforeValidator(_client_id)]
_DURATION_SCHEMA = {
    "anyOf": [{"type": "string"}, {"type": "number"}],
    "description": 'A duration as Go writes it, such as "5m30s", or a number of seconds.',
}
Duration = Annotated[int, BeforeValidator(_duration), WithJsonSchema(_DURATION_SCHEMA, mode="validation")]
Milliseconds = Annotated[int, Field(strict=True, ge=0, le=MAX_DURATION_MS)]
Labels = Annotated[tuple[Label, ...], Field(max_length=100)]
Quality = Annotated[float, Field(strict=True, ge=0, le=100)]
Satisfaction = Annotated[float, Field(strict=True, ge=0, le=5)]


class Tokens(Model):
    """Tokens of a run. `total` is derived when absent; cached and reasoning tokens are parts of the others."""

    input: Count | None = None
    output: Count | None = None
    total: Count | None = None
    cache_read: Count | None = None
    cache_write: Count | None = None
    reasoning: Count | None = None

    @model_validator(mode="after")
    def _totalled(self) -> Self:
        parts = None if self.input is None and self.output is None else (self.input or 0) + (self.output or 0)
        if self.total is None and parts is not None:
            object.__setattr__(self, "total", parts)
        if None not in (self.total, self.input, self.output) and self.total != parts:
            raise ValueError(f"total is {self.total}, but input + output is {parts}")
        return self


def _bounded(value: Any) -> Any:
    return _at_most(MAX_BODY, value, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _at_most(most: int, value: Any, text: str) -> Any:
    if len(text.encode()) > most:
        raise ValueError(f"at most {most:,} bytes are kept of this")
    return value


Body = Annotated[JsonValue, AfterValidator(_bounded)]
Text = Annotated[str, AfterValidator(lambda text: _at_most(MAX_TEXT, text, text))]


class RunError(Model):
    """Why a run failed."""

    type: Annotated[str, Field(max_length=200)] = "error"
    message: Text = ""


Attempt = Annotated[int, Field(strict=True, ge=1, le=99_999)]


class RunFacts(Model):
    """What may be said of a run at any time, all of it optional. Null is not zero: what is absent is not known."""

    completed_at: Instant | None = None
    time_taken: Duration | None = None
    duration_ms: Milliseconds | None = None
    tokens: Tokens | None = None
    cost: Money | None = None
    quality_score: Quality | None = None
    user_satisfaction: Satisfaction | None = None
    items_processed: Count | None = None
    content_produced: Count | None = None
    trends_detected: Count | None = None
    output: Body = None
    summary: Text | None = None
    error: RunError | None = None

    @model_validator(mode="after")
    def _one_duration(self) -> Self:
        if None not in (self.time_taken, self.duration_ms) and self.time_taken != self.duration_ms:
            raise ValueError(f"time_taken is {self.time_taken} ms, but duration_ms is {self.duration_ms}")
        return self


_OURS = {"run_id", "agent_id", "version", "recorded_at"} | {
    *("trace_id", "first_token_ms", "known_cost", "told_cost", "unpriced_models")
}
"""What a run is answered with that nobody posts: what we add, and what a trace alone tells."""


class NewRun(RunFacts):
    """A run as it is posted. `id` is the client's own: sent again within the agent's version, it is the same run."""

    created: Instant
    status: StatusWord
    id: ClientId | None = None
    task_id: ClientId | None = None
    initiator: Label | None = None
    user_id: Label | None = None
    tools: Labels = ()
    models: Labels = ()
    task_type: Label | None = None
    session_id: Label | None = None
    stream_id: Label | None = None
    campaign_id: Label | None = None
    experiment_id: Label | None = None
    parent_run_id: Label | None = None
    trigger: Trigger | None = None
    attempt: Attempt = 1
    started_at: Instant | None = None
    input: Body = None

    @model_validator(mode="before")
    @classmethod
    def _without_our_fields(cls, value: Any) -> Any:
        # So that a run we answered can be posted again as it is, for instance to another deployment.
        return {k: v for k, v in value.items() if k not in _OURS} if isinstance(value, dict) else value

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        begun = self.started_at or self.created
        if self.completed_at and self.completed_at < begun:
            raise ValueError("the run ended before it began")
        return self


_NEW_RUN_SCHEMA = {"$ref": "#/components/schemas/NewRun"}


class RunBatch(Model):
    """Several runs of one agent version, each validated by itself: one bad run does not keep out the rest."""

    runs: Annotated[
        list[Any],
        Field(
            min_length=1, json_schema_extra={"items": {"$ref": "#/components/schemas/NewRun"}, "maxItems": MOST_ENTRIES}
        ),
    ]


def _form(body: Any) -> str:
    return "many" if isinstance(body, dict) and "runs" in body else "one"


OneOrMany = Annotated[Annotated[NewRun, Tag("one")] | Annotated[RunBatch, Tag("many")], Discriminator(_form)]
"""The body of a post: a run, or a batch of runs."""


class RunChange(RunFacts):
    """Facts about a run that came later."""

    status: StatusWord | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """The agent and version a run belongs to."""

    agent_id: str
    version: str


class Entry(NamedTuple):
    """What a line of a run list says: sorts by event time, then id."""

    created: datetime
    run_id: str


class Line(NamedTuple):
    """A line of a run list, the position behind it, and whose list it is: of an agent, or of one version of it."""

    entry: Entry
    position: dict[str, str]
    agent_id: str | None = None
    version: str | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """Some lines of a day's run list, stored together; `newest` is the event time of the newest."""

    newest: str
    entries: tuple[Entry, ...]


Facts = dict[str, Any]
"""What a run record says, as the table stores it: text, int, Decimal, list, dict."""
