"""An attempt under way: what its worker writes of the task, for as long as the task is this worker's."""

from collections.abc import Callable
from threading import Lock

from watchbill.execution import rules
from watchbill.execution.happenings import CustomEvent
from watchbill.execution.models import Task, TaskStatus
from watchbill.execution.store import StoredTask, TaskStore
from watchbill.platform import clock
from watchbill.platform.table import Changed

_TRIES = 20


class Attempt:
    """An attempt that has been begun, by whoever has begun it."""

    def __init__(self, store: TaskStore, stored: StoredTask) -> None:
        self._store = store
        self._stored: StoredTask | None = stored
        self._one_at_a_time = Lock()

    def tell(self, event: CustomEvent) -> None:
        """Keep what the agent tells of its work. When the task is the worker's no more, nobody is told."""
        self.written(lambda task: rules.heard(task, (event,), clock.now()))

    def written(self, change: Callable[[Task], Task]) -> Task | None:
        """The task after a change by its worker; None when it is the worker's no more.

        What others write beside is kept: who makes a task that waits for this one does not take the attempt away.
        """
        with self._one_at_a_time:
            for _ in range(_TRIES):
                if self._stored is None:
                    return None
                after = change(self._stored.task)
                if after is self._stored.task:
                    return after
                try:
                    self._store.replace(self._stored, after)
                except Changed:
                    self._stored = self._as_it_is(self._stored.task)
                    continue
                self._stored = StoredTask(after, self._stored.revision + 1)
                return after
            return None

    def _as_it_is(self, ours: Task) -> StoredTask | None:
        """The task as others have left it, if the attempt is still under way."""
        found = self._store.task(ours.id)
        if found is None or found.task.status is not TaskStatus.PROCESSING:
            return None
        return found if found.task.lease_holder == ours.lease_holder else None
