"""A page of events: those asked for are looked for among where they are listed, for so long and no longer.

Series have their occurrences among the single events, each in its place.
"""

import heapq
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from watchbill.calendar import rules
from watchbill.calendar.models import LONGEST, CalendarEvent, ShownEvent
from watchbill.calendar.rules import Window
from watchbill.calendar.series import Occurrence, ended, extent, occurrences
from watchbill.calendar.store import CalendarStore, Place
from watchbill.platform import clock
from watchbill.platform.wire import MAX_PAGE

MOST_LOOKED_AT = 2_000
"""So many events are looked at for one page."""
_READ_AT_ONCE = 50

Position = dict[str, str]
"""The event behind which a list goes on."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An event where it is listed, and whether it is one that is asked for, as far as that is seen there.

    Of a series' occurrence all is known; a single event is still to be read.
    """

    id: str
    place: Place
    wanted: bool = True
    event: CalendarEvent | None = None


class Walk:
    """A walk along events. `stopped_at` is where it was given up, if it was."""

    def __init__(self, store: CalendarStore, now: datetime, limit: int = MAX_PAGE) -> None:
        self._store = store
        self._now = now
        self._at_once = min(limit + 1, _READ_AT_ONCE)
        self.stopped_at: Position | None = None

    def along(
        self, candidates: Iterable[Candidate], wanted: Callable[[CalendarEvent], bool] = lambda _: True
    ) -> Iterator[tuple[ShownEvent, Position]]:
        """Those of the events that are asked for, each with its position."""
        found, looked_at = iter(candidates), 0
        while chunk := list(islice(found, self._at_once)):
            there = self._read(chunk)
            for one in chunk:
                if (event := there.get(one.id)) is not None and wanted(event):
                    yield rules.shown(event, self._now), _position(one.place)
            looked_at += len(chunk)
            if looked_at >= MOST_LOOKED_AT:
                self.stopped_at = _position(chunk[-1].place)
                return

    def _read(self, chunk: Iterable[Candidate]) -> dict[str, CalendarEvent]:
        asked_for = [one for one in chunk if one.wanted]
        known = {one.id: one.event for one in asked_for if one.event is not None}
        read = self._store.events(one.id for one in asked_for if one.event is None)
        return known | {event.id: event for event in read}


def among(single: Iterable[Candidate], recurring: Iterable[Iterator[Candidate]]) -> Iterator[Candidate]:
    """Single events, and the occurrences of each series, in one order."""
    return heapq.merge(single, *recurring, key=lambda one: one.place)


def occurring(
    series: CalendarEvent,
    window: Window,
    at: Place | None = None,
    wanted: Callable[[rules.Outline], bool] = lambda _: True,
) -> Iterator[Candidate]:
    """The occurrences of a series that touch a window, in the order of their beginnings: those behind a place."""
    since = max(window.since - LONGEST, clock.from_text(at[0])) if at else window.since - LONGEST
    for one in occurrences(series, since, window.until):
        if window.touches(one.start, one.end):
            yield from _candidate(one, one.start, at, wanted(rules.outline(one.event)))


def missed(series: CalendarEvent, now: datetime, at: Place | None = None) -> Iterator[Candidate]:
    """The occurrences of a series that are over and were not done, the one that ended first at first."""
    since = clock.from_text(at[0]) if at else extent(series)[0]
    for one in ended(series, since, now + timedelta(milliseconds=1)):
        yield from _candidate(one, one.end, at, one.event.is_overdue(now))


def behind(position: Position) -> Place | None:
    """The place that a position means; None at a list's beginning."""
    return (position["at"], position["id"]) if position else None


def _candidate(one: Occurrence, when: datetime, at: Place | None, wanted: bool) -> Iterator[Candidate]:
    place = (clock.to_text(when), one.event.id)
    if at is None or place > at:
        yield Candidate(one.event.id, place, wanted, one.event)


def _position(place: Place) -> Position:
    at, event_id = place
    return {"at": at, "id": event_id}
