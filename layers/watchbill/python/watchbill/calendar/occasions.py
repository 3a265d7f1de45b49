"""What is to happen at an event's time: that somebody is reminded of it, and that its content is published. Pure.

An event is looked at again when its next occasion comes. Until then everything before has happened, or never will:
nobody is reminded of what was over when it was planned.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from watchbill.calendar import publications
from watchbill.calendar.models import EARLIEST_REMINDER, CalendarEvent, EventKind, ReminderType
from watchbill.calendar.series import Occurrence, occurrences
from watchbill.platform import clock, ids

LENIENT = timedelta(minutes=1)
"""So much later than its occasion an event may be planned, or changed, for it to happen all the same."""
LATEST = timedelta(hours=24)
"""What is noticed later than so is left out: nobody wants to be reminded of yesterday, or to publish then."""
TICK = timedelta(milliseconds=1)
"""Instants are so far apart."""
_LOOKED_AT = 64
"""After so many occurrences without any occasion an event is left until the next one begins."""
_END = datetime(2201, 1, 1, tzinfo=UTC)


class OccasionKind(StrEnum):
    """What is to happen."""

    REMINDER = "reminder"
    PUBLICATION = "publication"


@dataclass(frozen=True, slots=True)
class Occasion:
    """Something that is to happen so many minutes before an occurrence of an event; `type` is how one is reminded."""

    occurrence: Occurrence
    kind: OccasionKind
    minutes: int = 0
    type: ReminderType | None = None

    @property
    def at(self) -> datetime:
        """When it is to happen."""
        return self.occurrence.start - timedelta(minutes=self.minutes)

    @property
    def id(self) -> str:
        """The same whenever it is met; another one when its event is moved."""
        of, start = self.occurrence, clock.to_text(self.occurrence.start)
        return ids.derived_id("occasion", of.event_id, of.key, start, self.kind, str(self.minutes), self.type or "")

    def missed(self, now: datetime) -> bool:
        """Whether it is noticed so late that it is left out."""
        return self.at < now - LATEST


def due(event: CalendarEvent, since: datetime, now: datetime) -> list[Occasion]:
    """What was to happen from an instant up to now, in order."""
    if not event.status.open:
        return []
    near = occurrences(event, since, now + EARLIEST_REMINDER + TICK)
    found = (one for occurrence in near for one in _of(occurrence) if since <= one.at <= now)
    return sorted(found, key=lambda one: (one.at, one.id))


def next_at(event: CalendarEvent, since: datetime) -> datetime | None:
    """When something is to happen, from an instant on; None when nothing is.

    Of a series whose next occurrences have nothing it may be when to look again.
    """
    found: datetime | None = None
    for number, occurrence in enumerate(occurrences(event, since, _END) if event.status.open else ()):
        if found is not None and occurrence.start - EARLIEST_REMINDER >= found:
            break
        if found is None and number == _LOOKED_AT:
            return occurrence.start
        ahead = [one.at for one in _of(occurrence) if one.at >= since]
        found = min([*ahead, *([found] if found else [])], default=None)
    return found


def look_again(event: CalendarEvent, since: datetime, now: datetime) -> datetime | None:
    """When an event is to be looked at; at once while content waits to be handed over, and then from `since` on."""
    return min(since, now) if publications.waiting(event) else next_at(event, since)


def after_change(event: CalendarEvent, due_before: datetime | None = None) -> datetime | None:
    """When an event is to be looked at that is new, or was changed; what was due before it was changed still is."""
    recent = event.updated_at - LENIENT
    return look_again(event, min(recent, due_before or recent), event.updated_at)


def _of(occurrence: Occurrence) -> Iterator[Occasion]:
    event = occurrence.event
    if not occurrence.status.open:
        return
    for reminder in dict.fromkeys(event.reminders):
        yield Occasion(occurrence, OccasionKind.REMINDER, reminder.minutes, reminder.type)
    if event.type is EventKind.CONTENT_PUBLISH and event.metadata.channels:
        yield Occasion(occurrence, OccasionKind.PUBLICATION)
