"""Traces for tests: spans by a few words, and generated ones whose parents begin first and outlast their children."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from watchbill.telemetry.facts import Failure, Kind, SpanFacts, Usage
from watchbill.telemetry.lineage import Told
from watchbill.telemetry.pricing import price_of_span
from watchbill.telemetry.spans import Attributes, Span, SpanKind, StatusCode

TRACE = "0af7651916cd43dd8448eb211c80319c"
MS = 1_000_000
BEGIN_NS = 1_770_000_000_000 * MS
PRICES = {"small": Decimal("0.0000003"), "large": Decimal("0.000015")}
"""US dollars per token. A model that is not listed has no price."""


def price(facts: SpanFacts, at: Any) -> Decimal | None:
    """What a call costs here."""
    rate = PRICES.get(facts.model or "")
    return rate * ((facts.usage.input or 0) + (facts.usage.output or 0)) if rate else None


def listed_price(facts: SpanFacts, at: datetime) -> Decimal | None:
    """What a call costs by the public list."""
    return price_of_span(facts, at).cost


def span_id(name: str) -> str:
    """A span's id that can be recognised."""
    return name.encode().hex().rjust(16, "0")[-16:]


def told(name: str, parent: str | None = None, start: int = 0, end: int | None = 10, **facts: Any) -> Told:
    """A span by its name and its parent's; times in milliseconds since the trace began."""
    span = Span(
        trace_id=TRACE,
        span_id=span_id(name),
        parent_id=span_id(parent) if parent else None,
        name=name,
        kind=SpanKind.INTERNAL,
        start_ns=BEGIN_NS + start * MS,
        end_ns=None if end is None else BEGIN_NS + end * MS,
    )
    return Told(span, SpanFacts(**facts))


def agent(name: str, parent: str | None = None, start: int = 0, end: int | None = 10, **facts: Any) -> Told:
    """A span of an agent of that name."""
    return told(name, parent, start, end, **{"kind": Kind.AGENT, "agent": name, **facts})


def call(name: str, parent: str | None, tokens: int, model: str = "small", start: int = 1, **facts: Any) -> Told:
    """A call of a model that read so many tokens and wrote as many."""
    usage = Usage(input=tokens, output=tokens)
    return told(name, parent, start, **{"kind": Kind.MODEL, "model": model, "usage": usage, **facts})


_COUNTS = st.none() | st.integers(0, 1_000)
_USAGES = st.just(Usage()) | st.builds(Usage, _COUNTS, _COUNTS, st.none() | st.integers(0, 9))
_NAMES = st.sampled_from([None, "ann", "ben"])
_FACTS = st.builds(
    SpanFacts,
    kind=st.sampled_from([*Kind, Kind.AGENT, Kind.MODEL, Kind.MODEL]),
    agent=_NAMES,
    service=st.sampled_from([None, "shop"]),
    version=st.sampled_from([None, "1", "2"]),
    session=st.sampled_from([None, "s1", "s2"]),
    user=_NAMES,
    tool=st.sampled_from([None, "search", "write"]),
    model=st.sampled_from([None, "small", "large", "nobody-knows"]),
    usage=_USAGES,
    told_cost=st.sampled_from([None, Decimal("0.01")]),
    failure=st.sampled_from([None, None, Failure("TimeoutError"), Failure("ValueError", "no")]),
    first_token_ms=st.none() | st.integers(0, 50),
)


@st.composite
def traces(draw: st.DrawFn) -> list[Told]:
    """A whole trace of up to a dozen spans, its root first."""
    facts = draw(st.lists(_FACTS, min_size=1, max_size=12))
    parents = [draw(st.integers(0, i - 1)) if i else None for i in range(len(facts))]
    names = draw(st.permutations([chr(ord("a") + i) for i in range(len(facts))]))
    starts: list[int] = []
    for parent in parents:
        starts.append(draw(st.integers(0, 3)) + (0 if parent is None else starts[parent]))
    ends = [start + draw(st.integers(0, 5)) for start in starts]
    for i in reversed(range(1, len(facts))):
        parent = parents[i] or 0
        ends[parent] = max(ends[parent], ends[i] + 1)
    return [
        Told(told(names[i], None if (p := parents[i]) is None else names[p], starts[i], ends[i]).span, facts[i])
        for i in range(len(facts))
    ]


_OPERATIONS = {
    Kind.AGENT: "invoke_agent",
    Kind.WORKFLOW: "invoke_workflow",
    Kind.MODEL: "chat",
    Kind.TOOL: "execute_tool",
}


def spoken(told: Told) -> Span:
    """The span with what its facts are, under the names that OpenTelemetry has for them."""
    facts = told.facts
    said: dict[str, Any] = {
        "gen_ai.operation.name": _OPERATIONS.get(facts.kind),
        "gen_ai.agent.name": facts.agent,
        "gen_ai.agent.version": facts.version,
        "gen_ai.conversation.id": facts.session,
        "user.id": facts.user,
        "gen_ai.tool.name": facts.tool,
        "gen_ai.request.model": facts.model,
        "gen_ai.usage.input_tokens": facts.usage.input,
        "gen_ai.usage.output_tokens": facts.usage.output,
        "error.type": facts.failure.type if facts.failure else None,
    }
    resource: Attributes = {"service.name": facts.service} if facts.service else {}
    attributes = {name: value for name, value in said.items() if value is not None}
    status = StatusCode.ERROR if facts.failure else StatusCode.UNSET
    return replace(told.span, attributes=attributes, resource=resource, status=status)
