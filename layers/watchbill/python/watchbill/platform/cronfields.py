"""The fields of cron expressions, Unix's and EventBridge's: which values each of them names. Pure."""

import calendar
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

MONTHS = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
SUNDAY_FIRST = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
SATURDAY = 7
_WEEK = 7


class ScheduleError(ValueError):
    """A schedule that cannot be read; the message says what is wrong, in which field, and what is allowed there."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name, the values it may have, and the words that stand for some of them.

    Where ranges may go over the end (`FRI-MON`), `wraps` is how many values there are before they begin anew.
    """

    name: str
    low: int
    high: int
    words: Mapping[str, int] = field(default_factory=dict)
    wraps: int = 0

    def values(self, text: str) -> frozenset[int]:
        """The values that a list of numbers, ranges and steps names. Raises ScheduleError."""
        return frozenset(value for part in text.split(",") for value in self._part(part, text))

    def number(self, text: str, within: str) -> int:
        """One value, by its number or its word; `within` is the text it stands in. Raises ScheduleError."""
        value = self.words.get(text.upper())
        if value is None and text.isascii() and text.isdigit() and len(text) <= 4:
            value = int(text)
        if value is None or not self.low <= value <= self.high:
            raise self.error(within, f"{text!r} is no {self.name}" if text else "there is a value missing")
        return value

    def error(self, text: str, wrong: str) -> ScheduleError:
        """What is wrong with the field, and what is allowed in it."""
        words = f" or {next(iter(self.words))}-{list(self.words)[-1]}" if self.words else ""
        allowed = f"it takes {self.low}-{self.high}{words}, *, lists 1,3, ranges 1-3 and steps */5"
        return ScheduleError(f"the {self.name} {text!r}: {wrong}; {allowed}")

    @property
    def every(self) -> frozenset[int]:
        """All values."""
        return frozenset(range(self.low, self.high + 1))

    def _part(self, part: str, text: str) -> Iterable[int]:
        span, slash, step = part.partition("/")
        low, dash, high = span.partition("-")
        if span == "*":
            first, last = self.low, self.high
        else:
            first = self.number(low, text)
            last = self.number(high, text) if dash else self.high if slash else first
        if last < first:
            if not self.wraps:
                raise self.error(text, f"the range {span} runs backwards")
            last += self.wraps
        values = range(first, last + 1, self._step(step, text) if slash else 1)
        return (self._home(value) for value in values)

    def _step(self, step: str, text: str) -> int:
        if not (step.isascii() and step.isdigit() and 1 <= int(step[:5]) <= self.high):
            raise self.error(text, f"a step is a number from 1 to {self.high}, not {step!r}")
        return int(step)

    def _home(self, value: int) -> int:
        return value - self.wraps if value > self.high else value


MINUTE, HOUR = Field("minute", 0, 59), Field("hour", 0, 23)
DAY_OF_MONTH, MONTH = Field("day of the month", 1, 31), Field("month", 1, 12, MONTHS)
YEAR = Field("year", 1970, 2199)
UNIX_DAY_OF_WEEK = Field("day of the week", 0, 7, {name: day for day, name in enumerate(SUNDAY_FIRST)}, wraps=_WEEK)
"""Sunday is 0 or 7."""
DAY_OF_WEEK = Field("day of the week", 1, 7, {name: day for day, name in enumerate(SUNDAY_FIRST, start=1)}, wraps=_WEEK)
"""EventBridge's: Sunday is 1."""


@dataclass(frozen=True, slots=True)
class MonthDays:
    """Days by their number in the month, the last one, or the weekday that is nearest to one."""

    days: frozenset[int] = frozenset()
    last: bool = False
    weekday_near: int | None = None

    def includes(self, day: date) -> bool:
        """Whether the day is one of them."""
        length = calendar.monthrange(day.year, day.month)[1]
        if self.weekday_near is not None:
            return self.weekday_near <= length and day.day == _nearest_weekday(day, self.weekday_near, length)
        return day.day == length if self.last else day.day in self.days

    @property
    def fields(self) -> tuple[str, str]:
        """EventBridge's fields for the day of the month and that of the week."""
        if self.weekday_near is not None:
            return f"{self.weekday_near}W", "?"
        return "L" if self.last else written(self.days, DAY_OF_MONTH), "?"


@dataclass(frozen=True, slots=True)
class WeekDays:
    """Days of the week by EventBridge's numbers: all of them, the last in the month, or the `nth` in the month."""

    days: frozenset[int]
    last: bool = False
    nth: int | None = None

    def includes(self, day: date) -> bool:
        """Whether the day is one of them."""
        if day.isoweekday() % _WEEK + 1 not in self.days:
            return False
        if self.nth is not None:
            return (day.day - 1) // _WEEK + 1 == self.nth
        return not self.last or day.day + _WEEK > calendar.monthrange(day.year, day.month)[1]

    @property
    def fields(self) -> tuple[str, str]:
        """EventBridge's fields for the day of the month and that of the week."""
        days = ",".join(map(str, sorted(self.days)))
        if self.nth is not None:
            return "?", f"{days}#{self.nth}"
        return "?", f"{days}L" if self.last else days


Days = MonthDays | WeekDays


def days_of_month(text: str) -> MonthDays:
    """The days that EventBridge's field for the day of the month names. Raises ScheduleError."""
    upper = text.upper()
    if upper == "L":
        return MonthDays(last=True)
    if upper.endswith("W"):
        return MonthDays(weekday_near=DAY_OF_MONTH.number(text[:-1], text))
    return MonthDays(DAY_OF_MONTH.values(text))


def days_of_week(text: str) -> WeekDays:
    """The days that EventBridge's field for the day of the week names. Raises ScheduleError."""
    upper = text.upper()
    if upper == "L":
        return WeekDays(frozenset({SATURDAY}))
    day, nth, number = text.partition("#")
    if nth:
        if number not in ("1", "2", "3", "4", "5"):
            raise DAY_OF_WEEK.error(text, f"behind # comes which one of the month it is, 1-5, not {number!r}")
        return WeekDays(frozenset({DAY_OF_WEEK.number(day, text)}), nth=int(number))
    if upper.endswith("L"):
        return WeekDays(frozenset({DAY_OF_WEEK.number(text[:-1], text)}), last=True)
    return WeekDays(DAY_OF_WEEK.values(text))


def written(values: frozenset[int], of: Field) -> str:
    """Values as the shortest list of numbers and ranges that EventBridge reads."""
    if values == of.every:
        return "*"
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in _runs(sorted(values)))


def _runs(ordered: list[int]) -> Iterator[tuple[int, int]]:
    first = last = ordered[0]
    for value in ordered[1:]:
        if value > last + 1:
            yield first, last
            first = value
        last = value
    yield first, last


def _nearest_weekday(day: date, wanted: int, length: int) -> int:
    """The weekday nearest to a day, within its month."""
    weekday = day.replace(day=wanted).isoweekday()
    if weekday <= 5:
        return wanted
    if weekday == 6:
        return wanted - 1 if wanted > 1 else wanted + 2
    return wanted + 1 if wanted < length else wanted - 2
