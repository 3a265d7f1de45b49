"""API Gateway's WebSocket API in process: sockets are opened, heard and closed by the real handlers."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.support.bus import work
from tests.support.service import Service
from watchbill.catalogue import bus
from watchbill.platform import aws, sockets
from watchbill.platform.queue import Queue
from watchbill.platform.sockets import Gone, Stuck

TICKETS = "/api/realtime/tickets"
BROADCAST = "/api/admin/broadcast"


class Refused(Exception):
    """The socket was not opened."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@dataclass
class Socket:
    """A client's end of a socket, with all that came through it.

    One that is `stuck` takes nothing, and one that is `shut` is not open yet for so many sends.
    """

    gateway: "Gateway"
    id: str
    context: dict[str, str]
    came: list[dict[str, Any]] = field(default_factory=list)
    stuck: bool = False
    shut: int = 0

    def say(self, action: str | None = None, raw: str | None = None, **fields: Any) -> list[dict[str, Any]]:
        """Send a message; what comes while it is worked on."""
        before = len(self.came)
        text = raw if raw is not None else json.dumps({"action": action, **fields})
        self.gateway.invoke("MESSAGE", self.id, self.context, body=text)
        return self.came[before:]

    def join(self, room: str, **fields: Any) -> dict[str, Any]:
        """Join a room; the data of its answer."""
        return self.say("join_room", room=room, **fields)[0]["data"]  # type: ignore[no-any-return]

    def close(self) -> None:
        """Close the socket, of which the service is told."""
        self.vanish()
        self.gateway.invoke("DISCONNECT", self.id, self.context)

    def vanish(self) -> None:
        """Be gone without anybody being told."""
        del self.gateway.open_sockets[self.id]

    def events(self, room: str | None = None) -> list[dict[str, Any]]:
        """The events with a number that came, all or those of a room."""
        return [each for each in self.came if "seq" in each and room in (None, each.get("room"))]


@dataclass
class Gateway:
    """The WebSocket API of a service."""

    service: Service
    open_sockets: dict[str, Socket] = field(default_factory=dict)
    made: int = 0

    def ticket(self, key: str) -> str:
        """A fresh ticket of a key's."""
        answer = self.service.request("POST", TICKETS, key=key)
        assert answer.status == 201, answer.text
        ticket: str = answer.json["ticket"]
        return ticket

    def open(self, key: str) -> Socket:
        """A new socket of a key's."""
        return self.open_with(self.ticket(key))

    def open_with(self, ticket: str | None) -> Socket:
        """A new socket. Raises Refused."""
        self.made += 1
        socket_id = f"socket{self.made}="
        asked = {
            "type": "REQUEST",
            "methodArn": "arn:aws:execute-api:us-east-1:000000000000:api/live/$connect",
            "queryStringParameters": {"ticket": ticket} if ticket is not None else None,
            "requestContext": {"connectionId": socket_id, "requestId": "request-1"},
        }
        answer = self.service.invoke("live_authorizer", asked)
        if answer["policyDocument"]["Statement"][0]["Effect"] == "Deny":
            raise Refused(403)
        status = self.invoke("CONNECT", socket_id, answer["context"])["statusCode"]
        if status != 200:
            raise Refused(status)
        self.open_sockets[socket_id] = Socket(self, socket_id, answer["context"])
        return self.open_sockets[socket_id]

    def invoke(self, moment: str, socket_id: str, context: Mapping[str, str], **more: Any) -> Any:
        """Have the function behind the routes take what a socket did."""
        about = {
            "connectionId": socket_id,
            "eventType": moment,
            "requestId": "request-1",
            "authorizer": {**context, "principalId": "somebody"},
        }
        return self.service.invoke("live", {"requestContext": about, **more})

    def tell(self, *events: Mapping[str, Any]) -> Any:
        """Put events of the bus, as they are there, into the broadcaster's queue, and have it work on them."""
        return self.service.invoke("broadcaster", {"Records": [as_message(each, i) for i, each in enumerate(events)]})

    def greet(self) -> int:
        """Have the broadcaster work on what is in its queue; how many messages there were."""
        return work(self.service, "broadcaster", Queue.LIVE)

    def post(self, socket_id: str, text: str) -> None:
        """Stand in for the sockets' API."""
        if socket_id not in self.open_sockets:
            raise Gone
        socket = self.open_sockets[socket_id]
        if socket.shut:
            socket.shut -= 1
            raise Gone
        if socket.stuck:
            raise Stuck
        socket.came.append(json.loads(text))

    def delete(self, socket_id: str) -> None:
        """Stand in for the sockets' API."""
        self.open_sockets.pop(socket_id, None)


