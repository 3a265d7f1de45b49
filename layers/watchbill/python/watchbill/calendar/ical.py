"""Events as an iCalendar (RFC 5545), which other calendars read. Pure."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, vRecur

from watchbill.calendar.exceptions import unlike
from watchbill.calendar.models import CalendarEvent, EventPriority, EventStatus
from watchbill.calendar.recurring import on_the_wall
from watchbill.calendar.series import extent

MOST_BYTES = 2_500_000
"""Of all events as text. A Lambda response has 6 MB, and is text inside JSON."""
_YEAR = timedelta(days=366)
_IMPORTANCE = {EventPriority.URGENT: 1, EventPriority.HIGH: 3, EventPriority.MEDIUM: 5, EventPriority.LOW: 9}


def written(events: Iterable[CalendarEvent]) -> str:
    """A calendar of as many of the events as it has room for, with the zones that series keep to."""
    calendar = Calendar()
    calendar.add("prodid", "-//Watchbill//Calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", "Watchbill")
    calendar.add("x-published-ttl", "PT1H")
    room, kept = MOST_BYTES, list[CalendarEvent]()
    for event in events:
        parts = list(_parts(event))
        room -= sum(len(part.to_ical()) for part in parts)
        if room < 0:
            break
        for part in parts:
            calendar.add_component(part)
        kept.append(event)
    calendar.subcomponents[:0] = _zones(kept)
    return str(calendar.to_ical().decode())


def _zones(events: Iterable[CalendarEvent]) -> Iterator[Timezone]:
    """The zones that series keep to, with what becomes of their clocks as long as these go on."""
    spans: dict[str, list[datetime]] = {}
    for event in events:
        if event.recurrence is not None and event.time_zone != "UTC":
            spans.setdefault(event.time_zone, []).extend(extent(event))
    for name, bounds in sorted(spans.items()):
        yield Timezone.from_tzid(name, first_date=min(bounds).date(), last_date=max(bounds).date() + _YEAR)


def _parts(event: CalendarEvent) -> Iterator[Event]:
    """A single event, or a series and behind it the occurrences that are unlike it."""
    if event.recurrence is None or event.last_start is None:
        yield _part(event, event.id, ZoneInfo("UTC"))
        return
    zone = ZoneInfo(event.time_zone)
    whole = _part(event, event.id, zone)
    rule = event.recurrence.written(on_the_wall(event.start_time, zone), event.last_start)
    whole.add("rrule", vRecur.from_ical(rule))
    if gone := [_local(one.original_start, zone) for one in event.exceptions if one.gone]:
        whole.add("exdate", gone)
    yield whole
    for exception in event.exceptions:
        if not exception.gone:
            part = _part(unlike(event, exception), event.id, zone)
            part.add("recurrence-id", _local(exception.original_start, zone))
            yield part


def _part(event: CalendarEvent, uid: str, zone: ZoneInfo) -> Event:
    part = Event()
    part.add("uid", f"{uid}@watchbill")
    # When it was last changed: the same events are the same text whenever they are asked for.
    part.add("dtstamp", event.updated_at.replace(microsecond=0, tzinfo=UTC))
    part.add("created", event.created_at.replace(microsecond=0, tzinfo=UTC))
    part.add("last-modified", event.updated_at.replace(microsecond=0, tzinfo=UTC))
    part.add("dtstart", _local(event.start_time, zone))
    part.add("dtend", _local(event.end_time, zone))
    part.add("summary", event.title)
    if event.description:
        part.add("description", event.description)
    part.add("categories", [event.type.value])
    part.add("priority", _IMPORTANCE[event.priority])
    part.add("status", "CANCELLED" if event.status is EventStatus.CANCELLED else "CONFIRMED")
    return part


def _local(instant: datetime, zone: ZoneInfo) -> datetime:
    return instant.replace(microsecond=0).astimezone(zone if zone.key != "UTC" else UTC)
