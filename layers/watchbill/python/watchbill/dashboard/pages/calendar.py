"""The calendar: what is planned in a month, what is late, and saying that something is done."""

from watchbill.calendar.models import EventKind, EventStatus
from watchbill.dashboard.months import MonthAsked, month_of
from watchbill.dashboard.routing import Pages
from watchbill.dashboard.visits import Answer, Visit
from watchbill.platform import clock
from watchbill.platform.access import Scope

pages = Pages()

CALENDAR = "/dashboard/calendar"
TONES: dict[str, str] = {EventStatus.COMPLETED: "good", EventStatus.IN_PROGRESS: "first"}
"""How states look; the others are quiet."""


@pages.get("/calendar")
def calendar(visit: Visit) -> Answer:
    """A month's events, of a type, a status, a campaign, or all."""
    return _shown(visit, "calendar.html")


@pages.get("/parts/calendar")
def calendar_now(visit: Visit) -> Answer:
    """The same, as of now."""
    return _shown(visit, "parts/calendar.html")


@pages.post("/calendar/<event>/complete", Scope.EXECUTE, action="calendar.complete_event")
def complete(visit: Visit, event: str) -> Answer:
    """Say that an event is done."""
    done = visit.services.calendar.complete(event)
    month = f"{done.start_time.astimezone(visit.services.identity.organisation().zone):%Y-%m}"
    return visit.go(f"{CALENDAR}?month={month}", f"{done.title} is done.")


def _shown(visit: Visit, template: str) -> Answer:
    use, asked = visit.services, visit.asked(MonthAsked)
    month = month_of(asked, clock.now(), use.identity.organisation().zone)
    listed = use.calendar.events(asked.query(month))
    entries = month.entries(listed.items)
    return visit.page(
        template,
        asked=asked,
        month=month,
        today=clock.now().astimezone(month.zone).date(),
        entries=entries,
        weeks=month.weeks(entries),
        more=listed.next_cursor is not None,
        kinds=list(EventKind),
        statuses=list(EventStatus),
        tones=TONES,
    )
