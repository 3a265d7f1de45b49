"""The course of what an anomaly is about: the figure hour by hour, and what its rule expected of it then. Pure.

The rule itself is asked, hour for hour, so that what is shown is what was judged by. Silence has no figure of its own:
it is shown by the number of runs, beside what was usual.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from watchbill.analytics.rules import NONE
from watchbill.anomalies import rules
from watchbill.anomalies.figures import HOUR, Hours
from watchbill.anomalies.judging import VOLUME, Judge, Terms
from watchbill.anomalies.models import Anomaly, AnomalyType, Judgement, Window
from watchbill.anomalies.past import REACH, Past, SeriesName
from watchbill.anomalies.watch import with_room

BEFORE, AFTER = timedelta(hours=48), timedelta(hours=24)
LONGEST = timedelta(days=14)
"""Of longer episodes the beginning is shown."""
_BEST_QUALITY = 100.0
_COUNTED = (AnomalyType.VOLUME, AnomalyType.SILENCE)


@dataclass(frozen=True, slots=True)
class Point:
    """An hour: its figure, what was usual, and within which figures nothing would be claimed; None where not known."""

    hour: datetime
    value: float | None
    usual: float | None
    expected: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Course:
    """An anomaly and the hours around it; `whole` says whether all of its own are among them."""

    anomaly: Anomaly
    points: tuple[Point, ...]
    whole: bool


def window_around(anomaly: Anomaly, now: datetime) -> Window:
    """The hours that are shown: some before it began, and some after it was over."""
    start = (anomaly.window_start - BEFORE).replace(minute=0, second=0, microsecond=0)
    return Window(start, min(now, (anomaly.resolved_at or now) + AFTER, start + LONGEST))


def course_of(anomaly: Anomaly, hours: Hours, shown: Window, terms: Terms) -> Course:
    """The course over the hours that are shown; `hours` hold also those of REACH before them, which say what is usual.

    Thresholds are those that hold today.
    """
    past = Past(min(hours, default=shown.start), with_room({}, {h: w for h, w in hours.items() if h < shown.end}))
    past.pass_to(shown.end)
    count = -((shown.start - shown.end) // HOUR)
    windows = [Window(at, min(at + HOUR, shown.end)) for at in (shown.start + HOUR * number for number in range(count))]
    points = tuple(_point(anomaly, past, window, terms) for window in windows)
    return Course(anomaly, points, (anomaly.resolved_at or anomaly.window_end) <= shown.end)


def first_hour(shown: Window) -> datetime:
    """The first hour that says what is usual in those that are shown."""
    return shown.start - REACH


def _point(anomaly: Anomaly, past: Past, window: Window, terms: Terms) -> Point:
    series = _series_of(anomaly)
    lasts = anomaly.window_start < window.start < (anomaly.resolved_at or window.end)
    opened = {series: anomaly.window_start} if lasts else {}
    judged = Judge(past, window, opened, {}, terms).of_series(series)
    value = judged.current if judged.current is not None else _measured(past, series, window.start)
    return Point(window.start, value, judged.expected, _expected(anomaly.type, judged, terms))


def _series_of(anomaly: Anomaly) -> SeriesName:
    return VOLUME if anomaly.type in _COUNTED else (anomaly.type, anomaly.task_type or NONE)


def _measured(past: Past, series: SeriesName, hour: datetime) -> float | None:
    """The figure of an hour of which the rule says nothing, because too little was known before."""
    kind, task_type = series
    if kind is AnomalyType.ERROR_RATE:
        found = [one for one in past.failures(task_type, hour + HOUR) if one.hour == hour]
        return found[0].failed / found[0].finished if found else None
    figures = past.counts(hour + HOUR) if kind in _COUNTED else past.means(kind, task_type, hour + HOUR)
    return next((figure.value for figure in reversed(figures) if figure.hour == hour), None)


def _expected(kind: AnomalyType, judged: Judgement, terms: Terms) -> tuple[float, float] | None:
    if judged.expected is None or kind is AnomalyType.SILENCE:
        return None
    edge = rules.allowed(kind, judged.expected, terms.thresholds)
    return (edge, _BEST_QUALITY) if kind is AnomalyType.QUALITY else (0.0, edge)
