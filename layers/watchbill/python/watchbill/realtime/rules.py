"""Decisions of the live channel: tickets, who is watching, which number an event gets, what is replayed. Pure."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from watchbill.platform import ids
from watchbill.platform.events import Past
from watchbill.realtime.models import Connection, Happening, Member, Room, RoomEvent, State

TICKET_LIFE = timedelta(seconds=60)
CONNECTION_LIFE = timedelta(hours=2, minutes=10)
"""Longer than API Gateway keeps a socket open, which is two hours."""
LINGER = timedelta(minutes=10)
"""How long a room is still kept for whoever has left it, by intention or not, and may come back."""
MARGIN = timedelta(minutes=1)
"""Longer than joining takes: for so long an event is stored though whoever joins now need not count on it."""
OPENING = timedelta(seconds=10)
"""A socket so young may not be open yet, and is not gone."""
MOST_CONNECTIONS = 500
"""Of an organisation at a time."""
MOST_ROOMS = 20
"""That a connection may be in, besides the one that all are in."""
MOST_REPLAYED = 200
"""Whoever has missed more is told to look anew: by then that costs less."""
MOST_BYTES = 16_000
"""Of a message of a client."""
MOST_FRAME = 120_000
"""Of an event on the wire: API Gateway sends no message of more than 128 KB."""
_MOST_GROUPS = 45
"""So many events and as many causes, with the room itself, are a transaction."""


def ticket_id(ticket: str) -> str:
    """What a ticket is kept under: its digest, so that nobody who reads the table holds a ticket."""
    return ids.derived_id("ticket", ids.secret_hash(ticket))


def watched(state: State, now: datetime) -> bool:
    """Whether an event is told in a room: somebody is in it, or has left it so lately that they may come back."""
    return any(member.until + MARGIN > now for member in state.members)


def unbroken(state: State, now: datetime) -> bool:
    """Whether all that happened was told in the room up to now, and so will be for whoever joins it now."""
    return state.revision > 0 and any(member.until > now for member in state.members)


def listeners(state: State, now: datetime) -> list[Member]:
    """Who is told what happens in a room."""
    return [member for member in state.members if not member.left and member.until > now]


def opening(member: Member, now: datetime) -> bool:
    """Whether a socket may not be open yet."""
    return now - member.since < OPENING


@dataclass(frozen=True, slots=True)
class Numbered:
    """What follows from happenings in a room: new events, those of old that are to be sent again, and what is known.

    `known` is what is remembered, by cause: the number of the event that each part was told in.
    """

    new: tuple[RoomEvent, ...]
    again: tuple[int, ...]
    known: Mapping[str, Mapping[str, int]]


def numbered(
    seq: int, happenings: Sequence[Happening], known: Mapping[str, Mapping[str, int]], now: datetime
) -> Numbered:
    """Give each part that was not told before a number above `seq`, those of a happening the same."""
    memory = {cause: dict(parts) for cause, parts in known.items()}
    new: list[RoomEvent] = []
    again: dict[int, None] = {}
    for happening in happenings:
        told = {part: memory.get(happening.cause_of(part), {}).get(part) for part in happening.parts}
        again |= {number: None for number in told.values() if number is not None and number <= seq}
        fresh = [part for part, number in told.items() if number is None]
        if fresh:
            number = seq + len(new) + 1
            new.append(_event(happening, fresh, number, now))
            for part in fresh:
                memory.setdefault(happening.cause_of(part), {})[part] = number
    return Numbered(tuple(new), tuple(again), memory)


def in_order(
    happenings: Sequence[Happening], known: Mapping[str, Mapping[str, int]], state: State, now: datetime
) -> tuple[list[Happening], list[Happening]]:
    """Happenings as they are to be told now, none before one that it follows, and those for which it is too early.

    What one of those follows has not been told, and will be: somebody has been in the room since before it happened.
    """
    coming = {happening.cause_of(part) for happening in happenings for part in happening.parts}
    marks = {cause for cause, parts in known.items() if parts}
    told: list[Happening] = []
    left = list(happenings)

    def may_be_told(happening: Happening) -> bool:
        if all(part in known.get(happening.cause_of(part), ()) for part in happening.parts):
            return True
        awaited = {past.mark for past in happening.follows if past.mark in coming or _will_be_told(past, state, now)}
        return awaited <= marks

    while (first := next((place for place, one in enumerate(left) if may_be_told(one)), None)) is not None:
        happening = left.pop(first)
        told.append(happening)
        marks |= {happening.cause_of(part) for part in happening.parts}
    return told, left


def _will_be_told(past: Past, state: State, now: datetime) -> bool:
    """Whether what has happened was told in a room, or is still to be: then already somebody was in it who still is."""
    return any(member.joined and member.joined <= past.at and member.until > now for member in state.members)


def _event(happening: Happening, parts: Sequence[str], number: int, now: datetime) -> RoomEvent:
    told = Happening(
        happening.room, happening.event, {part: happening.parts[part] for part in parts}, listed=happening.listed
    )
    data = json.dumps(told.data, default=float, ensure_ascii=False, separators=(",", ":"))
    if len(data.encode()) > MOST_FRAME:
        data = json.dumps({"omitted": "this is more than a socket takes: ask the API for it"})
    return RoomEvent(happening.room, number, happening.event, now, data)


def steps(happenings: Sequence[Happening]) -> Iterator[list[Happening]]:
    """Happenings in as many steps as it takes transactions to store them."""
    step: list[Happening] = []
    for happening in happenings:
        if step and len(step) + _causes([*step, happening]) > 2 * _MOST_GROUPS:
            yield step
            step = []
        step.append(happening)
    if step:
        yield step


def _causes(happenings: Sequence[Happening]) -> int:
    return len({happening.cause_of(part) for happening in happenings for part in happening.parts})


def cut(happening: Happening) -> Iterator[Happening]:
    """A happening whose parts have no cause in common, in as many as fit into a transaction each."""
    parts = list(happening.parts.items())
    size = max(1, len(parts)) if happening.cause else _MOST_GROUPS
    for start in range(0, len(parts), size):
        yield replace(happening, parts=dict(parts[start : start + size]))


def may_be_replayed(after: int, seq: int) -> bool:
    """Whether it is worth looking for the events above `after` of a room that is at `seq`."""
    return 0 <= seq - after <= MOST_REPLAYED


def complete(after: int, seq: int, found: Sequence[RoomEvent]) -> bool:
    """Whether these are all events above `after` up to `seq`. One that nobody watched for has a number and no event."""
    return [event.seq for event in found] == list(range(after + 1, seq + 1))


def full(connection: Connection, room: Room) -> bool:
    """Whether a connection is in so many rooms that it may join no other."""
    return room not in connection.rooms and len(connection.rooms) > MOST_ROOMS
