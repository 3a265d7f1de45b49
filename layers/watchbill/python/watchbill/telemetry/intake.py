"""Telemetry as it comes in: spans are stored, and what they tell of runs is brought up to date with them.

A trace that comes whole in one request, as most do, is written as it is, a hundred traces in a few requests to the
table. Others are read, folded anew and replaced (`refolding`). Both may meet: of two requests with parts of one trace,
each may find nothing there and write as if it were alone. What one of them then loses is seen in the stream, which
shows every write with what it replaced, and `follow` mends it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from watchbill.platform import clock
from watchbill.platform.queue import come_again
from watchbill.platform.stream import heard
from watchbill.platform.table import Item, each
from watchbill.runs import rules as runs
from watchbill.runs.models import Facts
from watchbill.runs.store import RunStore, to_record
from watchbill.telemetry import settling
from watchbill.telemetry.content import ContentPolicy, all_governed, governed_event
from watchbill.telemetry.fold import fold, run_id
from watchbill.telemetry.lineage import Told, by_trace
from watchbill.telemetry.packs import Pack, bundles, packed
from watchbill.telemetry.records import Recorder
from watchbill.telemetry.refolding import Refolding, sessions
from watchbill.telemetry.spans import LooseEvent, Span
from watchbill.telemetry.spending import Price
from watchbill.telemetry.store import TraceStore, tell

Trace = Mapping[str, Told]


class Intake:
    """One organisation's telemetry."""

    def __init__(
        self,
        traces: TraceStore,
        run_store: RunStore,
        recorder: Recorder,
        price: Price,
        policy: Callable[[], ContentPolicy],
    ) -> None:
        self._traces = traces
        self._runs = run_store
        self._recorder = recorder
        self._price = price
        self._policy = policy
        self._refolding = Refolding(traces, run_store, recorder, price)

    def take_in(self, spans: Iterable[Span]) -> None:
        """Store spans and what they tell of runs; when this returns, all of it is stored and can be asked for.

        Spans that were taken in before change nothing. Raises TooManyRequests when the table is busy.
        """
        traces = by_trace(tell(all_governed(spans, self._policy())))
        # What was stored within the last second may be missed, at half the price: as when two requests meet.
        heads = self._traces.heads(traces, consistent=False)
        alone = {trace_id: trace for trace_id, trace in traces.items() if trace_id not in heads and _is_whole(trace)}
        if alone:
            self._add(alone)
        others = [trace_id for trace_id in traces if trace_id not in alone]
        each(lambda trace_id: self._refolding.join(trace_id, traces[trace_id]), others)

    def take_in_events(self, loose: Iterable[LooseEvent]) -> None:
        """Store events that came apart from their spans; those that were taken in before change nothing.

        Raises TooManyRequests when the table is busy.
        """
        policy = self._policy()
        traces: dict[str, list[LooseEvent]] = defaultdict(list)
        for one in loose:
            traces[one.trace_id].append(one._replace(event=governed_event(one.event, policy)))
        each(lambda trace_id: self._refolding.join_events(trace_id, traces[trace_id]), list(traces))

    def work(self, message: Mapping[str, Any]) -> None:
        """Do what a message from the stream's consumer asks for (`following`). Raises Later."""
        if "file" in message:
            self._traces.remove_file(message["file"])
        else:
            about = {name: said for name, said in message.items() if name not in ("organisation", "trace")}
            self.follow(message["trace"], **about)

    def refold(self, trace_id: str) -> None:
        """Fold a trace anew, at the prices of today. Raises TooManyRequests."""
        self._refolding.refold(trace_id)

    def follow(
        self,
        trace_id: str,
        packs: Sequence[str] = (),
        settles_at: str | None = None,
        replaced: Mapping[str, Any] | None = None,
    ) -> None:
        """Bring a trace up to date with packs that are perhaps not in what is stored of it.

        A run that was `replaced` by who had not seen it is folded anew, and gets back what others had said of it.
        The trace's run, if it was to be waited for until `settles_at` and nothing more was heard of it, is taken for
        ended. Raises Later while it is too early for that.
        """
        head = self._refolding.head(trace_id)
        if replaced is not None or not head.packs.union(packs) <= set(head.stored.get(runs.PACKS, ())):
            self._refolding.refold(trace_id, packs)
        if replaced is not None:
            self._give_back(replaced["run"], map(heard, replaced["said"]))
        if settles_at and clock.to_text(clock.now()) < settles_at:
            come_again(clock.from_text(settles_at))
        if settles_at and self._refolding.head(trace_id).stored.get(runs.SETTLES_AT) == settles_at:
            self._refolding.refold(trace_id, settles=True)

    def _give_back(self, run: str, said: Iterable[Item]) -> None:
        for image in said:
            self._runs.amend(run, partial(_said, to_record(image)))

    def _add(self, traces: Mapping[str, Trace]) -> None:
        """Store traces that are whole, and of which nothing is stored."""
        pack_of, packs = _packed(traces)
        told: dict[str, dict[str, Facts]] = {
            trace_id: self._recorder.records(trace_id, fold(trace, self._price), {})
            for trace_id, trace in traces.items()
        }
        for trace_id, its in told.items():
            if its:
                its[run_id(trace_id)][runs.PACKS] = [pack_of[trace_id]]
        records = [record for its in told.values() for record in its.values()]
        expires_at = self._recorder.expiry(records)
        noted = {pair for trace_id, its in told.items() for pair in sessions(trace_id, its.values())}
        self._runs.add_new(records, self._traces.items(packs, expires_at, noted))
        runless = [trace_id for trace_id, its in told.items() if not its]
        self._traces.add_runless(
            {trace: {runs.PACKS: [pack_of[trace]], runs.SETTLES_AT: settling.due()} for trace in runless}, expires_at
        )


def _said(statement: Facts, _: Facts) -> Facts:
    return statement


def _is_whole(trace: Trace) -> bool:
    """Whether nothing more is to be expected of a trace: one root, every parent there, all of them ended."""
    parents = [told.span.parent_id for told in trace.values()]
    ended = all(told.span.end_ns is not None for told in trace.values())
    return ended and parents.count(None) == 1 and all(parent is None or parent in trace for parent in parents)


def _packed(traces: Mapping[str, Trace]) -> tuple[dict[str, str], list[Pack]]:
    """Traces in packs, several in each: the id of each trace's pack, and the packs."""
    spans = {trace_id: [told.span for told in trace.values()] for trace_id, trace in traces.items()}
    pack_of: dict[str, str] = {}
    packs = []
    for bundle in bundles(spans):
        packs.append(packed([span for trace_id in bundle for span in spans[trace_id]]))
        pack_of |= dict.fromkeys(bundle, packs[-1].id)
    return pack_of, packs
