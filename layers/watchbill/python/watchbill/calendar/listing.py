"""A page of events: those asked for are looked for among where they are listed, for so long and no longer."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from watchbill.calendar import rules
from watchbill.calendar.models import CalendarEvent, ShownEvent
from watchbill.calendar.store import CalendarStore, Place
from watchbill.platform.wire import MAX_PAGE

MOST_LOOKED_AT = 2_000
"""So many events are looked at for one page."""
_READ_AT_ONCE = 50

Position = dict[str, str]
"""The event behind which a list goes on."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An event where it is listed, and whether it is one that is asked for, as far as that is seen there."""

    id: str
    place: Place
    wanted: bool = True


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
            places = {one.id: one.place for one in chunk if one.wanted}
            for event in self._store.events(places):
                if wanted(event):
                    yield rules.shown(event, self._now), _position(places[event.id])
            looked_at += len(chunk)
            if looked_at >= MOST_LOOKED_AT:
                self.stopped_at = _position(chunk[-1].place)
                return


def behind(position: Position) -> Place | None:
    """The place that a position means; None at a list's beginning."""
    return (position["at"], position["id"]) if position else None


def _position(place: Place) -> Position:
    at, event_id = place
    return {"at": at, "id": event_id}
