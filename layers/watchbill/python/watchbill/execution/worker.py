"""Working on a task that has a slot: begin it, run its agent, and write down what became of it.

Everything is written over what was read, so that of two workers with the same task one goes on, and what a worker
writes that has lost its task counts for nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Protocol

from watchbill.execution import leasing, rules
from watchbill.execution.attempts import Attempt
from watchbill.execution.happenings import CustomEvents, Tell
from watchbill.execution.leasing import LOST
from watchbill.execution.models import Metrics, Task, TaskError, TaskStatus
from watchbill.execution.releasing import Dependents
from watchbill.execution.store import StoredTask, TaskStore
from watchbill.platform import clock, ids
from watchbill.platform.observability import logger
from watchbill.platform.table import Changed

MARGIN = timedelta(seconds=30)
"""How much longer a lease lasts than the agent may take, for what is written around its work."""


@dataclass(frozen=True, slots=True)
class Done:
    """An attempt that succeeded."""

    output: Any = None
    metrics: Metrics | None = None
    events: CustomEvents = ()


@dataclass(frozen=True, slots=True)
class Failed:
    """An attempt that failed, with what it cost nevertheless; the next one is not made before a `wait`."""

    error: TaskError
    metrics: Metrics | None = None
    wait: timedelta = timedelta(0)
    events: CustomEvents = ()


@dataclass(frozen=True, slots=True)
class Awaited:
    """An attempt that goes on elsewhere; its agent will call back."""


Outcome = Done | Failed | Awaited


Upstream = Mapping[str, Any]
"""What the agents that a task waited for have brought, by their ids."""


class Agent(Protocol):
    """What runs a task: an agent of one of the runtimes. `timeout` is how long an attempt may take."""

    @property
    def timeout(self) -> timedelta: ...

    def run(self, task: Task, upstream: Upstream, tell: Tell) -> Outcome:
        """Do the task, and tell of it meanwhile. What it raises is a failure that another attempt may mend."""
        ...


AgentOf = Callable[[str], Agent]
"""The agent of an id. Raises NotRunnable when there is none that could be run, LeasedElsewhere."""


class NotRunnable(Exception):
    """No attempt at this task can succeed; the message says why."""


class LeasedElsewhere(Exception):
    """The agent's tasks are leased by workers of the user's; nothing is run from here."""


@dataclass(frozen=True, slots=True)
class Begun:
    """An attempt that has been begun: its agent is to be run."""

    stored: StoredTask
    agent: Agent


class Worker:
    """Works on an organisation's tasks."""

    def __init__(self, store: TaskStore, agent_of: AgentOf, wake: Callable[[], None] = lambda: None) -> None:
        self._store = store
        self._agent_of = agent_of
        self._dependents = Dependents(store)
        self._offer = _Coalesced(lambda: wake() if store.any_ready() else None)

    def begin(self, task_ids: Iterable[str]) -> dict[str, Begun]:
        """Begin what has just got its slot of these tasks, in one write: all or none. `work` goes on with each.

        What is none of this, or somebody else's meanwhile, is left to `work` as a whole.
        """
        new = [stored for stored in self._store.tasks(task_ids).values() if stored.task.status is TaskStatus.QUEUED]
        begun = list(self._beginnings(new))
        try:
            self._store.replace_all([(before, one.stored.task) for before, one in begun])
        except Changed:
            return {}
        return {one.stored.task.id: one for _, one in begun}

    def work(self, task_id: str, begun: Begun | None = None) -> datetime | None:
        """Make an attempt at a task, if one is due; when its message must come again, or None when it need not.

        One that has been `begun` is gone on with.
        """
        if begun is not None:
            return self._run(begun)
        stored = self._store.task(task_id)
        if stored is None or not stored.task.status.in_flight or _leased(stored.task):
            return None
        if (wait := _not_now(stored.task)) is not None:
            return wait
        if _not_called_back(stored.task):
            return self._write(stored, leasing.timed_out(stored.task, clock.now()))
        if _used_up(stored.task):
            return self._give_up(stored)
        return self._attempt(stored)

    def put_aside(self, task_id: str) -> datetime | None:
        """Fail a task whose message came back too often, unless a worker has it; when to look again, or None."""
        stored = self._store.task(task_id)
        if stored is None or not stored.task.status.in_flight or _leased(stored.task):
            return None
        if stored.task.status is TaskStatus.PROCESSING and (wait := _not_now(stored.task)) is not None:
            return wait
        error = TaskError(type=LOST, message="no worker could begin or end it, however often it was sent")
        return self._write(stored, rules.abandoned(stored.task, clock.now(), error))

    def _attempt(self, stored: StoredTask) -> datetime | None:
        try:
            agent = self._agent_of(stored.task.agent_id)
        except NotRunnable as error:
            return self._write(stored, rules.abandoned(stored.task, clock.now(), _error(error, retryable=False)))
        except LeasedElsewhere:
            return self._write(stored, leasing.taken_back(stored.task, clock.now()))
        begun = _begun(stored, agent)
        try:
            self._store.replace(stored, begun.stored.task)
        except Changed:
            return clock.now()
        return self._run(begun)

    def _beginnings(self, new: Iterable[StoredTask]) -> Iterator[tuple[StoredTask, Begun]]:
        agents: dict[str, Agent] = {}
        for stored in new:
            agent_id = stored.task.agent_id
            try:
                agent = agents.get(agent_id) or agents.setdefault(agent_id, self._agent_of(agent_id))
            except (NotRunnable, LeasedElsewhere):
                continue
            yield stored, _begun(stored, agent)

    def _run(self, begun: Begun) -> datetime | None:
        attempt, task = Attempt(self._store, begun.stored), begun.stored.task
        again = self._end(attempt, _outcome(begun.agent, task, self._store.upstream(task), attempt.tell))
        if again is None:
            self._offer()  # its slot is free; the stream says so too, a little later
        return again

    def _end(self, attempt: Attempt, outcome: Outcome) -> datetime | None:
        now = clock.now()
        after = attempt.written(lambda task: _after(task, outcome, now))
        if after is None:
            return now  # it was cancelled, or its lease ended and another worker has it: that one's word counts
        self._dependents.followed(after)
        return after.deadline or after.next_attempt_at

    def _write(self, stored: StoredTask, after: Task) -> datetime | None:
        try:
            self._store.replace(stored, after)
        except Changed:
            # It was cancelled, or its lease ended and another worker has it: that one's word counts.
            return clock.now()
        self._dependents.followed(after)
        return after.next_attempt_at

    def _give_up(self, stored: StoredTask) -> datetime | None:
        now = clock.now()
        return self._write(stored, rules.abandoned(stored.task, now, leasing.lapse_of(stored.task, now)))


