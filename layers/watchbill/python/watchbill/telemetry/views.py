"""Traces as they are answered: every span behind its parent, with what it used and cost."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Self

from pydantic import Field, JsonValue

from watchbill.platform.wire import Model, Moment, Spend
from watchbill.runs.models import RunError, Tokens
from watchbill.telemetry.facts import Kind, Usage
from watchbill.telemetry.lineage import Adrift
from watchbill.telemetry.sessions import Session
from watchbill.telemetry.spans import SpanEvent, StatusCode
from watchbill.telemetry.spending import Spending, instant
from watchbill.telemetry.tree import Node, Tree

MAX_LENGTH = 4_500_000
"""Characters of an answer's contents, so that the whole is below what a function may answer (6 MB)."""
_LENGTHS = (10_000, 1_000, 100, 0)
_MS = 1_000_000

Milliseconds = Annotated[float, Field(description="Milliseconds, to the microsecond.")]


class TraceQuery(Model):
    """What a trace is shown with."""

    attributes: Annotated[bool, Field(description="With all that each span said, as it was sent.")] = False


class Spent(Model):
    """What calls of models used and cost; `cost` is null when the price of one is not known, `known_cost` the rest."""

    model_calls: int
    tokens: Tokens | None
    cost: Spend | None
    known_cost: Spend
    told_cost: Spend | None

    @classmethod
    def of(cls, spending: Spending) -> Self:
        """Spending as it is answered."""
        return cls(
            model_calls=spending.calls,
            tokens=_tokens(spending.usage),
            cost=spending.cost,
            known_cost=spending.known_cost,
            told_cost=spending.told_cost,
        )


class TraceEvent(Model):
    """Something that happened during a span."""

    name: str
    at: Moment
    attributes: dict[str, JsonValue]


class TraceSpan(Model):
    """A span in its place. `tokens` are what it tells itself, `spent` is what it and all below it come to."""

    span_id: str
    parent_id: str | None
    depth: int
    adrift: Annotated[Adrift | None, Field(description="Why it does not hang on the parent that it names.")]
    run_id: str | None
    name: str
    kind: Annotated[str, Field(json_schema_extra={"enum": [kind.value for kind in Kind]})]
    status: StatusCode
    started_at: Moment
    offset_ms: Annotated[Milliseconds, Field(description="From the beginning of the trace.")]
    duration_ms: Milliseconds | None
    agent: str | None
    tool: str | None
    provider: str | None
    model: str | None
    tokens: Tokens | None
    counted: Annotated[bool, Field(description="Whether its tokens count, or repeat what is told below.")]
    spent: Spent
    first_token_ms: int | None
    finish_reasons: tuple[str, ...]
    error: RunError | None
    input: JsonValue
    output: JsonValue
    attributes: dict[str, JsonValue] | None = None
    events: tuple[TraceEvent, ...] | None = None


class Trace(Model):
    """A trace, as far as it has come."""

    trace_id: str
    started_at: Moment
    duration_ms: Milliseconds
    spent: Spent
    tool_calls: int
    failures: int
    truncated: Annotated[bool, Field(description="Whether long texts were cut, for the answer to be short enough.")]
    spans: tuple[TraceSpan, ...]


class SessionTrace(Model):
    """A session: its traces, one behind the other, the newest when there are more than can be shown."""

    session_id: str
    started_at: Moment
    duration_ms: Milliseconds
    spent: Spent
    tool_calls: int
    failures: int
    truncated: bool
    traces: tuple[Trace, ...]


def trace_of(tree: Tree, *, attributes: bool, longest: int | None) -> Trace:
    """A trace as it is answered, with no text longer than so many characters."""
    return Trace(
        trace_id=tree.trace_id,
        started_at=tree.started_at,
        duration_ms=_ms(tree.duration_ns),
        spent=Spent.of(tree.spent),
        tool_calls=tree.tool_calls,
        failures=tree.failures,
        truncated=longest is not None,
        spans=tuple(_span(node, tree.started_at, attributes, longest) for node in tree.nodes),
    )


