"""An event as an item. Pure."""

from watchbill.calendar.models import CalendarEvent
from watchbill.platform.items import Item


def to_event(item: Item) -> CalendarEvent:
    """The event in an item."""
    return CalendarEvent.model_validate_json(item["event"])


def from_event(event: CalendarEvent) -> Item:
    """The item of an event."""
    return {"event": event.model_dump_json(exclude_defaults=True)}
