"""Hours of agents at work: what is usual, and what goes wrong in them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random

from watchbill.anomalies.figures import EXACT, HOUR, Hours, Work

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
AGENT = "5f0c" * 6

FAULT, FAULT_HOURS = 4 * 168 + 10, 4
"""When a fault begins, on a Monday at ten after four weeks without one, and how long it lasts."""

Change = Callable[[int, Work], Work | None]
"""What becomes of the work of an hour, counted from the first; None when nothing is done in it."""


def hours(count: int, change: Change = lambda _, work: work, seed: int = 1, task_type: str = "research") -> Hours:
    """So many hours from MONDAY on, of an agent that is busy by day and slower then, at weekends hardly at all."""
    draw = Random(seed)
    found: Hours = {}
    for index in range(count):
        work = change(index, _usual(index, draw))
        if work:
            found[MONDAY + index * HOUR] = {task_type: work.rounded(EXACT)}
    return found


def recent(found: Hours, count: int = 60) -> Hours:
    """The last so many of the hours, for tests that need no season."""
    return dict(list(found.items())[-count:])


def dear(index: int, work: Work) -> Work:
    """Runs cost three times as much during the fault."""
    return work._replace(cost=work.cost * 3) if FAULT <= index < FAULT + FAULT_HOURS else work


def together(*several: Hours) -> Hours:
    """The hours of an agent with several task types."""
    return {hour: {n: w for one in several for n, w in one.get(hour, {}).items()} for one in several for hour in one}


def at(index: int) -> datetime:
    """The start of an hour, counted from the first."""
    return MONDAY + timedelta(hours=index)


def _usual(index: int, draw: Random) -> Work:
    by_day = 7 <= index % 24 < 19 and index // 24 % 7 < 5
    runs = draw.randint(8, 16) if by_day else draw.randint(1, 3)
    failed = sum(draw.random() < 0.02 for _ in range(runs))
    return Work(
        runs,
        failed=failed,
        finished=runs,
        duration=(3000 if by_day else 2000) * draw.uniform(0.85, 1.15),
        timed=runs,
        cost=0.02 * draw.uniform(0.9, 1.1),
        costed=runs,
        quality=draw.uniform(82, 90),
        rated=runs,
    )
