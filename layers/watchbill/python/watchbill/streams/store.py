"""Streams and items in the table. An item has a place beside it, by which the stream's items are listed and counted.

An item and its place change together or not at all, and no item is made in a stream that is not there.
"""

import zlib
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

from watchbill.platform import keys
from watchbill.platform.items import REVISION
from watchbill.platform.items import Item as Attributes
from watchbill.platform.keys import Key
from watchbill.platform.table import Changed, Stored, Table
from watchbill.platform.writes import Check, Delete, Put, Replace, Write
from watchbill.streams import rules
from watchbill.streams.models import GoalStatus, Item, ItemStatus, Place, Priority, Stream

_MADE_AT_ONCE = 20
"""A transaction holds 4 MB, and an item in its bounds up to 200 KB."""
_READ_AT_ONCE = 100
_DERIVED = {"goal_status", "current_progress"}


class StreamStore:
    """One organisation's streams and their items."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._organisation = table.organisation

    def add_stream(self, stream: Stream) -> None:
        """Store a new stream."""
        self._table.replace(self._stream(stream.id), _from_stream(stream), 0)

    def stream(self, stream_id: str) -> Stream | None:
        """A stream, or None."""
        item = self._table.get(self._stream(stream_id))
        return _to_stream(item) if item else None

    def streams(self, before: str | None, page_size: int) -> Iterator[Stream]:
        """Streams, newest first, behind the one with the id `before`."""
        behind = self._stream(before).sk if before else None
        partition = keys.STREAM.partition(self._organisation)
        for stored in self._table.query(partition, before=behind, descending=True, page_size=page_size):
            yield _to_stream(stored.item)

    def change_stream(self, stream_id: str, change: Callable[[Stream], Stream]) -> Stream | None:
        """Change a stream as it is stored; None when there is none."""
        item = self._table.get(self._stream(stream_id))
        while item is not None:
            changed = change(_to_stream(item))
            try:
                self._table.replace(self._stream(stream_id), _from_stream(changed), item[REVISION])
            except Changed as conflict:
                item = conflict.item
            else:
                return changed
        return None

    def places(self, stream_id: str) -> list[Place]:
        """The places of a stream's items, in their order."""
        return [_to_place(stored) for stored in self._table.query(self._places(stream_id))]

    def places_behind(
        self, stream_id: str, position: int | None, item_id: str | None, page_size: int
    ) -> Iterator[Place]:
        """The places of a stream's items behind an item at a position, or all, in their order."""
        after = None if position is None or item_id is None else self._place(stream_id, position, item_id).sk
        for stored in self._table.query(self._places(stream_id), after=after, page_size=page_size):
            yield _to_place(stored)

    def item(self, stream_id: str, item_id: str) -> Item | None:
        """An item, or None."""
        found = self._table.get(self._item(stream_id, item_id))
        return _to_item(found) if found else None

    def items(self, stream_id: str, item_ids: Sequence[str]) -> Iterator[Item]:
        """Those of the items that exist, in the order of the ids, read as they are taken."""
        for start in range(0, len(item_ids), _READ_AT_ONCE):
            wanted = [self._item(stream_id, item_id) for item_id in item_ids[start : start + _READ_AT_ONCE]]
            found = self._table.get_many(wanted)
            yield from (_to_item(found[key]) for key in wanted if key in found)

    def add(self, items: Sequence[Item]) -> None:
        """Store new items of one stream. Raises Changed when one is there, or the stream is not.

        Several are stored some at a time: what is stored before that stays.
        """
        for start in range(0, len(items), _MADE_AT_ONCE):
            made = items[start : start + _MADE_AT_ONCE]
            writes: list[Write] = [Check(self._stream(made[0].stream_id))]
            for item in made:
                writes += [Replace(self._item(item.stream_id, item.id), _from_item(item), 0), self._put_place(item)]
            self._table.transact(writes)

    def change(self, stream_id: str, item_id: str, change: Callable[[Item], Item | None]) -> Item | None:
        """Change an item as it is stored, or leave it when the change is None; None when there is no such item."""
        there = self.item(stream_id, item_id)
        while there is not None:
            changed = change(there)
            if changed is None:
                return there
            try:
                self._replace(there, changed)
            except Changed:
                there = self.item(stream_id, item_id)
            else:
                return changed
        return None

    def remove_item(self, stream_id: str, item_id: str) -> bool:
        """Forget an item; whether there was one."""
        while (there := self.item(stream_id, item_id)) is not None:
            item = Delete(self._item(stream_id, item_id), there.revision)
            try:
                self._table.transact([item, Delete(self._place(stream_id, there.position, item_id))])
            except Changed:
                continue
            return True
        return False

    def _replace(self, there: Item, changed: Item) -> None:
        before, after = rules.place(there), rules.place(changed)
        writes: list[Write] = [
            Replace(self._item(there.stream_id, there.id), _from_item(changed), there.revision),
        ]
        if before.position != after.position:
            writes.append(Delete(self._place(there.stream_id, there.position, there.id)))
        if before != after:
            writes.append(self._put_place(changed))
        self._table.transact(writes)

    def _put_place(self, item: Item) -> Write:
        place = rules.place(item)
        quality = None if place.quality is None else Decimal(str(place.quality))
        known = {"stage": place.stage, "priority": place.priority.value, "status": place.status.value}
        return Put(self._place(item.stream_id, item.position, item.id), {**known, "quality": quality})

    def _stream(self, stream_id: str) -> Key:
        return keys.STREAM(self._organisation, stream_id)

    def _item(self, stream_id: str, item_id: str) -> Key:
        return keys.STREAM_ITEM(self._organisation, stream_id, item_id)

    def _places(self, stream_id: str) -> str:
        return keys.ITEM_PLACE.partition(self._organisation, stream_id)

    def _place(self, stream_id: str, position: int, item_id: str) -> Key:
        return keys.ITEM_PLACE(self._organisation, stream_id, f"{position:010d}", item_id)


def _from_stream(stream: Stream) -> Attributes:
    paused = stream.goal_status is GoalStatus.PAUSED
    return {"stream": stream.model_dump_json(exclude=_DERIVED, exclude_none=True), "paused": paused}


def _to_stream(item: Attributes) -> Stream:
    stream = Stream.model_validate_json(item["stream"])
    return stream.model_copy(update={"goal_status": GoalStatus.PAUSED}) if item["paused"] else stream


def _from_item(item: Item) -> Attributes:
    # What was found of an item is text of any length.
    return {"item": zlib.compress(item.model_dump_json(exclude={"revision"}, exclude_none=True).encode())}


def _to_item(item: Attributes) -> Item:
    known = Item.model_validate_json(zlib.decompress(item["item"]))
    return known.model_copy(update={"revision": item[REVISION]})


def _to_place(stored: Stored) -> Place:
    values = keys.ITEM_PLACE.parse(stored.key) or {}
    quality = stored.item.get("quality")
    return Place(
        values["item"],
        int(values["position"]),
        stored.item["stage"],
        Priority(stored.item["priority"]),
        ItemStatus(stored.item["status"]),
        None if quality is None else float(quality),
    )
