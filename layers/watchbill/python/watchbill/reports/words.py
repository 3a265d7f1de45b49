"""Figures in words, the same in texts and on pages: how each unit is written, and how a figure moved."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

_MINUTE, _HOUR = 60_000, 3_600_000
NO_EARLIER = "with no earlier figure to compare with"
UNKNOWN = "\N{EN DASH}"


def count(number: float) -> str:
    """`12,345`."""
    return f"{round(number):,}"


def large(number: float) -> str:
    """`12,345`, `2.4 M`, `258.3 M`, `1.2 G`."""
    if number < 999_950:
        return count(number)
    return f"{number / 1e6:,.1f} M" if number < 999_950_000 else f"{number / 1e9:,.1f} G"


def rate(ratio: float) -> str:
    """`98.5%` of a ratio."""
    return f"{ratio * 100:.1f}%"


def score(value: float) -> str:
    """`84.2`."""
    return f"{value:.1f}"


def rating(value: float) -> str:
    """`3.94`."""
    return f"{value:.2f}"


def money(amount: float) -> str:
    """`$1,234.50`, `$0.0213`, `-$0.000591`: cents from a dollar on, three digits that matter below."""
    if amount < 0:
        return f"-{money(-amount)}"
    if amount >= 0.995 or amount == 0:
        return f"${amount:,.2f}"
    decimals = min(10, 2 - math.floor(math.log10(amount)))
    whole, _, rest = f"{amount:.{decimals}f}".partition(".")
    return f"${whole}.{rest.rstrip('0'):0<2}"


def duration(ms: float) -> str:
    """`250 ms`, `5.3 s`, `5 min 30 s`, `2 h 5 min`."""
    if ms < 999.5:
        return f"{ms:.0f} ms"
    if ms < 59_950:
        return f"{ms / 1000:.1f} s"
    if ms < _HOUR - 500:
        minutes, seconds = divmod(round(ms / 1000), 60)
        return f"{minutes} min {seconds} s" if seconds else f"{minutes} min"
    hours, minutes = divmod(round(ms / _MINUTE), 60)
    return f"{hours:,} h {minutes} min" if minutes else f"{hours:,} h"


@dataclass(frozen=True, slots=True)
class Unit:
    """How a figure is written, and whether it moves in points (of which one is `step` of the figure) or in percent."""

    show: Callable[[float], str]
    step: float = 0
    points: str = "points"
    decimals: int = 1

    def moved(self, current: float, previous: float | None) -> str:
        """`up 12.3% from 1,075 in the period before`."""
        if previous is None:
            return NO_EARLIER
        if self.show(current) == self.show(previous):
            return "as in the period before"
        way = "up" if current > previous else "down"
        by = self.distance(current, previous)
        return f"{way} {by}{' ' if by else ''}from {self.show(previous)} in the period before"

    def distance(self, current: float, previous: float) -> str:
        """How far two figures are from each other, without a direction: `3.2 points`, `12.3%`."""
        far = abs(current - previous)
        if self.step:
            return f"{far / self.step:.{self.decimals}f} {self.points}"
        return _percent(far / previous) if previous else ""


COUNT, LARGE, MONEY, DURATION, CONCURRENCY = Unit(count), Unit(large), Unit(money), Unit(duration), Unit(score)
RATE, SCORE, RATING = Unit(rate, step=0.01), Unit(score, step=1), Unit(rating, step=1, decimals=2)


def plural(number: int, one: str, many: str | None = None) -> str:
    """`1 run`, `2 runs`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def day(at: datetime) -> str:
    """`19 November 2026`."""
    return f"{at.day} {at:%B %Y}"


def moment(at: datetime) -> str:
    """`19 Nov 2026, 07:30`."""
    return f"{at.day} {at:%b %Y, %H:%M}"


def _percent(ratio: float) -> str:
    return f"{ratio * 100:.1f}%" if ratio < 1 else f"{ratio * 100:,.0f}%"
