"""Schedules are read as Unix's cron and EventBridge read them, and come when the zone's clock shows their times."""

import calendar
import contextlib
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbill.platform.cronfields import ScheduleError
from watchbill.platform.schedules import parse

LONDON = ZoneInfo("Europe/London")
ZONES = [ZoneInfo(name) for name in ("UTC", "Europe/London", "America/New_York", "Australia/Lord_Howe")]
MINUTE = timedelta(minutes=1)
NOON = datetime(2026, 3, 28, 12, tzinfo=UTC)
CHANGES = (
    datetime(2026, 3, 29, 1, tzinfo=UTC),
    datetime(2026, 10, 25, 1, tzinfo=UTC),
    datetime(2027, 3, 14, 7, tzinfo=UTC),
    datetime(2027, 11, 7, 6, tzinfo=UTC),
    datetime(2026, 4, 4, 15, tzinfo=UTC),
    datetime(2028, 2, 28, 23, tzinfo=UTC),
)
"""Instants around which clocks are put forward and back, and a leap day."""
WORDS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")


def field(low, high):
    """A field's text, and the values it means."""
    value = st.integers(low, high)

    def span(ends, step):
        first, last = sorted(ends)
        return f"{first}-{last}/{step}", frozenset(range(first, last + 1, step))

    part = st.one_of(
        value.map(lambda one: (str(one), frozenset({one}))),
        st.builds(span, st.tuples(value, value), st.integers(1, 7)),
        st.integers(1, high).map(lambda step: (f"*/{step}", frozenset(range(low, high + 1, step)))),
    )
    listed = st.lists(part, min_size=1, max_size=3)
    some = listed.map(
        lambda parts: (",".join(text for text, _ in parts), frozenset().union(*(one for _, one in parts)))
    )
    return st.one_of(st.just(("*", frozenset(range(low, high + 1)))), some)


def plain(low, high):
    """A field that does not begin with a star, unless it is one."""
    return field(low, high).filter(lambda drawn: drawn[0] == "*" or not drawn[0].startswith("*"))


def week_day(day):
    """The day of the week as Unix counts it: Sunday is 0."""
    return day.isoweekday() % 7


@st.composite
def unix(draw):
    """Five fields, and whether a local minute is meant by them."""
    (minute, minutes), (hour, hours) = draw(field(0, 59)), draw(field(0, 23))
    (of_month, days), (month, months), (of_week, of_weeks) = draw(plain(1, 31)), draw(field(1, 12)), draw(plain(0, 7))
    week_days = {day % 7 for day in of_weeks}
    named = len(days) < 31, len(week_days) < 7

    def on(day):
        in_month, in_week = day.day in days, week_day(day) in week_days
        return in_month or in_week if all(named) else in_month and in_week

    def means(local):
        return local.minute in minutes and local.hour in hours and local.month in months and on(local.date())

    return f"{minute} {hour} {of_month} {month} {of_week}", means


def last_of(day):
    return calendar.monthrange(day.year, day.month)[1]


def nearest(day, wanted):
    """The weekday of the month that is nearest to a day of it, by trying them all."""
    if wanted > last_of(day):
        return None
    working = [day.replace(day=one) for one in range(1, last_of(day) + 1) if day.replace(day=one).isoweekday() <= 5]
    return min(working, key=lambda one: abs(one.day - wanted)).day


def eventbridge_days():
    """EventBridge's two fields of days, and whether a day is meant by them."""
    of_month, of_week = field(1, 31), field(1, 7)
    number = st.integers(1, 31)
    return st.one_of(
        of_month.map(lambda drawn: (f"{drawn[0]} * ?", lambda day: day.day in drawn[1])),
        of_week.map(lambda drawn: (f"? * {drawn[0]}", lambda day: week_day(day) + 1 in drawn[1])),
        st.just(("L * ?", lambda day: day.day == last_of(day))),
        st.just(("? * L", lambda day: week_day(day) == 6)),
        number.map(lambda wanted: (f"{wanted}W * ?", lambda day: day.day == nearest(day, wanted))),
        st.integers(0, 6).map(
            lambda one: (f"? * {WORDS[one]}L", lambda day: week_day(day) == one and day.day + 7 > last_of(day))
        ),
        st.tuples(st.integers(0, 6), st.integers(1, 5)).map(
            lambda drawn: (
                f"? * {drawn[0] + 1}#{drawn[1]}",
                lambda day: week_day(day) == drawn[0] and 7 * (drawn[1] - 1) < day.day <= 7 * drawn[1],
            )
        ),
    )


