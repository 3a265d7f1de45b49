"""Baselines: what is usual for an hour, from the hours before that are like it, by weighted median and MAD."""

from collections.abc import Iterable, Sequence
from datetime import UTC, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from watchbill.anomalies.models import Figure, Window

_ZONE = ZoneInfo("UTC")
LEAST_ALIKE = 3
"""Hours of the same place in the season before the season is believed."""
_NORMAL = 1.4826
"""The standard deviation of normal figures is so many times their median absolute deviation."""


class Baseline(NamedTuple):
    """What is usual: the centre and the spread (as a standard deviation), from how many runs, and from which hours."""

    centre: float
    spread: float
    runs: int
    kind: str


def baseline(figures: Iterable[Figure], window: Window, least_runs: int, zone: ZoneInfo = _ZONE) -> Baseline | None:
    """What was usual before the window, among hours like its own; None when fewer than `least_runs` runs say so.

    Hours of the same weekday and hour are taken when there are at least three weeks of them, else hours of the same
    time of day (working days and weekends apart if possible), else all. Nothing of the window or after it is in it.
    """
    before = [figure for figure in figures if figure.hour < window.start and figure.runs > 0]
    for kind, chosen in _alike(before, window, zone):
        runs = sum(figure.runs for figure in chosen)
        if len(chosen) >= LEAST_ALIKE and runs >= least_runs:
            return _described(chosen, runs, kind)
    runs = sum(figure.runs for figure in before)
    return _described(before, runs, "all hours before") if runs >= least_runs else None


def weighted_median(values: Sequence[float], weights: Sequence[float]) -> float:
    """The value that half of the weight lies below and half above; between two such values, their mean."""
    half, seen = sum(weights) / 2, 0.0
    ordered = sorted(zip(values, weights, strict=True))
    for index, (value, weight) in enumerate(ordered):
        seen += weight
        if seen > half:
            return value
        if seen == half:
            return (value + ordered[min(index + 1, len(ordered) - 1)][0]) / 2
    return ordered[-1][0]


def _alike(figures: Sequence[Figure], window: Window, zone: ZoneInfo) -> Iterable[tuple[str, list[Figure]]]:
    hours = _hours_of(window, zone)
    times = {hour for _, hour in hours}
    weekend = {day >= 5 for day, _ in hours}
    places = [(figure, figure.hour.astimezone(zone)) for figure in figures]
    yield "the same hours of the same weekday", [f for f, at in places if (at.weekday(), at.hour) in hours]
    same_time = [(f, at) for f, at in places if at.hour in times]
    yield "the same hours of like days", [f for f, at in same_time if (at.weekday() >= 5) in weekend]
    yield "the same hours of the day", [f for f, _ in same_time]


def _hours_of(window: Window, zone: ZoneInfo) -> set[tuple[int, int]]:
    hours: set[tuple[int, int]] = set()
    hour = window.start.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    while hour < window.end and len(hours) < 7 * 24:
        local = hour.astimezone(zone)
        hours.add((local.weekday(), local.hour))
        hour += timedelta(hours=1)
    return hours


def _described(figures: Sequence[Figure], runs: int, kind: str) -> Baseline:
    values, weights = [figure.value for figure in figures], [float(figure.runs) for figure in figures]
    centre = weighted_median(values, weights)
    spread = _NORMAL * weighted_median([abs(value - centre) for value in values], weights)
    return Baseline(centre, spread, runs, kind)
