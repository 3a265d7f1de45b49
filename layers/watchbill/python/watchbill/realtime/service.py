"""Opening the live channel, and what is told to everybody who is connected."""

from collections.abc import Callable, Sequence

from watchbill.platform import clock, ids
from watchbill.platform.access import Principal
from watchbill.platform.events import Event, EventType
from watchbill.platform.table import Table
from watchbill.platform.tokens import Kind, new_token, organisation_of
from watchbill.realtime import rules
from watchbill.realtime.models import NewNotification, Notification, Ticket
from watchbill.realtime.store import RealtimeStore


class RealtimeService:
    """One organisation's way to its live channel; `url` is where sockets are opened, "" for the asking host's own."""

    def __init__(
        self, organisation: str, store: RealtimeStore, url: str, publish: Callable[[Sequence[Event]], None]
    ) -> None:
        self._organisation = organisation
        self._store = store
        self._url = url
        self._publish = publish

    def ticket(self, holder: Principal, host: str) -> Ticket:
        """The right to open one socket, with what the holder's key may do, for whoever asks at this host."""
        ticket, until = new_token(Kind.SOCKET_TICKET, self._organisation), clock.now() + rules.TICKET_LIFE
        self._store.add_ticket(rules.ticket_id(ticket), holder, until)
        return Ticket(ticket=ticket, url=self.address(host), expires_at=until)

    def address(self, host: str) -> str:
        """Where sockets are opened by whoever reaches us at this host."""
        return self._url or f"ws://{host}/ws"

    def notify(self, wish: NewNotification) -> Notification:
        """Have every socket told, which follows from the bus."""
        notification = Notification(id=ids.new_id(), created_at=clock.now(), **wish.model_dump())
        told = notification.model_dump(mode="json", exclude={"id"}) | {"notification_id": notification.id}
        self._publish([Event(notification.id, EventType.SYSTEM_NOTIFICATION, self._organisation, told)])
        return notification


def admit(ticket: str | None) -> Principal | None:
    """Whose ticket this is and what may be done with it, or None; it is good for this once."""
    organisation = organisation_of(Kind.SOCKET_TICKET, ticket) if ticket else None
    if ticket is None or organisation is None:
        return None
    return RealtimeStore(Table(organisation)).take_ticket(rules.ticket_id(ticket), clock.now())
