"""An event as an item, and that something has happened at its time. Pure."""

from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter

from watchbill.calendar.models import CalendarEvent, SeriesException
from watchbill.calendar.occasions import Occasion
from watchbill.platform import clock
from watchbill.platform.items import EXPIRES_AT, Item

DUE = "due"
"""The attribute that says when an event is to be looked at."""
HAPPENED_KEPT = timedelta(days=30)

_EXCEPTIONS = TypeAdapter(tuple[SeriesException, ...])


def to_event(item: Item) -> CalendarEvent:
    """The event in an item."""
    event = CalendarEvent.model_validate_json(item["event"])
    if "exceptions" not in item:
        return event
    return event.model_copy(update={"exceptions": _EXCEPTIONS.validate_json(item["exceptions"])})


def to_due(item: Item) -> datetime | None:
    """When the event in an item is to be looked at."""
    return clock.from_text(item[DUE]) if DUE in item else None


def from_event(event: CalendarEvent, due: datetime | None) -> Item:
    """The item of an event; what the occurrences of a series have of their own stands beside it."""
    item = {"event": event.model_dump_json(exclude_defaults=True)}
    if event.exceptions:
        item["exceptions"] = _EXCEPTIONS.dump_json(event.exceptions, exclude_defaults=True).decode()
    return item | ({DUE: clock.to_text(due)} if due else {})


def from_occasion(occasion: Occasion, now: datetime) -> Item:
    """The item that says that something has happened, or was left out, and what there is to tell of it."""
    return {
        "kind": occasion.kind.value,
        "missed": occasion.missed(now),
        "told": _told(occasion),
        EXPIRES_AT: int((now + HAPPENED_KEPT).timestamp()),
    }


def _told(occasion: Occasion) -> dict[str, Any]:
    event = occasion.occurrence.event
    return {
        "event_id": occasion.occurrence.event_id,
        "occurrence": occasion.occurrence.key,
        "type": occasion.type.value if occasion.type else None,
        "minutes": occasion.minutes,
        "title": event.title,
        "event_type": event.type.value,
        "priority": event.priority.value,
        "start_time": clock.to_text(event.start_time),
        "end_time": clock.to_text(event.end_time),
        "time_zone": event.time_zone,
        "campaign_id": event.metadata.campaign_id,
        "session_id": event.session_id,
    }
