"""What an event is at first, what a change makes of it, and over which time one looks. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from watchbill.calendar import series
from watchbill.calendar.models import (
    LONGEST,
    USUAL,
    CalendarEvent,
    ChangedEvent,
    Course,
    EventChange,
    EventKind,
    EventMetadata,
    EventQuery,
    EventStatus,
    Known,
    NewEvent,
    NewMilestones,
    SeriesException,
    ShownEvent,
    WindowQuery,
)
from watchbill.calendar.views import CalendarStats

WIDEST = timedelta(days=366)
"""What a window spans at most that is not of a campaign or session."""
SOON = timedelta(hours=24)
EARLIEST, LATEST = datetime(1999, 1, 1, tzinfo=UTC), datetime(2221, 1, 1, tzinfo=UTC)
"""No event begins before or ends behind these."""


class Impossible(Exception):
    """Times that do not go together; the message says why, `field` which of them is wrong."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class NotAllowed(Exception):
    """The wish is well-formed, but not allowed as things are; the message says why."""


@dataclass(frozen=True, slots=True)
class Window:
    """From when to before when one looks."""

    since: datetime
    until: datetime

    def touches(self, start: datetime, end: datetime) -> bool:
        """Whether an event is in it: one that begins in it, or goes on when it begins."""
        return start < self.until and (end > self.since or start >= self.since)


@dataclass(frozen=True, slots=True)
class Outline:
    """What is known of an event by where it is listed."""

    id: str
    start: datetime
    end: datetime
    type: EventKind
    status: EventStatus


def drafted(wish: NewEvent, event_id: str, now: datetime, zone: str = "UTC") -> CalendarEvent:
    """A new event; `zone` is whose clock it is meant by if it does not say it. Raises Impossible."""
    facts = dict(wish) | {"end_time": wish.end_time or wish.start_time + USUAL, "time_zone": wish.time_zone or zone}
    completed = now if wish.status is EventStatus.COMPLETED else None
    return _checked(CalendarEvent(**facts, id=event_id, completed_at=completed, created_at=now, updated_at=now))


def changed(there: CalendarEvent, change: EventChange, now: datetime) -> CalendarEvent:
    """An event with what the change names; itself when that is as it was. Raises Impossible, NotAllowed."""
    given = change.given
    if there.series_id is not None and (own := sorted(given.keys() & {"recurrence", "time_zone"})):
        raise NotAllowed(f"an occurrence has the {own[0].replace('_', ' ')} of its series: change {there.series_id!r}")
    if "start_time" in given and "end_time" not in given:
        given["end_time"] = given["start_time"] + (there.end_time - there.start_time)
    if "metadata" in given:
        given["metadata"] = _merged(there.metadata, given["metadata"])
    if "reminders" in given:
        given["reminders"] = given["reminders"] or ()
    if "status" in given and given["status"] is not there.status:
        given["completed_at"] = now if given["status"] is EventStatus.COMPLETED else None
    after = _with(there, given, now)
    return there if after is there else _checked(after)


def completed(there: CalendarEvent, now: datetime) -> CalendarEvent:
    """An event that is done; itself when it was. Raises NotAllowed."""
    if there.recurrence is not None:
        raise NotAllowed("a series is not done at once: complete its occurrences, or let it end by its recurrence")
    if there.status is EventStatus.CANCELLED:
        raise NotAllowed("the event was cancelled: give it another status first")
    if there.status is EventStatus.COMPLETED:
        return there
    return _with(there, {"status": EventStatus.COMPLETED, "completed_at": now}, now)


def shown(event: CalendarEvent, now: datetime) -> ShownEvent:
    """An event as it is answered."""
    return ShownEvent(**dict(event), overdue=event.is_overdue(now))


def told(event: CalendarEvent, now: datetime, before: Iterable[SeriesException] = ()) -> ChangedEvent:
    """An event as a change of it is answered, with what it had of exceptions and has no more."""
    dropped = tuple(one.original_start for one in before if one not in event.exceptions)
    return ChangedEvent(**dict(event), overdue=event.is_overdue(now), dropped_exceptions=dropped)


