"""Sockets: what API Gateway tells of them, and the one way to send something through one."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from watchbill.platform import aws
from watchbill.platform.access import Principal, Scope
from watchbill.platform.errors import WatchbillError
from watchbill.platform.settings import settings

_GONE = frozenset({"GoneException", "410"})
_REFUSED = frozenset({"AccessDeniedException", "ForbiddenException", "UnrecognizedClientException", "403"})


class Moment(StrEnum):
    """What a socket does."""

    CONNECT = "CONNECT"
    MESSAGE = "MESSAGE"
    DISCONNECT = "DISCONNECT"


@dataclass(frozen=True, slots=True)
class Incoming:
    """Something that a socket did, whose it is as the authorizer said when it was opened, and what came through it."""

    connection: str
    moment: Moment
    principal: Principal
    text: str


class Listener(Protocol):
    """Who takes what sockets do."""

    def open(self, id: str, who: Principal) -> None:
        """Take in a new socket. Raises WatchbillError."""

    def hear(self, id: str, text: str) -> None:
        """Take what came through a socket."""

    def close(self, id: str) -> None:
        """Take note that a socket is closed."""


class Gone(Exception):
    """The socket is closed."""


class Stuck(Exception):
    """The socket takes nothing at the moment: whoever is at its other end does not read."""


def ticket_of(event: dict[str, Any]) -> str | None:
    """The ticket that somebody wants to open a socket with."""
    return (event.get("queryStringParameters") or {}).get("ticket")


def decision(event: dict[str, Any], who: Principal | None) -> dict[str, Any]:
    """Whether a socket may be opened, as API Gateway asks it, and whose it is then."""
    statement = {
        "Action": "execute-api:Invoke",
        "Effect": "Allow" if who else "Deny",
        "Resource": event["methodArn"],
    }
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    if who is None:
        return {"principalId": "nobody", "policyDocument": policy}
    context = {"organisation": who.organisation, "keyId": who.key_id, "scopes": " ".join(sorted(who.scopes))}
    return {"principalId": who.key_id, "policyDocument": policy, "context": context}


def handled(listener: Listener, incoming: Incoming) -> dict[str, Any]:
    """Have a listener take what a socket did; the answer tells API Gateway whether a new one may be opened."""
    try:
        match incoming.moment:
            case Moment.CONNECT:
                listener.open(incoming.connection, incoming.principal)
            case Moment.MESSAGE:
                listener.hear(incoming.connection, incoming.text)
            case Moment.DISCONNECT:
                listener.close(incoming.connection)
    except WatchbillError as error:
        return {"statusCode": error.status}
    return {"statusCode": 200}


def incoming(event: dict[str, Any]) -> Incoming:
    """What an event of the WebSocket API says."""
    context = event["requestContext"]
    who = context["authorizer"]
    principal = Principal(who["organisation"], who["keyId"], frozenset(map(Scope, who["scopes"].split())))
    return Incoming(context["connectionId"], Moment(context["eventType"]), principal, event.get("body") or "")


def send(connection: str, text: str) -> None:
    """Send a text through a socket. Raises Gone, Stuck."""
    try:
        aws.sockets(settings().sockets_url).post_to_connection(ConnectionId=connection, Data=text.encode())
    except aws.ClientError as error:
        raise _why(error) from error
    except aws.Unreached as error:
        raise Stuck(connection) from error


def close(connection: str) -> None:
    """Close a socket, if it is open and can be reached."""
    try:
        aws.sockets(settings().sockets_url).delete_connection(ConnectionId=connection)
    except aws.ClientError as error:
        if isinstance(why := _why(error), aws.ClientError):
            raise why from error
    except aws.Unreached:
        return


def _why(error: aws.ClientError) -> Exception:
    """What an error says of a socket; one that says nothing of it is as it is."""
    code = error.response["Error"]["Code"]
    if code in _GONE:
        return Gone()
    return error if code in _REFUSED else Stuck()
