"""What the routes of the calendar answer."""

from watchbill.calendar.models import EventKind, EventStatus, ShownEvent
from watchbill.platform.wire import CamelModel, Model


class EventList(Model):
    """Some events in the order of their beginnings, and where the list goes on."""

    items: tuple[ShownEvent, ...]
    next_cursor: str | None = None


class Feed(CamelModel):
    """The secret address of a calendar's feed: `path` at this API, with the token in it, which is shown once."""

    token: str
    path: str


class CalendarStats(CamelModel):
    """How many events there are in a window, how many of them begin within a day, and how many are overdue.

    `completion_rate` is the share of those that are over and not cancelled which were completed, 0 to 1; null when
    none is.
    """

    total: int
    by_type: dict[EventKind, int]
    by_status: dict[EventStatus, int]
    upcoming: int
    overdue: int
    completion_rate: float | None
