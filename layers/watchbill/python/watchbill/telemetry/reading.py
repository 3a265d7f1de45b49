"""The facts of a span, read from whichever names its sender has for them."""

import json
import math
from collections.abc import Iterable, Mapping
from decimal import Decimal

from watchbill.platform.wire import MONEY_DECIMALS
from watchbill.telemetry import names
from watchbill.telemetry.facts import Failure, Kind, SpanFacts, Usage
from watchbill.telemetry.spans import Attributes, Span, StatusCode, Value
from watchbill.telemetry.usage import usage_of

MAX_NAME = 200
"""Characters of a name; more are cut."""
MAX_MESSAGE = 5_000
_MOST_REASONS = 20
_MOST_USD = 10**9
_STEP = Decimal(1).scaleb(-MONEY_DECIMALS)
_TOOL_SPAN = "execute_tool "
_NO_ATTRIBUTES: Attributes = {}


def facts_of(span: Span) -> SpanFacts:
    """What a span says, of itself and of the process that sent it."""
    said, process = span.attributes, span.resource
    counted, asked = usage_of(said, span.scope), named(said, names.REQUEST_MODEL)
    kind = _own_kind(span, _kind(span, counted.usage, asked))
    provider = named(said, names.PROVIDER)
    return SpanFacts(
        kind=kind,
        agent=_agent(kind, span) or named(process, names.AGENT),
        service=named(process, names.SERVICE),
        version=named(said, names.AGENT_VERSION) or named(process, names.AGENT_VERSION + names.SERVICE_VERSION),
        session=named(said, names.SESSION) or named(process, names.SESSION),
        user=named(said, names.USER) or named(process, names.USER),
        tool=_tool(span) if kind is Kind.TOOL else None,
        provider=None if provider and provider.lower() in names.FRAMEWORKS else provider,
        model=named(said, names.RESPONSE_MODEL) or asked,
        usage=counted.usage,
        told_cost=_cost(said),
        failure=_failure(span),
        first_token_ms=_first_token(span),
        input=_content(span, names.INPUT, names.INPUT_EVENTS),
        output=_content(span, names.OUTPUT, names.OUTPUT_EVENTS),
        request_model=asked,
        normalised=counted.normalised,
        finish_reasons=_finish_reasons(said),
        response_id=named(said, names.RESPONSE_ID),
    )


def named(said: Attributes, candidates: Iterable[str]) -> str | None:
    """The first of these that says a name."""
    for name in candidates:
        if name in said and (text := _name(said[name])):
            return text
    return None


def langchain_agent(metadata: Value) -> str | None:
    """The agent that LangChain's metadata names, as OpenInference has it."""
    if not isinstance(metadata, str) or names.LANGCHAIN_AGENT not in metadata:
        return None
    try:
        held = json.loads(metadata)
    except (ValueError, RecursionError):
        return None
    return _name(held.get(names.LANGCHAIN_AGENT)) if isinstance(held, dict) else None


def _kind(span: Span, usage: Usage, model: str | None) -> Kind:
    for name, kinds in names.KINDS.items():
        value = span.attributes.get(name)
        if isinstance(value, str) and (kind := kinds.get(value.lower())):
            is_root = span.parent_id is None and (name, value.lower()) == names.ROOT_IS_WORKFLOW
            return Kind.WORKFLOW if is_root else kind
    return Kind.MODEL if model and usage != Usage() else Kind.OTHER


def _own_kind(span: Span, kind: Kind) -> Kind:
    """What a span is of, where LangChain runs agents: chains and graphs, of which only some are an agent's."""
    if kind not in (Kind.AGENT, Kind.WORKFLOW, Kind.OTHER):
        return kind
    around, within = names.GRAPH
    if around in span.attributes and within not in span.attributes:
        return Kind.OTHER
    return Kind.AGENT if _langchains_agent(span) else kind


