"""Rollups in the table. Each item keeps, per stream shard, the sequence number up to which it has counted.

That mark is what makes counting exact under redelivery: a record at or below it has been counted in this item. A
change of several items may be half done when a function dies; the records come again, and the items that had them
skip them.
"""

import json
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from watchbill.analytics.histograms import pack, unpack
from watchbill.analytics.models import Cell, Dimension, Generation, Layout, Measure, Rollup, RollupKey
from watchbill.platform import keys, marks
from watchbill.platform.keys import Key
from watchbill.platform.table import REVISION, Changed, Item, Table, each
from watchbill.runs.models import Entry
from watchbill.runs.store import packed_lines, unpacked_lines

KEPT_DAYS = 400
_FIGURES = "figures"

Deltas = Sequence[tuple[int, Rollup]]
"""What is to be added to a rollup, each with its sequence number in the stream's shard."""


class RollupStore:
    """One organisation's rollups."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._organisation = table.organisation

    def layout(self) -> Layout:
        """Where the rollups lie."""
        item = self._table.get(keys.LAYOUT(self._organisation))
        return _to_layout(item) if item else Layout()

    def replace_layout(self, layout: Layout) -> None:
        """Store a layout over the one it was made from. Raises Changed."""
        self._table.replace(keys.LAYOUT(self._organisation), _from_layout(layout), layout.revision)

    def count(self, deltas: Mapping[RollupKey, Deltas], shard: str) -> dict[RollupKey, Rollup]:
        """Add each rollup's deltas, unless they were added before; the rollups that changed, as they are now."""
        # Read together, written singly: what a batch touches is many small items.
        found = self._table.get_many(self._key(key) for key in deltas)
        counted = each(lambda key: self._count(key, found.get(self._key(key)), shard, deltas[key]), list(deltas))
        return {key: rollup for key, rollup in zip(deltas, counted, strict=True) if rollup}

    def hours(
        self,
        layout: Layout,
        dimension: Dimension,
        member: str,
        first: str,
        last: str,
        newest_first: bool = False,
        consistent: bool = False,
    ) -> Iterator[tuple[str, Rollup]]:
        """A member's rollups from the hour `first` to the hour `last`, both included, in order.

        They may be a second old unless they shall be `consistent`, which costs twice as much.
        """
        months = list(_months(first, last))
        for month in reversed(months) if newest_first else months:
            spans = _spans(layout, max(first, f"{month}-01T00"), min(last, f"{month}-31T23"))
            for generation, start, end in reversed(spans) if newest_first else spans:
                values = (self._organisation, str(generation.number), dimension.value, member, month)
                found = self._table.query(
                    keys.HOUR.partition(*values),
                    between=(start, end),
                    descending=newest_first,
                    page_size=3 if newest_first else None,
                    consistent=consistent,
                )
                for stored in found:
                    yield stored.key.sk, to_rollup(stored.item)

    def totals(self, generation: Generation, dimension: Dimension) -> dict[str, Rollup]:
        """The all-time rollups of every member of a dimension."""
        partition = keys.TOTAL.partition(self._organisation, str(generation.number), dimension.value)
        found = self._table.query(partition, consistent=False)
        return {keys.unescape(stored.key.sk): to_rollup(stored.item) for stored in found}

    def total(self, generation: Generation, dimension: Dimension, member: str) -> Rollup:
        """The all-time rollup of one member of a dimension."""
        return to_rollup(self._table.get(self._key(RollupKey(generation.number, dimension, member, None))) or {})

    def recent(self) -> list[Entry]:
        """The newest runs of the organisation, newest first."""
        item = self._table.get(keys.RECENT(self._organisation)) or {}
        return _to_entries(item)

    def change_recent(self, change: Callable[[list[Entry]], list[Entry]]) -> None:
        """Replace the newest runs by what `change` makes of them, when that is different."""

        def apply(item: Item | None) -> Item | None:
            before = _to_entries(item or {})
            after = change(before)
            return None if after == before else {"lines": packed_lines(after)}

        self._change(keys.RECENT(self._organisation), apply)

    def count_replayed(self, generation: Generation, shard: str, sequences: Sequence[int]) -> None:
        """Count replayed runs, each by its sequence number, once."""

        def add(item: Item | None) -> Item | None:
            fresh = [sequence for sequence in sequences if sequence > marks.of(item, shard)]
            if not fresh:
                return None
            return {"runs": (item or {}).get("runs", 0) + len(fresh)} | marks.moved(item, shard, fresh[-1])

        self._change(keys.REPLAYED(self._organisation, str(generation.number)), add)

    def replayed(self, generation: Generation) -> int:
        """How many runs the stream has counted again for a generation."""
        item = self._table.get(keys.REPLAYED(self._organisation, str(generation.number))) or {}
        return int(item.get("runs", 0))

    def _count(self, key: RollupKey, item: Item | None, shard: str, deltas: Deltas) -> Rollup | None:
        rollup: Rollup | None = None

        def add(item: Item | None) -> Item | None:
            nonlocal rollup
            fresh = [(sequence, delta) for sequence, delta in deltas if sequence > marks.of(item, shard)]
            if not fresh:
                return None
            rollup = to_rollup(item or {})
            for _, delta in fresh:
                rollup.add(delta)
            return from_rollup(rollup) | marks.moved(item, shard, fresh[-1][0]) | _expiry(key)

        self._replace(self._key(key), item, add)
        return rollup

    def _change(self, key: Key, change: Callable[[Item | None], Item | None]) -> None:
        self._replace(key, self._table.get(key), change)

    def _replace(self, key: Key, item: Item | None, change: Callable[[Item | None], Item | None]) -> None:
        """Replace an item by what `change` makes of it, again when it changed meanwhile; None leaves it as it is."""
        while (changed := change(item)) is not None:
            try:
                self._table.replace(key, changed, (item or {}).get(REVISION, 0))
            except Changed as met:
                item = met.item
            else:
                return

    def _key(self, key: RollupKey) -> Key:
        generation, dimension = str(key.generation), key.dimension.value
        if key.hour is None:
            return keys.TOTAL(self._organisation, generation, dimension, key.member)
        return keys.HOUR(self._organisation, generation, dimension, key.member, key.hour[:7], key.hour)