class _Coalesced:
    """Does something for whoever asks. Of several threads that wait to have it done, one does it for all."""

    def __init__(self, act: Callable[[], None]) -> None:
        self._act = act
        self._next, self._now = Lock(), Lock()

    def __call__(self) -> None:
        # Who holds the place of the next has not begun, so what was written before this call is seen by it.
        if self._next.acquire(blocking=False):
            with self._now:
                self._next.release()
                self._act()


def _after(task: Task, outcome: Outcome, now: datetime) -> Task:
    """The task after an attempt with this outcome."""
    match outcome:
        case Done():
            return rules.completed(task, task.attempt, now, outcome.output, outcome.metrics, outcome.events)
        case Awaited():
            return leasing.awaited(task, (task.lease_until or now) - MARGIN)
        case Failed(error, metrics, wait, events):
            return rules.failed(task, task.attempt, now, error, metrics, wait, told=events)


def _begun(stored: StoredTask, agent: Agent) -> Begun:
    task = rules.begun(stored.task, clock.now(), agent.timeout + MARGIN, ids.new_id())
    return Begun(StoredTask(task, stored.revision + 1), agent)


def _leased(task: Task) -> bool:
    """Whether a worker of the user's has the task: its lease is looked after each minute, no message need wait."""
    return task.worker is not None and task.lease_until is not None and clock.now() < task.lease_until


def _not_called_back(task: Task) -> bool:
    """Whether the task's agent was to call back, and its time is up."""
    return task.status is TaskStatus.PROCESSING and task.deadline is not None and task.worker is None


def _not_now(task: Task) -> datetime | None:
    """When to look at the task again, while another worker has it or its next attempt is not due."""
    if task.status is TaskStatus.PROCESSING and task.lease_until and clock.now() < task.lease_until:
        return task.lease_until
    if task.next_attempt_at and clock.now() < task.next_attempt_at:
        return task.next_attempt_at
    return None


def _used_up(task: Task) -> bool:
    return task.status is TaskStatus.PROCESSING and task.retry_count >= task.max_retries


def _outcome(agent: Agent, task: Task, upstream: Upstream, tell: Tell) -> Outcome:
    try:
        return agent.run(task, upstream, tell)
    except NotRunnable as error:
        return Failed(_error(error, retryable=False))
    except Exception as error:  # noqa: BLE001 - agents are other people's code: whatever they raise is their failure
        logger().warning("an agent failed", exc_info=error, extra={"task": task.id, "agent": task.agent_id})
        return Failed(_error(error))


def _error(error: Exception, retryable: bool = True) -> TaskError:
    return TaskError(type=type(error).__name__, message=str(error)[:2_000], retryable=retryable)
