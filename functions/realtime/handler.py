"""API: tickets for the live channel, and notifications to everybody who is connected."""

from aws_lambda_powertools.event_handler import Response

from watchbill.platform.access import Scope
from watchbill.platform.http import Api, idempotent, requires, unaudited
from watchbill.realtime.models import NewNotification, Notification, Ticket
from watchbill.serving import api_handler, services

app = Api("realtime")
_PASSING = unaudited("a ticket is gone in a minute, and what is heard through a socket is reading")


@app.post("/api/realtime/tickets", status_code=201, middlewares=[requires(Scope.READ), _PASSING])
def issue_ticket() -> Ticket:
    """Issue a ticket, with which one socket can be opened within a minute."""
    return services(app.principal).realtime.ticket(app.principal, app.host)


@app.post("/api/admin/broadcast", status_code=202, middlewares=[requires(Scope.ADMIN), idempotent()])
def broadcast(wish: NewNotification) -> Response[Notification]:
    """Tell every socket of the organisation something."""
    return app.answer(202, services(app.principal).realtime.notify(wish))


lambda_handler = api_handler(app)
