"""A month as weeks of days, for any month and clock."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from watchbill.calendar.models import EventKind, NewEvent
from watchbill.calendar.rules import drafted, shown
from watchbill.dashboard.months import MOST_IN_A_DAY, Month, MonthAsked, month_of

NOW = datetime(2026, 3, 31, 23, 30, tzinfo=UTC)
zones = st.sampled_from(("UTC", "Europe/Madrid", "America/Santiago", "Asia/Kolkata")).map(ZoneInfo)
months = st.builds(Month, st.dates(date(2000, 1, 1), date(2099, 12, 1)).map(lambda day: day.replace(day=1)), zones)


@given(months, st.lists(st.integers(0, 27 * 24), max_size=12))
def test_every_day_of_a_month_is_there_once_and_every_event_on_its_day(month: Month, hours: list[int]) -> None:
    wishes = [
        NewEvent(title=str(hour), type=EventKind.MEETING, start_time=month.since + timedelta(hours=hour))
        for hour in sorted(hours)
    ]
    events = [shown(drafted(wish, str(number), NOW), NOW) for number, wish in enumerate(wishes)]

    days = [day for week in month.weeks(month.entries(events)) for day in week]

    assert len(days) % 7 == 0
    assert days[0].date.weekday() == 0
    assert [day.date for day in days if day.inside] == [
        month.first + timedelta(days=index) for index in range((month.after.first - month.first).days)
    ]
    assert sum(len(day.entries) + day.more for day in days) == len(events)
    assert all(entry.start.date() == day.date for day in days for entry in day.entries)
    assert all(len(day.entries) <= MOST_IN_A_DAY for day in days)
    assert month.after.before == month


def test_without_being_asked_it_is_the_month_on_the_organisation_s_clock() -> None:
    assert month_of(MonthAsked(), NOW, ZoneInfo("UTC")).name == "2026-03"
    assert month_of(MonthAsked(), NOW, ZoneInfo("Europe/Madrid")).name == "2026-04"
