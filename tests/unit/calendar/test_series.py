"""When events take place: by their rules on the clocks of their zones, as python-dateutil has it, and in any window."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from dateutil import tz
from dateutil.relativedelta import relativedelta
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from watchbill.calendar.models import NewEvent
from watchbill.calendar.rules import Impossible, drafted
from watchbill.calendar.series import ended, next_occurrence, occurrence_at, occurrences

NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)
MOMENT = timedelta(milliseconds=1)
ALL = (datetime(1999, 1, 1, tzinfo=UTC), datetime(2250, 1, 1, tzinfo=UTC))
STEPS = {"daily": "days", "weekly": "weeks", "monthly": "months", "yearly": "years"}
ZONES = ("UTC", "Europe/Madrid", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia")

walls = st.datetimes(NOON.replace(year=2003, tzinfo=None), NOON.replace(year=2090, tzinfo=None)).map(
    lambda wall: wall.replace(microsecond=0)
)
late_in_months = st.builds(
    lambda wall, day: wall.replace(month=[1, 3, 5, 7, 8, 10, 12][wall.day % 7], day=day), walls, st.integers(28, 31)
)
rules = st.sampled_from(
    [
        "FREQ=DAILY;INTERVAL=11",
        "FREQ=WEEKLY;BYDAY=TU,SU;INTERVAL=2",
        "FREQ=WEEKLY;BYDAY=MO,SU;INTERVAL=2;WKST=SU",
        "FREQ=MONTHLY;BYDAY=2TU,-1FR",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        "FREQ=MONTHLY;BYMONTHDAY=31;INTERVAL=2",
        "FREQ=MONTHLY;BYMONTHDAY=-1,15",
        "FREQ=YEARLY;BYMONTH=2,10;BYDAY=-1SU",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
    ]
)


def a_series(start=NOON, zone="UTC", lasts=timedelta(hours=1), **rule):
    wish = NewEvent(
        title="Bread", type="meeting", start_time=start, end_time=start + lasts, time_zone=zone, recurrence=rule
    )
    return drafted(wish, "e", NOON)


def on(wall, zone):
    """The instant of a wall as dateutil has it: the first of two, and forward from an hour that is left out."""
    return tz.resolve_imaginary(wall.replace(tzinfo=ZoneInfo(zone), fold=0)).astimezone(UTC)


def starts(event, since=ALL[0], until=ALL[1]):
    return [one.start for one in occurrences(event, since, until)]


def walls_of(event):
    return [f"{start.astimezone(ZoneInfo(event.time_zone)):%Y-%m-%d %H:%M}" for start in starts(event)]


def test_a_single_event_takes_place_once():
    event = drafted(NewEvent(title="Bread", type="meeting", start_time=NOON), "e", NOON)

    (once,) = occurrences(event, NOON, NOON + MOMENT)

    assert (once.event_id, once.key, once.original_start) == ("e", "", NOON)
    assert (once.start, once.end) == (NOON, NOON + timedelta(minutes=30))
    assert list(occurrences(event, NOON - MOMENT, NOON)) == []
    assert list(occurrences(event, NOON + MOMENT, NOON + 2 * MOMENT)) == []
    assert next_occurrence(event, NOON - MOMENT) == once
    assert next_occurrence(event, NOON) is None


@given(
    st.one_of(walls, late_in_months),
    st.sampled_from(list(STEPS)),
    st.integers(1, 40),
    st.integers(1, 60),
    st.sampled_from(ZONES),
)
def test_what_recurs_does_so_on_the_same_clock_and_keeps_to_the_ends_of_months(wall, kind, interval, count, zone):
    dates = [wall + relativedelta(**{STEPS[kind]: interval * number}) for number in range(count)]
    expected = [on(date, zone) for date in dates if date < wall + relativedelta(years=10)]
    # A zone that left out a day has two dates for one instant.
    expected = sorted(set(expected))

    event = a_series(on(wall, zone), zone, type=kind, interval=interval, endDate=expected[-1])

    assert starts(event) == expected
    assert event.last_start == expected[-1]


@settings(max_examples=50)
@given(walls, rules, st.sampled_from(ZONES), st.lists(st.integers(0, 3_700 * 24 * 60), max_size=6))
def test_windows_that_are_cut_anywhere_hold_the_same_occurrences(wall, rrule, zone, cuts):
    event = a_series(on(wall, zone), zone, rrule=rrule)
    bounds = [ALL[0], *(event.start_time + timedelta(minutes=minutes) for minutes in sorted(cuts)), ALL[1]]

    whole = starts(event)

    assert [start for since, until in pairwise(bounds) for start in starts(event, since, until)] == whole
    for bound in bounds:
        following = next_occurrence(event, bound)
        assert (following.start if following else None) == next((start for start in whole if start > bound), None)


@settings(max_examples=50)
@given(walls, rules, st.sampled_from(ZONES))
def test_a_rule_as_it_is_written_for_other_calendars_means_what_it_is(wall, rrule, zone):
    event = a_series(on(wall, zone), zone, rrule=rrule)
    first = event.start_time.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)

    written = event.recurrence.written(first, event.last_start)

    dates = rrulestr(written.partition(";UNTIL")[0], dtstart=first).xafter(first, 4_000, inc=True)
    expected = []
    for date in dates:
        if (instant := on(date, zone)) > event.last_start:
            break
        expected.append(instant)
    assert starts(event) == sorted(set(expected))


@pytest.mark.parametrize(
    ("rule", "start", "expected"),
    [
        ({"type": "monthly"}, "2027-12-31 09:00", ["2027-12-31", "2028-01-31", "2028-02-29", "2028-03-31"]),
        ({"type": "monthly"}, "2027-01-29 09:00", ["2027-01-29", "2027-02-28", "2027-03-29", "2027-04-29"]),
        ({"type": "monthly", "interval": 6}, "2026-08-31 09:00", ["2026-08-31", "2027-02-28", "2027-08-31"]),
        (
            {"type": "yearly"},
            "2024-02-29 09:00",
            ["2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28"],
        ),
        ({"rrule": "FREQ=MONTHLY;BYMONTHDAY=31"}, "2026-01-31 09:00", ["2026-01-31", "2026-03-31", "2026-05-31"]),
        ({"type": "weekly", "weekdays": ["WE", "MO"]}, "2026-07-02 09:00", ["2026-07-06", "2026-07-08", "2026-07-13"]),
    ],
)
def test_days_that_months_lack_are_their_last_unless_the_rule_names_days(rule, start, expected):
    event = a_series(datetime.fromisoformat(f"{start}+00:00"), **rule)

    assert walls_of(event)[: len(expected)] == [f"{date} 09:00" for date in expected]


@pytest.mark.parametrize(
    ("zone", "start", "expected"),
    [
        ("Europe/Madrid", "2027-03-27 02:30", ["2027-03-27 02:30", "2027-03-28 03:30", "2027-03-29 02:30"]),
        ("America/New_York", "2026-03-07 02:15", ["2026-03-07 02:15", "2026-03-08 03:15", "2026-03-09 02:15"]),
        ("Australia/Lord_Howe", "2026-10-03 02:10", ["2026-10-03 02:10", "2026-10-04 02:40", "2026-10-05 02:10"]),
        ("Pacific/Apia", "2011-12-28 10:00", ["2011-12-28 10:00", "2011-12-29 10:00", "2011-12-31 10:00"]),
    ],
)
def test_a_time_that_a_day_lacks_is_later_on_that_day(zone, start, expected):
    event = a_series(
        on(datetime.fromisoformat(start), zone),
        zone,
        type="daily",
        endDate=on(datetime.fromisoformat(expected[-1]), zone),
    )

    assert walls_of(event) == expected


def test_a_time_that_comes_twice_is_the_first_of_the_two():
    start = datetime(2026, 10, 24, 0, 30, tzinfo=UTC)
    event = a_series(start, "Europe/Madrid", type="daily", count=3)
    twice = a_series(datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "Europe/Madrid", type="daily", count=2)

    assert starts(event) == [start, start + timedelta(days=1), start + timedelta(days=2, hours=1)]
    assert starts(twice)[0] == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_series_without_an_end_lasts_ten_years():
    event = a_series(datetime(2026, 1, 1, 9, tzinfo=UTC), type="daily")

    assert len(starts(event)) == 3_652
    assert event.last_start == datetime(2035, 12, 31, 9, tzinfo=UTC)
    with pytest.raises(Impossible, match="within ten years"):
        a_series(type="yearly", count=11)
    with pytest.raises(Impossible, match="within ten years"):
        a_series(rrule="FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30")


def test_an_occurrence_is_named_by_when_it_begins_and_is_otherwise_like_its_series():
    event = a_series(lasts=timedelta(hours=2), type="weekly", count=3)

    second = list(occurrences(event, *ALL))[1]

    week = timedelta(days=7)
    assert (second.key, second.event.id, second.event.series_id) == ("20260707T120000Z", "e_20260707T120000Z", "e")
    assert (second.start, second.end, second.event.title) == (NOON + week, NOON + week + timedelta(hours=2), "Bread")
    assert second.event.recurrence is None
    assert occurrence_at(event, NOON + week) == second
    assert occurrence_at(event, NOON + week + timedelta(seconds=1)) is None
    assert [one.key for one in ended(event, second.end, second.end + MOMENT)] == [second.key]
    assert list(ended(event, second.end + MOMENT, second.end + week)) == []
