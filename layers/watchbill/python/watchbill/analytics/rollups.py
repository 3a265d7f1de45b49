"""Keeping rollups current: what the table's stream tells about runs is counted, each record once."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from watchbill.analytics import rules
from watchbill.analytics.models import MAX_CELLS, Dimension, Layout, Rollup, RollupKey
from watchbill.analytics.rules import Change
from watchbill.analytics.store import RollupStore
from watchbill.platform import clock, keys
from watchbill.platform.items import to_item
from watchbill.platform.stream import Record
from watchbill.platform.table import Changed
from watchbill.runs import rules as runs
from watchbill.runs.models import Entry

_GROWTH = 16
_SETTLED = timedelta(days=2)
"""No run recorded now can fall into an hour so far ahead, so that a new number of shards meets no counted run."""


class RollupService:
    """One organisation's rollups, as the stream's consumer sees them."""

    def __init__(self, store: RollupStore) -> None:
        self._store = store

    def take_in(self, records: Sequence[Record], shard: str) -> None:
        """Count writes of runs, in the order of a shard's sequence numbers; those that were counted are skipped.

        When it fails half-way, the same records may be taken in again, also with others before or behind them.
        """
        changes = [_change(record) for record in records if record.key.sk == keys.RUN.sk]
        if not changes:
            return
        # Read after the records arrived: a run written for a rebuild under way is met with that rebuild known.
        layout = self._store.layout()
        deltas: dict[RollupKey, list[tuple[int, Rollup]]] = defaultdict(list)
        for change in changes:
            for key, delta in rules.contributions(change, layout).items():
                deltas[key].append((change.sequence, delta))
        counted = self._store.count(deltas, shard)
        self._note_recent(changes)
        self._note_replayed(changes, layout, shard)
        if any(key.dimension is Dimension.USER and _crowded(rollup) for key, rollup in counted.items()):
            self._spread_users(layout)

    def _note_recent(self, changes: Sequence[Change]) -> None:
        entries = sorted(_entries(changes), reverse=True)[: rules.MAX_RECENT]
        self._store.change_recent(lambda recent: rules.newest(recent, entries))

    def _note_replayed(self, changes: Sequence[Change], layout: Layout, shard: str) -> None:
        if layout.building is None:
            return
        replayed = [change.sequence for change in changes if rules.replays(change, layout.building)]
        if replayed:
            self._store.count_replayed(layout.building, shard, replayed)

    def _spread_users(self, layout: Layout) -> None:
        since = clock.to_text(clock.now() + _SETTLED)[:13]
        (latest, shards) = layout.user_shards[-1]
        if latest > clock.to_text(clock.now())[:13]:
            return  # the last growth has still to come into force
        grown = replace(layout, user_shards=(*layout.user_shards, (since, shards * _GROWTH)))
        try:
            self._store.replace_layout(grown)
        except Changed:
            return  # another batch has just done it, or a rebuild moved on; the next crowded batch sees


def _change(record: Record) -> Change:
    # Without what a run read and wrote, which no figure is made of, there is nothing to unpack.
    before, after = (to_item(image) if image else None for image in (record.before, record.after))
    return Change(record.sequence, before, after)


def _entries(changes: Sequence[Change]) -> Iterator[Entry]:
    for change in changes:
        if change.after:
            yield Entry(clock.from_text(change.after[runs.CREATED_AT]), change.after[runs.RUN_ID])


def _crowded(rollup: Rollup) -> bool:
    return len(rollup.cells) > MAX_CELLS * 2 // 3
