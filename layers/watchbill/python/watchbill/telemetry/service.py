"""Traces as they can be asked for: of a run, and of a session."""

from dataclasses import replace

from watchbill.platform.errors import NotFound
from watchbill.runs import rules as runs
from watchbill.runs.store import RunStore
from watchbill.telemetry import sessions, views
from watchbill.telemetry.lineage import united
from watchbill.telemetry.spending import Price
from watchbill.telemetry.store import TraceStore, tell
from watchbill.telemetry.tree import Tree, tree

MOST_TRACES = 500
"""Of a session, in one answer."""


class TraceService:
    """One organisation's traces."""

    def __init__(self, traces: TraceStore, run_store: RunStore, price: Price) -> None:
        self._traces = traces
        self._runs = run_store
        self._price = price

    def of_run(self, run_id: str, query: views.TraceQuery) -> views.Trace:
        """The whole trace that a run is part of. Raises NotFound, also for a run that no spans told."""
        found = self._tree(run_id)
        longest = views.longest_of((found,), attributes=query.attributes)
        return views.trace_of(found, attributes=query.attributes, longest=longest)

    def span(self, run_id: str, span_id: str) -> views.TraceSpan:
        """One span of the trace that a run is part of, with all that it said. Raises NotFound."""
        found = self._tree(run_id)
        nodes = tuple(node for node in found.nodes if node.told.span.span_id == span_id)
        if not nodes:
            raise NotFound(f"the trace of run {run_id!r} has no span {span_id!r}")
        alone = replace(found, nodes=nodes)
        return views.trace_of(alone, attributes=True, longest=views.longest_of((alone,), attributes=True)).spans[0]

    def of_session(self, session: str, query: views.TraceQuery) -> views.SessionTrace:
        """All traces of a session, of more than can be answered the newest. Raises NotFound."""
        heads = self._traces.heads(self._traces.session(session))
        newest = sorted(heads, key=lambda trace_id: heads[trace_id].began, reverse=True)
        shown = newest[:MOST_TRACES]
        packs = {pack for trace_id in shown for pack in heads[trace_id].packs}
        told = list(tell(self._traces.spans(packs, shown)))
        if not told:
            raise NotFound(f"there is no session {session!r} with spans")
        found = sessions.session(session, told, self._price)
        longest = views.longest_of(found.trees, attributes=query.attributes)
        shortened = len(newest) > len(shown)
        return views.session_of(found, attributes=query.attributes, longest=longest, shortened=shortened)

    def _tree(self, run_id: str) -> Tree:
        record = self._runs.run(run_id)
        if record is None:
            raise NotFound(f"there is no run {run_id!r}")
        trace_id = record.get(runs.TRACE_ID)
        head = self._traces.heads([trace_id]).get(trace_id) if trace_id else None
        told = list(tell(self._traces.spans(head.packs, [trace_id]))) if head and trace_id else []
        if not told:
            raise NotFound(
                f"run {run_id!r} has no spans: it was not reported by telemetry, or they are not kept any more"
            )
        return tree(united(told), self._price)