def to_rollup(item: Item) -> Rollup:
    """The rollup in an item."""
    if _FIGURES not in item:
        return Rollup()
    figures = json.loads(zlib.decompress(item[_FIGURES]))
    cells = {name: _to_cell(cell) for name, cell in figures["cells"].items()}
    return Rollup(cells, {Measure(name): unpack(packed) for name, packed in figures["minutes"].items()})


def from_rollup(rollup: Rollup) -> Item:
    """The item a rollup is stored as."""
    cells = {name: _from_cell(cell) for name, cell in rollup.cells.items()}
    minutes = {measure.value: pack(counts) for measure, counts in rollup.minutes.items()}
    text = json.dumps({"cells": cells, "minutes": minutes}, separators=(",", ":"), default=str)
    # Cells resemble each other: compressed they take half the bytes, which are what each count pays for again.
    return {_FIGURES: zlib.compress(text.encode(), level=9)}


def _to_cell(cell: dict[str, Any]) -> Cell:
    sums = {Measure(name): _amount(value) for name, value in cell.items() if name not in ("h", "l")}
    return Cell(sums, unpack(cell.get("h", ())), cell.get("l", ""))


def _from_cell(cell: Cell) -> dict[str, Any]:
    histogram = {"h": pack(cell.durations)} if cell.durations else {}
    newest = {"l": cell.newest} if cell.newest else {}
    return {measure.value: amount for measure, amount in cell.sums.items()} | histogram | newest


def _amount(value: int | str) -> int | Decimal:
    # JSON has no exact decimals: they are stored as text.
    return Decimal(value) if isinstance(value, str) else value


def _expiry(key: RollupKey) -> Item:
    if key.hour is None:
        return {}
    return {"expires_at": int((_start_of(key.hour) + timedelta(days=KEPT_DAYS)).timestamp())}


def _start_of(hour: str) -> datetime:
    return datetime.strptime(hour, "%Y-%m-%dT%H").replace(tzinfo=UTC)


def _months(first: str, last: str) -> Iterator[str]:
    year, month = int(first[:4]), int(first[5:7])
    while (text := f"{year:04d}-{month:02d}") <= last[:7]:
        yield text
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)


def _spans(layout: Layout, first: str, last: str) -> list[tuple[Generation, str, str]]:
    """The generations that are read for a range of hours, each with its part of the range."""
    spans: list[tuple[Generation, str, str]] = []
    for i, generation in enumerate(layout.read):
        end = layout.read[i + 1].since if i + 1 < len(layout.read) else "~"
        start, stop = max(first, generation.since), min(last, _before(end))
        if start <= stop:
            spans.append((generation, start, stop))
    return spans


def _before(hour: str) -> str:
    if hour == "~":
        return hour
    return (_start_of(hour) - timedelta(hours=1)).strftime("%Y-%m-%dT%H")


def _to_entries(item: Item) -> list[Entry]:
    return list(unpacked_lines(item.get("lines", b"")))


def _to_layout(item: Item) -> Layout:
    return Layout(
        read=tuple(Generation(*generation) for generation in item["read"]),
        building=Generation(*item["building"]) if item.get("building") else None,
        user_shards=tuple((since, int(shards)) for since, shards in item["user_shards"]),
        revision=item[REVISION],
    )


def _from_layout(layout: Layout) -> Item:
    return {
        "read": [_from_generation(generation) for generation in layout.read],
        "building": _from_generation(layout.building) if layout.building else None,
        "user_shards": [[since, shards] for since, shards in layout.user_shards],
    }


def _from_generation(generation: Generation) -> list[int | str]:
    return [generation.number, generation.since, generation.started_at]
