"""Tasks for processes of the user's: leasing them, being heard from, and saying what became of them."""

from collections.abc import Callable
from datetime import datetime, timedelta

from watchbill.execution import leasing
from watchbill.execution.models import Task, TaskStatus, Waiting
from watchbill.execution.releasing import Dependents
from watchbill.execution.rules import NotAllowed
from watchbill.execution.runtimes import told
from watchbill.execution.slots import TRIES, Slots
from watchbill.execution.store import StoredTask, TaskStore
from watchbill.execution.views import Completion, Failure, Heard, Heartbeat, LeasedTask, LeasedTasks, LeaseWish, Release
from watchbill.platform import clock, ids
from watchbill.platform.errors import Conflict, NotFound, Unprocessable
from watchbill.platform.table import Changed
from watchbill.registry.models import AgentSettings, PullRuntime
from watchbill.registry.service import RegistryService

LOOK_EVERY = 1.0
"""Seconds between looks at what waits, while a worker waits for a task."""


class LeaseService:
    """One organisation's tasks, as workers see them."""

    def __init__(
        self,
        store: TaskStore,
        slots: Slots,
        registry: RegistryService,
        pause: Callable[[float], None] = clock.pause,
    ) -> None:
        self._store = store
        self._slots = slots
        self._dependents = Dependents(store)
        self._registry = registry
        self._pause = pause

    def lease(self, wish: LeaseWish) -> LeasedTasks:
        """The tasks that a worker gets now, or as soon as there is one; none when its wait is over.

        Raises NotFound, Unprocessable for an agent whose tasks are not leased.
        """
        agents = self._agents(wish.agent_ids) if wish.agent_ids else None
        until = clock.ticks() + wish.wait_seconds
        while True:
            leased = self._lease_some(wish, agents)
            left = until - clock.ticks()
            if leased or left <= 0:
                return LeasedTasks(tasks=tuple(leased))
            self._pause(min(LOOK_EVERY, left))

    def heartbeat(self, task_id: str, beat: Heartbeat) -> Heard:
        """Prolong a lease, and say whether the task was cancelled. Raises NotFound, Conflict when the lease is lost."""

        def prolonged(task: Task, now: datetime) -> Task:
            if task.status is TaskStatus.CANCELLED and task.lease_holder == beat.lease_token:
                return task
            lease = timedelta(seconds=beat.lease_seconds)
            return leasing.prolonged(task, beat.lease_token, now, lease, beat.events)

        task = self._change(task_id, prolonged)
        cancelled = task.status is TaskStatus.CANCELLED
        return Heard(id=task.id, status=task.status, cancelled=cancelled, lease_until=task.lease_until)

    def complete(self, task_id: str, done: Completion) -> Task:
        """A task that its worker has done. Raises NotFound, Conflict when the lease is lost."""
        return self._change(
            task_id,
            lambda task, now: leasing.completed(task, done.lease_token, now, done.output, done.metrics, done.events),
        )

    def fail(self, task_id: str, failure: Failure) -> Task:
        """A task after its worker failed at it. Raises NotFound, Conflict when the lease is lost."""
        return self._change(
            task_id,
            lambda task, now: leasing.failed(
                task, failure.lease_token, now, failure.error, failure.metrics, failure.events
            ),
        )

    def release(self, task_id: str, given: Release) -> Task:
        """A task that its worker gives back untried. Raises NotFound, Conflict when the lease is lost."""
        return self._change(task_id, lambda task, _: leasing.released(task, given.lease_token))

    def _agents(self, references: tuple[str, ...]) -> frozenset[str]:
        agents = [self._registry.agent(reference) for reference in references]
        settings = self._registry.settings_of(agent.id for agent in agents)
        for agent in agents:
            if not isinstance(settings[agent.id].runs_as, PullRuntime):
                wanted = f'give it the runtime {{"kind": "pull"}} with PATCH /api/v1/agents/{agent.id}'
                raise Unprocessable(f"the tasks of agent {agent.name!r} are not leased: {wanted}")
        return frozenset(agent.id for agent in agents)

    def _lease_some(self, wish: LeaseWish, agents: frozenset[str] | None) -> list[LeasedTask]:
        self._slots.release()
        self._slots.take_back()
        settings: dict[str, AgentSettings] = {}

        def takes(task: Waiting) -> bool:
            return (agents is None or task.agent_id in agents) and task.task_type in (
                wish.task_types or [task.task_type]
            )

        def start(task: Task, now: datetime) -> Task:
            if task.agent_id not in settings:
                settings[task.agent_id] = self._registry.settings(task.agent_id)
            timeout = timedelta(seconds=settings[task.agent_id].timeout)
            return leasing.leased(task, now, timedelta(seconds=wish.lease_seconds), timeout, ids.new_id(), wish.worker)

        try:
            given = self._slots.give(start, wish.max_tasks, takes)
        except Changed as error:
            raise Conflict("tasks are being started by too many at once; try again") from error
        return [self._told(task, settings[task.agent_id]) for task in given]

    def _told(self, task: Task, settings: AgentSettings) -> LeasedTask:
        lease = {"lease_token": task.lease_holder, "lease_until": task.lease_until}
        return LeasedTask.model_validate(told(task, settings, self._store.upstream(task)) | lease)

    def _change(self, task_id: str, change: Callable[[Task, datetime], Task]) -> Task:
        """The task after a change by its worker, made anew when another change was faster."""
        for _ in range(TRIES):
            stored = self._stored(task_id)
            try:
                after = change(stored.task, clock.now())
                if after is not stored.task:
                    self._store.replace(stored, after)
            except NotAllowed as error:
                raise Conflict(f"the task is not this worker's to change: {error}") from error
            except Changed:
                continue
            self._dependents.followed(after)
            return after
        raise Conflict("the task is being changed by others all the time; try again")

    def _stored(self, task_id: str) -> StoredTask:
        stored = self._store.task(task_id)
        if stored is None:
            raise NotFound(f"there is no task {task_id!r}")
        return stored
