"""An event's moments: what is to happen at its time happens, each once, and the scheduler holds when the next comes.

A message only says that an event is to be looked at; what there is to be done then, the table says. So one that comes
late, again, or for a time that an event was moved from, does what is left to do, which may be nothing.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from itertools import islice
from typing import Any

from watchbill.calendar import occasions, publications
from watchbill.calendar.occasions import TICK, OccasionKind
from watchbill.calendar.publications import PostEnded, Publisher
from watchbill.calendar.store import CalendarStore, Stored
from watchbill.platform import clock, scheduler
from watchbill.platform.observability import count, logger
from watchbill.platform.scheduler import Entry
from watchbill.platform.table import AlreadyExists, Changed

_AT_ONCE = 20
"""So much happens to an event in one transaction."""
_TRIES = 20
_MOST_OVERDUE = 500


class StillChanging(RuntimeError):
    """An event changed as often as it was read; the message comes again."""


class Moments:
    """The moments of one organisation's events."""

    def __init__(self, organisation: str, store: CalendarStore, publisher: Publisher) -> None:
        self._organisation = organisation
        self._store = store
        self._publisher = publisher

    def take(self, message: Mapping[str, Any]) -> None:
        """Do what a message asks for: an event is looked at, after what came of a post of it. Raises StillChanging."""
        if "post" in message:
            self._conclude(message["event"], PostEnded(**message["post"]))
        self.attend(message["event"])

    def attend(self, event_id: str) -> None:
        """Have happen what is due, and the scheduler hold when to look again. Raises StillChanging.

        Another may be doing the same with an event that was read before or after this: whoever wrote last looks once
        more, so that what stays is what the event says.
        """
        held: tuple[datetime | None] | None = None
        for _ in range(_TRIES):
            stored = self._store.event(event_id)
            due = stored.due if stored else None
            if stored and due and due <= clock.now():
                with suppress(AlreadyExists, Changed):
                    self._go_on(stored, due, clock.now())
            elif held == (due,):
                return
            else:
                self._hold(event_id, due)
                held = (due,)
        raise StillChanging(event_id)

    def overdue(self) -> Iterator[str]:
        """The ids of events that are to be looked at, whatever became of what the scheduler held."""
        return islice(self._store.due(clock.now()), _MOST_OVERDUE)

    def _go_on(self, stored: Stored, due: datetime, now: datetime) -> None:
        """Hand over what waits for it, or else let happen what is due. Raises Changed, AlreadyExists."""
        event = stored.event
        if waiting := publications.waiting(event):
            told = {one.id: self._publisher.publish(publications.order(event, one)) for one in waiting}
            after = publications.handed(event, told, now)
            self._store.go_on(stored, after, occasions.look_again(after, due, now))
        else:
            self._happen(stored, due, now)

    def _happen(self, stored: Stored, due: datetime, now: datetime) -> None:
        passed = occasions.due(stored.event, due, now)
        now_done, left = passed[:_AT_ONCE], passed[_AT_ONCE:]
        before = self._store.happened(stored.event.id, [one.id for one in now_done])
        fresh = [one for one in now_done if one.id not in before]
        after = stored.event
        for one in fresh:
            if one.kind is OccasionKind.PUBLICATION:
                after = publications.begun(after, one.occurrence, now, missed=one.missed(now))
        again = occasions.look_again(after, left[0].at if left else now + TICK, now)
        self._store.go_on(stored, after, again, fresh)
        if missed := [one.id for one in fresh if one.missed(now)]:
            logger().warning("what was to happen was left out", extra={"event": after.id, "occasions": len(missed)})
            count("OccasionsMissed", len(missed))

    def _conclude(self, event_id: str, end: PostEnded) -> None:
        """Remember what came of a post, once. Raises StillChanging."""
        for _ in range(_TRIES):
            stored = self._store.event(event_id)
            now = clock.now()
            after = publications.ended(stored.event, end, now) if stored else None
            if stored is None or after is None or after is stored.event:
                return
            with suppress(Changed):
                self._store.go_on(stored, after, occasions.look_again(after, stored.due or now, now))
                return
        raise StillChanging(event_id)

    def _hold(self, event_id: str, due: datetime | None) -> None:
        name = f"event-{event_id}"
        if due is None:
            scheduler.remove(name)
            return
        message = {"organisation": self._organisation, "event": event_id, "at": scheduler.SCHEDULED_TIME}
        scheduler.put(Entry(name, scheduler.at(due), "UTC", message, once=True))
