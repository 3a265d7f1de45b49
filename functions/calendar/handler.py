"""API: the calendar's events."""

from aws_lambda_powertools.event_handler import Response

from watchbill.calendar.models import ChangedEvent, EventChange, EventQuery, NewEvent, ShownEvent
from watchbill.calendar.views import EventList
from watchbill.platform.access import Scope
from watchbill.platform.http import Api, Asked, PathName, idempotent, requires
from watchbill.serving import api_handler, services

app = Api("calendar")
_ALL = "/api/calendar/events"
_ONE = f"{_ALL}/<event_id>"


@app.post(_ALL, status_code=201, middlewares=[requires(Scope.EXECUTE), idempotent()])
def plan_event(wish: NewEvent) -> ShownEvent:
    """Plan an event."""
    return services(app.principal).calendar.create(wish)


@app.get(_ALL, middlewares=[requires(Scope.READ)])
def list_events(query: Asked[EventQuery]) -> EventList:
    """The events that touch a window, in the order of their beginnings: from now on unless it is said."""
    return services(app.principal).calendar.events(query)


@app.get(_ONE, middlewares=[requires(Scope.READ)])
def get_event(event_id: PathName) -> ShownEvent:
    """One event, series, or occurrence of a series."""
    return services(app.principal).calendar.event(event_id)


@app.patch(_ONE, middlewares=[requires(Scope.EXECUTE)])
def change_event(event_id: PathName, change: EventChange) -> ChangedEvent:
    """Change an event, a series, or one of its occurrences; null clears what it can be without."""
    return services(app.principal).calendar.amend(event_id, change)


@app.delete(_ONE, status_code=204, middlewares=[requires(Scope.EXECUTE)])
def remove_event(event_id: PathName) -> Response[None]:
    """Forget an event, a series with all its occurrences, or one of these."""
    services(app.principal).calendar.remove(event_id)
    return app.no_content()


@app.post(f"{_ONE}/complete", middlewares=[requires(Scope.EXECUTE)])
def complete_event(event_id: PathName) -> ShownEvent:
    """Say that an event, or an occurrence of a series, is done."""
    return services(app.principal).calendar.complete(event_id)


lambda_handler = api_handler(app)
