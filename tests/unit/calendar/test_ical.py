"""The calendar as others read it: parsed and expanded by libraries of others, it is what we make of it ourselves."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import recurring_ical_events
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from watchbill.calendar import ical
from watchbill.calendar.exceptions import amended, without
from watchbill.calendar.models import EventChange, NewEvent
from watchbill.calendar.rules import changed, drafted
from watchbill.calendar.series import occurrence_at, occurrences

NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)
UNTIL = NOON + timedelta(days=1_200)
RULES = (
    {"type": "daily", "interval": 17},
    {"type": "weekly", "weekdays": ["MO", "SU"], "interval": 2, "weekStart": "SU"},
    {"type": "monthly"},
    {"type": "yearly"},
    {"rrule": "FREQ=MONTHLY;BYDAY=-1FR;COUNT=20"},
    {"rrule": "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=2"},
    {"rrule": "FREQ=YEARLY;BYMONTH=3,10;BYDAY=-1SU"},
)
ZONES = ("UTC", "Europe/Madrid", "America/New_York", "Asia/Kolkata")


def an_event(start=NOON, event_id="e", **fields):
    return drafted(NewEvent(**{"title": "Bread", "type": "meeting", "start_time": start} | fields), event_id, NOON)


def read(*events):
    return Calendar.from_ical(ical.written(events))


def theirs(calendar):
    found = recurring_ical_events.of(calendar).between(NOON - timedelta(days=60), UNTIL)
    return sorted((one["DTSTART"].dt.astimezone(UTC), str(one["SUMMARY"])) for one in found)


def ours(series):
    found = occurrences(series, NOON - timedelta(days=60), UNTIL)
    return sorted((one.start, one.event.title) for one in found)


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(RULES),
    st.sampled_from(ZONES),
    st.integers(0, 700),
    st.integers(3, 23),
    st.lists(st.tuples(st.integers(0, 12), st.sampled_from(["moved", "gone", "said"])), max_size=5),
)
def test_an_independent_library_finds_the_occurrences_that_we_do(rule, zone, days, hour, changes):
    wall = datetime(2026, 7, 31, hour, 15, tzinfo=ZoneInfo(zone)) + timedelta(days=days)
    series = an_event(wall.astimezone(UTC), time_zone=zone, recurrence=rule)
    regular = [one.original_start for one in occurrences(series, NOON, UNTIL)]
    for number, what in changes:
        if number >= len(regular) or (one := occurrence_at(series, regular[number])) is None:
            continue
        if what == "gone":
            series = without(series, one.event, NOON)
        else:
            later = {"start_time": one.start + timedelta(hours=30)} if what == "moved" else {"title": "Rolls"}
            series = amended(series, changed(one.event, EventChange(**later), NOON))

    assert theirs(read(series)) == ours(series)


@pytest.mark.parametrize(
    ("rule", "start", "written"),
    [
        ({"type": "monthly"}, "2026-07-31", "FREQ=MONTHLY;UNTIL=20360630T090000Z;BYMONTHDAY=28,29,30,31;BYSETPOS=-1"),
        ({"type": "yearly"}, "2028-02-29", "FREQ=YEARLY;UNTIL=20370228T090000Z;BYMONTH=2;BYMONTHDAY=28,29;BYSETPOS=-1"),
    ],
)
def test_the_ends_of_months_are_written_so_that_others_keep_to_them(rule, start, written):
    series = an_event(datetime.fromisoformat(f"{start}T09:00:00+00:00"), recurrence=rule)

    (event,) = read(series).walk("VEVENT")

    parts = dict(part.split("=") for part in event["RRULE"].to_ical().decode().split(";"))
    assert parts == dict(part.split("=") for part in written.split(";"))


def test_events_have_all_that_other_calendars_ask_for():
    single = an_event(event_id="one", description="Rye; whole, or\nsliced", priority="high", status="cancelled")
    series = an_event(time_zone="Europe/Madrid", recurrence={"type": "weekly", "count": 3})
    series = without(series, occurrence_at(series, NOON + timedelta(days=7)).event, NOON)

    text = ical.written([single, series])
    calendar = Calendar.from_ical(text)

    assert (str(calendar["VERSION"]), "\r\nBEGIN:VEVENT\r\n" in text) == ("2.0", True)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")] == ["Europe/Madrid"]
    one, weekly = calendar.walk("VEVENT")
    assert [str(one[name]) for name in ("UID", "SUMMARY", "DESCRIPTION", "STATUS", "PRIORITY")] == [
        "one@watchbill",
        "Bread",
        "Rye; whole, or\nsliced",
        "CANCELLED",
        "3",
    ]
    assert "DTSTART;TZID=Europe/Madrid:20260630T140000" in text
    assert "EXDATE;TZID=Europe/Madrid:20260707T140000" in text
    assert (weekly["DTSTAMP"].dt, weekly["LAST-MODIFIED"].dt) == (NOON, NOON)
    assert calendar.errors == one.errors == weekly.errors == []
    assert ical.written([single, series]) == text


def test_a_calendar_has_as_many_events_as_it_has_room_for(monkeypatch):
    monkeypatch.setattr(ical, "MOST_BYTES", 900)

    assert 0 < len(read(*[an_event(event_id=str(number)) for number in range(9)]).walk("VEVENT")) < 9
