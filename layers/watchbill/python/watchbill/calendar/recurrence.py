"""By which rule an event recurs: a part of RFC 5545's rules, said in words or as an RRULE. Pure."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import AfterValidator, ConfigDict, Field, WithJsonSchema, model_validator

from watchbill.platform.wire import CamelModel, When

MOST_OCCURRENCES = 3_660
"""No series has more: they last ten years at most, and have one occurrence a day at most."""
_LONGEST_RRULE, _MOST_INTERVAL = 500, 366
_LAST_SAFE_DAY = 28
"""The last day that every month has."""
_INSTANT = "%Y%m%dT%H%M%SZ"
_NUMBER = re.compile(r"[+-]?[0-9]{1,4}")
WEEK = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class RecurrenceType(StrEnum):
    """What a rule counts in."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    YEARLY = "yearly"


def _weekdays(days: tuple[str, ...]) -> tuple[str, ...]:
    plain = {day.lstrip("+") for day in days}
    return tuple(sorted(plain, key=lambda day: (WEEK.index(day[-2:]), int(day[:-2] or 0))))


def _days(days: tuple[int, ...]) -> tuple[int, ...]:
    if 0 in days:
        raise ValueError("days and positions count from 1, or from -1 backwards")
    return tuple(sorted(set(days)))


Weekdays = Annotated[
    tuple[Annotated[str, Field(pattern=r"^([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)$")], ...],
    Field(max_length=35),
    AfterValidator(_weekdays),
]
Days = Annotated[
    tuple[Annotated[int, Field(ge=-31, le=31, strict=True)], ...], Field(max_length=62), AfterValidator(_days)
]
Months = Annotated[
    tuple[Annotated[int, Field(ge=1, le=12, strict=True)], ...], Field(max_length=12), AfterValidator(_days)
]

# Read and shown alike, so that a rule has one schema.
End = Annotated[When, WithJsonSchema({"type": "string", "format": "date-time"})]


def _either(schema: dict[str, Any]) -> None:
    """The schema says both forms: `type` with its fields, or `rrule`."""
    schema.pop("required", None)
    schema["properties"]["rrule"] = {"type": "string", "maxLength": _LONGEST_RRULE, "writeOnly": True}
    schema["anyOf"] = [{"required": ["type"]}, {"required": ["rrule"]}]


class Recurrence(CamelModel):
    """A rule: daily, weekly, monthly or yearly, every so many of these, until an instant or so many times.

    What it does not say of weekdays, days and months follows from the event's beginning; a day that a month
    lacks is its last one then. `{"rrule": "FREQ=…"}` is read too, and shown as what it says.
    """

    model_config = ConfigDict(json_schema_extra=_either)

    type: RecurrenceType
    interval: Annotated[int, Field(ge=1, le=_MOST_INTERVAL, strict=True)] = 1
    end_date: End | None = None
    count: Annotated[int, Field(ge=1, le=MOST_OCCURRENCES, strict=True)] | None = None
    weekdays: Weekdays = ()
    month_days: Days = ()
    months: Months = ()
    positions: Days = ()
    week_start: Annotated[str, Field(pattern=r"^(MO|TU|WE|TH|FR|SA|SU)$")] = "MO"

    @model_validator(mode="before")
    @classmethod
    def _of_text(cls, value: Any) -> Any:
        if not isinstance(value, dict) or "rrule" not in value:
            return value
        if len(value) > 1:
            raise ValueError("a rule is given as an rrule or by its type, not as both")
        return read(value["rrule"])

    @model_validator(mode="after")
    def _is_one_that_is_kept(self) -> Self:
        if self.end_date is not None and self.count is not None:
            raise ValueError("a rule ends at its endDate (UNTIL) or after its count (COUNT): give one of them")
        for wrong, why in self._refusals():
            if wrong:
                raise ValueError(why)
        return self

    def _refusals(self) -> list[tuple[Any, str]]:
        by_week, by_day = self.type is RecurrenceType.WEEKLY, self.type is RecurrenceType.DAILY
        numbered = any(len(day) > len(WEEK[0]) for day in self.weekdays)
        return [
            (by_day and self.weekdays, "weekdays (BYDAY) are not supported by day: a rule by week has them"),
            (by_week and numbered, "weekdays (BYDAY) have no numbers in a rule by week"),
            ((by_day or by_week) and self.month_days, "monthDays (BYMONTHDAY) are for rules by month or year"),
            ((by_day or by_week) and self.positions, "positions (BYSETPOS) are for rules by month or year"),
            (self.months and self.type is not RecurrenceType.YEARLY, "months (BYMONTH) are for rules by year"),
            (self.weekdays and self.month_days, "weekdays (BYDAY) with monthDays (BYMONTHDAY) are not supported"),
            (
                self.type is RecurrenceType.YEARLY and (self.weekdays or self.month_days) and not self.months,
                "a rule by year that names days names their months too (BYMONTH)",
            ),
            (
                self.positions and not (self.weekdays or self.month_days),
                "positions (BYSETPOS) are among weekdays or monthDays: name these",
            ),
        ]

    def explicit(self, start: datetime) -> "Recurrence":
        """The rule with what it leaves to the event's beginning on its own clock."""
        if self.type is RecurrenceType.DAILY or self.weekdays or self.month_days:
            return self
        if self.type is RecurrenceType.WEEKLY:
            return self.model_copy(update={"weekdays": (WEEK[start.weekday()],)})
        months = (self.months or (start.month,)) if self.type is RecurrenceType.YEARLY else ()
        days, positions = _kept_to_month_ends(start.day, self.type is RecurrenceType.MONTHLY or months == (2,))
        return self.model_copy(update={"months": months, "month_days": days, "positions": positions})

    def written(self, start: datetime, until: datetime) -> str:
        """The rule as an RRULE that any calendar reads: all that it means, and when it ends."""
        rule = self.explicit(start)
        parts = {
            "FREQ": rule.type.value.upper(),
            "INTERVAL": rule.interval if rule.interval > 1 else "",
            "BYMONTH": _joined(rule.months),
            "BYMONTHDAY": _joined(rule.month_days),
            "BYDAY": _joined(rule.weekdays),
            "BYSETPOS": _joined(rule.positions),
            "WKST": rule.week_start if rule.week_start != WEEK[0] else "",
            "UNTIL": until.astimezone(UTC).strftime(_INSTANT),
        }
        return ";".join(f"{name}={value}" for name, value in parts.items() if value)


