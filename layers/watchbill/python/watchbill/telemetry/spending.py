"""Which spans of a trace count as calls of models, and what they used and cost.

Frameworks tell usage on several floors: a client's span inside a framework's, an agent's that repeats or adds up what
is below it. Only the lowest that tells any counts, so that nothing counts twice. An agent's own usage counts, then,
when nothing below it tells any. Two instrumentations may also tell a call side by side, as OpenLLMetry and Anthropic's
own library do: the answer's id tells that it is one.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Context, Decimal

from watchbill.telemetry.facts import Kind, SpanFacts, Usage
from watchbill.telemetry.lineage import Lineage, Told

Price = Callable[[SpanFacts, datetime], Decimal | None]
"""What a call at that time costs in USD; None when nobody knows."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EXACT = Context(prec=100)


@dataclass(frozen=True, slots=True)
class Spending:
    """What calls of models used and cost together."""

    calls: int = 0
    usage: Usage = field(default_factory=Usage)
    known_cost: Decimal = Decimal(0)
    """The cost of those calls whose price is known: what has been spent for certain."""
    priced: int = 0
    """How many calls those are."""
    told_cost: Decimal | None = None
    """What the senders say that it cost, where they say so."""

    @property
    def cost(self) -> Decimal | None:
        """What all calls cost in USD; None when there was none, or the price of one is not known.

        A sum with a hole in it would pass for the whole, and pull down every mean it enters.
        """
        return self.known_cost if self.calls and self.priced == self.calls else None

    def __add__(self, other: "Spending") -> "Spending":
        return Spending(
            self.calls + other.calls,
            Usage(*map(_added, _figures(self.usage), _figures(other.usage))),
            _EXACT.add(self.known_cost, other.known_cost),
            self.priced + other.priced,
            _exactly_added(self.told_cost, other.told_cost),
        )


def calls_of(lineage: Lineage, price: Price) -> dict[str, Spending]:
    """What each span that counts has spent, by its id."""
    calls: dict[str, Spending] = {}
    only: dict[str | None, str | None] = {}
    """By span: the one call that counts at or below it, None where several do."""
    for span_id in reversed(lineage.order):
        told, parent = lineage.trace[span_id], lineage.parents[span_id]
        if span_id in only:
            _hand_down_cost(told.facts, only[span_id], calls)
        elif tells(told.facts):
            calls[span_id], only[span_id] = _spending(told, price), span_id
        if span_id in only:
            only[parent] = None if parent in only else only[span_id]
    repeated = _repeated(lineage, calls)
    return {span_id: spending for span_id, spending in calls.items() if span_id not in repeated}


def _hand_down_cost(facts: SpanFacts, call: str | None, calls: dict[str, Spending]) -> None:
    """What a framework says that a call cost belongs to the client's span inside, which counts and does not say it."""
    if call and facts.kind is Kind.MODEL and facts.told_cost is not None and calls[call].told_cost is None:
        calls[call] = replace(calls[call], told_cost=facts.told_cost)


def _repeated(lineage: Lineage, calls: Mapping[str, Spending]) -> set[str]:
    """The spans whose calls another instrumentation tells as well: more fully, or from nearer to the wire.

    Among spans of one instrumentation answers are not compared: some servers give all of theirs the same id.
    """
    answers: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for span_id in calls:
        told = lineage.trace[span_id]
        if told.facts.response_id:
            answers[told.facts.response_id][told.span.scope.name].append(span_id)
    return {
        span_id
        for scopes in answers.values()
        for scope in sorted(scopes, key=lambda name: (_worth(lineage, calls, scopes[name]), name))[:-1]
        for span_id in scopes[scope]
    }


def _worth(lineage: Lineage, calls: Mapping[str, Spending], spans: Iterable[str]) -> tuple[int, int]:
    """How much spans tell; of two that tell as much, the shorter is nearer to the wire and counts what came on it."""
    told = [(calls[span_id], lineage.trace[span_id].span) for span_id in spans]
    known = sum(figure is not None for one, _ in told for figure in (*_figures(one.usage), one.told_cost))
    return known, -sum(span.end_ns - span.start_ns for _, span in told if span.end_ns is not None)


def tells(facts: SpanFacts) -> bool:
    """Whether a span tells of anything used. Zeros are what senders write who do not know."""
    return any(_figures(facts.usage)) or bool(facts.told_cost)


def together(several: Iterable[Spending]) -> Spending:
    """What was spent altogether."""
    rest = iter(several)
    return sum(rest, next(rest, Spending()))


def instant(ns: int) -> datetime:
    """Nanoseconds since 1970 as an instant."""
    return _EPOCH + timedelta(microseconds=ns // 1000)


def _spending(told: Told, price: Price) -> Spending:
    cost = price(told.facts, instant(told.span.start_ns))
    known = Decimal(0) if cost is None else cost
    return Spending(1, told.facts.usage, known, int(cost is not None), told.facts.told_cost)


def _figures(usage: Usage) -> tuple[int | None, ...]:
    return usage.input, usage.output, usage.cache_read, usage.cache_write, usage.reasoning


def _added(one: int | None, other: int | None) -> int | None:
    return (one or 0) + (other or 0) if one is not None or other is not None else None


def _exactly_added(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    if one is None or other is None:
        return one if other is None else other
    return _EXACT.add(one, other)
