"""Spans in the table: packed many to an item, and per trace where they are.

Where the spans of a trace are stands in the record of its first run, which has the trace's own id, so that a run told
by one request is one item. A trace that has no run (yet) has an item of its own for it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from watchbill.platform import keys
from watchbill.platform.files import Files
from watchbill.platform.keys import Key
from watchbill.platform.table import Item, Table
from watchbill.runs import rules as runs
from watchbill.runs.models import Facts
from watchbill.runs.store import RunStore
from watchbill.telemetry.fold import run_id
from watchbill.telemetry.lineage import Told
from watchbill.telemetry.loose import gathered
from watchbill.telemetry.packs import FILE, SPANS, Pack, unpacked
from watchbill.telemetry.reading import facts_of
from watchbill.telemetry.spans import LooseEvent, Span

MOST_BYTES = 350_000
"""Of spans in an item of the table, which holds 400 KB."""


@dataclass(frozen=True, slots=True)
class Head:
    """What is stored of a trace: its first run, and what it has where it has none."""

    run: Facts | None
    runless: Item | None

    @property
    def stored(self) -> Mapping[str, Any]:
        """What is known of the trace: by its run if it has one."""
        return self.run or self.runless or {}

    @property
    def began(self) -> str:
        """When its first run began, as far as is known; "" without a run."""
        return self.run[runs.CREATED_AT] if self.run else ""

    @property
    def packs(self) -> frozenset[str]:
        """The packs that hold its spans."""
        return frozenset(pack for there in (self.run, self.runless) if there for pack in there.get(runs.PACKS, ()))


class TraceStore:
    """One organisation's spans."""

    def __init__(self, table: Table, run_store: RunStore, files: Files) -> None:
        self._table = table
        self._files = files
        self._organisation = table.organisation
        self._runs = run_store

    def heads(self, trace_ids: Iterable[str], *, consistent: bool = True) -> dict[str, Head]:
        """What is stored of those of the traces of which anything is; without `consistent`, perhaps a second ago."""
        wanted = list(trace_ids)
        found = self._runs.runs([run_id(trace_id) for trace_id in wanted], consistent=consistent)
        runless = self._table.get_many([self._trace(trace_id) for trace_id in wanted], consistent=consistent)
        heads = {trace_id: Head(found.get(run_id(trace_id)), runless.get(self._trace(trace_id))) for trace_id in wanted}
        return {trace_id: head for trace_id, head in heads.items() if head.run or head.runless}

    def spans(self, packs: Iterable[str], trace_ids: Sequence[str] | None = None) -> Iterator[Span]:
        """The spans in packs, or those of some traces, with all their events; packs that have expired hold none."""
        return gathered(*self.held(packs, trace_ids))

    def held(self, packs: Iterable[str], trace_ids: Sequence[str] | None = None) -> tuple[list[Span], list[LooseEvent]]:
        """What is in packs, or of some traces: spans, and events that came apart from theirs."""
        found = self._table.get_many(self._spans(pack) for pack in packs)
        data = [pack for key, item in found.items() if (pack := item.get(SPANS) or self._in_file(key))]
        held = [unpacked(pack, trace_ids) for pack in data]
        return [span for spans, _ in held for span in spans], [event for _, events in held for event in events]

    def add(self, packs: Iterable[Pack], expires_at: int, sessions: Iterable[tuple[str, str]] = ()) -> None:
        """Store packs; one that is there is the same. With them note traces as parts of their sessions."""
        self._table.put_all(self.items(packs, expires_at, sessions))

    def items(
        self, packs: Iterable[Pack], expires_at: int, sessions: Iterable[tuple[str, str]] = ()
    ) -> dict[Key, Item]:
        """What is to be stored before runs that name the packs. Each of `sessions` is a session and a trace.

        A pack that is too large for an item is stored already.
        """
        last = {"expires_at": expires_at}
        return {self._spans(pack.id): {**self._content(pack), **last} for pack in packs} | {
            keys.SESSION_TRACE(self._organisation, *session): last for session in sessions
        }

    def add_runless(self, traces: Mapping[str, Item], expires_at: int) -> None:
        """Store what is known of traces that are new and have no run, behind the packs, which they name."""
        known = {"revision": 1, "expires_at": expires_at}
        self._table.put_all({self._trace(trace_id): {**item, **known} for trace_id, item in traces.items()})

    def remove_file(self, pack: str) -> None:
        """Remove what was too large for a pack's item, which has expired."""
        self._files.remove(pack)

    def replace_runless(self, trace_id: str, item: Item, revision: int) -> None:
        """Store where the spans of a trace without a run are, over what was read. Raises Changed."""
        self._table.replace(self._trace(trace_id), item, revision)

    def session(self, session: str) -> list[str]:
        """The ids of the traces of a session."""
        found = self._table.query(keys.SESSION_TRACE.partition(self._organisation, session))
        return [(keys.SESSION_TRACE.parse(stored.key) or {})["trace"] for stored in found]

    def _content(self, pack: Pack) -> Item:
        """What the item of a pack says: its spans, or that they are in a file, which then is there before it."""
        if len(pack.data) <= MOST_BYTES:
            return {SPANS: pack.data}
        self._files.put(pack.id, pack.data, "application/zlib")
        return {FILE: True}

    def _in_file(self, key: Key) -> bytes | None:
        return self._files.get((keys.SPANS.parse(key) or {})["pack"])

    def _trace(self, trace_id: str) -> Key:
        return keys.TRACE(self._organisation, trace_id)

    def _spans(self, pack: str) -> Key:
        return keys.SPANS(self._organisation, pack)


def tell(spans: Iterable[Span]) -> Iterator[Told]:
    """Spans with what they say."""
    return (Told(span, facts_of(span)) for span in spans)
