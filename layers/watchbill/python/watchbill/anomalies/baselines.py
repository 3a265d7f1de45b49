"""Baselines: what is usual for an hour, from the hours before that are like it, by weighted median and MAD."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from math import sqrt
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


def scatter_of_one_run(figures: Sequence[Figure], scale: Callable[[float], float], zone: ZoneInfo = _ZONE) -> float:
    """The standard deviation of a single run's figure (as `scale` has it), robustly, from the hours' means.

    Hours are compared with those of the same time on like days; the mean of n runs scatters by the root of n less.
    """
    groups: dict[tuple[bool, int], list[Figure]] = {}
    for figure in figures:
        local = _local(figure.hour, zone)
        groups.setdefault((local.weekday() >= 5, local.hour), []).append(figure)
    alike = [group for group in groups.values() if len(group) >= LEAST_ALIKE] or [list(figures)]
    deviations = []
    for group in alike:
        values = [scale(figure.value) for figure in group]
        centre = weighted_median(values, [float(figure.runs) for figure in group])
        # The centre is taken from these very hours, so they lie nearer to it than others would.
        widened = sqrt(len(group) / max(1, len(group) - 1))
        deviations += [abs(v - centre) * sqrt(f.runs) * widened for v, f in zip(values, group, strict=True)]
    return _NORMAL * weighted_median(deviations, [1.0] * len(deviations))


def _alike(figures: Sequence[Figure], window: Window, zone: ZoneInfo) -> Iterable[tuple[str, list[Figure]]]:
    hours = _hours_of(window, zone)
    times, weekend = {hour for _, hour in hours}, {day >= 5 for day, _ in hours}
    days = {day for day, _ in hours}
    same_time = [(f, at.weekday()) for f in figures if (at := _local(f.hour, zone)).hour in times]
    yield "the same hours of the same weekday", [f for f, day in same_time if day in days]
    yield "the same hours of like days", [f for f, day in same_time if (day >= 5) in weekend]
    yield "the same hours of the day", [f for f, _ in same_time]


def _local(hour: datetime, zone: ZoneInfo) -> datetime:
    return hour if hour.tzinfo is zone or (zone is _ZONE and hour.tzinfo is UTC) else hour.astimezone(zone)


def _hours_of(window: Window, zone: ZoneInfo) -> set[tuple[int, int]]:
    hours: set[tuple[int, int]] = set()
    hour = window.start.replace(minute=0, second=0, microsecond=0)
    while hour < window.end and len(hours) < 7 * 24:
        local = _local(hour, zone)
        hours.add((local.weekday(), local.hour))
        hour += timedelta(hours=1)
    return hours


def _described(figures: Sequence[Figure], runs: int, kind: str) -> Baseline:
    values, weights = [figure.value for figure in figures], [float(figure.runs) for figure in figures]
    centre = weighted_median(values, weights)
    spread = _NORMAL * weighted_median([abs(value - centre) for value in values], weights)
    return Baseline(centre, spread, runs, kind)
