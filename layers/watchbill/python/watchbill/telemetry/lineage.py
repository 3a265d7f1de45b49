"""How the spans of a trace hang together, as far as they have come.

Nothing here minds in which order spans came, in how many parts, or how often. Nothing recurses: a trace may be as deep
as it has spans.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import NamedTuple

from watchbill.telemetry.facts import SpanFacts
from watchbill.telemetry.spans import Span


class Told(NamedTuple):
    """A span and what it says."""

    span: Span
    facts: SpanFacts


class Adrift(StrEnum):
    """Why a span that names a parent hangs on none."""

    MISSING = "parent missing"
    CIRCLE = "parents in a circle"


@dataclass(frozen=True, slots=True)
class Lineage:
    """The spans of a trace, and who is whose parent."""

    trace: Mapping[str, Told]
    """By span id: eldest first."""
    parents: Mapping[str, str | None]
    adrift: Mapping[str, Adrift]
    order: tuple[str, ...]
    """Every span behind its parent and before its younger siblings."""

    @property
    def trace_id(self) -> str:
        """The trace that a lineage with spans is of."""
        return next(iter(self.trace.values())).span.trace_id

    @property
    def roots(self) -> list[str]:
        """Spans that name no parent, eldest first. A whole trace has one."""
        return [span_id for span_id, parent in self.parents.items() if parent is None and span_id not in self.adrift]


def united(*parts: Iterable[Told]) -> dict[str, Told]:
    """The spans of all parts by their id. Of several under one id, the one that ended last and says most stands."""
    trace: dict[str, Told] = {}
    for part in parts:
        for told in part:
            there = trace.setdefault(told.span.span_id, told)
            if there is not told and there != told:
                trace[told.span.span_id] = _fuller(there, told)
    return trace


def by_trace(*parts: Iterable[Told]) -> dict[str, dict[str, Told]]:
    """The spans of all parts by their trace, and in each as `united` has them."""
    traces: dict[str, list[Told]] = defaultdict(list)
    for part in parts:
        for told in part:
            traces[told.span.trace_id].append(told)
    return {trace_id: united(spans) for trace_id, spans in traces.items()}


def lineage_of(trace: Mapping[str, Told]) -> Lineage:
    """How the spans of one trace hang together. A circle of parents is cut above the eldest span in it."""
    eldest_first = sorted(trace, key=lambda span_id: age(trace[span_id].span))
    named = {span_id: trace[span_id].span.parent_id for span_id in eldest_first}
    cut = {min(circle, key=lambda span_id: age(trace[span_id].span)) for circle in _circles(named)}
    parents, adrift = dict(named), {}
    for span_id, parent in named.items():
        if parent is not None and (span_id in cut or parent not in trace):
            parents[span_id] = None
            adrift[span_id] = Adrift.CIRCLE if span_id in cut else Adrift.MISSING
    order = tuple(span_id for span_id, _ in walk(parents))
    return Lineage({span_id: trace[span_id] for span_id in eldest_first}, parents, adrift, order)


def walk(parents: Mapping[str, str | None]) -> list[tuple[str, int]]:
    """Every id behind its parent, siblings in the order they are given in, each with its depth."""
    children = children_of(parents)
    waiting = [(span_id, 0) for span_id in reversed(children.get(None, ()))]
    walked = []
    while waiting:
        span_id, depth = waiting.pop()
        walked.append((span_id, depth))
        waiting += [(child, depth + 1) for child in reversed(children.get(span_id, ()))]
    return walked


def children_of(parents: Mapping[str, str | None]) -> dict[str | None, list[str]]:
    """Who hangs on whom, the other way around; under None what hangs on nothing."""
    children: dict[str | None, list[str]] = defaultdict(list)
    for span_id, parent in parents.items():
        children[parent].append(span_id)
    return children


def age(span: Span) -> tuple[int, bool, int, str]:
    """What sorts the eldest span first; of those that began at once the one that lasted longest, as a parent does."""
    return span.start_ns, span.end_ns is not None, -(span.end_ns or 0), span.span_id


def _fuller(one: Told, other: Told) -> Told:
    # Writing out all of a span takes long: only where nothing else tells two of them apart.
    weights = _weight(one.span), _weight(other.span)
    if weights[0] != weights[1]:
        return one if weights[0] > weights[1] else other
    return max(one, other, key=_written)


def _weight(span: Span) -> tuple[bool, int, int]:
    return span.end_ns is not None, span.end_ns or 0, len(span.attributes)


def _written(told: Told) -> str:
    return json.dumps([asdict(told.span), asdict(told.facts)], sort_keys=True, default=str)


def _circles(parents: Mapping[str, str | None]) -> list[list[str]]:
    circles = []
    met: dict[str | None, str] = {}
    for start in parents:
        path = []
        one: str | None = start
        while one is not None and one in parents and one not in met:
            met[one] = start
            path.append(one)
            one = parents[one]
        if one is not None and met.get(one) == start:
            circles.append(path[path.index(one) :])
    return circles