@st.composite
def eventbridge(draw):
    """Six fields, and whether a local minute is meant by them."""
    (minute, minutes), (hour, hours), (days, on) = draw(field(0, 59)), draw(field(0, 23)), draw(eventbridge_days())
    text = f"{minute} {hour} {days} *"

    def means(local):
        return local.minute in minutes and local.hour in hours and on(local.date())

    return draw(st.sampled_from([text, f"cron({text})"])), means


def by_walking(means, after, zone, days=4):
    """The first minute behind `after` that is meant and that the clock shows for the first time, among so many days."""
    minute = after.replace(second=0, microsecond=0)
    for _ in range(days * 24 * 60):
        minute += MINUTE
        local = minute.astimezone(zone)
        if not local.fold and means(local):
            return minute
    return None


@given(st.one_of(unix(), eventbridge()), st.sampled_from(CHANGES), st.integers(-2_000, 2_000), st.sampled_from(ZONES))
def test_the_next_time_is_the_one_that_walking_from_minute_to_minute_finds(schedule, change, minutes, zone):
    text, means = schedule
    after = change + timedelta(minutes=minutes, seconds=17)

    found, walked = parse(text).next(after, zone), by_walking(means, after, zone)

    if walked is None:
        assert found is None or found > after + timedelta(days=4) - MINUTE
    else:
        assert found == walked


@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_the_times_of_a_whole_year_are_those_of_walking_through_it(zone):
    begin, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    minutes = (begin + number * MINUTE for number in range(1, (end - begin) // MINUTE))
    local = ((minute, minute.astimezone(zone)) for minute in minutes)
    walked = [
        minute for minute, shown in local if shown.hour < 4 and shown.minute in (0, 15, 30, 45) and not shown.fold
    ]

    schedule, times = parse("*/15 0-3 * * *"), [begin]
    while (found := schedule.next(times[-1], zone)) < end:
        times.append(found)

    assert times[1:] == walked


@given(unix(), st.integers(0, 400), st.integers(0, 1439))
def test_what_eventbridge_is_told_means_the_same_minutes(schedule, days, minute):
    text, means = schedule
    instant = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=days, minutes=minute)

    told = [parse(expression) for expression in parse(text).expressions]

    assert any(each.includes(instant, ZONES[0]) for each in told) == means(instant)
    assert all(len(expression) <= 256 for expression in parse(text).expressions)


@given(eventbridge())
def test_what_eventbridge_is_told_is_read_as_the_schedule_it_was_made_from(schedule):
    read = parse(schedule[0])

    assert parse(*read.expressions) == read


def test_nine_in_london_stays_nine_in_london_over_both_changes():
    schedule, times = parse("0 9 * * *"), [NOON]
    for _ in range(230):
        times.append(schedule.next(times[-1], LONDON))

    shown = [time.astimezone(LONDON) for time in times[1:]]
    assert {(time.hour, time.minute) for time in shown} == {(9, 0)}
    assert [time.date() for time in shown] == [date(2026, 3, 29) + timedelta(days=day) for day in range(230)]
    assert {time.hour for time in times[1:]} == {8, 9}


def test_a_time_that_does_not_exist_is_left_out():
    assert parse("30 1 * * *").next(NOON, LONDON) == datetime(2026, 3, 30, 0, 30, tzinfo=UTC)


def test_a_time_that_comes_twice_is_taken_once_and_both_are_one_occasion():
    schedule = parse("30 1 * * *")
    first = schedule.next(datetime(2026, 10, 25, tzinfo=UTC), LONDON)
    second = first + timedelta(hours=1)

    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert schedule.next(first, LONDON) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)
    assert schedule.includes(first, LONDON)
    assert schedule.includes(second, LONDON)
    assert schedule.occasion(first, LONDON) == schedule.occasion(second, LONDON)


