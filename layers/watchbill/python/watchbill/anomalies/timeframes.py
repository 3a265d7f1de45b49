"""Timeframes: how far back a question looks, written as `24h`, `7d`, `2w`, `3m` (months) or `1y`."""

import re
from calendar import monthrange
from datetime import datetime, timedelta

_TIMEFRAME = re.compile(r"([1-9][0-9]{0,5})([hdwmy])")
_STEPS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_MONTHS = {"m": 1, "y": 12}
_MOST = {"h": 87_600, "d": 3_650, "w": 520, "m": 120, "y": 10}
"""Ten years in each unit."""


def timeframe(text: str) -> str:
    """The text, if it is a timeframe. Raises ValueError."""
    match = _TIMEFRAME.fullmatch(text)
    if match is None or int(match[1]) > _MOST[match[2]]:
        raise ValueError("a timeframe is a number and h, d, w, m (months) or y, such as 24h, 7d or 3m: at most 10y")
    return text


def start_of(text: str, now: datetime) -> datetime:
    """When a timeframe that ends now begins. Months are the calendar's: the 31st is the last day in shorter ones."""
    number, unit = int(text[:-1]), text[-1]
    if unit in _STEPS:
        return now - number * _STEPS[unit]
    years, month = divmod(now.year * 12 + now.month - 1 - number * _MONTHS[unit], 12)
    return now.replace(year=years, month=month + 1, day=min(now.day, monthrange(years, month + 1)[1]))
