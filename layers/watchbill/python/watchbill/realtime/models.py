"""Rooms, what happens in them, and what crosses the socket."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field

from watchbill.platform.events import Past
from watchbill.platform.wire import CamelModel, Label, Model, Moment

MAX_MESSAGE = 2_000
"""Characters that a notification or what a user writes has at most."""
Position = Annotated[int, Field(ge=0, le=10**12, strict=True)]
Reference = Annotated[str, Field(min_length=1, max_length=100)]


class Kind(StrEnum):
    """What a room is: one for the organisation's operators, or a session's own."""

    ROOM = "room"
    SESSION = "session"


@dataclass(frozen=True, slots=True)
class Room:
    """Where events are told to those who have joined."""

    kind: Kind
    name: str

    @property
    def text(self) -> str:
        """As part of a key."""
        return f"{self.kind}:{self.name}"

    @property
    def address(self) -> dict[str, str]:
        """As events on the wire say which room they are of."""
        return {"sessionId" if self.kind is Kind.SESSION else "room": self.name}


def room_of(text: str) -> Room:
    """The room with this text."""
    kind, _, name = text.partition(":")
    return Room(Kind(kind), name)


@dataclass(frozen=True, slots=True)
class Happening:
    """Something to be told in a room.

    It has one part, or several that are listed in its data under the name `listed`. Each part has the id that is the
    same whenever it is sent again; those of one `cause` may be sent again in other company. What it `follows` is told
    before it: the marks there are causes of others.
    """

    room: Room
    event: str
    parts: Mapping[str, Mapping[str, Any]]
    cause: str | None = None
    listed: str | None = None
    follows: tuple[Past, ...] = ()

    @property
    def data(self) -> Any:
        """What is told."""
        parts = list(self.parts.values())
        return {self.listed: parts} if self.listed else parts[0]

    def cause_of(self, part: str) -> str:
        """What a part is remembered under, with the others of its cause."""
        return self.cause or part


@dataclass(frozen=True, slots=True)
class RoomEvent:
    """What was told in a room: the `seq`-th, with its data as JSON."""

    room: Room
    seq: int
    event: str
    at: datetime
    data: str


@dataclass(frozen=True, slots=True)
class Member:
    """A connection, open since an instant, in a room until another; one that has left is remembered for a while.

    `joined` is when it came into the room, unknown of one that has left.
    """

    connection: str
    since: datetime
    until: datetime
    left: bool = False
    joined: datetime | None = None


@dataclass(frozen=True, slots=True)
class State:
    """A room: how many events it has had, at which revision (0 for a room that is not there), and who is in it."""

    seq: int
    revision: int
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Connection:
    """An open socket: whose it is, until when at most, and the rooms it is in."""

    id: str
    key_id: str
    scopes: frozenset[str]
    since: datetime
    until: datetime
    rooms: tuple[Room, ...]
    revision: int


class Ticket(CamelModel):
    """The right to open one socket within a minute: at `url`, with the ticket as the query's `ticket`."""

    ticket: str
    url: str
    expires_at: Moment


class Level(StrEnum):
    """How much a notification matters."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


class NewNotification(Model):
    """What is to be told to every socket of the organisation."""

    message: Annotated[str, Field(min_length=1, max_length=MAX_MESSAGE)]
    level: Level = Level.INFO


class Notification(NewNotification):
    """What is being told to every socket of the organisation."""

    id: str
    created_at: Moment


class _Action(CamelModel):
    """What a client asks for."""


class JoinRoom(_Action):
    """To be told what happens in a room of the operators, and first what has happened since `after`."""

    action: Literal["join_room"]
    room: Label
    after: Position | None = None


class LeaveRoom(_Action):
    """To be told no more of a room."""

    action: Literal["leave_room"]
    room: Label


class JoinSession(_Action):
    """To be told what happens in a session, and first what has happened since `after`."""

    action: Literal["join_session"]
    session_id: Label
    after: Position | None = None


class LeaveSession(_Action):
    """To be told no more of a session."""

    action: Literal["leave_session"]
    session_id: Label


class UserMessage(_Action):
    """What a person says in a session; `message_id` is the same when it is sent again."""

    action: Literal["user_message"]
    session_id: Label
    message: Annotated[str, Field(min_length=1, max_length=MAX_MESSAGE * 4)]
    message_id: Reference | None = None


class Ping(_Action):
    """To be told how far the joined rooms are."""

    action: Literal["ping"]


Action = Annotated[
    JoinRoom | LeaveRoom | JoinSession | LeaveSession | UserMessage | Ping, Field(discriminator="action")
]
