"""Tasks: having agents do something, and, for workers, leasing what there is to do (scopes execute and read)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from pydantic import BaseModel

from watchbill_client.connection import Connection, Request, given, new_idempotency_key, route
from watchbill_client.models import Answer
from watchbill_client.paging import Page, fetch_page
from watchbill_client.tasking import CustomEvent, Heard, LeasedTask, Metrics, Task, TaskError, Why

M = TypeVar("M", bound=BaseModel)
_TASKS = ("api", "tasks")
# The service answers within this many seconds after a worker's wait is over.
_LEASE_MARGIN_S = 10.0


class _Leased(Answer):
    tasks: list[LeasedTask]


class Tasks:
    """`client.tasks`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def create(
        self,
        agent: str,
        task_type: str,
        payload: Mapping[str, Any] | None = None,
        priority: int | None = None,
        scheduled_for: datetime | None = None,
        max_retries: int | None = None,
        session_id: str | None = None,
        user_id: str | None = None,
        depends_on: Sequence[str] | None = None,
        trigger_rule: str | None = None,
    ) -> Task:
        """Have an agent (by id or name) do something: now, or at `scheduled_for`; priority 10 comes first.

        Tasks of one `session_id` are done by one version, where an experiment with versions asks for that. `user_id` is
        for whom it is done, on whose budget. It starts when the tasks whose ids are in `depends_on` have completed, and
        is given their outputs; with the `trigger_rule` "all_done" when they have ended, however.

        Raises:
            NotFound: there is no such agent, or no task of such an id to depend on.
            Unprocessable: it has no runtime, so nobody would do it.
        """
        wish = {
            "agent_id": agent,
            "task_type": task_type,
            "payload": payload,
            "priority": priority,
            "scheduled_for": scheduled_for,
            "max_retries": max_retries,
            "session_id": session_id,
            "user_id": user_id,
            "depends_on": depends_on,
            "trigger_rule": trigger_rule,
        }
        request = Request("POST", route(*_TASKS), body=given(wish), idempotency_key=new_idempotency_key())
        return self._connection.call(request, Task)

    def get(self, task_id: str) -> Task:
        """One task.

        Raises:
            NotFound: there is no such task.
        """
        return self._connection.call(Request("GET", route(*_TASKS, task_id)), Task)

    def list(
        self, status: str | None = None, agent: str | None = None, limit: int | None = None, cursor: str | None = None
    ) -> Page[Task]:
        """Tasks, those that wait in the order they start in, those that ended newest first."""
        params = {"status": status, "agent_id": agent, "limit": limit}
        return fetch_page(self._connection, Request("GET", route(*_TASKS), params=params), Task, cursor)

    def cancel(self, task_id: str) -> Task:
        """Call a task off; what is still done of it counts no more.

        Raises:
            Unprocessable: it has ended.
        """
        return self._post(Task, task_id, "cancel")

    def retry(self, task_id: str) -> Task:
        """Send a task again that failed or was cancelled.

        Raises:
            Unprocessable: it did neither.
        """
        return self._post(Task, task_id, "retry")

    def why(self, task_id: str) -> Why:
        """Why a task has not started."""
        return self._connection.call(Request("GET", route(*_TASKS, task_id, "why")), Why)

    def lease(
        self,
        agents: Sequence[str] | None = None,
        task_types: Sequence[str] | None = None,
        max_tasks: int = 1,
        wait_seconds: int = 0,
        lease_seconds: int = 60,
        worker: str | None = None,
    ) -> Sequence[LeasedTask]:
        """Get tasks to work on, of these agents (ids or names) and types, or of all that are leased.

        The answer comes as soon as there is one, or empty after `wait_seconds` (20 at most). A lease ends after
        `lease_seconds` unless `heartbeat` prolongs it; then somebody else gets the task. `worker` names who has it.

        Raises:
            Unprocessable: the tasks of one of the agents are not leased: its runtime is another.
        """
        wish = {
            "agent_ids": agents,
            "task_types": task_types,
            "max_tasks": max_tasks,
            "wait_seconds": wait_seconds,
            "lease_seconds": lease_seconds,
            "worker": worker,
        }
        # Not sent again by itself: tasks of an answer that was lost on its way are nobody's until their leases end.
        request = Request("POST", route(*_TASKS, "lease"), body=given(wish), timeout=wait_seconds + _LEASE_MARGIN_S)
        return self._connection.call(request, _Leased).tasks

    def heartbeat(self, task: LeasedTask, lease_seconds: int = 60, events: Sequence[CustomEvent] = ()) -> Heard:
        """Keep a lease, and tell what has happened meanwhile; the answer says whether the task was cancelled.

        Raises:
            Conflict: somebody else has the task, or it has ended.
        """
        return self._of_lease(Heard, task, "heartbeat", lease_seconds=lease_seconds, events=_told(events))

    def complete(
        self,
        task: LeasedTask,
        output: Any = None,
        metrics: Metrics | None = None,
        events: Sequence[CustomEvent] = (),
    ) -> Task:
        """Say that a task is done, and what happened on the way. Saying it twice is saying it once.

        Raises:
            Conflict: the task was cancelled, or its lease is over and somebody else has it.
        """
        return self._of_lease(Task, task, "complete", output=output, metrics=_plain(metrics), events=_told(events))

    def fail(
        self,
        task: LeasedTask,
        error: TaskError,
        metrics: Metrics | None = None,
        events: Sequence[CustomEvent] = (),
    ) -> Task:
        """Say that an attempt failed: the task is tried again later, or has failed for good.

        Raises:
            Conflict: the task was cancelled, or its lease is over and somebody else has it.
        """
        return self._of_lease(Task, task, "fail", error=_plain(error), metrics=_plain(metrics), events=_told(events))

    def release(self, task: LeasedTask) -> Task:
        """Give a task back for somebody else to do; that costs no attempt.

        Raises:
            Conflict: somebody else has the task already, or it has ended.
        """
        return self._of_lease(Task, task, "release")

    def _post(self, model: type[M], task_id: str, step: str) -> M:
        return self._connection.call(Request("POST", route(*_TASKS, task_id, step)), model)

    def _of_lease(self, model: type[M], task: LeasedTask, step: str, **facts: Any) -> M:
        body = {"lease_token": task.lease_token, **given(facts)}
        return self._connection.call(Request("POST", route(*_TASKS, task.id, step), body=body, repeatable=True), model)


def _plain(value: BaseModel | None) -> dict[str, Any] | None:
    return None if value is None else value.model_dump(mode="json", exclude_none=True)


def _told(events: Sequence[CustomEvent]) -> list[dict[str, Any]] | None:
    return [event.model_dump(mode="json") for event in events] or None
