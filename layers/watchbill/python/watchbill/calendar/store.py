"""Events in the table, and beside them where they are looked for: by time, campaign, session, and while they are open.

The places follow from the event, and when to look at it next from what is to happen at its time: whatever changes one
moves it there in the same transaction. A series has one place in the calendar, by the end of its last occurrence. That
something has happened at an event's time lies beside it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from watchbill.calendar import occasions
from watchbill.calendar.exceptions import unlike
from watchbill.calendar.models import LONGEST, CalendarEvent, EventKind, EventStatus
from watchbill.calendar.occasions import Occasion
from watchbill.calendar.packing import from_event, from_occasion, to_due, to_event
from watchbill.calendar.rules import Outline, Window
from watchbill.calendar.series import extent
from watchbill.platform import clock, keys
from watchbill.platform.items import REVISION, Item
from watchbill.platform.keys import Key
from watchbill.platform.table import AlreadyExists, Changed, Table
from watchbill.platform.table import Stored as StoredItem
from watchbill.platform.writes import Create, Delete, Put, Replace, Write

WRITES = 6
"""How many writes an event is at most."""
CAMPAIGN, SESSION = "campaign", "session"
"""What has events of its own, besides the organisation."""
_READ_AT_ONCE = 50
_TRIES = 5

Subject = tuple[str, str]
"""A campaign or session by which events are listed."""
Place = tuple[str, str]
"""Where an event stands in a list: the instant it begins or ends at, and its id."""


@dataclass(frozen=True, slots=True)
class Stored:
    """An event as it was read, and when it is to be looked at."""

    event: CalendarEvent
    revision: int
    due: datetime | None = None


class CalendarStore:
    """One organisation's events."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._organisation = table.organisation

    def event(self, event_id: str) -> Stored | None:
        """An event, or None."""
        item = self._table.get(self._key(event_id))
        return _to_stored(item) if item else None

    def events(self, event_ids: Iterable[str]) -> Iterator[CalendarEvent]:
        """Those of the events that exist, in the order of the ids, read as they are taken."""
        wanted = iter(event_ids)
        while chunk := [self._key(event_id) for event_id in islice(wanted, _READ_AT_ONCE)]:
            found = self._table.get_many(chunk)
            yield from (to_event(found[key]) for key in chunk if key in found)

    def outlines(self, window: Window, subject: Subject | None, behind: Place | None = None) -> Iterator[Outline]:
        """The events of a campaign, a session or all that touch a window, in the order of their beginnings.

        They are those behind a place, if one is given.
        """
        span = (window.since - LONGEST, window.until)
        for stored in self._of_subject(subject, span, behind) if subject else self._of_months(span, behind):
            values = (keys.SUBJECT_EVENT if subject else keys.EVENT_PLACE).parse(stored.key) or {}
            outline = _to_outline(values, stored.item)
            if window.touches(outline.start, outline.end):
                yield outline

    def overdue(self, now: datetime, behind: Place | None = None) -> Iterator[tuple[str, Place]]:
        """The ids of the events that are open and over, the one that ended first at first, each with its place."""
        partition = keys.OPEN_EVENT.partition(self._organisation)
        last = keys.OPEN_EVENT.last(clock.to_text(now))
        after = keys.OPEN_EVENT(self._organisation, *behind).sk if behind else None
        for stored in self._table.query(partition, after=after, page_size=_READ_AT_ONCE):
            if stored.key.sk > last:
                return
            values = keys.OPEN_EVENT.parse(stored.key) or {}
            yield values["event"], (values["end"], values["event"])

    def series(self, window: Window, subject: Subject | None = None) -> list[CalendarEvent]:
        """The series of a campaign, a session or all that may have an occurrence which touches a window."""
        since, until = (clock.to_text(bound) for bound in (window.since, window.until))
        partition, after = keys.SERIES_PLACE.partition(self._organisation), keys.SERIES_PLACE.prefix(since)
        places = self._table.query(partition, after=after)
        found = (one for one in places if one.item["start"] < until and _is_of(one.item, subject))
        return list(self.events([(keys.SERIES_PLACE.parse(one.key) or {})["event"] for one in found]))

    def has_series(self, number: int) -> bool:
        """Whether there are so many series."""
        places = self._table.query(keys.SERIES_PLACE.partition(self._organisation), page_size=number)
        return len(list(islice(places, number))) == number

    def feed(self) -> str | None:
        """The hash of what the feed's address has; None if it has none."""
        item = self._table.get(keys.CALENDAR_FEED(self._organisation))
        return str(item["hash"]) if item else None

    def set_feed(self, hashed: str) -> None:
        """Have the feed at another address."""
        self._table.put(keys.CALENDAR_FEED(self._organisation), {"hash": hashed})

    def remove_feed(self) -> None:
        """Have the feed nowhere."""
        self._table.delete(keys.CALENDAR_FEED(self._organisation))

    def create(self, event: CalendarEvent) -> None:
        """Store a new event. Raises AlreadyExists."""
        self._table.transact(self.creation(event))

    def create_together(self, events: Sequence[CalendarEvent]) -> None:
        """Store a few new events, all or none. Raises AlreadyExists."""
        self._table.transact([write for event in events for write in self.creation(event)])

    def keep(self, events: Sequence[CalendarEvent]) -> None:
        """Store those of a few events that are not there yet, together. Raises Changed when others are in the way."""
        for _ in range(_TRIES):
            there = self._table.get_many(self._key(event.id) for event in events)
            absent = [event for event in events if self._key(event.id) not in there]
            if not absent:
                return
            try:
                self.create_together(absent)
            except AlreadyExists:
                continue
            return
        raise Changed(None)

    def creation(self, event: CalendarEvent) -> list[Write]:
        """What creates an event, for a transaction: at most `WRITES` writes."""
        due = occasions.after_change(event)
        places = [Put(key, item) for key, item in self._places(event, due).items()]
        return [Create(self._key(event.id), from_event(event, due) | {REVISION: 1}), *places]

    def replace(self, before: Stored, after: CalendarEvent) -> None:
        """Store an event over the one that was read. Raises Changed."""
        self.go_on(before, after, occasions.after_change(after, before.due))

    def go_on(
        self, before: Stored, after: CalendarEvent, due: datetime | None, happened: Sequence[Occasion] = ()
    ) -> None:
        """Store an event over the one that was read, to be looked at when it is due, and what happened at its time.

        Raises Changed, and AlreadyExists when something has happened before.
        """
        there, here = self._places(before.event, before.due), self._places(after, due)
        gone: list[Write] = [Delete(key) for key in there if key not in here]
        come = [Put(key, item) for key, item in here.items() if there.get(key) != item]
        now = clock.now()
        done = [Create(self._occasion(after.id, one.id), from_occasion(one, now)) for one in happened]
        event = Replace(self._key(after.id), from_event(after, due), before.revision)
        self._table.transact([event, *done, *gone, *come])

    def happened(self, event_id: str, occasion_ids: Sequence[str]) -> set[str]:
        """Those of the occasions of an event that have happened."""
        wanted = {self._occasion(event_id, one): one for one in occasion_ids}
        return {wanted[key] for key in self._table.get_many(wanted)} if wanted else set()

    def due(self, now: datetime) -> Iterator[str]:
        """The ids of the events that are to be looked at, the one that is due for longest first."""
        partition = keys.DUE_EVENT.partition(self._organisation)
        for stored in self._table.query(partition, between=("0", keys.DUE_EVENT.last(clock.to_text(now)))):
            yield (keys.DUE_EVENT.parse(stored.key) or {})["event"]

    def remove(self, stored: Stored) -> None:
        """Forget an event as it was read. Raises Changed."""
        places = [Delete(key) for key in self._places(stored.event, stored.due)]
        self._table.transact([Delete(self._key(stored.event.id), stored.revision), *places])

    def _of_months(self, span: tuple[datetime, datetime], behind: Place | None) -> Iterator[StoredItem]:
        first, last = (keys.EVENT_PLACE.prefix(clock.to_text(bound)) for bound in span)
        for month in _months(behind[0] if behind else first, last):
            partition = keys.EVENT_PLACE.partition(self._organisation, month)
            after = keys.EVENT_PLACE(self._organisation, month, *behind).sk if behind else first
            yield from self._before(partition, after, last)

    def _of_subject(
        self, subject: Subject, span: tuple[datetime, datetime], behind: Place | None
    ) -> Iterator[StoredItem]:
        first, last = (keys.SUBJECT_EVENT.prefix(clock.to_text(bound)) for bound in span)
        partition = keys.SUBJECT_EVENT.partition(self._organisation, *subject)
        after = keys.SUBJECT_EVENT(self._organisation, *subject, *behind).sk if behind else first
        yield from self._before(partition, after, last)

    def _before(self, partition: str, after: str, last: str) -> Iterator[StoredItem]:
        for stored in self._table.query(partition, after=after, page_size=_READ_AT_ONCE):
            if stored.key.sk >= last:
                return
            yield stored

    def _places(self, event: CalendarEvent, due: datetime | None) -> dict[Key, Item]:
        at = {keys.DUE_EVENT(self._organisation, clock.to_text(due), event.id): Item()} if due else {}
        return self._listed(event) | at

    def _listed(self, event: CalendarEvent) -> dict[Key, Item]:
        if event.recurrence is not None:
            return {keys.SERIES_PLACE(self._organisation, clock.to_text(extent(event)[1]), event.id): _span(event)}
        start, end = clock.to_text(event.start_time), clock.to_text(event.end_time)
        outline = {"end": end, "type": event.type.value, "status": event.status.value}
        places = {keys.EVENT_PLACE(self._organisation, start[:7], start, event.id): outline}
        for kind, subject in ((CAMPAIGN, event.metadata.campaign_id), (SESSION, event.session_id)):
            if subject:
                places[keys.SUBJECT_EVENT(self._organisation, kind, subject, start, event.id)] = outline
        if event.status.open:
            places[keys.OPEN_EVENT(self._organisation, end, event.id)] = {}
        return places

    def _key(self, event_id: str) -> Key:
        return keys.CALENDAR_EVENT(self._organisation, event_id)

    def _occasion(self, event_id: str, occasion_id: str) -> Key:
        return keys.OCCASION(self._organisation, event_id, occasion_id)


def _to_stored(item: Item) -> Stored:
    return Stored(to_event(item), item[REVISION], to_due(item))


def _span(series: CalendarEvent) -> Item:
    """Where a series begins, and of which campaigns and sessions it has occurrences."""
    own = [series, *(unlike(series, one) for one in series.exceptions if not one.gone)]
    return {
        "start": clock.to_text(extent(series)[0]),
        CAMPAIGN: sorted({one.metadata.campaign_id for one in own if one.metadata.campaign_id}),
        SESSION: sorted({one.session_id for one in own if one.session_id}),
    }


def _is_of(item: Item, subject: Subject | None) -> bool:
    return subject is None or subject[1] in item[subject[0]]


def _to_outline(values: dict[str, str], item: Item) -> Outline:
    start, end = clock.from_text(values["start"]), clock.from_text(item["end"])
    return Outline(values["event"], start, end, EventKind(item["type"]), EventStatus(item["status"]))


def _months(first: str, last: str) -> Iterator[str]:
    """The months from one instant's to another's, as text."""
    month = clock.from_text(f"{first[:7]}-01T00:00:00.000Z")
    while (text := clock.to_text(month)[:7]) <= last[:7]:
        yield text
        month = (month + timedelta(days=31)).replace(day=1)