def session_of(session: Session, *, attributes: bool, longest: int | None, shortened: bool) -> SessionTrace:
    """A session as it is answered; `shortened` when it had more traces."""
    return SessionTrace(
        session_id=session.id,
        started_at=session.started_at,
        duration_ms=_ms(session.duration_ns),
        spent=Spent.of(session.spent),
        tool_calls=session.tool_calls,
        failures=session.failures,
        truncated=shortened or longest is not None,
        traces=tuple(trace_of(tree, attributes=attributes, longest=longest) for tree in session.trees),
    )


def longest_of(trees: tuple[Tree, ...], *, attributes: bool) -> int | None:
    """How long texts may be for all of the trees to be one answer; None when they may be as long as they are."""
    contents = [content for tree in trees for node in tree.nodes for content in _contents(node, attributes)]
    # Names and figures are some 700 characters a span; JSON may write a character as several.
    room = MAX_LENGTH - 700 * sum(len(tree.nodes) for tree in trees)
    if sum(map(_length, contents)) <= room:
        return None
    return next((most for most in _LENGTHS if sum(min(most, _length(one)) for one in contents) <= room), 0)


def _span(node: Node, begin: datetime, attributes: bool, longest: int | None) -> TraceSpan:
    span, facts = node.told
    said = [span.attributes, *(event.attributes for event in span.events)]
    own, *of_events = [_cut(dict(one), longest) for one in said]
    return TraceSpan(
        span_id=span.span_id,
        parent_id=node.parent_id,
        depth=node.depth,
        adrift=node.adrift,
        run_id=node.run_id,
        name=span.name,
        kind=facts.kind.value,
        status=span.status,
        started_at=begin + timedelta(microseconds=node.offset_ns // 1000),
        offset_ms=_ms(node.offset_ns),
        duration_ms=None if node.duration_ns is None else _ms(node.duration_ns),
        agent=facts.agent,
        tool=facts.tool,
        provider=facts.provider,
        model=facts.model,
        tokens=_tokens(facts.usage),
        counted=node.counted,
        spent=Spent.of(node.spent),
        first_token_ms=facts.first_token_ms,
        finish_reasons=facts.finish_reasons,
        error=RunError(type=facts.failure.type, message=facts.failure.message) if facts.failure else None,
        input=_cut(facts.input, longest),
        output=_cut(facts.output, longest),
        attributes=own if attributes else None,
        events=tuple(map(_event, span.events, of_events)) if attributes else None,
    )


def _event(event: SpanEvent, attributes: dict[str, Any]) -> TraceEvent:
    return TraceEvent(name=event.name, at=instant(event.at_ns), attributes=attributes)


def _contents(node: Node, attributes: bool) -> list[Any]:
    facts, span = node.told.facts, node.told.span
    said = [span.attributes, *(event.attributes for event in span.events)] if attributes else []
    return [facts.input, facts.output, *(value for one in said for value in one.values())]


def _length(value: Any) -> int:
    if isinstance(value, str):
        return len(value)
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 10 + sum(map(_length, inner))


def _cut(value: Any, longest: int | None) -> Any:
    """A value whose texts together are not much longer than is allowed."""
    if longest is None:
        return value
    if isinstance(value, str):
        return value if len(value) <= longest else value[:longest] + "…"
    if _length(value) <= longest or not isinstance(value, dict | list):
        return value
    if isinstance(value, list):
        return [_cut(one, longest // len(value)) for one in value] if longest else []
    return {name: _cut(one, longest // len(value)) for name, one in value.items()} if longest else {}


def _tokens(usage: Usage) -> Tokens | None:
    if usage == Usage():
        return None
    return Tokens(
        input=usage.input,
        output=usage.output,
        cache_read=usage.cache_read,
        cache_write=usage.cache_write,
        reasoning=usage.reasoning,
    )


def _ms(ns: int) -> float:
    return round(ns / _MS, 3)
