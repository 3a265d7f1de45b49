"""What becomes of an event's content on its channels, from its time to its end. Pure, but for who publishes it.

Content is handed over under an id that follows from the event, the time and the channel: whoever publishes it does so
once for each. On a channel that has it, or may have it, it is not published again by moving the event.
A series remembers the newest publications of its occurrences.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from watchbill.calendar import exceptions
from watchbill.calendar.contents import EventContent, Publication, PublicationStatus
from watchbill.calendar.models import CalendarEvent, EventStatus
from watchbill.calendar.series import Occurrence, occurrence_named
from watchbill.platform import clock, ids

MOST_KEPT = 30
"""So many publications an event remembers: of a series the newest."""
_MISSED = "its time was noticed more than a day late: move the event to publish it"


@dataclass(frozen=True, slots=True)
class Order:
    """Content that is to be published on a channel; `session_id` is the conversation whose accounts are preferred."""

    id: str
    event_id: str
    occurrence: str
    channel: str
    content: EventContent
    session_id: str | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why content is not published, in words that say what to do."""

    reason: str
    status: PublicationStatus = PublicationStatus.FAILED


class Publisher(Protocol):
    """Who publishes content."""

    def publish(self, order: Order) -> Refusal | None:
        """Have content published, once for each id however often this is called; None when that is on its way."""


@dataclass(frozen=True, slots=True)
class PostEnded:
    """What came of a publication: the post's id and place, or why there is none."""

    publication: str
    post_id: str | None = None
    post_url: str | None = None
    error: str | None = None


def begun(event: CalendarEvent, occurrence: Occurrence, now: datetime, *, missed: bool = False) -> CalendarEvent:
    """An event whose content is to be published now on every channel that has not got it, or was to be and is not."""
    of, single = occurrence.key, occurrence.key == ""
    has_it = {one.channel for one in event.publications if one.occurrence == of and not one.status.refused}
    channels = [one for one in dict.fromkeys(occurrence.event.metadata.channels) if one not in has_it]
    new = [_publication(occurrence, channel, missed=missed) for channel in channels]
    others = [one for one in event.publications if one.occurrence != of or one.channel not in channels]
    begins = single and new and not missed and event.status is EventStatus.SCHEDULED
    return _with(event, [*others, *new], now, {"status": EventStatus.IN_PROGRESS} if begins else {})


def waiting(event: CalendarEvent) -> list[Publication]:
    """What is to be handed over to whoever publishes it."""
    found = [one for one in event.publications if one.status is PublicationStatus.WAITING]
    return [one for one in found if (own := _own(event, one)) and own.status.open]


def order(event: CalendarEvent, publication: Publication) -> Order:
    """What whoever publishes it is told of a publication."""
    one, own = publication, _own(event, publication) or event
    return Order(one.id, event.id, one.occurrence, one.channel, content_of(own), own.session_id)


def content_of(event: CalendarEvent) -> EventContent:
    """What an event publishes: its content, else its description, else its title."""
    return event.content or EventContent(text=event.description or event.title)


def handed(event: CalendarEvent, told: Mapping[str, Refusal | None], now: datetime) -> CalendarEvent:
    """An event whose publications were handed over, by their ids with what was said to that."""
    return _after(event, {one: _handed(refusal) for one, refusal in told.items()}, now)


def ended(event: CalendarEvent, end: PostEnded, now: datetime) -> CalendarEvent:
    """An event of which a post has ended; itself when it knows nothing of it, or knows it already."""
    there = next((one for one in event.publications if one.id == end.publication), None)
    if there is None or there.status is PublicationStatus.PUBLISHED:
        return event
    status = PublicationStatus.PUBLISHED if end.error is None else PublicationStatus.FAILED
    found = {"status": status, "post_id": end.post_id, "post_url": end.post_url, "error": end.error}
    return _after(event, {there.id: found}, now)


def _after(event: CalendarEvent, changes: Mapping[str, Mapping[str, Any]], now: datetime) -> CalendarEvent:
    """An event with changed publications, which is completed when all of its channels have its content."""
    after = [one.model_copy(update=dict(changes.get(one.id, {}))) for one in event.publications]
    if after == list(event.publications):
        return event
    told = _with(event, after, now, {})
    for of in dict.fromkeys(one.occurrence for one in event.publications if one.id in changes):
        told = _completed(told, of, now)
    return told


def _completed(event: CalendarEvent, occurrence: str, now: datetime) -> CalendarEvent:
    """An event, or a series of which an occurrence, is completed, if all of its channels have its content."""
    found = occurrence_named(event, occurrence)
    if found is None or not found.status.open:
        return event
    of = [one for one in event.publications if one.occurrence == occurrence]
    published = {one.channel for one in of if one.status is PublicationStatus.PUBLISHED}
    if not published or not published >= set(found.event.metadata.channels):
        return event
    done = {"status": EventStatus.COMPLETED, "completed_at": now, "updated_at": max(now, event.updated_at)}
    after = found.event.model_copy(update=done)
    try:
        return exceptions.amended(event, after) if occurrence else after
    except exceptions.TooMany:
        return event  # its publications say it all the same


def _own(event: CalendarEvent, publication: Publication) -> CalendarEvent | None:
    """The event, or the occurrence of a series, whose content is published; None for one that is no more."""
    found = occurrence_named(event, publication.occurrence)
    return found.event if found else None


def _handed(refusal: Refusal | None) -> dict[str, Any]:
    if refusal is None:
        return {"status": PublicationStatus.PUBLISHING}
    return {"status": refusal.status, "error": refusal.reason}


def _publication(occurrence: Occurrence, channel: str, *, missed: bool) -> Publication:
    start = clock.to_text(occurrence.start)
    return Publication(
        id=ids.derived_id("publication", occurrence.event_id, occurrence.key, start, channel),
        channel=channel,
        status=PublicationStatus.MISSED if missed else PublicationStatus.WAITING,
        occurrence=occurrence.key,
        due_at=occurrence.start,
        error=_MISSED if missed else None,
    )


def _with(event: CalendarEvent, after: Iterable[Publication], now: datetime, more: Mapping[str, Any]) -> CalendarEvent:
    kept = tuple(after)[-MOST_KEPT:]
    if kept == event.publications and not more:
        return event
    changes = {"publications": kept, "updated_at": max(now, event.updated_at), **more}
    return event.model_copy(update=changes)
