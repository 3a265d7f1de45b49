"""The calendar's use cases: planning events, changing and finding them, and a campaign's milestones."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import chain
from typing import TypeVar

from watchbill.calendar import exceptions, rules
from watchbill.calendar.listing import Candidate, Walk, among, behind, missed, occurring
from watchbill.calendar.milestones import milestones
from watchbill.calendar.models import (
    CalendarEvent,
    ChangedEvent,
    EventChange,
    EventQuery,
    Known,
    NewEvent,
    NewMilestones,
    ShownEvent,
    UpcomingQuery,
    WindowQuery,
)
from watchbill.calendar.rules import Window
from watchbill.calendar.series import named, occurrence_at
from watchbill.calendar.store import CAMPAIGN, SESSION, WRITES, CalendarStore, Stored, Subject
from watchbill.calendar.views import CalendarStats, EventList
from watchbill.platform import clock, ids
from watchbill.platform.errors import BadRequest, Conflict, Fault, NotFound, Unprocessable
from watchbill.platform.lists import Cursors, first_page
from watchbill.platform.table import AlreadyExists, Changed
from watchbill.platform.wire import PageQuery
from watchbill.platform.writes import MOST_WRITES, Write

T = TypeVar("T")

TOGETHER = MOST_WRITES // WRITES
"""So many events are stored in one transaction."""
MOST_SERIES = 500
"""So many series an organisation has at most: a list looks at all that have not ended."""
_TRIES = 5

Change = Callable[[CalendarEvent], CalendarEvent]
"""What becomes of an event: itself when nothing does."""


class CalendarService:
    """One organisation's calendar. `course_of` asks for a campaign by its id, and raises NotFound.

    An event's campaign, session, content and agent are links, which nobody checks: they may be elsewhere.
    """

    def __init__(
        self,
        organisation: str,
        store: CalendarStore,
        zone: Callable[[], str],
        course_of: Callable[[str], Known],
        cursors: Cursors,
    ) -> None:
        self._organisation = organisation
        self._store = store
        self._zone = zone
        self._course_of = course_of
        self._cursors = cursors

    def create(self, wish: NewEvent) -> ShownEvent:
        """A new event, or a series of them. Raises BadRequest, Unprocessable."""
        now = clock.now()
        event = _possible(lambda: rules.drafted(wish, ids.new_id(), now, wish.time_zone or self._zone()))
        self._have_room(event)
        self._store.create(event)
        return rules.shown(event, now)

    def creation(self, events: Iterable[CalendarEvent]) -> list[Write]:
        """What creates events, for a transaction of others; it meets AlreadyExists when there is one of these ids."""
        return [write for event in events for write in self._store.creation(event)]

    def keep(self, events: Sequence[CalendarEvent]) -> None:
        """Store events whose ids follow from what they are for: each once, however often this is called.

        One that is there stays as it is. Raises Changed when others are in the way: then call it again.
        """
        for start in range(0, len(events), TOGETHER):
            self._store.keep(events[start : start + TOGETHER])

    def event(self, event_id: str) -> ShownEvent:
        """One event, series, or occurrence of a series. Raises NotFound."""
        return rules.shown(self._found(event_id)[1], clock.now())

    def amend(self, event_id: str, change: EventChange) -> ChangedEvent:
        """Set what the change names. Raises NotFound, BadRequest, Unprocessable, Conflict."""
        if not change.given:
            raise BadRequest("nothing to change: give a title, times, a status or what else is known of the event")
        return self._change(event_id, partial(rules.changed, change=change, now=clock.now()))

    def complete(self, event_id: str) -> ShownEvent:
        """An event or occurrence is done; one that was stays so. Raises NotFound, Unprocessable, Conflict."""
        return self._change(event_id, partial(rules.completed, now=clock.now()))

    def remove(self, event_id: str) -> None:
        """Forget an event, a series with all of its occurrences, or one of these.

        Raises NotFound, Unprocessable, Conflict.
        """

        def forget(stored: Stored, event: CalendarEvent) -> None:
            if event.series_id is None:
                self._store.remove(stored)
            else:
                self._store.replace(stored, exceptions.without(stored.event, event, clock.now()))

        _allowed(lambda: self._insist(event_id, forget))

    def events(self, query: EventQuery) -> EventList:
        """The events that touch a window, in the order of their beginnings. Raises BadRequest."""
        now = clock.now()
        window = _possible(lambda: rules.window_of(query, now))
        return self._listed(query, window, now, lambda one: rules.asked_for(one, query))

    def upcoming(self, query: UpcomingQuery) -> EventList:
        """The events that begin in so many hours and are to be done, in their order. Raises BadRequest."""
        now = clock.now()
        window = Window(now, now + timedelta(hours=query.hours))
        return self._listed(query, window, now, lambda one: one.status.open and one.start >= now)

    def overdue(self, query: PageQuery) -> EventList:
        """The events that are over and were not done, the one that ended first at first. Raises BadRequest."""
        now, name = clock.now(), "overdue events"
        walk = Walk(self._store, now, query.limit)
        at = behind(self._cursors.open(query.cursor, name))
        single = (Candidate(event_id, place) for event_id, place in self._store.overdue(now, at))
        series = self._store.series(Window(rules.EARLIEST, now))
        candidates = among(single, [missed(one, now, at) for one in series])
        shown, more = first_page(walk.along(candidates, lambda event: event.is_overdue(now)), query.limit)
        return EventList(items=tuple(shown), next_cursor=self._cursors.close(more or walk.stopped_at, name))

    def stats(self, query: WindowQuery) -> CalendarStats:
        """The figures of the events that touch a window. Raises BadRequest."""
        now = clock.now()
        window = _possible(lambda: rules.around(query, now))
        series = self._store.series(window, _subject(query))
        found = (one.event for each in series for one in occurring(each, window) if one.event is not None)
        of_series = (rules.outline(event) for event in found if rules.belongs(event, query))
        return rules.stats(chain(self._store.outlines(window, _subject(query)), of_series), now)

    def plan_milestones(self, wish: NewMilestones) -> EventList:
        """A campaign's milestones, which it has once. Raises NotFound, Unprocessable, Conflict, BadRequest."""
        course = rules.course(wish) or rules.course(wish, self._course_of(wish.campaign_id))
        if course is None:
            raise Unprocessable("neither the campaign nor the request says when it starts and ends: give both dates")
        if course.end < course.start:
            raise BadRequest("the campaign would end before it starts", errors=[Fault("endDate", "before startDate")])
        now = clock.now()
        zone = wish.time_zone or self._zone()
        planned = milestones(self._organisation, wish.campaign_id, course, zone, wish.session_id, wish.language)
        events = [rules.drafted(one.event, one.id, now) for one in planned]
        try:
            self._store.create_together(events)
        except AlreadyExists as error:
            raise Conflict("the campaign has its milestones: change or remove those that are there") from error
        return EventList(items=tuple(rules.shown(event, now) for event in events))

    def _listed(
        self,
        query: EventQuery | UpcomingQuery,
        window: Window,
        now: datetime,
        wanted: Callable[[rules.Outline], bool],
    ) -> EventList:
        name = f"{type(query).__name__} {query.model_dump_json(exclude={'limit', 'cursor'})}"
        walk = Walk(self._store, now, query.limit)
        asked = query if isinstance(query, EventQuery) else EventQuery()
        at, subject = behind(self._cursors.open(query.cursor, name)), _subject(asked)
        outlines = self._store.outlines(window, subject, at)
        single = (Candidate(one.id, (clock.to_text(one.start), one.id), wanted(one)) for one in outlines)
        series = self._store.series(window, subject)
        candidates = among(single, [occurring(one, window, at, wanted) for one in series])
        found = walk.along(candidates, lambda event: rules.belongs(event, asked))
        shown, more = first_page(found, query.limit)
        return EventList(items=tuple(shown), next_cursor=self._cursors.close(more or walk.stopped_at, name))

    def _change(self, event_id: str, change: Change) -> ChangedEvent:
        def replace(stored: Stored, event: CalendarEvent) -> ChangedEvent:
            after = change(event)
            if after is event:
                return rules.told(after, clock.now())
            whole = after if event.series_id is None else exceptions.amended(stored.event, after)
            if stored.event.recurrence is None:
                self._have_room(whole)
            self._store.replace(stored, whole)
            return rules.told(after, clock.now(), stored.event.exceptions if event.series_id is None else ())

        return _possible(lambda: self._insist(event_id, replace))

    def _insist(self, event_id: str, write: Callable[[Stored, CalendarEvent], T]) -> T:
        """Write over an event as it is stored, again when others have changed it meanwhile."""
        for _ in range(_TRIES):
            try:
                return write(*self._found(event_id))
            except Changed:
                continue
        raise Conflict("the event is being changed by others; try again")

    def _found(self, event_id: str) -> tuple[Stored, CalendarEvent]:
        """What is stored of an event, and the event itself: one of a series is stored with it."""
        stored_id, original = named(event_id)
        found = self._store.event(stored_id)
        if found is not None and original is None:
            return found, found.event
        occurrence = occurrence_at(found.event, original) if found and original else None
        if found is None or occurrence is None:
            raise NotFound(f"there is no event {event_id!r}")
        return found, occurrence.event

    def _have_room(self, event: CalendarEvent) -> None:
        if event.recurrence is not None and self._store.has_series(MOST_SERIES):
            raise Unprocessable(f"an organisation has at most {MOST_SERIES} series: remove those that are over")


def _subject(query: WindowQuery) -> Subject | None:
    if query.campaign_id:
        return CAMPAIGN, query.campaign_id
    return (SESSION, query.session_id) if query.session_id else None


def _possible(make: Callable[[], T]) -> T:
    try:
        return _allowed(make)
    except rules.Impossible as error:
        raise BadRequest(str(error), errors=[Fault(error.field, str(error))]) from error


def _allowed(make: Callable[[], T]) -> T:
    try:
        return make()
    except (rules.NotAllowed, exceptions.TooMany) as error:
        raise Unprocessable(str(error)) from error
