"""What a wish makes of a stream and its items, or why it is refused. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from watchbill.platform import ids
from watchbill.streams.models import (
    GoalStatus,
    Item,
    ItemChange,
    ItemQuery,
    ItemStatus,
    NewItem,
    NewStream,
    Place,
    Stream,
    StreamChange,
)
from watchbill.streams.values import HIGHEST_POSITION


class NotAllowed(Exception):
    """The wish is well-formed, but not allowed as things are; the message says why."""


def stream(wish: NewStream, stream_id: str, now: datetime) -> Stream:
    """A new stream."""
    return Stream(**dict(wish), id=stream_id, created_at=now, updated_at=now)


def changed_stream(there: Stream, change: StreamChange, places: Iterable[Place], now: datetime) -> Stream:
    """A stream with what the change names. Raises NotAllowed when items would be left without a stage."""
    given = {name: value for name, value in change if value is not None}
    if change.goal_status is not None:
        given["goal_status"] = GoalStatus(change.goal_status)
    for place in places:
        if place.stage in there.stages and place.stage not in given.get("stages", there.stages):
            raise NotAllowed(f"there are items in the stage {place.stage!r}: move them first")
    return there.model_copy(update={**given, "updated_at": now})


def item_id(stream_id: str, wish: NewItem) -> str:
    """The id of an item that is wished for: of one company there is one item in a stream."""
    return ids.derived_id("item", stream_id, wish.company_id) if wish.company_id else ids.new_id()


def check_stage(stream: Stream, stage: str | None) -> None:
    """Raises NotAllowed for a stage that the stream does not have."""
    if stage is not None and stage not in stream.stages:
        raise NotAllowed(f"{stage!r} is no stage of this stream: it has {', '.join(stream.stages)}")


def item(stream: Stream, wish: NewItem, item_id: str, behind: int, now: datetime) -> Item:
    """A new item, by itself at the position behind another. Raises NotAllowed for a stage the stream does not have."""
    check_stage(stream, wish.stage)
    placed = {
        "stage": wish.stage or stream.stages[0],
        "position": min(behind + 1, HIGHEST_POSITION) if wish.position is None else wish.position,
    }
    return Item(**{**dict(wish), **placed}, id=item_id, stream_id=stream.id, created_at=now, updated_at=now)


class Outdated(Exception):
    """The item was changed since the revision that the change is for."""


def changed_item(there: Item, change: ItemChange) -> Item:
    """An item with what the change names. Raises Outdated."""
    if change.revision not in (None, there.revision):
        raise Outdated(f"the item is at revision {there.revision}, the change is for {change.revision}")
    return there.model_copy(update={name: value for name, value in change if value is not None and name != "revision"})


def kept(there: Item, changed: Item, now: datetime) -> Item | None:
    """An item as it is stored after a change, which leaves alone what it is; None when nothing has changed."""
    own = ("id", "stream_id", "company_id", "revision", "created_at", "updated_at")
    same = changed.model_copy(update={name: getattr(there, name) for name in own})
    if same == there:
        return None
    # A copy is not validated: whoever changes an item by code keeps to the bounds that a request has.
    return Item.model_validate({**dict(same), "revision": there.revision + 1, "updated_at": now})


def place(item: Item) -> Place:
    """Where an item stands."""
    return Place(item.id, item.position, item.stage, item.priority, item.status, item.quality)


def asked_for(place: Place, query: ItemQuery) -> bool:
    """Whether an item is of the stage, priority and status that are asked for."""
    wanted = ((query.stage, place.stage), (query.priority, place.priority), (query.status, place.status))
    return all(asked in (None, there) for asked, there in wanted)


def firsts(stages: Sequence[str], places: Iterable[Place], most: int) -> dict[str, list[Place]]:
    """The first so many places of each stage, in their order, without those of items that are cancelled.

    A stage that the stream has no more comes last, while something is in it.
    """
    found: dict[str, list[Place]] = {stage: [] for stage in stages}
    for place in places:
        if place.status is not ItemStatus.CANCELLED and len(there := found.setdefault(place.stage, [])) < most:
            there.append(place)
    return found


def positions(places: Sequence[Place], first: Sequence[str]) -> dict[str, int]:
    """Each item's position when those named come first, in that order, and the others follow in theirs."""
    there = [place.item_id for place in places]
    known = set(there)
    order = dict.fromkeys([item_id for item_id in first if item_id in known] + there)
    return {item_id: number for number, item_id in enumerate(order, start=1)}
