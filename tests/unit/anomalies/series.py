"""Series to judge: hourly figures of some weeks, with and without a season."""

from collections.abc import Iterable, Sequence
from math import pi, sin
from random import Random

from watchbill.anomalies.detector import Detector, Scored

HOUR = 3600.0
MONDAY = 1_767_571_200.0
"""2026-01-05, 00:00 UTC."""


def weekly(hours: int, seed: int = 1, noise: float = 3.0) -> list[float]:
    """A working week: busy by day, quiet by night and at the weekend."""
    draw = Random(seed)
    return [
        100 + (60 * max(0.0, sin((hour % 24 - 6) / 12 * pi)) if hour // 24 % 7 < 5 else 0) + draw.gauss(0, noise)
        for hour in range(hours)
    ]


def steady(hours: int, seed: int = 1) -> list[float]:
    """Noise around 100."""
    draw = Random(seed)
    return [draw.gauss(100, 5) for _ in range(hours)]


def points(values: Iterable[float | None], interval: float = HOUR) -> list[tuple[float, float | None]]:
    """Values with their times, from a Monday's midnight on."""
    return [(MONDAY + index * interval, value) for index, value in enumerate(values)]


def judged(series: Sequence[tuple[float, float | None]], memory: int = 64) -> list[Scored]:
    """What a new detector says of a series."""
    detector = Detector(memory=memory)
    return [detector.judge(time, value) for time, value in series]
