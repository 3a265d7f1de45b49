"""Where tasks are looked for when they are listed, and in which order; and side by side, by where they are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice
from typing import Any

from watchbill.execution.models import Task, TaskStatus
from watchbill.execution.store import IN_FLIGHT, KEPT, LATER, READY, WAITING, Listed, Place, TaskStore, ended_in
from watchbill.platform import clock

MOST_SCANNED, MOST_SCANNED_OF_A_LANE = 5_000, 300
"""So many entries of lists are looked at for one page, when few of them are asked for."""
_READ_AT_ONCE = 100

Position = dict[str, Any]
"""The number of a place, and the sort key in it behind which a list goes on."""


class Lane(StrEnum):
    """Where tasks are, as a board has them: those that wait are ready, or come later: at a time, or after others."""

    READY = "ready"
    LATER = "later"
    IN_FLIGHT = "in_flight"
    COMPLETED = TaskStatus.COMPLETED
    FAILED = TaskStatus.FAILED
    CANCELLED = TaskStatus.CANCELLED

    def places(self, now: datetime) -> list[Place]:
        """Where its tasks are listed."""
        unended = {Lane.READY: [READY], Lane.LATER: [LATER, WAITING], Lane.IN_FLIGHT: [IN_FLIGHT]}
        return unended.get(self) or places_of(TaskStatus(self.value), now)

    def holds(self, task: Task) -> bool:
        """Whether a task is in it."""
        match self:
            case Lane.READY:
                return task.waits
            case Lane.LATER:
                return task.status is TaskStatus.PENDING and not task.waits
            case Lane.IN_FLIGHT:
                return task.status.in_flight
            case _:
                return task.status.value == self.value


@dataclass(frozen=True, slots=True)
class Side:
    """The first tasks of a lane, in its order, and whether there are, or may be, more."""

    lane: Lane
    tasks: tuple[Task, ...]
    more: bool


class Walk:
    """A walk along at most so many entries for the tasks of an agent and a type, or all.

    `stopped_at` is where it was given up, if it was.
    """

    def __init__(self, store: TaskStore, agent_id: str | None, task_type: str | None, most: int) -> None:
        self._store = store
        self._agent_id = agent_id
        self._task_type = task_type
        self._most = most
        self.stopped_at: Position | None = None

    def tasks(self, places: Sequence[Place], position: Position) -> Iterator[tuple[Task, Position]]:
        """The tasks behind a position, each with its own."""
        scanned, first = 0, position.get("place", 0)
        for number, place in list(enumerate(places))[first:]:
            listed = self._store.listed(place, position.get("after") if number == first else None)
            while chunk := list(islice(listed, min(_READ_AT_ONCE, self._most))):
                for task, after in self._wanted(chunk):
                    yield task, {"place": number, "after": after}
                scanned += len(chunk)
                if scanned >= self._most:
                    self.stopped_at = {"place": number, "after": chunk[-1].sort_key}
                    return

    def _wanted(self, chunk: Sequence[Listed]) -> Iterator[tuple[Task, str]]:
        found = self._store.tasks(one.task_id for one in chunk if self._agent_id in (None, one.agent_id))
        for one in chunk:
            stored = found.get(one.task_id)
            if stored and self._task_type in (None, stored.task.task_type):
                yield stored.task, one.sort_key


def places_of(status: TaskStatus | None, now: datetime) -> list[Place]:
    """The places of tasks of a status, or of all: what waits, what is in flight, then what ended, newest first."""
    if status is None:
        ended = [ended_in(one, month) for month in months(now) for one in TaskStatus if one.ended]
        return [IN_FLIGHT, READY, LATER, WAITING, *ended]
    if status is TaskStatus.PENDING:
        return [READY, LATER, WAITING]
    if status.in_flight:
        return [IN_FLIGHT]
    return [ended_in(status, month) for month in months(now)]


def months(now: datetime) -> list[str]:
    """The months in which tasks were made that are still listed, or ended that are still kept, newest first."""
    days = [now - timedelta(days=day) for day in range(KEPT.days + 1)]
    return sorted({clock.to_text(day)[:7] for day in days}, reverse=True)
