"""The way to the live channel, and telling everybody who is connected to it something."""

from typing import Literal

from watchbill_client.connection import Connection, Request, new_idempotency_key, route
from watchbill_client.tickets import LiveTicket, Notification

_TICKETS = route("api", "realtime", "tickets")
_BROADCAST = route("api", "admin", "broadcast")


class Realtime:
    """`client.realtime`. What happens live is followed by `watchbill_client.live`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def ticket(self) -> LiveTicket:
        """A ticket with which one socket can be opened within a minute (scope read)."""
        return self._connection.call(Request("POST", _TICKETS, repeatable=True), LiveTicket)

    def broadcast(self, message: str, level: Literal["info", "warning", "critical"] = "info") -> Notification:
        """Tell everybody of the organisation who is connected something (scope admin)."""
        body = {"message": message, "level": level}
        request = Request("POST", _BROADCAST, body=body, idempotency_key=new_idempotency_key())
        return self._connection.call(request, Notification)
