"""Which event on the bus a write of the calendar means. Pure."""

from watchbill.calendar.exceptions import only_unlike, unlike
from watchbill.calendar.models import CalendarEvent
from watchbill.calendar.packing import to_event
from watchbill.platform import ids
from watchbill.platform.events import Event, EventType
from watchbill.platform.items import to_item
from watchbill.platform.stream import Record


def of_event(record: Record) -> Event:
    """That an event of the calendar, or an occurrence of a series, is new, has changed, is done, or is gone."""
    before, after = _occurrence(
        *(to_event(to_item(image)) if image else None for image in (record.before, record.after))
    )
    planned = after or before
    if planned is None:
        raise ValueError("a write has an item before it or behind it")
    told = {
        "type": _type(before, after),
        "event": planned.model_dump(mode="json", by_alias=True),
        "session_id": planned.session_id,
    }
    event_id = ids.derived_id("event", *record.key, str(record.sequence))
    return Event(event_id, EventType.CALENDAR_UPDATE, record.organisation, told, record.cause)


def _occurrence(
    before: CalendarEvent | None, after: CalendarEvent | None
) -> tuple[CalendarEvent | None, CalendarEvent | None]:
    """The one occurrence in which a series has changed, if nothing else of it has."""
    if before is None or after is None or (changed := only_unlike(before, after)) is None:
        return before, after
    was, now = changed
    return None if was.gone else unlike(before, was), None if now.gone else unlike(after, now)


def _type(before: CalendarEvent | None, after: CalendarEvent | None) -> str:
    if after is None:
        return "event_removed"
    if before is None:
        return "event_created"
    done = after.completed_at is not None and before.completed_at is None
    return "event_completed" if done else "event_updated"
