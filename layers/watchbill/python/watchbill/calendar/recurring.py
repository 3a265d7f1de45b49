"""When a rule has an event begin: python-dateutil on the clock of its zone, made into instants. Pure.

The clock on the wall is kept: what would begin in an hour that is left out begins by so much later, what would begin in
one that comes twice begins in the first of them, as RFC 5545 has it.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Literal
from zoneinfo import ZoneInfo

from dateutil import rrule
from dateutil.relativedelta import relativedelta

from watchbill.calendar.recurrence import WEEK, Recurrence, RecurrenceType

LONGEST_SERIES = relativedelta(years=10)
"""So long a series goes on at most."""
_DAY = timedelta(days=1)
_FREQUENCIES: dict[RecurrenceType, Literal[0, 1, 2, 3]] = {
    RecurrenceType.DAILY: rrule.DAILY,
    RecurrenceType.WEEKLY: rrule.WEEKLY,
    RecurrenceType.MONTHLY: rrule.MONTHLY,
    RecurrenceType.YEARLY: rrule.YEARLY,
}


def on_the_wall(instant: datetime, zone: ZoneInfo) -> datetime:
    """What the clock of a zone shows at an instant."""
    return instant.astimezone(zone).replace(tzinfo=None, fold=0)


def instant_of(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which the clock of a zone shows a time: the first of two, and by so much later if none does."""
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)


def course(rule: Recurrence, start: datetime, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
    """When the first and the last occurrence of a rule begin, None if it has none.

    One that is to occur so often does so within the longest time of a series, else it has none.
    """
    wall = on_the_wall(start, zone).replace(microsecond=0)
    horizon = wall + LONGEST_SERIES
    walls = _rule(rule.explicit(wall), wall, horizon - timedelta(seconds=1))
    instants = (instant_of(each, zone) for each in islice(walls, rule.count))
    found = [instant for instant in instants if rule.end_date is None or instant <= rule.end_date]
    if not found or (rule.count is not None and len(found) < rule.count):
        return None
    return found[0], found[-1]


def starts(
    rule: Recurrence, start: datetime, last: datetime, zone: ZoneInfo, since: datetime, until: datetime
) -> Iterator[datetime]:
    """The instants from `since` to before `until` at which a rule has an event begin whose first and last are known."""
    first, before = max(since, start), min(until, last + timedelta(seconds=1))
    if first >= before:
        return
    wall = on_the_wall(start, zone)
    explicit = rule.explicit(wall)
    # Walls and instants differ by less than a day, whatever the zone did meanwhile.
    begin = _near(explicit, wall, on_the_wall(first, zone) - _DAY)
    told = None
    for each in _rule(explicit, begin, on_the_wall(before, zone) + _DAY):
        instant = instant_of(each, zone)
        # A zone that left out a day has two walls for one instant.
        if first <= instant < before and instant != told:
            yield instant
        told = instant


def _rule(rule: Recurrence, begin: datetime, until: datetime) -> Iterator[datetime]:
    found = rrule.rrule(
        _FREQUENCIES[rule.type],
        dtstart=begin,
        until=until,
        interval=rule.interval,
        wkst=_weekday(rule.week_start),
        bymonth=rule.months or None,
        bymonthday=rule.month_days or None,
        byweekday=[_weekday(day) for day in rule.weekdays] or None,
        bysetpos=rule.positions or None,
    )
    return iter(found)


def _weekday(day: str) -> rrule.weekday:
    return rrule.weekday(WEEK.index(day[-2:]), int(day[:-2]) if day[:-2] else None)


def _near(rule: Recurrence, start: datetime, wall: datetime) -> datetime:
    """Where a rule can begin, in step with its start, so that nothing behind `wall` is left out."""
    if wall <= start:
        return start
    if rule.type in (RecurrenceType.DAILY, RecurrenceType.WEEKLY):
        step = timedelta(days=1 if rule.type is RecurrenceType.DAILY else len(WEEK)) * rule.interval
        return start + (wall - start) // step * step
    if rule.type is RecurrenceType.MONTHLY:
        months = ((wall.year - start.year) * 12 + wall.month - start.month) // rule.interval * rule.interval
        return max(start, start.replace(day=1) + relativedelta(months=months))
    years = (wall.year - start.year) // rule.interval * rule.interval
    return max(start, start.replace(month=1, day=1) + relativedelta(years=years))
