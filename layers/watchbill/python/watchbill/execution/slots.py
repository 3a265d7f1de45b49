"""An organisation's slots: which waiting task gets one next, whoever asks, and taking back those that nobody uses.

Whoever gives slots replaces the runner's item, so that of two who decide at once the second decides anew: a dispatcher
and a lease together never give more than there are.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice

from watchbill.execution import leasing, queueing, rules
from watchbill.execution.models import (
    AgentLimits,
    Decision,
    Dispatch,
    Held,
    Hold,
    InFlight,
    Limits,
    Takes,
    Task,
    TaskStatus,
    Waiting,
)
from watchbill.execution.rules import NotAllowed
from watchbill.execution.store import Runner, StoredTask, TaskStore
from watchbill.platform import clock
from watchbill.platform.table import Changed
from watchbill.registry.models import AgentSettings

MOST_AT_ONCE = 30
"""A task that starts is three items, and a transaction holds a hundred."""
TRIES = 20
"""How often a decision is made anew because others were faster; then who asked for it asks again."""
_READ_AT_ONCE = 100

SettingsOf = Callable[[Iterable[str]], Mapping[str, AgentSettings]]
"""How agents are run, by their ids."""
Start = Callable[[Task, datetime], Task]
"""A waiting task as it is with its slot, from an instant on."""


@dataclass(slots=True)
class _Known:
    """The limits of agents that a decision needs, fetched as the tasks are read."""

    fetch: Callable[[Iterable[str]], Mapping[str, AgentLimits]]
    agents: dict[str, AgentLimits] = field(default_factory=dict)

    def reading(self, ready: Iterable[Waiting]) -> Iterator[Waiting]:
        """The waiting tasks, the limits of their agents known by the time each is yielded."""
        waiting = iter(ready)
        while chunk := list(islice(waiting, _READ_AT_ONCE)):
            self.agents.update(self.fetch({task.agent_id for task in chunk} - self.agents.keys()))
            yield from chunk


class Slots:
    """One organisation's slots."""

    def __init__(self, store: TaskStore, limits: Callable[[], Limits], settings_of: SettingsOf) -> None:
        self._store = store
        self._limits = limits
        self._settings_of = settings_of

    def give(self, start: Start, most: int = MOST_AT_ONCE, takes: Takes | None = None) -> list[Task]:
        """Give some tasks their slots: those a worker `takes`, or without one those that are sent to workers of ours.

        None when nothing may start. What another did meanwhile is decided anew. Raises Changed when others are always
        faster.
        """
        for _ in range(TRIES):
            if not self._store.any_ready():
                return []
            runner, flying, now = self._store.runner(), self._store.in_flight(), clock.now()
            limits = replace(self._limits(), stopped=runner.stopped)
            free = min(most, limits.slots - len(flying))
            if limits.nothing_starts or free <= 0:
                return []
            decided = self._decisions(limits, flying, now, takes)
            moves = list(self._moves(_chosen(decided, free, leased=takes is not None), start, now))
            if not moves:
                return []
            try:
                self._store.dispatch(runner, moves)
            except Changed:
                continue
            return [after for _, after in moves]
        raise Changed(None)

    def decisions(
        self, runner: Runner, flying: list[InFlight], now: datetime, takes: Takes | None = None
    ) -> Iterator[Decision]:
        """What is decided about each waiting task, in their order."""
        return self._decisions(replace(self._limits(), stopped=runner.stopped), flying, now, takes)

    def release(self) -> int:
        """Make ready what was to start at a time that has come; how many tasks that were."""
        released = 0
        for task_id in self._store.due(clock.now()):
            stored = self._store.task(task_id)
            if stored and stored.task.status is TaskStatus.PENDING:
                released += self._replaced(stored, rules.fallen_due(stored.task))
        return released

    def lapsed(self) -> list[InFlight]:
        """What has a slot and a lease that is over: its message was lost, or its worker died."""
        now = clock.now()
        return [flying for flying in self._store.in_flight() if flying.lease_until <= now]

    def take_back(self) -> list[str]:
        """Offer again what the workers of leased agents let lapse; the ids of everything else that has lapsed."""
        lapsed = self.lapsed()
        agents = self._limits_of({one.agent_id for one in lapsed}) if lapsed else {}
        leased = {one.task_id for one in lapsed if agents.get(one.agent_id, AgentLimits()).leased}
        for stored in self._store.tasks(leased).values():
            self._taken_back(stored)
        return [one.task_id for one in lapsed if one.task_id not in leased]

    def _limits_of(self, agent_ids: Iterable[str]) -> dict[str, AgentLimits]:
        return {agent_id: queueing.limits_of(settings) for agent_id, settings in self._settings_of(agent_ids).items()}

    def _taken_back(self, stored: StoredTask) -> None:
        try:
            self._replaced(stored, leasing.taken_back(stored.task, clock.now()))
        except NotAllowed:
            return  # its worker was heard from after all, or it has ended

    def _decisions(
        self, limits: Limits, flying: list[InFlight], now: datetime, takes: Takes | None
    ) -> Iterator[Decision]:
        known = _Known(self._limits_of)
        known.agents.update(self._limits_of({one.agent_id for one in flying}))
        limits = replace(limits, agents=known.agents)
        return queueing.decisions(known.reading(self._store.ready()), flying, limits, now, takes)

    def _moves(self, chosen: list[str], start: Start, now: datetime) -> Iterator[tuple[StoredTask, Task]]:
        found = self._store.tasks(chosen)
        for task_id in chosen:
            stored = found.get(task_id)
            if stored and stored.task.waits:
                yield stored, start(stored.task, now)

    def _replaced(self, stored: StoredTask, after: Task) -> bool:
        try:
            self._store.replace(stored, after)
        except Changed:
            return False  # somebody changed the task meanwhile; whoever looks next looks again
        return True


def _chosen(decided: Iterable[Decision], most: int, *, leased: bool) -> list[str]:
    """The first tasks that start, of those that are leased or of those that are not."""
    return list(islice(_starting(decided, leased=leased), most))


def _starting(decided: Iterable[Decision], *, leased: bool) -> Iterator[str]:
    for one in decided:
        match one:
            case Held(hold=Hold.ORGANISATION_LIMIT):
                return  # nor does anything behind it start
            case Dispatch() if one.leased is leased:
                yield one.task_id
