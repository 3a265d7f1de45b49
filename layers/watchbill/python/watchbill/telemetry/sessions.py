"""A session as one value: the traces of a conversation, one behind the other, and what they spent together."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from watchbill.telemetry.lineage import Told, by_trace
from watchbill.telemetry.spending import Price, Spending, together
from watchbill.telemetry.tree import Tree, tree


@dataclass(frozen=True, slots=True)
class Session:
    """A conversation: what was done for it, as far as it has come."""

    id: str
    started_at: datetime
    duration_ns: int
    """From the first beginning to the last end, with the time in which nothing was done."""
    trees: tuple[Tree, ...]
    """In the order in which they began."""
    spent: Spending
    tool_calls: int
    failures: int


def session(id: str, told: Iterable[Told], price: Price) -> Session:
    """The whole of a session from all spans of its traces, at least one, in any order and however often each comes."""
    trees = sorted(
        (tree(trace, price) for trace in by_trace(told).values()), key=lambda one: (one.begin_ns, one.trace_id)
    )
    begin = trees[0].begin_ns
    return Session(
        id=id,
        started_at=trees[0].started_at,
        duration_ns=max(one.begin_ns + one.duration_ns for one in trees) - begin,
        trees=tuple(trees),
        spent=together(one.spent for one in trees),
        tool_calls=sum(one.tool_calls for one in trees),
        failures=sum(one.failures for one in trees),
    )