def _langchains_agent(span: Span) -> str | None:
    said = span.attributes
    agent = named(said, (names.ASSOCIATION + names.LANGCHAIN_AGENT,))
    agent = agent or langchain_agent(said.get(names.LANGCHAIN_METADATA))
    return agent if agent and agent == (named(said, names.ENTITY) or _name(span.name)) else None


def _agent(kind: Kind, span: Span) -> str | None:
    entity = names.ENTITY if kind.runs else ()
    told = named(span.attributes, (*names.AGENT, *entity, *names.WORKFLOW))
    # OpenInference has an agent's name as that of the span.
    return told or (_name(span.name) if kind is Kind.AGENT and names.OPENINFERENCE in span.attributes else None)


def _tool(span: Span) -> str | None:
    return named(span.attributes, names.TOOL + names.ENTITY) or _name(span.name.removeprefix(_TOOL_SPAN))


def _failure(span: Span) -> Failure | None:
    if span.status is not StatusCode.ERROR and not span.attributes.get("error.type"):
        return None
    exceptions = (event.attributes for event in reversed(span.events) if event.name == "exception")
    exception = next(exceptions, _NO_ATTRIBUTES)
    raised = exception.get("exception.message")
    # A status that repeats what was raised adds no more than its type, or OpenInference's stack trace.
    repeats = isinstance(raised, str) and raised in span.status_message
    told: Iterable[Value] = (
        raised if repeats else span.status_message,
        *(source.get(name) for source in (span.attributes, exception) for name in names.ERROR_MESSAGE),
    )
    return Failure(
        type=named(span.attributes, names.ERROR_TYPE) or named(exception, names.ERROR_TYPE) or Failure().type,
        message=next((text[:MAX_MESSAGE] for text in told if isinstance(text, str) and text), ""),
    )


def _content(span: Span, candidates: Iterable[str], events: Mapping[str, str]) -> Value:
    for name in candidates:
        if (value := span.attributes.get(name)) is not None:
            return value
    told = (event.attributes.get(events[event.name]) for event in reversed(span.events) if event.name in events)
    return next((value for value in told if value is not None), None)


def _cost(said: Attributes) -> Decimal | None:
    for name in names.COST:
        if name in said and (amount := _amount(said[name])) is not None:
            return amount
    told = (said[name] for name in names.COST_PARTS if name in said)
    parts = [amount for value in told if (amount := _amount(value)) is not None]
    return sum(parts, Decimal(0)) if parts else None


def _amount(value: Value) -> Decimal | None:
    number = _number(value)
    return Decimal(str(number)).quantize(_STEP) if number is not None and number <= _MOST_USD else None


def _first_token(span: Span) -> int | None:
    # Strands gives Bedrock's timeToFirstByteMs under a name that the conventions have in seconds.
    per_second = 1 if span.scope.name.startswith("strands.") else 1000
    for candidates, scale in ((names.FIRST_TOKEN_SECONDS, per_second), (names.FIRST_TOKEN_MS, 1)):
        for name in candidates:
            if name in span.attributes and (number := _number(span.attributes[name])) is not None:
                return round(number * scale)
    return None


def _number(value: Value) -> float | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and number >= 0 else None


def _finish_reasons(said: Attributes) -> tuple[str, ...]:
    value = next((said[name] for name in names.FINISH_REASONS if said.get(name)), None)
    reasons = value if isinstance(value, list) else _listed(value) if isinstance(value, str) else []
    return tuple(name for reason in reasons[:_MOST_REASONS] if isinstance(reason, str) and (name := _name(reason)))


def _listed(text: str) -> list[Value]:
    # Where attributes cannot be lists, some write them as JSON.
    try:
        value = json.loads(text) if text.startswith("[") else [text]
    except (ValueError, RecursionError):
        return [text]
    return value if isinstance(value, list) else [text]


def _name(value: Value) -> str | None:
    """A name as the rest of the service takes it: of printable characters, trimmed, at most so long."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    text = str(value).strip()[:MAX_NAME].strip()
    if not text.isprintable():
        text = "".join(character for character in text if character.isprintable()).strip()
    return text or None
