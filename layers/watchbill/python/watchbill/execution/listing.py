"""Where tasks are looked for when they are listed, and in which order."""

from datetime import datetime, timedelta

from watchbill.execution.models import TaskStatus
from watchbill.execution.store import IN_FLIGHT, KEPT, LATER, READY, Place, ended_in
from watchbill.platform import clock

MOST_SCANNED = 5_000
"""So many entries of lists are looked at for one page, when few of them are of the agent asked for."""


def places_of(status: TaskStatus | None, now: datetime) -> list[Place]:
    """The places of tasks of a status, or of all: what waits, what is in flight, then what ended, newest first."""
    if status is None:
        ended = [ended_in(one, month) for month in months(now) for one in TaskStatus if one.ended]
        return [IN_FLIGHT, READY, LATER, *ended]
    if status is TaskStatus.PENDING:
        return [READY, LATER]
    if status.in_flight:
        return [IN_FLIGHT]
    return [ended_in(status, month) for month in months(now)]


def months(now: datetime) -> list[str]:
    """The months in which tasks were made that are still listed, or ended that are still kept, newest first."""
    days = [now - timedelta(days=day) for day in range(KEPT.days + 1)]
    return sorted({clock.to_text(day)[:7] for day in days}, reverse=True)
