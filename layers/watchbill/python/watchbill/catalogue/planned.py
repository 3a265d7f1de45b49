"""What the data of the calendar's events is made of, as it crosses the wire."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic.alias_generators import to_camel

from watchbill.calendar.models import CalendarEvent, EventKind, EventPriority, ReminderType
from watchbill.platform.wire import CamelModel, Model, Moment


class PlannedTold(Model):
    """What became of an event of the calendar. `event_id` is the same whenever the same news comes again."""

    event_id: str
    type: Literal["event_created", "event_updated", "event_completed", "event_removed"]
    session_id: str | None
    event: CalendarEvent


class ReminderData(Model):
    """That somebody is to be reminded of an event; `type` says how, `minutes` how long before it begins.

    `occurrence` is of a series the original start of the one that is meant, "" for a single event.
    """

    event_id: str
    occurrence: str
    type: ReminderType
    minutes: int
    title: str
    event_type: EventKind
    priority: EventPriority
    start_time: Moment
    end_time: Moment
    time_zone: str
    campaign_id: str | None
    session_id: str | None


class ReminderTold(CamelModel, ReminderData):
    """A reminder of an event, as pages have it."""


class PublicationFailedData(Model):
    """That an event's content is not published on a channel, and why."""

    publication_id: str
    event_id: str
    occurrence: str
    title: str
    channel: str
    status: Literal["failed", "no_account", "missed"]
    error: str | None
    campaign_id: str | None
    session_id: str | None


class PublicationFailedTold(CamelModel, PublicationFailedData):
    """That an event's content is not published on a channel, as pages have it."""


class CalendarData(Model):
    """Events of the calendar that one request planned, changed or removed."""

    events: tuple[PlannedTold, ...]


_REMINDER: dict[str, Any] = {
    "event_id": "01KAJ9B3D5F7H9K1M3P5R7T9V1",
    "occurrence": "",
    "type": "notification",
    "minutes": 30,
    "title": "Rye bread, in pictures",
    "event_type": "content_publish",
    "priority": "medium",
    "start_time": "2026-03-12T17:00:00.000Z",
    "end_time": "2026-03-12T17:30:00.000Z",
    "time_zone": "Europe/Madrid",
    "campaign_id": "01KAJ6Z7J9D2F4G6H8K0M2N4P6",
    "session_id": "user-session-123",
}
_FAILED: dict[str, Any] = {
    "publication_id": "01KAJ9C2E4G6J8M0P2R4T6V8X0",
    "event_id": "01KAJ9B3D5F7H9K1M3P5R7T9V1",
    "occurrence": "",
    "title": "Rye bread, in pictures",
    "channel": "instagram",
    "status": "no_account",
    "error": "no account of instagram is connected",
    "campaign_id": "01KAJ6Z7J9D2F4G6H8K0M2N4P6",
    "session_id": "user-session-123",
}


def _as_pages_have_it(data: Mapping[str, Any]) -> dict[str, Any]:
    return {to_camel(name): value for name, value in data.items()}


EXAMPLES: Mapping[type[Model], dict[str, Any]] = {
    ReminderData: _REMINDER,
    ReminderTold: _as_pages_have_it(_REMINDER),
    PublicationFailedData: _FAILED,
    PublicationFailedTold: _as_pages_have_it(_FAILED),
}
