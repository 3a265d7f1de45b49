"""Which spans of a trace count as calls of models, and what they used and cost.

Frameworks tell usage on several floors: a client's span inside a framework's, an agent's that repeats or adds up what
is below it. Only the lowest that tells any counts, so that nothing counts twice. An agent's own usage counts, then,
when nothing below it tells any.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Context, Decimal

from watchbill.telemetry.facts import SpanFacts, Usage
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
    below: set[str | None] = set()
    calls = {}
    for span_id in reversed(lineage.order):
        told = lineage.trace[span_id]
        if span_id in below:
            below.add(lineage.parents[span_id])
        elif tells(told.facts):
            below.add(lineage.parents[span_id])
            calls[span_id] = _spending(told, price)
    return calls


def tells(facts: SpanFacts) -> bool:
    """Whether a span tells of anything used. Zeros are what senders write who do not know."""
    return any(_figures(facts.usage)) or bool(facts.told_cost)


def together(several: Iterable[Spending]) -> Spending:
    """What was spent altogether."""
    return sum(several, Spending())


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
