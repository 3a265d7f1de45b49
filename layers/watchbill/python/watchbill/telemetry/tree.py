"""A whole trace as one value: every span where it belongs, with what was spent there and below.

The nodes are a list, each behind its parent with its depth, and not one inside another: a trace may be deeper than what
writes and reads JSON likes to go.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from watchbill.telemetry.facts import Kind
from watchbill.telemetry.fold import fold_lineage
from watchbill.telemetry.lineage import Adrift, Lineage, Told, children_of, lineage_of, walk
from watchbill.telemetry.spans import Span
from watchbill.telemetry.spending import Price, Spending, calls_of, instant, together


@dataclass(frozen=True, slots=True)
class Node:
    """A span in its place. What it says of itself (kind, name, tokens, failure) is in `told`."""

    told: Told
    parent_id: str | None
    """The span it hangs on; for one that is adrift the trace's root, while there is one."""
    adrift: Adrift | None
    """Why it does not hang on the parent that it names."""
    depth: int
    """0 for a root."""
    children: tuple[str, ...]
    """Span ids, in the order in which they began."""
    run_id: str | None
    """The run it belongs to."""
    offset_ns: int
    """From the beginning of the trace."""
    duration_ns: int | None
    """None while it goes on."""
    counted: bool
    """Whether the tokens that it tells count, or repeat what is told below."""
    spent: Spending
    """By it and all below it."""


@dataclass(frozen=True, slots=True)
class Tree:
    """A trace, as far as it has come."""

    trace_id: str
    begin_ns: int
    duration_ns: int
    """From the first beginning to the last end that has come."""
    nodes: tuple[Node, ...]
    """Each behind its parent and in front of its younger siblings."""
    spent: Spending
    tool_calls: int
    failures: int
    """How many spans failed."""

    @property
    def started_at(self) -> datetime:
        """When the first of its spans began."""
        return instant(self.begin_ns)


def tree(trace: Mapping[str, Told], price: Price) -> Tree:
    """The spans of one trace, at least one, as a tree."""
    lineage = lineage_of(trace)
    calls = calls_of(lineage, price)
    nodes = _nodes(lineage, calls)
    begin = min(told.span.start_ns for told in trace.values())
    return Tree(
        trace_id=lineage.trace_id,
        begin_ns=begin,
        duration_ns=max(node.offset_ns + (node.duration_ns or 0) for node in nodes),
        nodes=nodes,
        spent=together(calls.values()),
        tool_calls=sum(told.facts.kind is Kind.TOOL for told in trace.values()),
        failures=sum(told.facts.failure is not None for told in trace.values()),
    )


def _nodes(lineage: Lineage, calls: Mapping[str, Spending]) -> tuple[Node, ...]:
    run_of = fold_lineage(lineage, calls).run_of
    parents = _gathered(lineage)
    places = walk(parents)
    spent = _rolled_up(parents, [span_id for span_id, _ in places], calls)
    children = children_of(parents)
    begin = min(told.span.start_ns for told in lineage.trace.values())
    return tuple(
        Node(
            told=(told := lineage.trace[span_id]),
            parent_id=parents[span_id],
            adrift=lineage.adrift.get(span_id),
            depth=depth,
            children=tuple(children.get(span_id, ())),
            run_id=run_of.get(span_id),
            offset_ns=told.span.start_ns - begin,
            duration_ns=_duration_ns(told.span),
            counted=span_id in calls,
            spent=spent[span_id],
        )
        for span_id, depth in places
    )


def _gathered(lineage: Lineage) -> dict[str, str | None]:
    """Who hangs on whom, with what is adrift gathered under the root."""
    root = next(iter(lineage.roots), None)
    return {span_id: root if span_id in lineage.adrift else parent for span_id, parent in lineage.parents.items()}


def _rolled_up(
    parents: Mapping[str, str | None], order: list[str], calls: Mapping[str, Spending]
) -> dict[str, Spending]:
    spent = {span_id: calls.get(span_id, Spending()) for span_id in order}
    for span_id in reversed(order):
        parent = parents[span_id]
        if parent is not None and spent[span_id].calls:
            spent[parent] += spent[span_id]
    return spent


def _duration_ns(span: Span) -> int | None:
    return None if span.end_ns is None else max(0, span.end_ns - span.start_ns)
