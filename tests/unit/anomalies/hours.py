"""Hours of an agent's past, and the window that is judged."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from watchbill.anomalies.models import Failures, Figure, Window

HOUR = timedelta(hours=1)
NOW = datetime(2026, 2, 10, 12, tzinfo=UTC)
"""A Tuesday's noon."""
WINDOW = Window(NOW - HOUR, NOW)


def hour(before: int) -> datetime:
    """The start of the hour so many hours before the window; the window's own for 0."""
    return WINDOW.start - before * HOUR


def past(hours: int, value: Callable[[int], float], runs: int = 5) -> list[Figure]:
    """The hours before the window, with what is usual in them."""
    return [Figure(hour(before), value(before), runs) for before in range(1, hours + 1)]


def now(value: float, runs: int = 5) -> Figure:
    """What the window shows."""
    return Figure(WINDOW.start, value, runs)


def failures(hours: int, failed: int, finished: int) -> list[Failures]:
    """Hours before the window which all have the same failures."""
    return [Failures(hour(before), failed, finished) for before in range(1, hours + 1)]
