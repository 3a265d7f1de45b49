"""How the work of agents has shifted: volume, failures, cost and duration, day by day against before. Pure.

Days are compared with the same days of other weeks, so that a week-end makes no trend, and as days, so that one bad day
makes none either: that is an anomaly.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from watchbill.agents.significance import RATE, Sample, Shift, claimed, shifted
from watchbill.agents.trends import Trend, TrendKind, percent, trend
from watchbill.analytics.models import Cell, Measure

LEAST_CHANGE = 20.0
"""Percent: what changes by less may be certain, but matters to nobody."""
_WEEK = 7


class Work(NamedTuple):
    """What somebody did on each of some days, the last of which has just ended; `whose` tells this work from others."""

    name: str
    whose: str
    days: Sequence[Cell]


class Shifts(NamedTuple):
    """The trends in some work, or why nothing could be told of it."""

    trends: list[Trend]
    lacking: str | None = None


class _Series(NamedTuple):
    """A figure of each day that has one."""

    kind: TrendKind
    days: tuple[float | None, ...]


_FIGURES: Mapping[TrendKind, Callable[[Cell], float | None]] = {
    TrendKind.FAILURES: lambda cell: None if cell.success_rate is None else 1 - cell.success_rate,
    TrendKind.COST: lambda cell: cell.mean(Measure.COST, Measure.COSTED),
    TrendKind.DURATION: lambda cell: cell.mean_duration_ms,
}


def shifts(works: Iterable[Work], recent_days: int) -> Shifts:
    """What is different about the last days of some work. Work that is the same in a figure is told of once."""
    whose: dict[_Series, list[Work]] = defaultdict(list)
    for work in works:
        for series in _series(work):
            whose[series].append(work)
    moved = {series: shifted(_by_weekday(series.days, recent_days)) for series in whose}
    sure = claimed({series: shift.surprise for series, shift in moved.items()})
    trends = [
        _trend(series.kind, whose[series], recent_days, probability)
        for series, probability in sure.items()
        if _matters(series.kind, whose[series][0], recent_days, moved[series])
    ]
    if any(shift.surprise.least <= RATE for shift in moved.values()):
        return Shifts(trends)
    return Shifts([], "the runs are of too few days to tell from chance" if moved else "there are no runs")


def _series(work: Work) -> Iterator[_Series]:
    runs = [float(cell[Measure.RUNS]) for cell in work.days]
    if not any(runs):
        return
    # Who has not begun yet does not do nothing.
    begun = next(day for day, count in enumerate(runs) if count)
    yield _Series(TrendKind.VOLUME, (*[None] * begun, *runs[begun:]))
    for kind, figure in _FIGURES.items():
        yield _Series(kind, tuple(figure(cell) for cell in work.days))


def _by_weekday(days: Sequence[float | None], recent_days: int) -> Iterator[Sample]:
    turn = len(days) - recent_days
    for weekday in range(_WEEK):
        same = range(len(days) - 1 - weekday, -1, -_WEEK)
        figures = [(day >= turn, figure) for day in same if (figure := days[day]) is not None]
        yield Sample(
            tuple(figure for recent, figure in figures if recent),
            tuple(figure for recent, figure in figures if not recent),
        )


def _levels(kind: TrendKind, work: Work, recent_days: int) -> tuple[float, float]:
    """The figure over all of the recent days, and over those before."""
    turn = len(work.days) - recent_days
    recent, before = _total(work.days[turn:]), _total(work.days[:turn])
    if kind is TrendKind.VOLUME:
        begun = next(day for day, cell in enumerate(work.days) if cell[Measure.RUNS])
        return float(recent[Measure.RUNS]) / recent_days, float(before[Measure.RUNS]) / max(1, turn - begun)
    return _FIGURES[kind](recent) or 0.0, _FIGURES[kind](before) or 0.0


def _total(days: Iterable[Cell]) -> Cell:
    total = Cell()
    for cell in days:
        total.add(cell)
    return total


def _matters(kind: TrendKind, work: Work, recent_days: int, shift: Shift) -> bool:
    """Whether a shift is large enough, and not undone by a few large days."""
    recent, before = _levels(kind, work, recent_days)
    change = percent(recent, before)
    return shift.up == (recent > before) and (change is None or abs(change) >= LEAST_CHANGE)


def _trend(kind: TrendKind, works: Sequence[Work], recent_days: int, probability: float) -> Trend:
    recent, before = _levels(kind, works[0], recent_days)
    return trend(works[0].name, kind, recent, before, probability, [work.whose for work in works])
