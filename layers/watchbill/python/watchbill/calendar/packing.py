"""An event as an item. Pure."""

from pydantic import TypeAdapter

from watchbill.calendar.models import CalendarEvent, SeriesException
from watchbill.platform.items import Item

_EXCEPTIONS = TypeAdapter(tuple[SeriesException, ...])


def to_event(item: Item) -> CalendarEvent:
    """The event in an item."""
    event = CalendarEvent.model_validate_json(item["event"])
    if "exceptions" not in item:
        return event
    return event.model_copy(update={"exceptions": _EXCEPTIONS.validate_json(item["exceptions"])})


def from_event(event: CalendarEvent) -> Item:
    """The item of an event; what the occurrences of a series have of their own stands beside it."""
    item = {"event": event.model_dump_json(exclude_defaults=True)}
    if event.exceptions:
        item["exceptions"] = _EXCEPTIONS.dump_json(event.exceptions, exclude_defaults=True).decode()
    return item
