"""Starting what may start: the best of the tasks that wait get the free slots, one dispatcher at a time."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice

from watchbill.execution import rules
from watchbill.execution.models import AgentLimits, Decision, Dispatch, InFlight, Limits, Task, TaskStatus, Waiting
from watchbill.execution.rules import NotAllowed
from watchbill.execution.store import Runner, StoredTask, TaskStore
from watchbill.platform import clock
from watchbill.platform.table import Changed

LEASE = timedelta(minutes=5)
"""How long a task may be on its way to a worker before it is sent again."""
MOST_AT_ONCE = 30
"""A task that starts is three items, and a transaction holds a hundred."""
_READ_AT_ONCE = 100
_TRIES = 20
"""How often a decision is made anew because others were faster; then the message that asked for it comes again."""

LimitsOf = Callable[[Iterable[str]], Mapping[str, AgentLimits]]
"""The limits of agents by their ids."""
Send = Callable[[Sequence[Mapping[str, str]]], None]
"""Sends messages to the workers."""


@dataclass(slots=True)
class _Known:
    """The limits that a decision needs, fetched as the tasks are read."""

    limits: Limits
    fetch: LimitsOf
    agents: dict[str, AgentLimits] = field(default_factory=dict)

    def reading(self, ready: Iterable[Waiting]) -> Iterator[Waiting]:
        """The waiting tasks, the limits of their agents known by the time each is yielded."""
        waiting = iter(ready)
        while chunk := list(islice(waiting, _READ_AT_ONCE)):
            self.agents.update(self.fetch({task.agent_id for task in chunk} - self.agents.keys()))
            yield from chunk


class Dispatcher:
    """Gives an organisation's waiting tasks their slots."""

    def __init__(self, store: TaskStore, limits: Callable[[], Limits], limits_of: LimitsOf, send: Send) -> None:
        self._store = store
        self._limits = limits
        self._limits_of = limits_of
        self._send = send

    def dispatch(self) -> list[str]:
        """Start everything that may start now; the ids of what was started. Raises Changed as `stop` does."""
        started: list[str] = []
        while chosen := self._dispatch_some():
            started += chosen
        return started

    def release(self) -> int:
        """Make ready what was to start at a time that has come; how many tasks that were."""
        released = 0
        for task_id in self._store.due(clock.now()):
            stored = self._store.task(task_id)
            if stored and stored.task.status is TaskStatus.PENDING:
                released += self._released(stored)
        return released

    def overdue(self) -> bool:
        """Whether something has fallen due, been in flight for longer than its lease, or may be waiting for nothing."""
        now = clock.now()
        return any(True for _ in self._store.due(now)) or bool(self._lost(now)) or self._waits()

    def look_after(self) -> None:
        """Make ready what has fallen due, send again what got lost, and start everything that may start."""
        self.release()
        self._send([{"organisation": self._store.organisation, "task": task_id} for task_id in self._lost(clock.now())])
        self.dispatch()

    def why(self, task: Task) -> Decision:
        """What the dispatcher decides about a task that waits, with everything that stands before it.

        Raises NotAllowed for one that does not wait.
        """
        if task.status is not TaskStatus.PENDING:
            raise NotAllowed(f"it is {task.status.value}")
        if task.not_before is not None:
            own = Waiting(task.id, task.agent_id, task.priority, task.created_at, task.not_before)
            return rules.next_tasks([own], (), Limits(), clock.now())[0]
        runner, flying = self._store.runner(), self._store.in_flight()
        decided = self._decisions(runner, flying, clock.now())
        found = next((decision for decision in decided if decision.task_id == task.id), None)
        return found or Dispatch(task.id)

    def stop(self, stopped: bool) -> Runner:
        """Have no further task started, or have them started again; what is in flight goes on to its end.

        Raises Changed when others are always faster.
        """
        for _ in range(_TRIES):
            runner = replace(self._store.runner(), stopped=stopped)
            try:
                self._store.set_runner(runner)
            except Changed:
                continue
            return runner
        raise Changed(None)

    def _waits(self) -> bool:
        """Whether a task is ready while the runner is not stopped; the decision says whether it must wait."""
        return not self._store.runner().stopped and any(True for _ in self._store.ready())

    def _lost(self, now: datetime) -> list[str]:
        """The tasks in flight whose lease is over: their message was lost, or their worker died."""
        return [flying.task_id for flying in self._store.in_flight() if flying.lease_until <= now]

    def _dispatch_some(self) -> list[str]:
        """Start some tasks; none when nothing may start. What another dispatcher did meanwhile is decided anew."""
        for _ in range(_TRIES):
            runner, flying, now = self._store.runner(), self._store.in_flight(), clock.now()
            free = min(MOST_AT_ONCE, self._limits().slots - len(flying))
            if runner.stopped or free <= 0:
                return []
            decided = self._decisions(runner, flying, now)
            chosen = [one.task_id for one in islice((d for d in decided if isinstance(d, Dispatch)), free)]
            moves = list(self._moves(chosen, now))
            if not moves:
                return []
            try:
                self._store.dispatch(runner, moves)
            except Changed:
                continue
            return [after.id for _, after in moves]
        raise Changed(None)

    def _decisions(self, runner: Runner, flying: list[InFlight], now: datetime) -> Iterator[Decision]:
        known = _Known(self._limits(), self._limits_of)
        known.agents.update(self._limits_of({one.agent_id for one in flying}))
        limits = replace(known.limits, stopped=runner.stopped, agents=known.agents)
        return rules.decisions(known.reading(self._store.ready()), flying, limits, now)

    def _moves(self, chosen: list[str], now: datetime) -> Iterator[tuple[StoredTask, Task]]:
        found = self._store.tasks(chosen)
        for task_id in chosen:
            stored = found.get(task_id)
            if stored and stored.task.status is TaskStatus.PENDING:
                yield stored, rules.queued(stored.task, now, LEASE)

    def _released(self, stored: StoredTask) -> bool:
        try:
            self._store.replace(stored, rules.fallen_due(stored.task))
        except Changed:
            return False  # somebody changed the task meanwhile; the next minute looks again
        return True
