"""Streams and items in the table. An item has a place beside it, by which the stream's items are listed and counted.

An item and its place change together or not at all, and no item is made in a stream that is not there.
"""

import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import islice

from watchbill.platform import clock, keys
from watchbill.platform.items import REVISION
from watchbill.platform.items import Item as Attributes
from watchbill.platform.keys import Key
from watchbill.platform.table import AlreadyExists, Changed, Stored, Table
from watchbill.platform.writes import MOST_WRITES, Check, Create, Delete, Put, Replace, Write
from watchbill.streams import rules
from watchbill.streams.models import GoalStatus, Item, ItemPriority, ItemStatus, Place, Stream
from watchbill.streams.progress import Reviewed, Standing
from watchbill.streams.views import StreamInsight

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
        """A stream as it was last reviewed, or None."""
        item = self._table.get(self._stream(stream_id))
        return _reviewed(_to_stream(item), self._table.get(self._progress(stream_id))) if item else None

    def streams(self, before: str | None, page_size: int) -> Iterator[Stream]:
        """Streams as they were last reviewed, newest first, behind the one with the id `before`."""
        behind = self._stream(before).sk if before else None
        partition = keys.STREAM.partition(self._organisation)
        found = self._table.query(partition, before=behind, descending=True, page_size=page_size)
        while chunk := [_to_stream(stored.item) for stored in islice(found, page_size)]:
            reviews = self._table.get_many(self._progress(stream.id) for stream in chunk)
            yield from (_reviewed(stream, reviews.get(self._progress(stream.id))) for stream in chunk)

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

    def remove_stream(self, stream_id: str) -> bool:
        """Forget a stream, not yet what it holds; whether there was one."""
        return self._table.delete(self._stream(stream_id))

    def clear(self, stream_id: str, most: int) -> bool:
        """Forget what a stream holds that is gone, some items at a time; whether there may be more."""
        places = list(islice(self.places_behind(stream_id, None, None, most), most))
        gone = [self._item(stream_id, place.item_id) for place in places]
        gone += [self._place(stream_id, place.position, place.item_id) for place in places]
        if not places:
            found = self._table.query(keys.INSIGHT.partition(self._organisation, stream_id))
            gone = [*(stored.key for stored in found), self._progress(stream_id)]
        for start in range(0, len(gone), MOST_WRITES):
            self._table.transact([Delete(key) for key in gone[start : start + MOST_WRITES]])
        return bool(places)

    def reviewed(self, stream_id: str) -> Reviewed:
        """What was written down of a stream's last review."""
        return _to_reviewed(self._table.get(self._progress(stream_id)))

    def review(self, stream_id: str, before: Reviewed, standing: Standing, now: datetime) -> Reviewed:
        """Write down how far a stream is over what was read, unless it says the same.

        Raises Changed when another review wrote meanwhile, or the stream is gone.
        """
        if before.revision and before.standing == standing:
            return before
        reviewed = Reviewed(standing, now, before.revision + 1)
        progress = Replace(self._progress(stream_id), _from_reviewed(reviewed), before.revision)
        self._table.transact([Check(self._stream(stream_id)), progress])
        return reviewed

    def insights(self, stream_id: str) -> list[StreamInsight]:
        """What was told of a stream."""
        found = self._table.query(keys.INSIGHT.partition(self._organisation, stream_id))
        return [StreamInsight.model_validate(stored.item) for stored in found]

    def tell(self, stream_id: str, insights: Sequence[StreamInsight]) -> None:
        """Store insights that are not there yet. Raises Changed when the stream is gone."""
        for insight in insights:
            key = keys.INSIGHT(self._organisation, stream_id, insight.id)
            try:
                self._table.transact([Check(self._stream(stream_id)), Create(key, insight.model_dump(mode="json"))])
            except AlreadyExists:
                continue

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

    def _progress(self, stream_id: str) -> Key:
        return keys.STREAM_PROGRESS(self._organisation, stream_id)

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


def _from_reviewed(reviewed: Reviewed) -> Attributes:
    standing = reviewed.standing
    known = {"completed": standing.completed, "total": standing.total, "status": standing.status.value}
    return {**known, "at": clock.to_text(reviewed.at) if reviewed.at else None}


def _to_reviewed(item: Attributes | None) -> Reviewed:
    if item is None:
        return Reviewed(Standing(0, 0, GoalStatus.NOT_STARTED))
    standing = Standing(item["completed"], item["total"], GoalStatus(item["status"]))
    return Reviewed(standing, clock.from_text(item["at"]), item[REVISION])


def _reviewed(stream: Stream, progress: Attributes | None) -> Stream:
    """A stream with what was written down of its last review."""
    reviewed = _to_reviewed(progress)
    paused = stream.goal_status is GoalStatus.PAUSED
    status = GoalStatus.PAUSED if paused else reviewed.standing.status
    shown = reviewed.standing.shown(reviewed.at)
    return stream.model_copy(update={"goal_status": status, "current_progress": shown})


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
        ItemPriority(stored.item["priority"]),
        ItemStatus(stored.item["status"]),
        None if quality is None else float(quality),
    )
