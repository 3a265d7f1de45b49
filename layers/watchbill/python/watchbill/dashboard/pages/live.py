"""The way from a page to the live channel: a ticket for the session's own socket."""

from aws_lambda_powertools.event_handler import Response

from watchbill.dashboard.routing import Pages
from watchbill.dashboard.visits import Answer, Visit
from watchbill.platform.access import Scope

pages = Pages()


@pages.post("/live-ticket", Scope.READ, action=None)
def ticket(visit: Visit) -> Answer:
    """The right to open one socket."""
    made = visit.services.realtime.ticket(visit.principal, visit.host)
    return Response(201, "application/json", made.model_dump_json(by_alias=True))