def test_two_zones_that_show_the_same_time_are_two_occasions():
    schedule, paris = parse("0 9 * * *"), ZoneInfo("Europe/Paris")
    in_london, in_paris = schedule.next(NOON, LONDON), schedule.next(NOON, paris)

    assert schedule.occasion(in_london, LONDON) != schedule.occasion(in_paris, paris)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("0 9 * * *", ["cron(0 9 * * ? *)"]),
        ("0 9 * * 1-5", ["cron(0 9 ? * 2,3,4,5,6 *)"]),
        ("0 9 * * FRI-MON", ["cron(0 9 ? * 1,2,6,7 *)"]),
        ("0 9 * * 0", ["cron(0 9 ? * 1 *)"]),
        ("0 9 * * 7", ["cron(0 9 ? * 1 *)"]),
        ("0 9 1,15 * mon", ["cron(0 9 1,15 * ? *)", "cron(0 9 ? * 2 *)"]),
        ("0 9 * jan-mar *", ["cron(0 9 * 1-3 ? *)"]),
        ("@daily", ["cron(0 0 * * ? *)"]),
        (" @Weekly ", ["cron(0 0 ? * 1 *)"]),
        ("0  9 ? * MON#1 *", ["cron(0 9 ? * 2#1 *)"]),
        ("cron( 0 9 L * ? 2027-2030 )", ["cron(0 9 L * ? 2027-2030)"]),
        ("rate(1 minutes)", ["rate(1 minute)"]),
        ("rate(12  hours)", ["rate(12 hours)"]),
    ],
)
def test_eventbridge_is_told_in_its_own_grammar(text, told):
    assert list(parse(text).expressions) == told


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("60 9 * * *", "the minute '60': '60' is no minute; it takes 0-59, *, lists"),
        ("0 24 * * *", "the hour '24'"),
        ("0 9 0 * *", "the day of the month '0'"),
        ("0 9 * 13 *", "it takes 1-12 or JAN-DEC"),
        ("0 9 * * 8", "the day of the week '8'"),
        ("0 9 ? * 1", "'?' is no day of the month"),
        ("5-1 * * * *", "the range 5-1 runs backwards"),
        ("*/0 * * * *", "a step is a number from 1 to 59, not '0'"),
        ("1,,2 * * * *", "there is a value missing"),
        ("٣ * * * *", "is no minute"),
        ("0 9 */2 * 1", "some crons take either and some want both"),
        ("* * * *", "is no schedule: it is five fields of Unix cron"),
        ("", "is no schedule"),
        ("@reboot", "is no schedule"),
        ("cron(0 9 * * *)", "has six fields, the sixth of them the year, not 5"),
        ("0 9 1 * 2 *", "exactly one of them is ?"),
        ("0 9 ? * ? *", "exactly one of them is ?"),
        ("0 9 ? * 0 *", "'0' is no day of the week; it takes 1-7 or SUN-SAT"),
        ("0 9 ? * 2#6 *", "behind # comes which one of the month it is"),
        ("0 9 1W,2 * ? *", "'1W' is no day of the month"),
        ("0 9 LW * ? *", "'L' is no day of the month"),
        ("0 9 1 1 ? 1969", "the year '1969'"),
        ("0 9 1 1 ? 1970/2", "too long a list for EventBridge"),
        ("rate(0 minutes)", "at least 1 minute"),
        ("rate(9999 days)", "at most 366 days"),
        ("rate(5 seconds)", "with minutes, hours or days"),
        ("0 9 * * *" + " " * 200, "at most 200 characters"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_field_and_what_it_takes(text, says):
    with pytest.raises(ScheduleError) as refused:
        parse(text)

    assert says in str(refused.value)


@pytest.mark.parametrize("text", ["0 0 30 2 *", "0 0 1 1 ? 2020"])
def test_what_never_comes_has_no_next_time(text):
    assert parse(text).next(NOON, LONDON) is None


def test_the_fifth_monday_of_a_february_comes_within_the_horizon():
    assert parse("0 0 ? 2 MON#5 *").next(NOON, ZONES[0]) == datetime(2044, 2, 29, tzinfo=UTC)


@given(st.integers(1, 10_000), st.integers(0, 10**9))
def test_a_rate_is_counted_from_one_instant_for_ever(minutes, seconds):
    every, after = timedelta(minutes=minutes), NOON + timedelta(seconds=seconds)

    found = parse(f"rate({minutes} minutes)").next(after, LONDON)

    assert after < found <= after + every
    assert (found - datetime(1970, 1, 1, tzinfo=UTC)) % every == timedelta()


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text):
    with contextlib.suppress(ScheduleError):
        parse(text)