def outline(event: CalendarEvent) -> Outline:
    """What is known of an event where it is listed."""
    return Outline(event.id, event.start_time, event.end_time, event.type, event.status)


def belongs(event: CalendarEvent, query: WindowQuery) -> bool:
    """Whether an event is of the campaign and the session that are asked for."""
    campaign, session = event.metadata.campaign_id, event.session_id
    return query.campaign_id in (None, "", campaign) and query.session_id in (None, "", session)


def window_of(query: WindowQuery, now: datetime) -> Window:
    """The window that is asked for. Raises Impossible."""
    since, until = query.since, query.until
    if query.campaign_id or query.session_id:
        return _forwards(Window(since or EARLIEST, until or LATEST))
    if since is None:
        since = now if until is None else until - WIDEST
    window = _forwards(Window(since, until or since + WIDEST))
    if window.until - window.since > WIDEST:
        raise Impossible("to", f"a window spans at most {WIDEST.days} days, unless it is of a campaign or session")
    return window


def around(query: WindowQuery, now: datetime) -> Window:
    """The window that figures are of: a month back and a month ahead unless it is said. Raises Impossible."""
    if query.since or query.until or query.campaign_id or query.session_id:
        return window_of(query, now)
    return Window(now - LONGEST, now + LONGEST)


def asked_for(outline: Outline, query: EventQuery) -> bool:
    """Whether an event is of the type and status that are asked for."""
    return query.type in (None, outline.type) and query.status in (None, outline.status)


def course(wish: NewMilestones, known: Known | None = None) -> Course | None:
    """A campaign as it is wished for its milestones, else as it is known; None when that does not say it all."""
    name = wish.title or (known.name if known else None)
    start = wish.start_date or (known.start if known else None)
    end = wish.end_date or (known.end if known else None)
    if wish.duration is not None and start is not None:
        end = start + timedelta(days=wish.duration)
    return Course(name, start, end) if name and start and end else None


def stats(outlines: Iterable[Outline], now: datetime) -> CalendarStats:
    """The figures of events."""
    found = list(outlines)
    over = [one for one in found if one.end <= now and one.status is not EventStatus.CANCELLED]
    done = sum(one.status is EventStatus.COMPLETED for one in over)
    return CalendarStats(
        total=len(found),
        by_type={kind: sum(one.type is kind for one in found) for kind in EventKind},
        by_status={status: sum(one.status is status for one in found) for status in EventStatus},
        upcoming=sum(one.status.open and now <= one.start < now + SOON for one in found),
        overdue=sum(one.status.open for one in over),
        completion_rate=done / len(over) if over else None,
    )


def _forwards(window: Window) -> Window:
    if window.until < window.since:
        raise Impossible("to", "the window ends before it begins")
    return window


def _merged(there: EventMetadata, given: EventMetadata | None) -> EventMetadata:
    if given is None:
        return EventMetadata()
    return there.model_copy(update={name: getattr(given, name) for name in given.model_fields_set})


def _checked(event: CalendarEvent) -> CalendarEvent:
    if event.end_time < event.start_time:
        raise Impossible("endTime", "an event does not end before it begins: endTime lies before startTime")
    if event.end_time - event.start_time > LONGEST:
        raise Impossible("endTime", f"an event lasts at most {LONGEST.days} days")
    if event.recurrence is None and event.last_start is None:
        return event
    return _recurring(event)


def _recurring(event: CalendarEvent) -> CalendarEvent:
    if event.recurrence is not None and event.status not in (EventStatus.SCHEDULED, EventStatus.CANCELLED):
        raise NotAllowed("a series is scheduled or cancelled: what else becomes of it becomes of its occurrences")
    if (begun := series.begun(event)) is None:
        raise Impossible("recurrence", "within ten years this does not occur, or not as often as its count says")
    return begun


def _with(there: CalendarEvent, given: dict[str, Any], now: datetime) -> CalendarEvent:
    after = there.model_copy(update=given)
    # Clocks of machines differ: an event never looks older than it was.
    return there if after == there else after.model_copy(update={"updated_at": max(now, there.updated_at)})
