"""The days and spans that a message names, in Spanish and English, seen from a given day. Pure.

Only what people write of plans is read, in two languages, and a word such as "may" is a month only where it can be one.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from itertools import islice
from typing import NamedTuple

from watchbill.decisions.models import Dates, Language

MOST_DATES = 10
Span = tuple[date, date]
_DAY = timedelta(days=1)
_MONTHS = {
    name: number
    for number, names in enumerate(
        [
            "enero january jan ene",
            "febrero february feb",
            "marzo march mar",
            "abril april apr abr",
            "mayo may",
            "junio june jun",
            "julio july jul",
            "agosto august aug ago",
            "septiembre setiembre september sept sep",
            "octubre october oct",
            "noviembre november nov",
            "diciembre december dec dic",
        ],
        start=1,
    )
    for name in names.split()
}
_WEEKDAYS = {
    name: number
    for number, names in enumerate(
        [
            "lunes monday",
            "martes tuesday",
            "miercoles wednesday",
            "jueves thursday",
            "viernes friday",
            "sabado saturday",
            "domingo sunday",
        ]
    )
    for name in names.split()
}
_UNITS = {"dia": 1, "dias": 1, "day": 1, "days": 1, "semana": 7, "semanas": 7, "week": 7, "weeks": 7,
          "mes": 30, "meses": 30, "month": 30, "months": 30}  # fmt: skip
_NUMBERS = {"un": 1, "una": 1, "uno": 1, "a": 1, "one": 1, "dos": 2, "two": 2, "tres": 3, "three": 3,
            "cuatro": 4, "four": 4,
            "cinco": 5, "five": 5, "seis": 6, "six": 6, "siete": 7, "seven": 7, "ocho": 8, "eight": 8,
            "diez": 10, "ten": 10}  # fmt: skip
_LONG_MONTHS = "|".join(sorted((name for name in _MONTHS if len(name) > 3 or name == "may"), key=len, reverse=True))
_ANY_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_TH = "(?:st|nd|rd|th)?"
_NUMBER = r"(\d{1,3}|" + "|".join(_NUMBERS) + ")"
_UNIT = "(" + "|".join(sorted(_UNITS, key=len, reverse=True)) + ")"


class Seen(NamedTuple):
    """Where days are seen from: the user's day and language."""

    today: date
    language: Language


def dates_in(folded: str, written: str, today: date, language: Language) -> tuple[Dates, ...]:
    """The days named in a text without accents and capitals, in their order; `written` is the same text as it came."""
    found: list[tuple[int, int, Dates | None]] = []
    for pattern, read in _PATTERNS.items():
        for match in islice(pattern.finditer(folded), MOST_DATES):
            if any(match.start() < end and start < match.end() for start, end, _ in found):
                continue
            span = _span(read, match, Seen(today, language))
            text = written[match.start() : match.end()]
            dates = Dates(text=text, start=span[0], end=span[1]) if span else None
            found.append((match.start(), match.end(), dates))
    return tuple(dates for _, _, dates in sorted(found, key=lambda entry: entry[0]) if dates)[:MOST_DATES]


def duration_in(folded: str) -> int | None:
    """For how many days something shall go on, where that is said."""
    match = _LASTING.search(folded)
    return _number(match[1]) * _UNITS[match[2]] if match else None


Reading = Callable[[re.Match[str], Seen], Span]
_LASTING = re.compile(rf"\b(?:for|during|durante|lasting|over|de|por)\s+{_NUMBER}\s+{_UNIT}\b")


def _span(read: Reading, match: re.Match[str], seen: Seen) -> Span | None:
    try:
        return read(match, seen)
    except (ValueError, OverflowError):  # the 31st of June, or the year 0
        return None


def _number(text: str) -> int:
    return _NUMBERS.get(text) or int(text)


def _one(day: date) -> Span:
    return day, day


def _iso(match: re.Match[str], _seen: Seen) -> Span:
    return _one(date(int(match[1]), int(match[2]), int(match[3])))


def _slashed(match: re.Match[str], seen: Seen) -> Span:
    first, second = int(match[1]), int(match[2])
    day, month = (first, second) if seen.language == Language.SPANISH or first > 12 else (second, first)
    return _one(_in_year(day, month, match[3], seen.today))


