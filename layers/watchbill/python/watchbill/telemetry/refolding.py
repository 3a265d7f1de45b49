"""Bringing what is stored of a trace up to date, when there is something already or more is to come.

What is there is read, folded anew with what is new, and replaced under the revision that was read: of several requests
with parts of one trace, those who come too late read again.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from watchbill.platform.errors import TooManyRequests
from watchbill.platform.table import Changed
from watchbill.platform.writes import MOST_WRITES
from watchbill.runs import rules as runs
from watchbill.runs.models import Facts
from watchbill.runs.store import RunStore
from watchbill.telemetry import settling
from watchbill.telemetry.fold import Folded, fold, run_id
from watchbill.telemetry.lineage import Told, united
from watchbill.telemetry.loose import joined
from watchbill.telemetry.packs import Pack, packed
from watchbill.telemetry.records import Recorder, possible_ids
from watchbill.telemetry.spans import LooseEvent
from watchbill.telemetry.spending import Price
from watchbill.telemetry.store import Head, TraceStore, tell

_TRIES = 10
_NOTHING = Head(None, None)
_NO_TRACE: Mapping[str, Told] = {}


class Refolding:
    """One organisation's traces, as more is heard of them."""

    def __init__(self, traces: TraceStore, run_store: RunStore, recorder: Recorder, price: Price) -> None:
        self._traces = traces
        self._runs = run_store
        self._recorder = recorder
        self._price = price

    def head(self, trace_id: str) -> Head:
        """What is stored of a trace."""
        return self._traces.heads([trace_id]).get(trace_id, _NOTHING)

    def join(self, trace_id: str, trace: Mapping[str, Told]) -> None:
        """Store what has come of a trace, with what came of it before. Raises TooManyRequests."""
        self.refold(trace_id, fresh=packed([told.span for told in trace.values()]), trace=trace)

    def join_events(self, trace_id: str, loose: Sequence[LooseEvent]) -> None:
        """Store events that came apart from the spans of a trace, whether these have come or not.

        Raises TooManyRequests.
        """
        self.refold(trace_id, fresh=packed((), loose), loose=loose)

    def refold(
        self,
        trace_id: str,
        packs: Iterable[str] = (),
        fresh: Pack | None = None,
        trace: Mapping[str, Told] = _NO_TRACE,
        settles: bool = False,
        loose: Sequence[LooseEvent] = (),
    ) -> None:
        """Bring the runs of a trace up to date with packs that are stored, and with one that is to be.

        Raises TooManyRequests when it does not come to its turn.
        """
        for _ in range(_TRIES):
            head = self.head(trace_id)
            stored = (head.packs | set(packs)) - {fresh.id if fresh else ""}
            spans, events = self._traces.held(stored, [trace_id])
            there = joined(united(tell(spans)), events)
            whole = joined(united(trace.values(), tell(spans)), (*events, *loose)) if fresh else there
            # What was sent again may lie in another pack already, with what it was sent with before.
            new = None if whole and whole == there else fresh
            holders = sorted(stored | ({new.id} if new else set()))
            try:
                # Where all packs have expired nothing is left to fold.
                if whole:
                    self._replace(trace_id, whole, head, holders, new, settles)
                elif new:
                    self._keep_runless(trace_id, head, {runs.PACKS: holders}, new)
            except Changed:
                continue
            return
        raise TooManyRequests("many requests bring spans of one trace; send the request again", retry_after=1)

    def _replace(
        self,
        trace_id: str,
        trace: Mapping[str, Told],
        head: Head,
        packs: list[str],
        fresh: Pack | None,
        settles: bool,
    ) -> None:
        folded, waits = self._waiting(fold(trace, self._price), trace, head, packs, settles)
        its = {runs.PACKS: packs, **waits}
        if not folded.runs or (waits and not head.run and settling.withheld(folded, trace)):
            self._keep_runless(trace_id, head, its, fresh)
            return
        there = self._runs.runs(possible_ids(trace_id, folded))
        records = self._recorder.records(trace_id, folded, there)
        first = records.pop(run_id(trace_id))
        # Where the first of them is, all are, also when they are more than one transaction takes: it comes last.
        records[run_id(trace_id)] = first | its
        changed = [record for run, record in records.items() if record != there.get(run)]
        expires_at = self._recorder.expiry(list(records.values()))
        self._traces.add([fresh] if fresh else [], expires_at, sessions(trace_id, changed))
        if len(changed) > MOST_WRITES:
            # Should this end between two transactions, whoever looks after the note goes on with it.
            self._keep_runless(trace_id, head, its, None)
        if changed:
            self._runs.exchange(changed)

    def _keep_runless(self, trace_id: str, head: Head, its: dict[str, Any], fresh: Pack | None) -> None:
        """Keep where the spans of a trace are in an item of its own, and have it looked after."""
        expires_at = self._recorder.expiry([])
        self._traces.add([fresh] if fresh else [], expires_at)
        before = head.runless or {}
        if before.get(runs.PACKS) != its[runs.PACKS]:
            item = {runs.SETTLES_AT: settling.due(), **its, "expires_at": expires_at}
            self._traces.replace_runless(trace_id, item, before.get("revision", 0))

    def _waiting(
        self, folded: Folded, trace: Mapping[str, Told], head: Head, packs: list[str], settles: bool
    ) -> tuple[Folded, dict[str, Any]]:
        """The runs, an open one among them settled if that is due; and else until when it is waited for."""
        if settling.open_run(folded) is None:
            return folded, {}
        before = head.stored
        known = before.get(runs.PACKS) == packs
        # Nothing new does not begin the waiting anew: not while it lasts, and not when it is over.
        if settles or (known and runs.SETTLES_AT not in before):
            return settling.settled(folded, trace), {}
        return folded, {runs.SETTLES_AT: before[runs.SETTLES_AT] if known else settling.due()}


def sessions(trace_id: str, records: Iterable[Facts]) -> set[tuple[str, str]]:
    """The sessions that runs of a trace belong to, each with the trace."""
    return {(session, trace_id) for record in records if (session := record.get("session_id"))}
