"""Which day is due where, and how long it is, also when clocks change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from watchbill.reports.days import due_day, period_of_day

MADRID, NEW_YORK, KOLKATA, APIA = map(ZoneInfo, ("Europe/Madrid", "America/New_York", "Asia/Kolkata", "Pacific/Apia"))


@pytest.mark.parametrize(
    ("now", "zone", "hour", "day"),
    [
        ("2026-03-10T06:00", MADRID, 7, "2026-03-09"),
        ("2026-03-10T08:59", MADRID, 7, "2026-03-09"),
        ("2026-03-10T09:00", MADRID, 7, None),
        ("2026-03-10T05:59", MADRID, 7, None),
        ("2026-03-10T11:00", NEW_YORK, 7, "2026-03-09"),
        ("2026-03-10T02:00", KOLKATA, 7, "2026-03-09"),
        ("2026-03-09T18:00", APIA, 7, "2026-03-09"),
        ("2026-03-10T23:00", UTC, 23, "2026-03-09"),
        ("2026-03-11T01:00", UTC, 23, "2026-03-09"),
        ("2026-03-11T02:00", UTC, 23, None),
        ("2026-03-10T00:00", UTC, 0, "2026-03-09"),
    ],
)
def test_the_day_before_is_due_from_its_hour_on_for_three_hours(now, zone, hour, day):
    at = datetime.fromisoformat(f"{now}+00:00")

    assert due_day(at, ZoneInfo("UTC") if zone is UTC else zone, hour) == (date.fromisoformat(day) if day else None)


@pytest.mark.parametrize("change", [date(2026, 3, 29), date(2026, 10, 25)], ids=["to summer", "to winter"])
@pytest.mark.parametrize("hour", range(24))
def test_every_day_is_due_at_least_twice_and_no_other_when_clocks_change(change, hour):
    begin = datetime(change.year, change.month, change.day, tzinfo=UTC) - timedelta(days=3)
    ticks = [begin + timedelta(hours=tick) for tick in range(7 * 24)]

    due = [due_day(at, MADRID, hour) for at in ticks]

    for distance in range(-2, 3):
        assert due.count(change + timedelta(days=distance)) in (2, 3, 4)


@pytest.mark.parametrize(
    ("day", "start", "hours"),
    [
        ("2026-03-28", "2026-03-27T23:00:00+00:00", 24),
        ("2026-03-29", "2026-03-28T23:00:00+00:00", 23),
        ("2026-10-25", "2026-10-24T22:00:00+00:00", 25),
    ],
)
def test_a_day_is_as_long_as_the_clocks_make_it(day, start, hours):
    period = period_of_day(date.fromisoformat(day), MADRID)

    assert period.start == datetime.fromisoformat(start)
    assert period.length == timedelta(hours=hours)
    assert period.before.length == period.length
    assert period.before.end == period.start
