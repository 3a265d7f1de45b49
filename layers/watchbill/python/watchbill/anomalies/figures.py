"""Figures: what an agent's runs of a task type came to in an hour, rounded to the digits that are kept."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from watchbill.analytics.models import OTHER, Cell, Measure, Rollup
from watchbill.analytics.rules import parse_agent_cell

HOUR = timedelta(hours=1)
EXACT, COARSE = 5, 3
"""Significant digits: of hours that may still be corrected or shown, and of those that only say what is usual."""
_TINY = 1e-30
MOST_TASK_TYPES = 6
"""So many task types of an agent are told apart; what else it does is one more, `~`."""


class Work(NamedTuple):
    """An hour's runs of one task type: how many, and means with the number of runs each was taken over.

    `duration` is in milliseconds, `cost` in USD, `quality` from 0 to 100. No number of runs exceeds `runs`.
    """

    runs: int
    failed: int = 0
    finished: int = 0
    duration: float = 0.0
    timed: int = 0
    cost: float = 0.0
    costed: int = 0
    quality: float = 0.0
    rated: int = 0

    @property
    def means(self) -> tuple[tuple[float, int], ...]:
        """Duration, cost and quality, each with the number of runs it was taken over."""
        return (self.duration, self.timed), (self.cost, self.costed), (self.quality, self.rated)

    def rounded(self, digits: int) -> "Work":
        """The same with means of so many significant digits."""
        return self._replace(
            duration=significant(self.duration, digits),
            cost=significant(self.cost, digits),
            quality=significant(self.quality, digits),
        )


Works = Mapping[str, Work]
"""An hour's work by task type."""
Hours = dict[datetime, Works]
"""Work by the hour's start; an hour without a run is not there."""


def significant(value: float, digits: int) -> float:
    """A number rounded to so many significant digits; what is too small to be a figure is 0."""
    return float(f"{value:.{digits - 1}e}") if abs(value) > _TINY else 0.0


def works_of(rollup: Rollup) -> dict[str, Work]:
    """An agent's hour by task type, whatever the version."""
    cells: dict[str, Cell] = {}
    for name, cell in rollup.cells.items():
        cells.setdefault(parse_agent_cell(name)[1], Cell()).add(cell)
    return {task_type: _work(cell) for task_type, cell in cells.items() if cell[Measure.RUNS] > 0}


def folded(works: Works, known: Iterable[str]) -> dict[str, Work]:
    """An hour's work with task types for which there is no room beside the `known` ones taken together as `~`."""
    names = set(known) - {OTHER}
    kept: dict[str, Work] = {}
    for task_type in sorted(works, key=lambda name: (-works[name].runs, name)):
        home = task_type if task_type in names or len(names) < MOST_TASK_TYPES else OTHER
        names |= {home} - {OTHER}
        kept[home] = _together(kept[home], works[task_type]) if home in kept else works[task_type]
    return kept


def _work(cell: Cell) -> Work:
    runs = int(cell[Measure.RUNS])
    failed = int(cell[Measure.FAILED] + cell[Measure.TIMEOUT])
    work = Work(
        runs,
        failed=min(runs, failed),
        finished=min(runs, cell.judged),
        duration=cell.mean_duration_ms or 0.0,
        timed=min(runs, int(cell[Measure.TIMED])),
        cost=cell.mean(Measure.COST, Measure.COSTED) or 0.0,
        costed=min(runs, int(cell[Measure.COSTED])),
        quality=cell.mean(Measure.QUALITY, Measure.QUALITY_RATED) or 0.0,
        rated=min(runs, int(cell[Measure.QUALITY_RATED])),
    )
    return work.rounded(EXACT)


def _together(one: Work, other: Work) -> Work:
    timed, costed, rated = one.timed + other.timed, one.costed + other.costed, one.rated + other.rated
    both = Work(
        one.runs + other.runs,
        failed=one.failed + other.failed,
        finished=one.finished + other.finished,
        duration=_mean(one.duration, one.timed, other.duration, other.timed),
        timed=timed,
        cost=_mean(one.cost, one.costed, other.cost, other.costed),
        costed=costed,
        quality=_mean(one.quality, one.rated, other.quality, other.rated),
        rated=rated,
    )
    return both.rounded(EXACT)


def _mean(one: float, ones: int, other: float, others: int) -> float:
    return (one * ones + other * others) / (ones + others) if ones + others else 0.0
