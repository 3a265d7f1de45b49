"""Following rooms of the live channel, without any I/O: what to say, what is given out, and when an answer is late.

Each event of a room is given out once and in the order of their numbers, whatever comes twice, late or out of order.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from watchbill_client.errors import WatchbillError

PING_S, PATIENCE_S, GAP_S = 240.0, 15.0, 3.0
"""Between pings; until an answer must have come; until an event that is missing is asked for."""


_PASSING = ("conflict", "too_many_requests")
"""Codes of refusals that say nothing against what was asked for."""


class Lost(Exception):
    """The connection is of no use any more: another one must be opened."""


class LiveRefused(WatchbillError):
    """The service does not let us into a room, or answered that a message was wrong."""


@dataclass(frozen=True)
class LiveEvent:
    """Something that happened in a room or a session; `seq` is None for what is told to this client alone.

    An event `missed` says that we were away for too long to be told everything: look at the present state by the API.
    """

    event: str
    data: Any
    room: str | None = None
    session_id: str | None = None
    seq: int | None = None
    timestamp: datetime | None = None


@dataclass(frozen=True)
class Address:
    """A room of the operators, or a session."""

    room: str | None = None
    session_id: str | None = None

    @property
    def name(self) -> str:
        """What it is called."""
        return self.session_id or self.room or ""

    @property
    def fields(self) -> dict[str, str]:
        """As messages name it."""
        return {"sessionId": self.session_id} if self.session_id is not None else {"room": self.room or ""}


@dataclass
class Fold:
    """How far a room was followed: the last event that was given out, and those held back until others have come.

    `position` is None before the room is known; `target` is up to which number events are known to be.
    """

    position: int | None = None
    pending: bool = False
    target: int = 0
    held: dict[int, LiveEvent] = field(default_factory=dict)

    def asking(self) -> dict[str, int]:
        """What to say when joining; the fold then waits for the answer."""
        self.pending = True
        return {} if self.position is None else {"after": self.position}

    def take(self, seq: int, event: LiveEvent) -> list[LiveEvent]:
        """Take an event; those that can be given out now."""
        if not self.pending and self.position is not None and seq <= self.position:
            return []
        self.held[seq] = event
        return self._drained()

    def joined(self, seq: int, complete: bool) -> tuple[bool, list[LiveEvent]]:
        """Take the answer to joining: whether events were missed, and those that can be given out now."""
        missed = self.position is not None and not complete
        self.pending = False
        self.position = seq if self.position is None or missed else self.position
        self.target = seq
        self.held = {number: event for number, event in self.held.items() if number > self.position}
        return missed, self._drained()

    def told(self, seq: int) -> bool:
        """Take word of how far the room is; whether it must be joined anew because it counts from elsewhere."""
        if self.pending or self.position is None:
            return False
        self.target = max(self.target, seq)
        return seq < self.position

    @property
    def gap(self) -> bool:
        """Whether events are missing that must have been sent by now."""
        known = not self.pending and self.position is not None
        return known and (bool(self.held) or self.target > (self.position or 0))

    def _drained(self) -> list[LiveEvent]:
        events: list[LiveEvent] = []
        while self.position is not None and self.position + 1 in self.held:
            self.position += 1
            events.append(self.held.pop(self.position))
        return events


@dataclass
class _Room:
    fold: Fold
    answer_by: float | None = None
    mend_at: float | None = None
    stuck_at: int | None = None


class Follower:
    """One client over all of its connections. Times are seconds on a clock that only goes forward.

    `said` is what is to be sent; whoever sends it takes it out.
    """

    def __init__(
        self, rooms: Iterable[str], sessions: Iterable[str] = (), after: Mapping[str, int] | None = None
    ) -> None:
        addresses = [Address(room=room) for room in dict.fromkeys(("system", *rooms))]
        addresses += [Address(session_id=one) for one in dict.fromkeys(sessions)]
        known = after or {}
        self._rooms = {one: _Room(Fold(known.get(one.name))) for one in addresses}
        self._ping_at = self._heard_at = 0.0
        self.said: list[str] = []

    @property
    def positions(self) -> dict[str, int]:
        """The number of the last event of each room and session, from where another client can go on."""
        known = {one.name: room.fold.position for one, room in self._rooms.items()}
        return {name: position for name, position in known.items() if position is not None}

    def opened(self, now: float) -> None:
        """Begin on a new connection."""
        self.said.clear()
        self._heard_at, self._ping_at = now, now + PING_S
        for address, room in self._rooms.items():
            self._join(address, room, now)

    def heard(self, text: str | bytes, now: float) -> list[LiveEvent]:
        """Take a message; what is to be given out. Raises LiveRefused, Lost."""
        message = json.loads(text)
        self._heard_at = now
        if "event" not in message:
            # API Gateway's own words when the service has failed: the answer that does not come says enough.
            return []
        address = Address(message.get("room"), message.get("sessionId"))
        room, event = self._rooms.get(address), _event(message)
        given = self._taken(address, room, event, now)
        if room:
            self._watch(room, now)
        return given

    def due(self, now: float) -> float:
        """Do what is due by now; seconds until something else is. Raises Lost when an answer has not come."""
        if now >= self._ping_at:
            self._say("ping")
            self._ping_at = now + PING_S
        if self._heard_at + PING_S + PATIENCE_S <= now:
            raise Lost("the service does not answer")
        for address, room in self._rooms.items():
            if room.answer_by is not None and room.answer_by <= now:
                raise Lost("the service does not answer")
            if room.mend_at is not None and room.mend_at <= now:
                self._mend(address, room, now)
        return max(0.0, min(self._times()) - now)

    def _times(self) -> list[float]:
        of_rooms = [at for room in self._rooms.values() for at in (room.answer_by, room.mend_at) if at is not None]
        return [self._ping_at, self._heard_at + PING_S + PATIENCE_S, *of_rooms]

    def _taken(self, address: Address, room: _Room | None, event: LiveEvent, now: float) -> list[LiveEvent]:
        if event.seq is not None:
            return room.fold.take(event.seq, event) if room else []
        match event.event:
            case "room_joined" | "session_joined" if room:
                return self._joined(address, room, event)
            case "pong":
                self._compare(event.data["positions"], now)
            case "error" if event.data["code"] in _PASSING:
                raise Lost(event.data["detail"])
            case "error":
                raise LiveRefused(event.data["detail"])
        return []

    def _joined(self, address: Address, room: _Room, event: LiveEvent) -> list[LiveEvent]:
        room.answer_by = None
        missed, events = room.fold.joined(event.data["seq"], event.data["complete"])
        told = LiveEvent("missed", {}, address.room, address.session_id, timestamp=event.timestamp)
        return [told, *events] if missed else events

    def _compare(self, positions: Iterable[Mapping[str, Any]], now: float) -> None:
        for one in positions:
            address = Address(one.get("room"), one.get("sessionId"))
            room = self._rooms.get(address)
            if room and room.fold.told(one["seq"]):
                self._join(address, room, now)
            elif room:
                self._watch(room, now)

    def _watch(self, room: _Room, now: float) -> None:
        """See to it that what is missing is asked for, unless it comes soon."""
        if not room.fold.gap:
            room.mend_at = None
        elif room.mend_at is None:
            room.mend_at, room.stuck_at = now + GAP_S, room.fold.position

    def _mend(self, address: Address, room: _Room, now: float) -> None:
        room.mend_at = None
        if room.fold.gap and room.fold.position == room.stuck_at:
            self._join(address, room, now)
        else:
            self._watch(room, now)

    def _join(self, address: Address, room: _Room, now: float) -> None:
        room.answer_by, room.mend_at = now + PATIENCE_S, None
        self._say("join_room" if address.session_id is None else "join_session", **address.fields, **room.fold.asking())

    def _say(self, action: str, **fields: Any) -> None:
        self.said.append(json.dumps({"action": action, **fields}))


def _event(message: Mapping[str, Any]) -> LiveEvent:
    return LiveEvent(
        event=message["event"],
        data=message.get("data"),
        room=message.get("room"),
        session_id=message.get("sessionId"),
        seq=message.get("seq"),
        timestamp=datetime.fromisoformat(message["timestamp"]) if "timestamp" in message else None,
    )
