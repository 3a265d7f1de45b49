"""The bus's events become events of rooms: each is given its number once, and then sent to whoever is there.

What is stored is sent at least once: who dies in between has the message come again, and finds the number it gave.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from watchbill.platform import clock
from watchbill.platform.errors import TooManyRequests
from watchbill.platform.events import EventType
from watchbill.platform.sockets import Gone, Stuck
from watchbill.platform.table import AlreadyExists, Changed
from watchbill.realtime import frames, rooms, rules
from watchbill.realtime.models import Happening, Room, RoomEvent
from watchbill.realtime.sender import Sender, Wire
from watchbill.realtime.store import RealtimeStore

_TRIES = 10
_FIRST_PAUSE = 0.02
"""Seconds, for whoever meets another who tells in the same room."""
_GREETED_AGAIN = 1
"""Seconds after which a socket is greeted that was not open."""
_GREETINGS = 3

Enqueue = Callable[[Sequence[Mapping[str, Any]], int], None]
"""How messages are put into the broadcaster's queue, to be received after so many seconds."""


def greeting(organisation: str, connection: str, tries: int = 1) -> dict[str, Any]:
    """The message that has a new socket greeted."""
    return {"organisation": organisation, "greet": connection, "tries": tries}


class Broadcaster:
    """Tells one organisation's rooms of its events."""

    def __init__(self, organisation: str, store: RealtimeStore, wire: Wire, queue: Enqueue) -> None:
        self._organisation = organisation
        self._store = store
        self._queue = queue
        self._wire = wire
        self._sender = Sender(store, wire)

    def take(self, bodies: Sequence[Mapping[str, Any]]) -> None:
        """Work on messages: greetings, and events of the bus."""
        for body in bodies:
            if "greet" in body:
                self._greet(body["greet"], body["tries"])
        self.tell([body for body in bodies if "detail" in body])

    def tell(self, events: Sequence[Mapping[str, Any]]) -> None:
        """Tell of events of the bus, in this order; one that comes again is told under the number it has."""
        of_rooms: dict[Room, list[Happening]] = defaultdict(list)
        for event in events:
            for happening in rooms.happenings(event["detail-type"], event["detail"]):
                of_rooms[happening.room].append(happening)
        for room, happenings in of_rooms.items():
            for step in rules.steps(happenings):
                self._tell(room, step)
        for event in events:
            if event["detail-type"] == EventType.KEY_REVOKED:
                self._sender.hang_up(event["detail"]["key_id"], self._store.room(rooms.SYSTEM).members)

    def _greet(self, connection: str, tries: int) -> None:
        """Tell a new socket that it is connected. It may not be open yet: then a little later."""
        told = frames.answer("connection_established", clock.now(), {"connectionId": connection})
        try:
            self._wire.send(connection, told)
        except Gone:
            if tries < _GREETINGS:
                self._queue([greeting(self._organisation, connection, tries + 1)], _GREETED_AGAIN)
            else:
                self._sender.disconnected(connection)
        except Stuck:
            self._sender.forget(connection)

    def _tell(self, room: Room, happenings: Sequence[Happening]) -> None:
        events = self._stored(room, happenings)
        if events:
            self._sender.send(room, [frames.frame_of(event) for event in events])

    def _stored(self, room: Room, happenings: Sequence[Happening]) -> list[RoomEvent]:
        """What is to be sent, with its numbers; nothing is stored, and nothing sent, where nobody watches."""
        causes = {happening.cause_of(part) for happening in happenings for part in happening.parts}
        for again in range(_TRIES):
            if again:
                clock.pause(_FIRST_PAUSE * again)
            now = clock.now()
            state = self._store.room(room)
            if not rules.watched(state, now):
                return []
            before = self._store.known(room, causes)
            known = {cause: {part: int(seq) for part, seq in item["parts"].items()} for cause, item in before.items()}
            found = rules.numbered(state.seq, happenings, known, now)
            try:
                if found.new:
                    self._store.tell(room, state, found.new, found.known, before)
            except (AlreadyExists, Changed):
                continue
            return self._with_old(room, found, now)
        raise TooManyRequests(f"too much happens at once in {room.text!r}", retry_after=1)

    def _with_old(self, room: Room, found: rules.Numbered, now: datetime) -> list[RoomEvent]:
        old = self._store.events(room, found.again, now) if found.again else []
        return [*old, *found.new]
