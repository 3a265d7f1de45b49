"""How many of an agent's runs for campaigns may go on at once, and which of those that do are gone. Pure.

A lock names tasks and is never given back: a task that has ended holds nothing. One whose lease is over has lost its
worker; it holds its place until somebody asks for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from watchbill.execution.models import Task, TaskStatus

MOST_AT_ONCE = 20
"""Runs for campaigns of one agent, whatever its concurrency: they are begun and stopped in one transaction."""


@dataclass(frozen=True, slots=True)
class Room:
    """Room for another run: the `holders` that stay, and those that are `lost` and make room."""

    holders: tuple[Task, ...]
    lost: tuple[Task, ...] = ()


@dataclass(frozen=True, slots=True)
class Full:
    """No room: so many runs as the agent may have at once are going on."""

    holders: tuple[Task, ...]
    most: int

    @property
    def reason(self) -> str:
        """Why there is none, for the caller."""
        if self.most == 1:
            return f"the agent is running already: execution {self.holders[0].id}"
        return f"the agent is running already: {len(self.holders)} of {self.most} executions at a time"


def room(tasks: Sequence[Task], concurrency: int | None, now: datetime) -> Room | Full:
    """Whether another run may begin beside the tasks that a lock names; one at a time unless the agent says more."""
    most = min(concurrency or 1, MOST_AT_ONCE)
    holders = [task for task in tasks if not task.status.ended]
    lost = [task for task in holders if is_lost(task, now)]
    over = len(holders) + 1 - most
    if over > len(lost):
        return Full(tuple(holders), most)
    gone = tuple(lost[: max(0, over)])
    return Room(tuple(task for task in holders if task not in gone), gone)


def is_lost(task: Task, now: datetime) -> bool:
    """Whether a task's worker was not heard from before its lease ended."""
    return task.status is TaskStatus.PROCESSING and task.lease_until is not None and task.lease_until <= now
