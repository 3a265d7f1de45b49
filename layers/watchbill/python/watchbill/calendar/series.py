"""When an event takes place: a single one once, a series as often as its rule and its exceptions say. Pure."""

import heapq
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from watchbill.calendar import recurring
from watchbill.calendar.exceptions import key_of, regular, unlike
from watchbill.calendar.models import CalendarEvent, EventStatus

_OCCURRENCE = re.compile(r"(.+)_([0-9]{8}T[0-9]{6}Z)")
_MOMENT = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time that an event takes place. `event` is what is known of this one: its title, times, status, reminders.

    One that was removed is no occurrence; one that was cancelled or completed is, and its status says it.
    """

    event_id: str
    original_start: datetime
    key: str
    """What names it within its event: nothing for a single event, else the instant of its original start."""
    event: CalendarEvent

    @property
    def start(self) -> datetime:
        """When it begins."""
        return self.event.start_time

    @property
    def end(self) -> datetime:
        """When it ends."""
        return self.event.end_time

    @property
    def status(self) -> EventStatus:
        """Where it is."""
        return self.event.status


def occurrences(event: CalendarEvent, since: datetime, until: datetime) -> Iterator[Occurrence]:
    """Those of an event's occurrences that begin in a window, its end excluded, in the order in which they begin."""
    return _in_order(event, since, until, lambda one: (one.start, one.key), lambda one: since <= one.start < until)


def ended(event: CalendarEvent, since: datetime, until: datetime) -> Iterator[Occurrence]:
    """Those of an event's occurrences that end in a window, its end excluded, in the order in which they end."""
    lasts = event.end_time - event.start_time
    return _in_order(
        event, since - lasts, until - lasts, lambda one: (one.end, one.key), lambda one: since <= one.end < until
    )


def next_occurrence(event: CalendarEvent, after: datetime) -> Occurrence | None:
    """The first of an event's occurrences that begins after an instant."""
    return next(occurrences(event, after + _MOMENT, datetime.max.replace(tzinfo=UTC)), None)


def named(event_id: str) -> tuple[str, datetime | None]:
    """The event that an id names, and of a series' occurrence when it was to begin."""
    if not (found := _OCCURRENCE.fullmatch(event_id)):
        return event_id, None
    try:
        return found[1], datetime.strptime(found[2], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return event_id, None


def occurrence_at(event: CalendarEvent, original: datetime) -> Occurrence | None:
    """The occurrence of a series that was to begin at an instant; None if there is none, or no more."""
    for exception in event.exceptions:
        if exception.original_start == original:
            return None if exception.gone else _occurrence(event, unlike(event, exception))
    regular_ones = _regular(event, original, original + _MOMENT) if event.recurrence else iter(())
    return next(regular_ones, None)


def occurrence_named(event: CalendarEvent, key: str) -> Occurrence | None:
    """The occurrence that a key names within its event; None if there is none, or no more."""
    if event.recurrence is None:
        return None if key else Occurrence(event.id, event.start_time, "", event)
    _, original = named(f"{event.id}_{key}")
    return occurrence_at(event, original) if original else None


def extent(event: CalendarEvent) -> tuple[datetime, datetime]:
    """From when to when an event and its occurrences, moved ones too, may be found."""
    if event.recurrence is None or event.last_start is None:
        return event.start_time, event.end_time
    moved = list(_unlike(event))
    start = min([event.start_time, *(one.start for one in moved)])
    return start, max([event.last_start + (event.end_time - event.start_time), *(one.end for one in moved)])


def begun(event: CalendarEvent) -> CalendarEvent | None:
    """A series from the first occurrence of its rule to its last, with the exceptions that its rule has a place for.

    None if the rule has no occurrence, or not as many as it counts; a single event as it is.
    """
    if event.recurrence is None:
        return event.model_copy(update={"last_start": None, "exceptions": ()})
    span = recurring.course(event.recurrence, event.start_time, ZoneInfo(event.time_zone))
    if span is None:
        return None
    first, last = span
    moved = {"start_time": first, "end_time": event.end_time + (first - event.start_time), "last_start": last}
    series = event.model_copy(update=moved)
    kept = tuple(one for one in event.exceptions if _has(series, one.original_start))
    return series.model_copy(update={"exceptions": kept})


def _in_order(
    event: CalendarEvent,
    since: datetime,
    until: datetime,
    order: Callable[[Occurrence], tuple[datetime, str]],
    wanted: Callable[[Occurrence], bool],
) -> Iterator[Occurrence]:
    if event.recurrence is None:
        once = Occurrence(event.id, event.start_time, "", event)
        return filter(wanted, [once])
    regular_ones = _regular(event, since, until)
    return heapq.merge(regular_ones, sorted(filter(wanted, _unlike(event)), key=order), key=order)


def _regular(event: CalendarEvent, since: datetime, until: datetime) -> Iterator[Occurrence]:
    exceptions = {one.original_start for one in event.exceptions}
    for start in _starts(event, since, until):
        if start not in exceptions:
            yield _occurrence(event, regular(event, start))


def _unlike(event: CalendarEvent) -> Iterator[Occurrence]:
    return (_occurrence(event, unlike(event, one)) for one in event.exceptions if not one.gone)


def _starts(event: CalendarEvent, since: datetime, until: datetime) -> Iterator[datetime]:
    if event.recurrence is None or event.last_start is None:
        return iter(())
    zone = ZoneInfo(event.time_zone)
    return recurring.starts(event.recurrence, event.start_time, event.last_start, zone, since, until)


def _has(event: CalendarEvent, start: datetime) -> bool:
    return next(_starts(event, start, start + _MOMENT), None) is not None


def _occurrence(event: CalendarEvent, one: CalendarEvent) -> Occurrence:
    original = one.original_start or one.start_time
    return Occurrence(event.id, original, key_of(original), one)
