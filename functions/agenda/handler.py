"""API: what is due by the calendar and what is late, its figures, campaigns' milestones, and the feed's address."""

from aws_lambda_powertools.event_handler import Response

from watchbill.calendar.models import NewMilestones, UpcomingQuery, WindowQuery
from watchbill.calendar.views import CalendarStats, EventList, Feed
from watchbill.platform.access import Scope
from watchbill.platform.http import Api, Asked, idempotent, requires
from watchbill.platform.wire import PageQuery
from watchbill.serving import api_handler, services

app = Api("agenda")


@app.get("/api/calendar/upcoming", middlewares=[requires(Scope.READ)])
def upcoming_events(query: Asked[UpcomingQuery]) -> EventList:
    """The events that begin within so many hours, 24 unless it is said, and are to be done."""
    return services(app.principal).calendar.upcoming(query)


@app.get("/api/calendar/overdue", middlewares=[requires(Scope.READ)])
def overdue_events(query: Asked[PageQuery]) -> EventList:
    """The events that are over and were neither completed nor cancelled, the one that ended first at first."""
    return services(app.principal).calendar.overdue(query)


@app.get("/api/calendar/stats", middlewares=[requires(Scope.READ)])
def calendar_stats(query: Asked[WindowQuery]) -> CalendarStats:
    """How many events there are of which type and status: a month back and ahead unless it is said."""
    return services(app.principal).calendar.stats(query)


@app.post("/api/calendar/campaign/milestones", status_code=201, middlewares=[requires(Scope.EXECUTE), idempotent()])
def plan_milestones(wish: NewMilestones) -> EventList:
    """Plan a campaign's kick-off, its review at half time if it is long, its completion, and its analysis."""
    return services(app.principal).calendar.plan_milestones(wish)


@app.post("/api/calendar/feed", status_code=201, middlewares=[requires(Scope.EXECUTE)])
def open_feed() -> Feed:
    """Have the calendar's feed at a new secret address, shown this once; the one before it is no more."""
    return services(app.principal).feed.open()


@app.delete("/api/calendar/feed", status_code=204, middlewares=[requires(Scope.EXECUTE)])
def close_feed() -> Response[None]:
    """Switch the calendar's feed off."""
    services(app.principal).feed.close()
    return app.no_content()


lambda_handler = api_handler(app)
