"""Which events and messages a write of the calendar means. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from watchbill.calendar.exceptions import only_unlike, unlike
from watchbill.calendar.models import CalendarEvent
from watchbill.calendar.occasions import OccasionKind
from watchbill.calendar.packing import DUE, to_event
from watchbill.platform import ids, keys
from watchbill.platform.events import Event, EventType
from watchbill.platform.items import to_item
from watchbill.platform.stream import Record


def of_event(record: Record) -> Iterator[Event]:
    """That an event, or an occurrence of a series, is new, has changed, is done, or is gone; what was not published."""
    before, after = (to_event(to_item(image)) if image else None for image in (record.before, record.after))
    if before != after:
        yield _changed(record, *_occurrence(before, after))
    for refused in _refused(before, after):
        event_id = ids.derived_id("event", *record.key, EventType.PUBLICATION_FAILED, refused["publication_id"])
        yield Event(event_id, EventType.PUBLICATION_FAILED, record.organisation, refused, record.cause)


def of_occasion(record: Record) -> Iterator[Event]:
    """That somebody is to be reminded of an event, unless it was noticed too late."""
    if record.before is not None or record.after is None:
        return
    happened = to_item(record.after)
    if happened["kind"] == OccasionKind.REMINDER and not happened["missed"]:
        event_id = ids.derived_id("event", *record.key)
        yield Event(event_id, EventType.EVENT_REMINDER, record.organisation, happened["told"], record.cause)


def to_attend(records: Sequence[Record]) -> list[dict[str, Any]]:
    """The events that are to be looked at at another time than before, each once for all of a batch."""
    found = [
        (record.organisation, values["event"])
        for record in records
        if (values := keys.CALENDAR_EVENT.parse(record.key)) and _due(record.before) != _due(record.after)
    ]
    return [{"organisation": organisation, "event": event} for organisation, event in dict.fromkeys(found)]


def _changed(record: Record, before: CalendarEvent | None, after: CalendarEvent | None) -> Event:
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


def _due(image: Mapping[str, Any] | None) -> str | None:
    due: str | None = (image or {}).get(DUE, {}).get("S")
    return due


def _refused(before: CalendarEvent | None, after: CalendarEvent | None) -> Iterator[dict[str, Any]]:
    known = {one.id: one.status for one in before.publications} if before else {}
    for one in after.publications if after else ():
        if after and one.status.refused and known.get(one.id) is not one.status:
            yield {
                "publication_id": one.id,
                "event_id": after.id,
                "occurrence": one.occurrence,
                "title": after.title,
                "channel": one.channel,
                "status": one.status.value,
                "error": one.error,
                "campaign_id": after.metadata.campaign_id,
                "session_id": after.session_id,
            }


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
