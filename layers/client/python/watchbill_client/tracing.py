"""What the API says of traces: every span of a run or of a session, with what it used and cost."""

from typing import Any

from watchbill_client.models import Answer, Money, RunError, Tokens, UtcDatetime


class Spent(Answer):
    """What calls of models used and cost in USD; `cost` is None when a price is not known, `known_cost` the rest."""

    model_calls: int
    tokens: Tokens | None = None
    cost: Money | None = None
    known_cost: Money
    told_cost: Money | None = None


class TraceSpan(Answer):
    """A span in its place. `tokens` are what it tells itself, `spent` is what it and all below it come to.

    `kind` is `agent`, `workflow`, `model`, `tool` or `other`; `duration_ms` is None while it goes on.
    """

    span_id: str
    parent_id: str | None = None
    depth: int
    adrift: str | None = None
    run_id: str | None = None
    name: str
    kind: str
    status: str
    started_at: UtcDatetime
    offset_ms: float
    duration_ms: float | None = None
    agent: str | None = None
    tool: str | None = None
    provider: str | None = None
    model: str | None = None
    tokens: Tokens | None = None
    counted: bool
    spent: Spent
    first_token_ms: int | None = None
    finish_reasons: tuple[str, ...] = ()
    error: RunError | None = None
    input: Any = None
    output: Any = None
    attributes: dict[str, Any] | None = None


class Trace(Answer):
    """A trace, as far as it has come: its spans each behind its parent. `truncated` says that long texts were cut."""

    trace_id: str
    started_at: UtcDatetime
    duration_ms: float
    spent: Spent
    tool_calls: int
    failures: int
    truncated: bool
    spans: tuple[TraceSpan, ...]


class SessionTrace(Answer):
    """A session: its traces in the order in which they began."""

    session_id: str
    started_at: UtcDatetime
    duration_ms: float
    spent: Spent
    tool_calls: int
    failures: int
    truncated: bool
    traces: tuple[Trace, ...]
