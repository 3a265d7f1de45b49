"""Starting what may start: the best of the tasks that wait get the free slots and are sent to the workers."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain

from watchbill.execution import dependencies, queueing, rules
from watchbill.execution.models import Decision, Dispatch, Limits, Task, TaskStatus, Waiting
from watchbill.execution.releasing import Dependents
from watchbill.execution.rules import NotAllowed
from watchbill.execution.slots import TRIES, Slots
from watchbill.execution.store import Runner, TaskStore
from watchbill.platform import clock
from watchbill.platform.table import Changed

LEASE = timedelta(minutes=5)
"""How long a task may be on its way to a worker before it is sent again."""

Send = Callable[[Sequence[Mapping[str, str]]], None]
"""Sends messages to the workers."""


class Dispatcher:
    """Gives an organisation's waiting tasks their slots."""

    def __init__(self, store: TaskStore, slots: Slots, send: Send) -> None:
        self._store = store
        self._slots = slots
        self._send = send
        self._dependents = Dependents(store)

    def dispatch(self) -> list[str]:
        """Start everything that may start now; the ids of what was started. Raises Changed as `stop` does.

        What has got its slot is sent at once. If that comes to nothing, the stream tells of it too.
        """
        started: list[str] = []
        while chosen := self._slots.give(_queued):
            started += [task.id for task in chosen]
            self._send_all(task.id for task in chosen)
        return started

    def asked(self, overdue: bool, waiting: Sequence[str] = ()) -> None:
        """Start everything that may start now; where something may be overdue, look after that first.

        Of the tasks that are `waiting` one that they depend on has ended.
        """
        self._dependents.look(waiting)
        if overdue:
            self.look_after()
        else:
            self.dispatch()

    def overdue(self) -> bool:
        """Whether something has fallen due, been in flight for longer than its lease, or may be waiting for nothing."""
        waiting = chain(self._store.due(clock.now()), self._store.waiting())
        return any(True for _ in waiting) or bool(self._slots.lapsed()) or self._waits()

    def look_after(self) -> None:
        """Make ready what has fallen due, send or offer again what got lost, and start everything that may start."""
        self._slots.release()
        self._dependents.look_after()
        self._send_all(self._slots.take_back())
        self.dispatch()

    def why(self, task: Task) -> Decision:
        """What the dispatcher decides about a task that waits, with everything that stands before it.

        Raises NotAllowed for one that does not wait.
        """
        if task.status is not TaskStatus.PENDING:
            raise NotAllowed(f"it is {task.status.value}")
        if task.waits_for:
            waits_for = self._store.tasks(task.waits_for)
            return dependencies.held(task, {one: stored.task for one, stored in waits_for.items()})
        if task.not_before is not None:
            own = Waiting(task.id, task.agent_id, task.priority, task.created_at, task.not_before)
            return queueing.next_tasks([own], (), Limits(), clock.now())[0]
        runner, flying = self._store.runner(), self._store.in_flight()
        decided = self._slots.decisions(runner, flying, clock.now())
        found = next((decision for decision in decided if decision.task_id == task.id), None)
        return found or Dispatch(task.id)

    def stop(self, stopped: bool) -> Runner:
        """Have no further task started, or have them started again; what is in flight goes on to its end.

        Raises Changed when others are always faster.
        """
        for _ in range(TRIES):
            runner = replace(self._store.runner(), stopped=stopped)
            try:
                self._store.set_runner(runner)
            except Changed:
                continue
            return runner
        raise Changed(None)

    def _waits(self) -> bool:
        """Whether a task is ready while the runner is not stopped; the decision says whether it must wait."""
        return not self._store.runner().stopped and self._store.any_ready()

    def _send_all(self, task_ids: Iterable[str]) -> None:
        self._send([{"organisation": self._store.organisation, "task": task_id} for task_id in task_ids])


def _queued(task: Task, now: datetime) -> Task:
    return rules.queued(task, now, LEASE)