def _kept_to_month_ends(day: int, keeps: bool) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The days of a month, and which of them: the last there is up to a day that some months lack."""
    if day <= _LAST_SAFE_DAY or not keeps:
        return (day,), ()
    return tuple(range(_LAST_SAFE_DAY, day + 1)), (-1,)


def _joined(values: tuple[Any, ...]) -> str:
    return ",".join(map(str, values))


def read(text: Any) -> dict[str, Any]:
    """The fields that an RRULE says. Raises ValueError, which names the part that is not supported."""
    if not isinstance(text, str) or not 0 < len(text) <= _LONGEST_RRULE:
        raise ValueError(f"an rrule is text of at most {_LONGEST_RRULE} characters, such as FREQ=WEEKLY;BYDAY=MO,FR")
    said: dict[str, Any] = {}
    for part in text.strip().upper().removeprefix("RRULE:").rstrip(";").split(";"):
        name, equals, value = part.partition("=")
        if name not in _PARTS or not equals:
            raise ValueError(f"{part[:40]!r} of the rrule is not supported: it has {', '.join(_PARTS)}")
        field, reading = _PARTS[name]
        if field in said:
            raise ValueError(f"the rrule says its {name} twice")
        said[field] = reading(name, value)
    if "type" not in said:
        raise ValueError("the rrule does not say its FREQ")
    return said


def _frequency(name: str, value: str) -> str:
    if value.lower() not in list(RecurrenceType):
        raise ValueError(f"the rrule's {name}={value[:20]} is not supported: DAILY, WEEKLY, MONTHLY and YEARLY are")
    return value.lower()


def _integer(name: str, value: str) -> int:
    if not _NUMBER.fullmatch(value):
        raise ValueError(f"the rrule's {name}={value[:20]} is not a number")
    return int(value)


def _integers(name: str, value: str) -> tuple[int, ...]:
    return tuple(_integer(name, number) for number in value.split(","))


def _instant(name: str, value: str) -> datetime:
    try:
        return datetime.strptime(value, _INSTANT).replace(tzinfo=UTC)
    except ValueError as error:
        raise ValueError(f"the rrule's {name} is an instant in UTC, such as 20300331T220000Z") from error


def _names(_: str, value: str) -> tuple[str, ...]:
    return tuple(value.split(","))


_PARTS: dict[str, tuple[str, Callable[[str, str], Any]]] = {
    "FREQ": ("type", _frequency),
    "INTERVAL": ("interval", _integer),
    "UNTIL": ("endDate", _instant),
    "COUNT": ("count", _integer),
    "BYDAY": ("weekdays", _names),
    "BYMONTHDAY": ("monthDays", _integers),
    "BYMONTH": ("months", _integers),
    "BYSETPOS": ("positions", _integers),
    "WKST": ("weekStart", lambda _, value: value),
}
