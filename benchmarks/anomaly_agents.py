"""Agents at work for five weeks, as their hours are counted: what `anomaly_check` has checked."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from random import Random

from watchbill.analytics.histograms import bucket_of
from watchbill.analytics.models import Cell, Measure, Rollup
from watchbill.analytics.rules import agent_cell
from watchbill.anomalies.figures import EXACT, HOUR, Hours, Work, Works

TASK_TYPES = ("summarise", "classify", "translate", "research", "review", "index")
VERSIONS = ("1.9.0", "1.10.0")
HISTORY = 35 * 24
_KINDS = 24
"""Different agents, each first checked an hour before the one before it, so that each hour one of them is settled."""


@dataclass(frozen=True)
class Worker:
    """An agent: its hours by task type, and when it was first checked."""

    hours: Hours
    first_check: datetime


def workers(end: datetime) -> list[Worker]:
    """Agents whose hours end there; half have one task type, a third three and the others six."""
    return [_worker(number, end) for number in range(_KINDS)]


def rollup_of(works: Mapping[str, Work], draw: Random) -> Rollup:
    """An hour as it is counted, in two versions, with the durations of its runs."""
    cells = {}
    for task_type, work in works.items():
        for version, runs in zip(VERSIONS, (work.runs - work.runs // 2, work.runs // 2), strict=True):
            if runs:
                cells[agent_cell(version, task_type)] = _cell(work, runs, draw)
    return Rollup(
        cells, {Measure.RUNS: Counter(draw.randrange(60) for work in works.values() for _ in range(work.runs))}
    )


def _worker(number: int, end: datetime) -> Worker:
    draw = Random(number)
    names = TASK_TYPES[: 1 if number % 6 < 3 else 3 if number % 6 < 5 else 6]
    hours: Hours = {end - back * HOUR: _works(end - back * HOUR, names, draw) for back in range(HISTORY, 0, -1)}
    return Worker(hours, end - (number + 2) * HOUR)


def _works(hour: datetime, names: tuple[str, ...], draw: Random) -> Works:
    at_work = hour.weekday() < 5 and 7 <= hour.hour < 19
    return {name: _work(draw.randint(4, 20) if at_work else draw.randint(1, 3), draw) for name in names}


def _work(runs: int, draw: Random) -> Work:
    failed = sum(draw.random() < 0.02 for _ in range(runs))
    work = Work(
        runs,
        failed,
        runs,
        duration=sum(draw.lognormvariate(8, 0.5) for _ in range(runs)) / runs,
        timed=runs,
        cost=0.02 * draw.uniform(0.7, 1.4),
        costed=runs,
        quality=draw.uniform(78, 92),
        rated=runs - runs // 3,
    )
    return work.rounded(EXACT)


def _cell(work: Work, runs: int, draw: Random) -> Cell:
    failed = min(runs, work.failed)
    durations = [int(draw.lognormvariate(8, 0.5)) for _ in range(runs)]
    sums: dict[Measure, int | Decimal] = {
        Measure.RUNS: runs,
        Measure.COMPLETED: runs - failed,
        Measure.FAILED: failed,
        Measure.DURATION_MS: round(work.duration * runs),
        Measure.TIMED: runs,
        Measure.COST: Decimal(repr(work.cost)) * runs,
        Measure.COSTED: runs,
        Measure.TOKENS_INPUT: 900 * runs,
        Measure.TOKENS_OUTPUT: 300 * runs,
        Measure.TOKENS_TOTAL: 1_200 * runs,
        Measure.QUALITY: Decimal(repr(work.quality)) * min(runs, work.rated),
        Measure.QUALITY_RATED: min(runs, work.rated),
    }
    return Cell({measure: amount for measure, amount in sums.items() if amount}, Counter(map(bucket_of, durations)))
