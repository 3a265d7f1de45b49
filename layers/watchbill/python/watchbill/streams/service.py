"""Streams and their items: making, changing and removing them, for requests and for the agents that work on them."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

from watchbill.platform import batches, clock, ids
from watchbill.platform.batches import BatchAnswer, EntryFault, RejectedEntry
from watchbill.platform.errors import BadRequest, Conflict, Fault, NotFound, Unprocessable
from watchbill.platform.lists import Cursors, first_page
from watchbill.platform.table import Changed, each
from watchbill.streams import rules
from watchbill.streams.models import (
    Item,
    ItemChange,
    ItemList,
    ItemQuery,
    NewItem,
    NewStream,
    Stream,
    StreamChange,
    StreamList,
)
from watchbill.streams.store import StreamStore
from watchbill.streams.values import MOST_ITEMS, MOST_NEW

_READ_AT_ONCE = 100

Change = Callable[[Item], Item]


class StreamService:
    """One organisation's streams."""

    def __init__(self, store: StreamStore, cursors: Cursors) -> None:
        self._store = store
        self._cursors = cursors

    def create(self, wish: NewStream) -> Stream:
        """A new stream."""
        stream = rules.stream(wish, ids.new_id(), clock.now())
        self._store.add_stream(stream)
        return stream

    def stream(self, stream_id: str) -> Stream:
        """A stream. Raises NotFound."""
        return _found(self._store.stream(stream_id), stream_id)

    def streams(self, limit: int, cursor: str | None) -> StreamList:
        """Streams, newest first. Raises BadRequest for a cursor of another list."""
        before = self._cursors.open(cursor, "streams").get("id")
        found = ((stream, {"id": stream.id}) for stream in self._store.streams(before, page_size=limit + 1))
        shown, more = first_page(found, limit)
        return StreamList(items=tuple(shown), next_cursor=self._cursors.close(more, "streams"))

    def amend(self, stream_id: str, change: StreamChange) -> Stream:
        """Set what the change names. Raises NotFound, BadRequest when it names nothing, Unprocessable."""
        if not change.model_dump(exclude_none=True):
            raise BadRequest("nothing to change: give a name, a goal, a deadline, stages or goal_status")
        places = self._store.places(stream_id) if change.stages else []
        try:
            changed = self._store.change_stream(
                stream_id, lambda there: rules.changed_stream(there, change, places, clock.now())
            )
        except rules.NotAllowed as error:
            raise Unprocessable(str(error), errors=[Fault("stages", str(error))]) from error
        return self.stream(_found(changed, stream_id).id)

    def remove(self, stream_id: str) -> None:
        """Forget a stream; its items, progress and insights follow. Raises NotFound."""
        if not self._store.remove_stream(stream_id):
            raise _no_stream(stream_id)

    def items(self, stream_id: str) -> Iterator[Item]:
        """All items of a stream, in order. Raises NotFound."""
        self.stream(stream_id)
        places = self._store.places(stream_id)
        yield from self._store.items(stream_id, [place.item_id for place in places])

    def listed(self, stream_id: str, query: ItemQuery) -> ItemList:
        """A stream's items of a stage, a priority and a status, or all, in order. Raises NotFound, BadRequest."""
        name = f"items {self.stream(stream_id).id} {query.stage!r} {query.priority or '*'} {query.status or '*'}"
        position = self._cursors.open(query.cursor, name)
        shown, more = first_page(self._asked_for(stream_id, query, position), query.limit)
        return ItemList(items=tuple(shown), next_cursor=self._cursors.close(more, name))

    def board(self, stream_id: str, most: int) -> dict[str, list[Item]]:
        """The first so many items of each stage, in order, without those cancelled. Raises NotFound."""
        stages = self.stream(stream_id).stages
        firsts = rules.firsts(stages, self._store.places(stream_id), most)
        found = self._store.items(stream_id, [place.item_id for places in firsts.values() for place in places])
        items = {item.id: item for item in found}
        return {
            stage: [items[place.item_id] for place in places if place.item_id in items]
            for stage, places in firsts.items()
        }

    def item(self, stream_id: str, item_id: str) -> Item:
        """An item. Raises NotFound."""
        return _found_item(self._store.item(stream_id, item_id), item_id)

    def add(self, stream_id: str, wishes: Sequence[NewItem]) -> list[Item]:
        """New items, or those that are there of the same companies, in the order of the wishes.

        Raises NotFound, Unprocessable for a stage that the stream does not have, and when there would be too many.
        """
        stream = self.stream(stream_id)
        named = [(rules.item_id(stream_id, wish), wish) for wish in wishes]
        while True:
            there = {item.id: item for item in self._store.items(stream_id, list(dict(named)))}
            made = self._made(stream, [(item_id, wish) for item_id, wish in named if item_id not in there])
            try:
                self._store.add(list(made.values()))
            except Changed:
                # One of them was made meanwhile, or the stream is gone.
                stream = self.stream(stream_id)
                continue
            return [(there | made)[item_id] for item_id, _ in named]

    def add_batch(self, stream_id: str, entries: Sequence[Any]) -> BatchAnswer:
        """Add those of the items that can be, and say what is wrong with the others.

        Raises NotFound, PayloadTooLarge, BadRequest when none is well-formed, Unprocessable when there would be too
        many.
        """
        stream = self.stream(stream_id)
        good, rejected = batches.judged(entries, NewItem, "items", MOST_NEW)
        misplaced = {index: fault for index, wish in good.items() if (fault := _misplaced(stream, index, wish))}
        if len(misplaced) == len(good):
            faults = [Fault(fault.path, fault.message) for one in misplaced.values() for fault in one.errors]
            raise BadRequest("none of the items can be added", errors=faults)
        kept = {index: wish for index, wish in good.items() if index not in misplaced}
        stored = zip(kept, self.add(stream_id, list(kept.values())), strict=True)
        everything = sorted((*rejected, *misplaced.values()), key=lambda one: one.index)
        return batches.answer({index: item.id for index, item in stored}, everything)

    def change(self, stream_id: str, item_id: str, change: Change) -> Item:
        """An item as the change makes it of what is stored, also when others change it at the same time.

        Its id, company and times stay what they are. Raises NotFound.
        """
        changed = self._store.change(stream_id, item_id, lambda there: rules.kept(there, change(there), clock.now()))
        return _found_item(changed, item_id)

    def amend_item(self, stream_id: str, item_id: str, change: ItemChange) -> Item:
        """Set what the change names. Raises NotFound, BadRequest when it names nothing, Unprocessable, Conflict."""
        if not change.model_dump(exclude_none=True, exclude={"revision"}):
            raise BadRequest("nothing to change: give a stage, a priority, a status, scores or what else is known")
        try:
            rules.check_stage(self.stream(stream_id), change.stage)
            return self.change(stream_id, item_id, lambda there: rules.changed_item(there, change))
        except rules.NotAllowed as error:
            raise Unprocessable(str(error), errors=[Fault("stage", str(error))]) from error
        except rules.Outdated as error:
            raise Conflict(str(error)) from error

    def reorder(self, stream_id: str, first: Sequence[str], change: Change | None = None) -> None:
        """Put the items named first, in that order, and the others behind them in theirs; change each named one.

        Done again it changes nothing, and what was interrupted is finished. Items that are gone are passed over.
        Raises NotFound.
        """
        self.stream(stream_id)
        places = self._store.places(stream_id)
        wanted, there = rules.positions(places, first), {place.item_id: place.position for place in places}
        named = set(first) if change else set()

        def move(item_id: str) -> None:
            def moved(item: Item) -> Item | None:
                changed = change(item) if change and item_id in named else item
                return rules.kept(item, changed.model_copy(update={"position": wanted[item_id]}), clock.now())

            self._store.change(stream_id, item_id, moved)

        each(move, [item_id for item_id in wanted if item_id in named or wanted[item_id] != there[item_id]])

    def remove_item(self, stream_id: str, item_id: str) -> None:
        """Forget an item. Raises NotFound."""
        if not self._store.remove_item(stream_id, item_id):
            raise _no_item(item_id)

    def _made(self, stream: Stream, wishes: Sequence[tuple[str, NewItem]]) -> dict[str, Item]:
        """The items to be made; two requests at once may together make some more than a stream is to have."""
        places = self._store.places(stream.id) if wishes else []
        made: dict[str, Item] = {}
        behind = places[-1].position if places else 0
        for item_id, wish in wishes:
            if item_id not in made:
                made[item_id] = _new(stream, wish, item_id, behind)
                behind = max(behind, made[item_id].position)
        if len(places) + len(made) > MOST_ITEMS:
            raise Unprocessable(f"a stream has at most {MOST_ITEMS:,} items, and there are {len(places):,}")
        return made

    def _asked_for(
        self, stream_id: str, query: ItemQuery, position: dict[str, Any]
    ) -> Iterator[tuple[Item, dict[str, Any]]]:
        found = self._store.places_behind(stream_id, position.get("position"), position.get("item"), _READ_AT_ONCE)
        asked = (place for place in found if rules.asked_for(place, query))
        while chunk := list(islice(asked, min(_READ_AT_ONCE, query.limit + 1))):
            items = {item.id: item for item in self._store.items(stream_id, [place.item_id for place in chunk])}
            for place in chunk:
                if place.item_id in items:
                    yield items[place.item_id], {"position": place.position, "item": place.item_id}


def _new(stream: Stream, wish: NewItem, item_id: str, behind: int) -> Item:
    try:
        return rules.item(stream, wish, item_id, behind, clock.now())
    except rules.NotAllowed as error:
        raise Unprocessable(str(error), errors=[Fault("stage", str(error))]) from error


def _misplaced(stream: Stream, index: int, wish: NewItem) -> RejectedEntry | None:
    try:
        rules.check_stage(stream, wish.stage)
    except rules.NotAllowed as error:
        return RejectedEntry(index=index, errors=(EntryFault(path=f"items.{index}.stage", message=str(error)),))
    return None


def _found(stream: Stream | None, stream_id: str) -> Stream:
    if stream is None:
        raise _no_stream(stream_id)
    return stream


def _no_stream(stream_id: str) -> NotFound:
    return NotFound(f"there is no stream {stream_id!r}")


def _found_item(item: Item | None, item_id: str) -> Item:
    if item is None:
        raise _no_item(item_id)
    return item


def _no_item(item_id: str) -> NotFound:
    return NotFound(f"there is no item {item_id!r} in this stream")
