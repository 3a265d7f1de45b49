"""Which day's report is due, by the clock where the organisation is. Pure."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from watchbill.reports.models import Period

HOURS_TO_BEGIN = 3
"""For so many hours, from its report hour on, a report is asked for, so that one missed hour loses none."""


def due_day(now: datetime, zone: ZoneInfo, report_hour: int) -> date | None:
    """The day to report on, if it is time: the one before the day whose report hour has come. None if it is not.

    Wall clocks decide. Where the clock skips the report hour the next hour is within the time to begin; where it
    shows the hour twice, the same day is named twice.
    """
    local = now.astimezone(zone)
    late = (local.hour - report_hour) % 24
    if late >= HOURS_TO_BEGIN:
        return None
    # Late in the evening it may be the next day already when the hour comes round again.
    return (local.replace(tzinfo=None) - timedelta(hours=late)).date() - timedelta(days=1)


def period_of_day(day: date, zone: ZoneInfo) -> Period:
    """A day from midnight to midnight where the organisation is: 23 or 25 hours when its clocks change."""
    return Period(start=_midnight(day, zone), end=_midnight(day + timedelta(days=1), zone))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
