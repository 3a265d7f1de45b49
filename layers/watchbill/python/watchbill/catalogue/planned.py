"""What the data of the calendar's events is made of, as it crosses the wire."""

from typing import Literal

from watchbill.calendar.models import CalendarEvent
from watchbill.platform.wire import Model


class PlannedTold(Model):
    """What became of an event of the calendar. `event_id` is the same whenever the same news comes again."""

    event_id: str
    type: Literal["event_created", "event_updated", "event_completed", "event_removed"]
    session_id: str | None
    event: CalendarEvent


class CalendarData(Model):
    """Events of the calendar that one request planned, changed or removed."""

    events: tuple[PlannedTold, ...]
