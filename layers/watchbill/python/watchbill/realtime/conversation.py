"""What a client asks for through its socket, and what it is answered: never a dropped socket, whatever it sends."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter, ValidationError

from watchbill.platform import bodies, clock, ids
from watchbill.platform.access import Principal, Scope
from watchbill.platform.errors import (
    BadRequest,
    Conflict,
    Forbidden,
    NotFound,
    PayloadTooLarge,
    TooManyRequests,
    Unprocessable,
    WatchbillError,
    faults_of,
)
from watchbill.platform.events import Event, EventType
from watchbill.platform.table import AlreadyExists, Changed
from watchbill.realtime import frames, rooms, rules
from watchbill.realtime.broadcaster import Enqueue, greeting
from watchbill.realtime.models import (
    Action,
    Connection,
    JoinRoom,
    JoinSession,
    Kind,
    LeaveRoom,
    LeaveSession,
    Ping,
    Room,
    RoomEvent,
    UserMessage,
)
from watchbill.realtime.sender import Sender
from watchbill.realtime.store import RealtimeStore

_TRIES = 10
_ACTION: TypeAdapter[Action] = TypeAdapter(Action)

Publish = Callable[[Sequence[Event]], None]


class Conversation:
    """The sockets of one organisation's clients."""

    def __init__(
        self, organisation: str, store: RealtimeStore, sender: Sender, publish: Publish, queue: Enqueue
    ) -> None:
        self._organisation = organisation
        self._store = store
        self._sender = sender
        self._publish = publish
        self._queue = queue

    def open(self, id: str, who: Principal) -> None:
        """Take in a new socket, in the room that all are in, and have it greeted. Raises TooManyRequests."""
        now = clock.now()
        if len(rules.listeners(self._store.room(rooms.SYSTEM), now)) >= rules.MOST_CONNECTIONS:
            raise TooManyRequests(f"an organisation has at most {rules.MOST_CONNECTIONS} sockets open", retry_after=60)
        new = Connection(id, who.key_id, who.scopes, now, now + rules.CONNECTION_LIFE, (), 0)
        self._enter(lambda: new, rooms.SYSTEM)
        self._queue([greeting(self._organisation, id)], 0)

    def close(self, id: str) -> None:
        """Forget a socket that was closed."""
        self._sender.disconnected(id)

    def hear(self, id: str, text: str) -> None:
        """Answer a message of a client, to it alone."""
        asked: Mapping[str, Any] = {}
        try:
            asked = _read(text)
            answers = list(self._answers(id, _action(asked)))
        except WatchbillError as error:
            answers = [frames.refusal(error, clock.now(), asked)]
        self._sender.answer(id, answers)

    def _answers(self, id: str, action: Action) -> Iterator[str]:
        match action:
            case JoinRoom():
                yield from self._join(id, Room(Kind.ROOM, action.room), "room_joined", action.after)
            case JoinSession():
                yield from self._join(id, Room(Kind.SESSION, action.session_id), "session_joined", action.after)
            case LeaveRoom():
                yield self._leave(id, Room(Kind.ROOM, action.room), "room_left")
            case LeaveSession():
                yield self._leave(id, Room(Kind.SESSION, action.session_id), "session_left")
            case UserMessage():
                yield self._take(id, action)
            case Ping():
                yield self._pong(id)

    def _join(self, id: str, room: Room, told: str, after: int | None) -> Iterator[str]:
        """Being in the room comes first, looking at what was told in it second: what is told between comes both ways.

        The client drops what it has had, so that nothing is missing and nothing comes twice.
        """
        self._enter(lambda: self._allowed(id, room), room)
        seq = self._store.seqs([room]).get(room, 0)
        found = self._missed(room, seq if after is None else after, seq)
        data = {"seq": seq, "complete": found is not None, "replayed": len(found or ())}
        yield frames.answer(told, clock.now(), data, room)
        yield from map(frames.frame_of, found or ())

    def _missed(self, room: Room, after: int, seq: int) -> list[RoomEvent] | None:
        if not rules.may_be_replayed(after, seq):
            return None
        found = self._store.events(room, range(after + 1, seq + 1), clock.now())
        return found if rules.complete(after, seq, found) else None

    def _leave(self, id: str, room: Room, told: str) -> str:
        if room == rooms.SYSTEM:
            raise Unprocessable("everybody who is connected is in the room 'system'")
        for _ in range(_TRIES):
            connection = self._known(id)
            if room not in connection.rooms:
                break
            try:
                self._store.leave(connection, room, clock.now() + rules.LINGER)
            except Changed:
                continue
            break
        return frames.answer(told, clock.now(), {}, room)

    def _take(self, id: str, message: UserMessage) -> str:
        """Hand a person's message over to whoever answers messages; it is acknowledged when the bus has it."""
        connection, room = self._known(id), Room(Kind.SESSION, message.session_id)
        if Scope.EXECUTE not in connection.scopes:
            raise Forbidden("this key lacks the scope 'execute'")
        if room not in connection.rooms:
            raise Unprocessable(f"join the session {message.session_id!r} first")
        message_id = message.message_id or ids.new_id()
        told = {"session_id": message.session_id, "message_id": message_id, "message": message.message}
        event_id = ids.derived_id("user_message", self._organisation, message.session_id, message_id)
        told |= {"connection_id": id, "key_id": connection.key_id, "sent_at": clock.to_text(clock.now())}
        self._publish([Event(event_id, EventType.USER_MESSAGE, self._organisation, told)])
        return frames.answer("message_acknowledged", clock.now(), {"messageId": message_id}, room)

    def _pong(self, id: str) -> str:
        seqs = self._store.seqs(self._known(id).rooms)
        positions = [{**room.address, "seq": seq} for room, seq in seqs.items()]
        return frames.answer("pong", clock.now(), {"positions": positions})

    def _enter(self, of: Callable[[], Connection], room: Room) -> None:
        for _ in range(_TRIES):
            connection = of()
            state = self._store.room(room)
            try:
                self._store.join(connection, room, state, rules.unbroken(state, clock.now()))
            except (AlreadyExists, Changed):
                continue
            return
        raise TooManyRequests(f"too many join {room.name!r} at once", retry_after=1)

    def _allowed(self, id: str, room: Room) -> Connection:
        """The connection, if it may join the room. Raises NotFound, Forbidden, Unprocessable."""
        connection = self._known(id)
        if room.kind is Kind.ROOM and room.name not in rooms.SCOPES:
            raise NotFound(f"there is no room {room.name!r}: there are {', '.join(rooms.SCOPES)}")
        scope = rooms.SCOPES[room.name] if room.kind is Kind.ROOM else Scope.READ
        if scope not in connection.scopes:
            raise Forbidden(f"this key lacks the scope {scope.value!r}")
        if rules.full(connection, room):
            raise Unprocessable(f"a connection is in at most {rules.MOST_ROOMS} rooms and sessions: leave one first")
        return connection

    def _known(self, id: str) -> Connection:
        connection = self._store.connection(id)
        if connection is None:
            raise Conflict("this connection was given up: connect anew")
        return connection


def _read(text: str) -> dict[str, Any]:
    if len(text.encode("utf-8", "surrogatepass")) > rules.MOST_BYTES:
        raise PayloadTooLarge(f"a message has at most {rules.MOST_BYTES:,} bytes")
    return bodies.parsed(text.encode("utf-8", "surrogatepass"))


def _action(asked: Mapping[str, Any]) -> Action:
    try:
        return _ACTION.validate_python(asked)
    except ValidationError as error:
        faults = faults_of(error.errors())
        raise BadRequest(f"{faults[0].path}: {faults[0].message}".removeprefix(": "), errors=faults) from error
