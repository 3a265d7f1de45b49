"""Sending to sockets: to several at a time, each in the order of the events; who does not take them is forgotten."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from watchbill.platform import clock
from watchbill.platform.sockets import Gone, Stuck
from watchbill.platform.table import Changed, each
from watchbill.realtime import rules
from watchbill.realtime.models import Connection, Member, Room
from watchbill.realtime.store import RealtimeStore

_TRIES = 5


@dataclass(frozen=True, slots=True)
class Wire:
    """How something is sent through a socket, and how one is closed."""

    send: Callable[[str, str], None]
    close: Callable[[str], None]


class Sender:
    """Sends to one organisation's sockets."""

    def __init__(self, store: RealtimeStore, wire: Wire) -> None:
        self._store = store
        self._wire = wire

    def send(self, room: Room, frames: Sequence[str]) -> None:
        """Send to everybody in a room.

        Who is in it is looked up now, after what the frames tell was stored: whoever joined later finds it there.
        """
        members = rules.listeners(self._store.room(room), clock.now())
        each(lambda member: self._send(room, member, frames), members)

    def answer(self, connection: str, frames: Iterable[str]) -> None:
        """Send to one socket only, and forget it when it does not take it."""
        try:
            for frame in frames:
                self._wire.send(connection, frame)
        except (Gone, Stuck):
            self.forget(connection)

    def forget(self, connection: str) -> None:
        """Forget a socket, and close it in case it is open."""
        self.disconnected(connection)
        self._wire.close(connection)

    def disconnected(self, connection: str) -> Connection | None:
        """Forget a socket; what was known of it."""
        for _ in range(_TRIES):
            known = self._store.connection(connection)
            if known is None:
                return None
            try:
                self._store.disconnect(known, clock.now() + rules.LINGER)
            except Changed:
                continue
            return known
        raise Changed(None)

    def hang_up(self, key_id: str, members: Iterable[Member]) -> None:
        """Forget and close the sockets that were opened with a key."""
        for connection in list(self._store.connections(member.connection for member in members)):
            if connection.key_id == key_id:
                self.forget(connection.id)

    def _send(self, room: Room, member: Member, frames: Sequence[str]) -> None:
        try:
            for frame in frames:
                self._wire.send(member.connection, frame)
        except Gone:
            if not rules.opening(member, clock.now()):
                self._lost(room, member)
        except Stuck:
            # It shall not keep the others waiting again; its client connects anew and has replayed what it missed.
            self._lost(room, member)
            self._wire.close(member.connection)

    def _lost(self, room: Room, member: Member) -> None:
        if self.disconnected(member.connection) is None:
            self._store.drop(room, member, clock.now() + rules.LINGER)
