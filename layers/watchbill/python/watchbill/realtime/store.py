"""Tickets, connections, rooms and what was told in them, in the table."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from watchbill.platform import clock, keys
from watchbill.platform.access import Principal, Scope
from watchbill.platform.keys import Key
from watchbill.platform.table import EXPIRES_AT, REVISION, Item, Table
from watchbill.platform.writes import Create, Delete, Put, Replace, Write
from watchbill.realtime.models import Connection, Member, Room, RoomEvent, State, room_of

_KEPT = timedelta(days=1)
"""How long what was told in a room is kept."""
_REMEMBERED = timedelta(days=2)
"""How long it is known that something was told: longer than it may come again."""
_ROOM_KEPT = timedelta(days=30)
"""How long a room in which nothing happens goes on counting where it was."""
_DIGITS = 13
_BLOCK = 1_000
"""Events of a room that lie in one partition."""


class RealtimeStore:
    """One organisation's part of the live channel."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._organisation = table.organisation

    def add_ticket(self, ticket: str, holder: Principal, until: datetime) -> None:
        """Store a ticket that gives its holder's rights."""
        item = {"key_id": holder.key_id, "scopes": sorted(holder.scopes), "until": clock.to_text(until)}
        self._table.create(self._ticket(ticket), item | _expiring(until))

    def take_ticket(self, ticket: str, now: datetime) -> Principal | None:
        """Whose ticket this is, if it is one that is still good; it is nobody's from now on."""
        item = self._table.get(self._ticket(ticket))
        if item is None or clock.from_text(item["until"]) < now or not self._table.delete(self._ticket(ticket)):
            return None
        return Principal(self._organisation, item["key_id"], frozenset(map(Scope, item["scopes"])))

    def connection(self, id: str) -> Connection | None:
        """An open connection."""
        item = self._table.get(keys.CONNECTION(self._organisation, id))
        return _to_connection(id, item) if item else None

    def connections(self, named: Iterable[str]) -> Iterator[Connection]:
        """Those of the connections that are open."""
        wanted = {keys.CONNECTION(self._organisation, one): one for one in named}
        found = self._table.get_many(wanted)
        return (_to_connection(wanted[key], item) for key, item in found.items())

    def join(self, connection: Connection, room: Room, state: State, unbroken: bool) -> None:
        """Have a connection, new at revision 0, be in a room. Raises Changed when either is not as it was read.

        The number of what was not told in a room, because nobody watched, is passed over.
        """
        rooms = tuple(dict.fromkeys((*connection.rooms, room)))
        writes: list[Write] = [
            Replace(self._connection(connection), _from_connection(connection, rooms), connection.revision),
            Put(
                self._member(room, connection.id), _from_member(connection.since, connection.until, joined=clock.now())
            ),
        ]
        if not unbroken:
            seq = state.seq + 1 if state.revision else 0
            writes.append(Replace(self._room(room), _from_seq(seq), state.revision))
        self._table.transact(writes)

    def leave(self, connection: Connection, room: Room, until: datetime) -> None:
        """Have a connection be in a room no more, which is kept for it until then. Raises Changed."""
        rooms = tuple(each for each in connection.rooms if each != room)
        item = _from_connection(connection, rooms)
        gone = Put(self._member(room, connection.id), _from_member(connection.since, until, left=True))
        self._table.transact([Replace(self._connection(connection), item, connection.revision), gone])

    def disconnect(self, connection: Connection, until: datetime) -> None:
        """Forget a connection; its rooms are kept for it until then. Raises Changed."""
        item = _from_member(connection.since, until, left=True)
        gone = [Put(self._member(room, connection.id), item) for room in connection.rooms]
        self._table.transact([Delete(self._connection(connection), connection.revision), *gone])

    def drop(self, room: Room, member: Member, until: datetime) -> None:
        """Have a member whose connection is unknown be in a room no more."""
        self._table.put(self._member(room, member.connection), _from_member(member.since, until, left=True))

    def room(self, room: Room) -> State:
        """A room with its members."""
        head: Item = {}
        members: list[Member] = []
        for stored in self._table.query(keys.ROOM.partition(self._organisation, room.text)):
            found = keys.MEMBER.parse(stored.key)
            if found:
                members.append(_to_member(found["connection"], stored.item))
            else:
                head = stored.item
        return State(head.get("seq", 0), head.get(REVISION, 0), tuple(members))

    def seqs(self, rooms: Iterable[Room]) -> dict[Room, int]:
        """How many events each of the rooms has had."""
        wanted = {self._room(room): room for room in rooms}
        return {wanted[key]: item["seq"] for key, item in self._table.get_many(wanted).items()}

    def known(self, room: Room, causes: Iterable[str]) -> dict[str, Item]:
        """What was told in a room of these causes, as items: the numbers of events by part, and a revision."""
        wanted = {self._told(room, cause): cause for cause in dict.fromkeys(causes)}
        return {wanted[key]: item for key, item in self._table.get_many(wanted).items()}

    def tell(
        self,
        room: Room,
        state: State,
        new: Sequence[RoomEvent],
        known: Mapping[str, Mapping[str, int]],
        before: Mapping[str, Item],
    ) -> None:
        """Store events behind those of a room, and that they were told. Raises AlreadyExists, Changed."""
        events = [Create(self._event(room, event.seq), _from_event(event)) for event in new]
        remembered = {"until": clock.to_text(new[0].at)} | _expiring(new[0].at + _REMEMBERED)
        causes = [
            Replace(self._told(room, cause), {"parts": dict(parts)} | remembered, _revision(before.get(cause)))
            for cause, parts in known.items()
            if dict(parts) != before.get(cause, {}).get("parts")
        ]
        seq = _from_seq(state.seq + len(new))
        self._table.transact([Replace(self._room(room), seq, state.revision), *events, *causes])

    def events(self, room: Room, seqs: Iterable[int], now: datetime) -> list[RoomEvent]:
        """Those of a room's events that are kept, in their order."""
        wanted = {self._event(room, seq): seq for seq in seqs}
        found = self._table.get_many(wanted)
        kept = {wanted[key]: item for key, item in found.items() if item[EXPIRES_AT] > now.timestamp()}
        return [_to_event(room, seq, kept[seq]) for seq in sorted(kept)]

    def _ticket(self, ticket: str) -> Key:
        return keys.TICKET(self._organisation, ticket)

    def _connection(self, connection: Connection) -> Key:
        return keys.CONNECTION(self._organisation, connection.id)

    def _room(self, room: Room) -> Key:
        return keys.ROOM(self._organisation, room.text)

    def _member(self, room: Room, connection: str) -> Key:
        return keys.MEMBER(self._organisation, room.text, connection)

    def _told(self, room: Room, cause: str) -> Key:
        return keys.TOLD(self._organisation, room.text, cause)

    def _event(self, room: Room, seq: int) -> Key:
        return keys.ROOM_EVENT(self._organisation, room.text, str(seq // _BLOCK), f"{seq:0{_DIGITS}}")


def _expiring(until: datetime) -> Item:
    return {EXPIRES_AT: int(until.timestamp()) + 1}


def _revision(item: Item | None) -> int:
    return int(item[REVISION]) if item else 0


def _from_seq(seq: int) -> Item:
    return {"seq": seq} | _expiring(clock.now() + _ROOM_KEPT)


def _from_connection(connection: Connection, rooms: Iterable[Room]) -> Item:
    return {
        "key_id": connection.key_id,
        "scopes": sorted(connection.scopes),
        "since": clock.to_text(connection.since),
        "until": clock.to_text(connection.until),
        "rooms": [room.text for room in rooms],
    } | _expiring(connection.until)


def _to_connection(id: str, item: Item) -> Connection:
    return Connection(
        id=id,
        key_id=item["key_id"],
        scopes=frozenset(map(Scope, item["scopes"])),
        since=clock.from_text(item["since"]),
        until=clock.from_text(item["until"]),
        rooms=tuple(map(room_of, item["rooms"])),
        revision=item[REVISION],
    )


def _from_member(since: datetime, until: datetime, left: bool = False, joined: datetime | None = None) -> Item:
    # Removed a while later: a room is kept a little longer than who joins it may count on.
    expiry = _expiring(until + timedelta(hours=1))
    seen = {"left": left or None, "joined": clock.to_text(joined) if joined else None}
    return {"since": clock.to_text(since), "until": clock.to_text(until)} | seen | expiry


def _to_member(connection: str, item: Item) -> Member:
    since, until, joined = clock.from_text(item["since"]), clock.from_text(item["until"]), item.get("joined")
    return Member(connection, since, until, bool(item.get("left")), clock.from_text(joined) if joined else None)


def _from_event(event: RoomEvent) -> Item:
    return {"event": event.event, "at": clock.to_text(event.at), "data": event.data} | _expiring(event.at + _KEPT)


def _to_event(room: Room, seq: int, item: Item) -> RoomEvent:
    return RoomEvent(room, seq, item["event"], clock.from_text(item["at"]), item["data"])
