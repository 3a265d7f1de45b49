"""The bus's events become events of rooms: each is given its number once, and then sent to whoever is there.

What is stored is sent at least once: who dies in between has the message come again, and finds the number it gave.
What comes before something that it follows waits for that, back in the queue, so that numbers are in the order of what
has happened. Others may be telling it at this moment, or the stream may be late with it.
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
_PATIENCE = 0.1
"""Seconds, for what has come before something that it follows."""
_MOST_HELD = 50
"""How often something waits so. Then it is told all the same: better out of order than not at all."""

Enqueue = Callable[[Sequence[Mapping[str, Any]], int], None]
"""How messages are put into the broadcaster's queue, to be received after so many seconds."""


def greeting(organisation: str, connection: str, tries: int = 1) -> dict[str, Any]:
    """The message that has a new socket greeted."""
    return {"organisation": organisation, "greet": connection, "tries": tries}


class Broadcaster:
    """Tells one organisation's rooms of its events."""

    def __init__(
        self,
        organisation: str,
        store: RealtimeStore,
        wire: Wire,
        queue: Enqueue,
        pause: Callable[[float], None] = clock.pause,
    ) -> None:
        self._organisation = organisation
        self._store = store
        self._queue = queue
        self._wire = wire
        self._pause = pause
        self._sender = Sender(store, wire)

    def take(self, bodies: Sequence[Mapping[str, Any]]) -> None:
        """Work on messages: greetings, and events of the bus."""
        for body in bodies:
            if "greet" in body:
                self._greet(body["greet"], body["tries"])
        self.tell([body for body in bodies if "detail" in body])

    def tell(self, events: Sequence[Mapping[str, Any]]) -> None:
        """Tell of events of the bus, in this order, but none before one that it follows.

        One that comes again is told under the number it has.
        """
        found = [(event, _happenings(event)) for event in events]
        of_rooms: dict[Room, list[Happening]] = defaultdict(list)
        for happening in (one for _, happenings in found for one in happenings):
            of_rooms[happening.room].append(happening)
        held = {
            id(early)
            for room, happenings in of_rooms.items()
            for step in rules.steps(happenings)
            for early in self._tell(room, step)
        }
        for event in events:
            if event["detail-type"] == EventType.KEY_REVOKED:
                self._sender.hang_up(event["detail"]["key_id"], self._store.room(rooms.SYSTEM).members)
        self._hold([event for event, happenings in found if held & set(map(id, happenings))])

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

    def _hold(self, events: Sequence[Mapping[str, Any]]) -> None:
        """Have events come again a moment later."""
        if events:
            self._pause(_PATIENCE)
            self._queue([{**event, "held": event.get("held", 0) + 1} for event in events], 0)

    def _tell(self, room: Room, happenings: Sequence[Happening]) -> list[Happening]:
        """Tell in a room what may be told there now; the rest."""
        events, early = self._stored(room, happenings)
        if events:
            self._sender.send(room, [frames.frame_of(event) for event in events])
        return early

    def _stored(self, room: Room, happenings: Sequence[Happening]) -> tuple[list[RoomEvent], list[Happening]]:
        """What is to be sent, with its numbers, and what it is too early for.

        Nothing is stored, and nothing sent, where nobody watches.
        """
        causes = {happening.cause_of(part) for happening in happenings for part in happening.parts}
        causes |= {past.mark for happening in happenings for past in happening.follows}
        for again in range(_TRIES):
            if again:
                self._pause(_FIRST_PAUSE * again)
            now = clock.now()
            state = self._store.room(room)
            if not rules.watched(state, now):
                return [], []
            before = self._store.known(room, causes)
            known = {cause: {part: int(seq) for part, seq in item["parts"].items()} for cause, item in before.items()}
            told, early = rules.in_order(happenings, known, state, now)
            found = rules.numbered(state.seq, told, known, now)
            try:
                if found.new:
                    self._store.tell(room, state, found.new, found.known, before)
            except (AlreadyExists, Changed):
                continue
            return self._with_old(room, found, now), early
        raise TooManyRequests(f"too much happens at once in {room.text!r}", retry_after=1)

    def _with_old(self, room: Room, found: rules.Numbered, now: datetime) -> list[RoomEvent]:
        old = self._store.events(room, found.again, now) if found.again else []
        return [*old, *found.new]


def _happenings(event: Mapping[str, Any]) -> list[Happening]:
    """What an event means in rooms; one that has waited long enough follows nothing."""
    detail = event["detail"]
    return rooms.happenings(
        event["detail-type"], detail if event.get("held", 0) < _MOST_HELD else {**detail, "follows": ()}
    )