def key_with(service: Service, key: str, *scopes: str) -> str:
    """Another key of the organisation, which is called `some`."""
    answer = service.request("POST", "/api/keys", {"name": "some", "scopes": scopes}, key=key)
    secret: str = answer.json["secret"]
    return secret


def gateway_of(service: Service, monkeypatch: pytest.MonkeyPatch) -> Gateway:
    """The WebSocket API of a service, through whose sockets it sends."""
    gateway = Gateway(service)
    monkeypatch.setattr(sockets, "send", gateway.post)
    monkeypatch.setattr(sockets, "close", gateway.delete)
    return gateway


def drive_live(service: Service, organisation: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Use all that sockets can be used for in a new organisation, also where things go wrong."""
    key = service.organisation(organisation)
    gateway = gateway_of(service, monkeypatch)
    socket, gone = gateway.open(key), gateway.open(key)
    for shut in (socket, gone):
        shut.join("runs")
        shut.shut = 1
    gateway.greet()
    socket.say("join_session", sessionId="s")
    socket.say("user_message", sessionId="s", message="Hola")
    socket.say("ping")
    gateway.tell(runs_on_the_bus("a", organisation))
    gone.stuck = True
    gateway.tell(runs_on_the_bus("ab", organisation))
    socket.join("runs", after=0)
    socket.say("leave_room", room="runs")
    socket.close()
    with no_bus(), suppress(ConnectionError):
        service.request("POST", BROADCAST, {"message": "x"}, key=key, headers={"Idempotency-Key": "no bus"})


@contextmanager
def no_bus() -> Iterator[None]:
    """Have nothing reach the bus."""

    def refuse(**_: Any) -> None:
        raise ConnectionError

    events = aws.events().meta.events
    events.register("before-call.events.PutEvents", refuse)
    yield
    events.unregister("before-call.events.PutEvents", refuse)


def on_the_bus(kind: str, organisation: str = "demo", id: str = "event-1", **data: Any) -> dict[str, Any]:
    """An event as the bus hands it over; what is not given of its data is the catalogue's example."""
    detail = {**example_of(kind), **data, "organisation": organisation, "id": id, "correlation_id": None}
    return {"source": "watchbill", "detail-type": kind, "detail": detail}


def runs_on_the_bus(ids: Iterable[str], organisation: str = "demo", cause: str | None = "request-1") -> dict[str, Any]:
    """An event of recorded runs, whose own events have these ids."""
    (run,) = example_of("runs_recorded")["runs"]
    runs = [{**run, "run_id": f"run-{each}", "event_id": each} for each in ids]
    told = on_the_bus("runs_recorded", organisation, "+".join(ids), runs=runs)
    told["detail"]["correlation_id"] = cause
    return told


def example_of(kind: str) -> Mapping[str, Any]:
    """The data that the catalogue has as an example of an event on the bus."""
    (told,) = (each for each in bus.EVENTS if each.event == kind)
    return told.example


def seqs(events: Iterable[Mapping[str, Any]]) -> list[int]:
    """The numbers of events."""
    return [each["seq"] for each in events]


def as_message(event: Mapping[str, Any], number: int = 0) -> dict[str, Any]:
    """An event of the bus as a queue hands it over that the bus puts it into."""
    return {
        "messageId": str(number),
        "receiptHandle": str(number),
        "body": json.dumps(event),
        "attributes": {"ApproximateReceiveCount": "1"},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
    }
