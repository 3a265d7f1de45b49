"""Schedules as people write them, when they come next, and what EventBridge Scheduler is told of them. Pure.

Three forms are read: five fields of Unix cron (`0 9 * * 1-5`, or a macro such as `@daily`), six of EventBridge's
(`0 9 ? * MON-FRI *`, with or without `cron(…)` around them), and `rate(5 minutes)`.

A cron's fields are times on the clock of its zone. Where that clock is put forward, a time that does not exist is left
out; where it is put back, a time that comes twice is taken once, the first time: as EventBridge Scheduler has it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from watchbill.platform.cronfields import (
    DAY_OF_MONTH,
    HOUR,
    MINUTE,
    MONTH,
    UNIX_DAY_OF_WEEK,
    YEAR,
    Days,
    MonthDays,
    ScheduleError,
    WeekDays,
    days_of_month,
    days_of_week,
    written,
)

MOST_TEXT = 200
_MOST_EXPRESSION = 256
"""As many characters as EventBridge Scheduler takes."""
_MACROS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_CRON = re.compile(r"cron\((.*)\)")
_RATE = re.compile(r"rate\((\d{1,5}) (minute|hour|day)s?\)")
_FORMS = "five fields of Unix cron, six of EventBridge's cron(…), rate(5 minutes), or a macro such as @daily"
_HORIZON = 50
"""Years. Every combination of days that comes at all comes within them; the fifth Monday of February takes 40."""
_LONGEST_RATE = timedelta(days=366)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Cron:
    """Minutes of the days that are among any of `days`, on the clock of a zone."""

    minutes: frozenset[int]
    hours: frozenset[int]
    months: frozenset[int]
    days: tuple[Days, ...]
    years: frozenset[int] = YEAR.every

    def next(self, after: datetime, zone: ZoneInfo) -> datetime | None:
        """The first time behind `after`, in UTC; None when it never comes again."""
        begun = after.astimezone(zone).replace(tzinfo=None)
        for day in self._days_from(begun.date()):
            for minute in self._minutes_of(day, begun):
                found = _instant(minute, zone)
                if found and found > after:
                    return found
        return None

    def includes(self, instant: datetime, zone: ZoneInfo) -> bool:
        """Whether the minute of an instant is one of its times, the first time or the second."""
        local = instant.astimezone(zone)
        return local.minute in self.minutes and local.hour in self.hours and self._on(local.date())

    def occasion(self, instant: datetime, zone: ZoneInfo) -> str:
        """What tells one of its times from another: the same for both times that a clock shows it."""
        return f"{instant.astimezone(zone):%Y-%m-%dT%H:%M} {zone.key}"

    @property
    def expressions(self) -> tuple[str, ...]:
        """What EventBridge Scheduler is told: two expressions where days of the month and of the week are named."""
        minutes, hours = written(self.minutes, MINUTE), written(self.hours, HOUR)
        months, years = written(self.months, MONTH), written(self.years, YEAR)
        fields = (days.fields for days in self.days)
        return tuple(f"cron({minutes} {hours} {of_month} {months} {of_week} {years})" for of_month, of_week in fields)

    def _on(self, day: date) -> bool:
        named = any(days.includes(day) for days in self.days)
        return named and day.month in self.months and day.year in self.years

    def _days_from(self, first: date) -> Iterator[date]:
        years = sorted(year for year in self.years if year >= first.year)
        for year in years[:_HORIZON]:
            for month in sorted(self.months):
                if (year, month) < (first.year, first.month):
                    continue
                day = date(year, month, 1)
                while day.month == month:
                    if day >= first and self._on(day):
                        yield day
                    day += timedelta(days=1)

    def _minutes_of(self, day: date, begun: datetime) -> Iterator[datetime]:
        for hour in sorted(self.hours):
            if day > begun.date() or hour >= begun.hour:
                yield from (datetime.combine(day, time(hour, minute)) for minute in sorted(self.minutes))


@dataclass(frozen=True, slots=True)
class Rate:
    """Every so often, counted from the beginning of 1970 in UTC, so that it is known when it comes."""

    every: timedelta
    text: str

    def next(self, after: datetime, _: ZoneInfo) -> datetime:
        """The first time behind `after`, in UTC."""
        return _EPOCH + ((after - _EPOCH) // self.every + 1) * self.every

    def includes(self, *_: object) -> bool:
        """Whether an instant may be one of its times: the scheduler counts by itself, and is believed."""
        return True

    def occasion(self, instant: datetime, _: ZoneInfo) -> str:
        """What tells one of its times from another."""
        return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M} {self.text}"

    @property
    def expressions(self) -> tuple[str, ...]:
        """What EventBridge Scheduler is told."""
        return (self.text,)


Schedule = Cron | Rate


def parse(text: str) -> Schedule:
    """The schedule that somebody wrote. Raises ScheduleError."""
    written_out = _MACROS.get(text.strip().lower(), text).split()
    plain = " ".join(written_out)
    if len(text) > MOST_TEXT:
        raise ScheduleError(f"a schedule has at most {MOST_TEXT} characters")
    if plain.startswith("rate"):
        return _rate(plain)
    inside = _CRON.fullmatch(plain)
    fields = (inside[1] if inside else plain).split()
    if len(fields) == 5 and not inside:
        return _unix(fields)
    if len(fields) == 6:
        return _eventbridge(fields)
    if inside:
        raise ScheduleError(f"cron(…) has six fields, the sixth of them the year, not {len(fields)}")
    raise ScheduleError(f"{text[:40]!r} is no schedule: it is {_FORMS}")


def _rate(text: str) -> Rate:
    match = _RATE.fullmatch(text)
    if match is None:
        raise ScheduleError(f"{text[:40]!r} is no rate: write rate(5 minutes), with minutes, hours or days")
    number, unit = int(match[1]), match[2]
    every = timedelta(**{f"{unit}s": number})
    if not timedelta() < every <= _LONGEST_RATE:
        raise ScheduleError(f"{text!r}: a rate is at least 1 minute and at most {_LONGEST_RATE.days} days")
    return Rate(every, f"rate({number} {unit}{'s' if number > 1 else ''})")


def _unix(fields: list[str]) -> Cron:
    minute, hour, of_month, month, of_week = fields
    days = DAY_OF_MONTH.values(of_month)
    week_days = frozenset(day % 7 + 1 for day in UNIX_DAY_OF_WEEK.values(of_week))
    named = days != DAY_OF_MONTH.every, len(week_days) < 7
    if all(named) and "*" in (of_month[0], of_week[0]):
        raise ScheduleError(
            f"the days {of_month!r} and {of_week!r}: with a step behind * some crons take either and some want both;"
            " name one of them only, or write the step behind a range, as in 1-31/2, which means either"
        )
    rules: list[Days] = [MonthDays(days)] if named[0] or not named[1] else []
    rules += [WeekDays(week_days)] if named[1] else []
    return Cron(MINUTE.values(minute), HOUR.values(hour), MONTH.values(month), tuple(rules))


def _eventbridge(fields: list[str]) -> Cron:
    minute, hour, of_month, month, of_week, year = fields
    if (of_month == "?") == (of_week == "?"):
        raise ScheduleError(
            f"the day of the month {of_month!r} and the day of the week {of_week!r}: exactly one of them is ? in six"
            " fields, because the other one decides; five fields of Unix cron take both"
        )
    days = days_of_month(of_month) if of_week == "?" else days_of_week(of_week)
    cron = Cron(MINUTE.values(minute), HOUR.values(hour), MONTH.values(month), (days,), YEAR.values(year))
    if len(cron.expressions[0]) > _MOST_EXPRESSION:
        raise YEAR.error(year, "so many years are too long a list for EventBridge")
    return cron


def _instant(local: datetime, zone: ZoneInfo) -> datetime | None:
    """When the zone's clock first shows a time; None when it never does."""
    found = local.replace(tzinfo=zone).astimezone(UTC)
    return found if found.astimezone(zone).replace(tzinfo=None) == local else None
