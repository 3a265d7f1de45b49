"""When an event takes place: a single one once. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from watchbill.calendar.models import CalendarEvent, EventStatus


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
    if since <= event.start_time < until:
        yield Occurrence(event.id, event.start_time, "", event)


def next_occurrence(event: CalendarEvent, after: datetime) -> Occurrence | None:
    """The first of an event's occurrences that begins after an instant."""
    return Occurrence(event.id, event.start_time, "", event) if event.start_time > after else None
