"""A month of the calendar as a page shows it: weeks of days on a zone's clock, with the events of each. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field

from watchbill.calendar.models import EventKind, EventQuery, EventStatus, ShownEvent
from watchbill.platform.wire import MAX_PAGE, CamelModel, Label

MOST_IN_A_DAY = 4
"""So many events of a day are shown by name."""
_WEEK = 7


class MonthAsked(CamelModel):
    """Which month is shown, of which events; without a month the present one."""

    month: Annotated[str, Field(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")] | None = None
    type: EventKind | None = None
    status: EventStatus | None = None
    campaign_id: Label | None = None

    def query(self, month: "Month") -> EventQuery:
        """The events that are asked for, as many as a page of them has."""
        return EventQuery(
            since=month.since,
            until=month.until,
            type=self.type,
            status=self.status,
            campaign_id=self.campaign_id,
            limit=MAX_PAGE,
        )


@dataclass(frozen=True, slots=True)
class Entry:
    """An event, with the days and times at which it begins and ends on the clock."""

    event: ShownEvent
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Day:
    """A day, whether it is of the month, and what begins on it: the first few, and how many more."""

    date: date
    inside: bool
    entries: tuple[Entry, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Month:
    """A month on a zone's clock."""

    first: date
    zone: ZoneInfo

    @property
    def since(self) -> datetime:
        """When it begins."""
        return self._midnight(self.first)

    @property
    def until(self) -> datetime:
        """When the next one begins."""
        return self._midnight(self.after.first)

    @property
    def before(self) -> "Month":
        """The month before it."""
        return Month((self.first - timedelta(days=1)).replace(day=1), self.zone)

    @property
    def after(self) -> "Month":
        """The month after it."""
        return Month((self.first + timedelta(days=31)).replace(day=1), self.zone)

    @property
    def name(self) -> str:
        """As the address has it."""
        return f"{self.first:%Y-%m}"

    @property
    def title(self) -> str:
        """As people say it."""
        return f"{self.first:%B %Y}"

    def entries(self, events: Iterable[ShownEvent]) -> list[Entry]:
        """Events on its clock."""
        return [
            Entry(event, event.start_time.astimezone(self.zone), event.end_time.astimezone(self.zone))
            for event in events
        ]

    def weeks(self, entries: Iterable[Entry]) -> list[list[Day]]:
        """Its weeks, from Monday to Sunday; the first and the last may have days of its neighbours."""
        by_day: dict[date, list[Entry]] = {}
        for entry in entries:
            by_day.setdefault(entry.start.date(), []).append(entry)
        start = self.first - timedelta(days=self.first.weekday())
        number = ((self.after.first - start).days + _WEEK - 1) // _WEEK * _WEEK
        days = [self._day(start + timedelta(days=index), by_day) for index in range(number)]
        return [days[index : index + _WEEK] for index in range(0, number, _WEEK)]

    def _day(self, day: date, by_day: dict[date, list[Entry]]) -> Day:
        found = by_day.get(day, [])
        inside = day.replace(day=1) == self.first
        return Day(day, inside, tuple(found[:MOST_IN_A_DAY]), max(0, len(found) - MOST_IN_A_DAY))

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone).astimezone(UTC)


def month_of(asked: MonthAsked, now: datetime, zone: ZoneInfo) -> Month:
    """The month that is asked for."""
    today = now.astimezone(zone).date()
    return Month(date.fromisoformat(f"{asked.month}-01") if asked.month else today.replace(day=1), zone)
