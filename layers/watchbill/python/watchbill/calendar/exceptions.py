"""Occurrences that are not as their series has them: how each is kept, and what it is. Pure."""

from datetime import datetime
from typing import Any

from watchbill.calendar.models import CalendarEvent, SeriesException

MOST_EXCEPTIONS, MOST_BYTES = 500, 100_000
"""So many occurrences of a series may be unlike it, and together say so much: they are kept with it."""
_KEY = "%Y%m%dT%H%M%SZ"


class TooMany(Exception):
    """A series has as many exceptions as it can; the message says so."""

    def __init__(self) -> None:
        super().__init__(
            f"of a series {MOST_EXCEPTIONS} occurrences at most are changed, in {MOST_BYTES:,} bytes: "
            "end this one by its recurrence, and plan another"
        )


def key_of(original: datetime) -> str:
    """What names an occurrence within its series: the instant at which it was to begin."""
    return original.strftime(_KEY)


def id_of(series_id: str, original: datetime) -> str:
    """The id of an occurrence of a series."""
    return f"{series_id}_{key_of(original)}"


def regular(series: CalendarEvent, original: datetime) -> CalendarEvent:
    """An occurrence as its series has it."""
    own = {
        "id": id_of(series.id, original),
        "start_time": original,
        "end_time": original + (series.end_time - series.start_time),
        "series_id": series.id,
        "original_start": original,
        "recurrence": None,
        "last_start": None,
        "exceptions": (),
        "publications": tuple(one for one in series.publications if one.occurrence == key_of(original)),
    }
    return series.model_copy(update=own)


def unlike(series: CalendarEvent, exception: SeriesException) -> CalendarEvent:
    """An occurrence that is not as its series has it."""
    there = _facts(regular(series, exception.original_start))
    return CalendarEvent.model_validate(there | exception.facts)


def amended(series: CalendarEvent, occurrence: CalendarEvent) -> CalendarEvent:
    """A series with one of its occurrences as it is to be; what it has in common with the series it keeps from it.

    Raises TooMany.
    """
    original = _original(occurrence)
    plain, after = _facts(regular(series, original)), _facts(occurrence)
    facts = {name: value for name, value in after.items() if value != plain.get(name)}
    kept = SeriesException(original_start=original, facts=facts) if facts.keys() - {"updated_at"} else None
    return _with(series, original, kept)


def without(series: CalendarEvent, occurrence: CalendarEvent, now: datetime) -> CalendarEvent:
    """A series that one of its occurrences was taken from. Raises TooMany."""
    original = _original(occurrence)
    told = _facts(occurrence.model_copy(update={"updated_at": max(now, occurrence.updated_at)}))
    gone = SeriesException(original_start=original, gone=True, facts={"updated_at": told["updated_at"]})
    return _with(series, original, gone)


def only_unlike(before: CalendarEvent, after: CalendarEvent) -> tuple[SeriesException, SeriesException] | None:
    """The one occurrence in which a series is not as it was, before and after; None if it has changed in more."""
    if before.model_copy(update={"exceptions": after.exceptions}) != after:
        return None
    were, are = ({one.original_start: one for one in series.exceptions} for series in (before, after))
    changed = [start for start in were.keys() | are.keys() if were.get(start) != are.get(start)]
    if len(changed) != 1:
        return None
    plain = SeriesException(original_start=changed[0])
    return were.get(changed[0], plain), are.get(changed[0], plain)


def _with(series: CalendarEvent, original: datetime, exception: SeriesException | None) -> CalendarEvent:
    others = [one for one in series.exceptions if one.original_start != original]
    found = sorted([*others, *([exception] if exception else [])], key=lambda one: one.original_start)
    size = sum(len(one.model_dump_json()) for one in found)
    if exception and (len(found) > MOST_EXCEPTIONS or size > MOST_BYTES):
        raise TooMany
    return series.model_copy(update={"exceptions": tuple(found)})


def _original(occurrence: CalendarEvent) -> datetime:
    if occurrence.original_start is None:
        raise ValueError(f"{occurrence.id!r} is no occurrence of a series")
    return occurrence.original_start


def _facts(event: CalendarEvent) -> dict[str, Any]:
    return event.model_dump(mode="json")
