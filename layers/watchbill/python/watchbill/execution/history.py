"""Executions: tasks as what was done for an agent or a stream, the newest first.

What a page costs does not grow with the history: lists are kept for the organisation, each agent, each stream and each
campaign, and a list of what ended with a status for the organisation. What is asked for besides is looked for in the
narrowest of them; then a page may come to an end before it is full, with a cursor to go on looking.
"""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from watchbill.execution.listing import months
from watchbill.execution.models import Task, TaskStatus
from watchbill.execution.recording import detail_of, execution_of, status_of
from watchbill.execution.store import EVERYTHING, Listed, Place, TaskStore, ended_in, made_in
from watchbill.execution.views import Execution, ExecutionDetail, ExecutionList, ExecutionQuery
from watchbill.platform import clock
from watchbill.platform.errors import NotFound
from watchbill.platform.lists import Cursors, first_page
from watchbill.registry.models import Agent
from watchbill.registry.service import RegistryService
from watchbill.runs.models import Status

MOST_LOOKED_AT = 1_000
"""So many entries of a list are looked at for one page."""
_READ_AT_ONCE = 100
_ENDED = {
    Status.COMPLETED: TaskStatus.COMPLETED,
    Status.FAILED: TaskStatus.FAILED,
    Status.TIMEOUT: TaskStatus.FAILED,
    Status.CANCELLED: TaskStatus.CANCELLED,
}

Position = dict[str, Any]
"""The month of a list, and the sort key in it behind which it goes on."""


class ExecutionHistory:
    """One organisation's executions."""

    def __init__(self, store: TaskStore, registry: RegistryService, cursors: Cursors) -> None:
        self._store = store
        self._registry = registry
        self._cursors = cursors

    def execution(self, execution_id: str) -> ExecutionDetail:
        """One execution with what went in and came out. Raises NotFound."""
        stored = self._store.task(execution_id)
        if stored is None:
            raise NotFound(f"there is no execution {execution_id!r}")
        return detail_of(stored.task, self._registry.agent(stored.task.agent_id).name)

    def executions(self, query: ExecutionQuery) -> ExecutionList:
        """Executions by when they were made; of a status in which they ended, of all agents, by when they ended.

        Raises NotFound for an unknown agent, BadRequest.
        """
        agent_id = self._registry.agent(query.agent_id).id if query.agent_id else None
        name = f"executions {agent_id} {query.stream_id} {query.campaign_id} {query.status}"
        position = self._cursors.open(query.cursor, name)
        walk = _Walk(self._store, self._registry, query, agent_id)
        found = walk.in_flight(position) if query.status is Status.RUNNING else walk.listed(position, query.limit)
        shown, more = first_page(found, query.limit)
        return ExecutionList(items=tuple(shown), next_cursor=self._cursors.close(more or walk.stopped_at, name))


class _Walk:
    """A walk along the lists that a query is answered from. `stopped_at` is where it was given up, if it was."""

    def __init__(
        self, store: TaskStore, registry: RegistryService, query: ExecutionQuery, agent_id: str | None
    ) -> None:
        self._store = store
        self._registry = registry
        self._query = query
        self._agent_id = agent_id
        self._agents: dict[str, Agent] = {}
        self.stopped_at: Position | None = None

    def in_flight(self, position: Position) -> Iterator[tuple[Execution, Position]]:
        """What is being worked on, which is at most as many as there are slots."""
        flying = {one.task_id for one in self._store.in_flight() if self._agent_id in (None, one.agent_id)}
        tasks = [stored.task for stored in self._store.tasks(flying).values() if self._wanted(stored.task)]
        placed = sorted(((clock.to_text(task.created_at), task.id) for task in tasks), reverse=True)
        by_id = {task.id: task for task in tasks}
        for created, task_id in placed:
            if not position or [created, task_id] < position["behind"]:
                yield self._execution(by_id[task_id]), {"behind": [created, task_id]}

    def listed(self, position: Position, limit: int) -> Iterator[tuple[Execution, Position]]:
        """What the list holds that is wanted, behind a position."""
        entries = self._entries(position)
        looked_at = 0
        while chunk := list(islice(entries, min(limit + 1, _READ_AT_ONCE))):
            found = self._store.tasks(one.task_id for one, _ in chunk if self._agent_id in (None, one.agent_id))
            for one, behind in chunk:
                if one.task_id in found and self._wanted(found[one.task_id].task):
                    yield self._execution(found[one.task_id].task), behind
            looked_at += len(chunk)
            if looked_at >= MOST_LOOKED_AT:
                self.stopped_at = chunk[-1][1]
                return

    def _entries(self, position: Position) -> Iterator[tuple[Listed, Position]]:
        place_of = self._place_of()
        begun = position.get("month", "")
        for month in months(clock.now()):
            if not begun or month <= begun:
                after = position["after"] if month == begun else None
                for one in self._store.listed(place_of(month), after):
                    yield one, {"month": month, "after": one.sort_key}

    def _place_of(self) -> Callable[[str], Place]:
        """The narrowest list that holds all that is wanted, by month."""
        subject = self._query.campaign_id or self._query.stream_id or self._agent_id
        ended = _ENDED.get(self._query.status) if self._query.status else None
        if subject is None and ended is not None:
            return lambda month: ended_in(ended, month)
        return lambda month: made_in(subject or EVERYTHING, month)

    def _wanted(self, task: Task) -> bool:
        asked = self._query
        wanted = (
            (asked.status, status_of(task)),
            (asked.stream_id, task.stream_id),
            (asked.campaign_id, task.campaign_id),
        )
        return all(one in (None, own) for one, own in wanted)

    def _execution(self, task: Task) -> Execution:
        if task.agent_id not in self._agents:
            self._agents |= self._registry.agents_of({task.agent_id})
        return execution_of(task, self._agents[task.agent_id].name)
