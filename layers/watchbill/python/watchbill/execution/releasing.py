"""Letting tasks go on that waited for others, or calling them off, when those have ended.

What a task waits for is read from the tasks it depends on whenever somebody looks, and written over what was read. So
it does not matter who looks, how often, and in which order endings are told: after the last of them somebody looks.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from itertools import islice

from watchbill.execution import dependencies
from watchbill.execution.models import Task
from watchbill.execution.rules import NotAllowed
from watchbill.execution.store import StoredTask, TaskStore
from watchbill.platform import clock
from watchbill.platform.errors import NotFound, Unprocessable
from watchbill.platform.observability import logger
from watchbill.platform.table import Changed

MOST_LOOKED_AFTER = 1_000
"""So many tasks that wait are looked after when nobody has told of an ending, the oldest first."""
Moves = list[tuple[StoredTask, Task]]
"""Tasks as they were read, and as they become."""
_TRIES = 20
_READ_AT_ONCE = 100


class Dependents:
    """An organisation's tasks that wait for others."""

    def __init__(self, store: TaskStore) -> None:
        self._store = store

    def placed(self, task: Task) -> tuple[Task, Moves]:
        """A new task in the light of those it depends on, and what lets those know of it.

        Raises NotFound, Unprocessable.
        """
        if not task.depends_on:
            return task, []
        found = self._store.tasks(task.depends_on)
        if missing := [one for one in task.depends_on if one not in found]:
            raise NotFound(f"there is no task {missing[0]!r} to depend on")
        placed = dependencies.as_they_are(task, _tasks_of(found), clock.now())
        return placed, _links(placed, found)

    def links(self, task: Task) -> Moves:
        """What lets those that a task waits for know of it, over what was read. Raises Unprocessable."""
        return _links(task, self._store.tasks(task.depends_on)) if task.waits_for else []

    def followed(self, task: Task) -> list[Task]:
        """At once what the stream has done a little later: look at those that waited for a task, if it has ended.

        Those that wait no more.
        """
        if not task.status.ended:
            return []
        try:
            return self.look(task.dependents)
        except Changed:
            logger().warning("those that wait for a task are left to the stream", extra={"task": task.id})
            return []

    def look(self, task_ids: Iterable[str]) -> list[Task]:
        """Look whether these still have to wait, and whoever waits for one that is called off for that.

        Those that wait no more. Raises Changed when others are always faster.
        """
        left, changed = deque(task_ids), []
        while left:
            after = self._looked_at(left.popleft())
            if after and not after.waits_for:
                changed.append(after)
                left.extend(after.dependents if after.status.ended else ())
        return changed

    def look_after(self) -> None:
        """Look at everything that waits, whatever became of the messages that told of endings. Raises Changed."""
        waiting = islice(self._store.waiting(), MOST_LOOKED_AFTER)
        while chunk := list(islice(waiting, _READ_AT_ONCE)):
            found = [stored.task for stored in self._store.tasks(chunk).values()]
            on = _tasks_of(self._store.tasks(_all_of(found)))
            self.look(one.id for one in found if dependencies.as_they_are(one, on, clock.now()) is not one)

    def _looked_at(self, task_id: str) -> Task | None:
        for _ in range(_TRIES):
            stored = self._store.task(task_id)
            if stored is None or not stored.task.waits_for:
                return None
            found = _tasks_of(self._store.tasks(stored.task.depends_on))
            after = dependencies.as_they_are(stored.task, found, clock.now())
            try:
                if after is not stored.task:
                    self._store.replace(stored, after)
            except Changed:
                continue
            return after
        raise Changed(None)


def _all_of(tasks: Iterable[Task]) -> set[str]:
    return {one for task in tasks for one in task.depends_on}


def _links(task: Task, found: Mapping[str, StoredTask]) -> Moves:
    if not task.waits_for:
        return []
    try:
        moves = [(stored, dependencies.followed_by(stored.task, task.id)) for stored in found.values()]
    except NotAllowed as error:
        raise Unprocessable(str(error)) from error
    return [(stored, after) for stored, after in moves if after is not stored.task]


def _tasks_of(found: Mapping[str, StoredTask]) -> dict[str, Task]:
    return {task_id: stored.task for task_id, stored in found.items()}
