"""When events take place."""

from datetime import UTC, datetime, timedelta

from watchbill.calendar.models import NewEvent
from watchbill.calendar.rules import drafted
from watchbill.calendar.series import next_occurrence, occurrences

NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)
MOMENT = timedelta(milliseconds=1)


def an_event(**fields):
    return drafted(NewEvent(title="Bread", type="meeting", start_time=NOON, **fields), "e", NOON)


def test_a_single_event_takes_place_once():
    event = an_event()

    (once,) = occurrences(event, NOON, NOON + MOMENT)

    assert (once.event_id, once.key, once.original_start) == ("e", "", NOON)
    assert (once.start, once.end) == (NOON, NOON + timedelta(minutes=30))
    assert list(occurrences(event, NOON - MOMENT, NOON)) == []
    assert list(occurrences(event, NOON + MOMENT, NOON + 2 * MOMENT)) == []
    assert next_occurrence(event, NOON - MOMENT) == once
    assert next_occurrence(event, NOON) is None