def _day_of_month(match: re.Match[str], seen: Seen) -> Span:
    return _one(_in_year(int(match[1]), _MONTHS[match[2]], match[3], seen.today))


def _month_and_day(match: re.Match[str], seen: Seen) -> Span:
    return _one(_in_year(int(match[2]), _MONTHS[match[1]], match[3], seen.today))


def _in_year(day: int, month: int, year: str | None, today: date) -> date:
    """A day of a month: in the year that is named, else the next there is."""
    if year:
        return date(int(year) + (2000 if len(year) == 2 else 0), month, day)
    this = date(today.year, month, day)
    return this if this >= today else date(today.year + 1, month, day)


def _month(match: re.Match[str], seen: Seen) -> Span:
    month = _MONTHS[match[1]]
    year = seen.today.year if month >= seen.today.month else seen.today.year + 1
    return _whole_month(date(year, month, 1))


def _whole_month(day: date) -> Span:
    return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])


def _relative(match: re.Match[str], seen: Seen) -> Span:
    days = {"hoy": 0, "today": 0, "tonight": 0, "esta noche": 0, "tomorrow": 1, "manana": 1, "pasado manana": 2,
            "the day after tomorrow": 2, "ayer": -1, "yesterday": -1}  # fmt: skip
    return _one(seen.today + days[match[0]] * _DAY)


def _weekday(match: re.Match[str], seen: Seen) -> Span:
    ahead = (_WEEKDAYS[match[1]] - seen.today.weekday()) % 7
    return _one(seen.today + (ahead or 7) * _DAY)


def _this_or_next(match: re.Match[str], seen: Seen) -> Span:
    ahead = not match[0].startswith(("this", "est"))
    if match[0].endswith(("week", "semana", "que viene")) and "mes" not in match[0]:
        monday = seen.today - seen.today.weekday() * _DAY + (7 if ahead else 0) * _DAY
        return monday, monday + 6 * _DAY
    if "weekend" in match[0] or "fin de" in match[0] or "finde" in match[0]:
        saturday = seen.today + (5 - seen.today.weekday()) % 7 * _DAY
        return saturday, saturday + _DAY
    return _whole_month((seen.today.replace(day=1) + 32 * _DAY) if ahead else seen.today)


def _ahead(match: re.Match[str], seen: Seen) -> Span:
    return _one(seen.today + _number(match[1]) * _UNITS[match[2]] * _DAY)


_PATTERNS: Mapping[re.Pattern[str], Reading] = {
    re.compile(pattern): read
    for pattern, read in (
        (r"\b(\d{4})-(\d{2})-(\d{2})\b", _iso),
        (r"\b(\d{1,2})/(\d{1,2})(?:/(\d{4}|\d{2}))?\b", _slashed),
        (rf"\b(\d{{1,2}}){_TH}\s+(?:de\s+|of\s+)?({_ANY_MONTH})\b(?:\s*,?\s*(?:del?\s+)?(20\d\d))?", _day_of_month),
        (rf"\b({_ANY_MONTH})\s+(\d{{1,2}})(?:st|nd|rd|th)?\b(?!:)(?:\s*,?\s*(20\d\d))?", _month_and_day),
        ((r"\bpasado manana\b|\bthe day after tomorrow\b|\besta noche\b|\bhoy\b|\btoday\b|\btonight\b|\btomorrow\b"
         r"|(?<!la )(?<!las )\bmanana\b|\bayer\b|\byesterday\b"), _relative),
        ((r"\b(?:this|next) (?:weekend|week|month)\b|\b(?:est[ea]|proxim[oa]) (?:fin de semana|finde|semana|mes)\b"
         r"|\b(?:semana|mes) que viene\b"), _this_or_next),
        (rf"\b(?:in|en|dentro de)\s+{_NUMBER}\s+{_UNIT}\b", _ahead),
        (rf"\b({'|'.join(_WEEKDAYS)})\b", _weekday),
        (rf"\b(?:in|en|de|of|for|para|during|durante|todo|until|hasta|by)\s+({_LONG_MONTHS})\b", _month),
    )
}  # fmt: skip
