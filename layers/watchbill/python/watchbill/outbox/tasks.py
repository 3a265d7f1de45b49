"""Which events a write of a task means. Pure."""

from collections.abc import Iterator, Sequence
from typing import Any

from watchbill.execution.happenings import TaskEvent
from watchbill.execution.models import Task, TaskStatus
from watchbill.execution.packing import to_task
from watchbill.outbox import order
from watchbill.platform import ids
from watchbill.platform.events import Event, EventType
from watchbill.platform.items import to_item
from watchbill.platform.stream import Record

_WHOSE = {"agent_id", "agent_name", "campaign_id", "session_id", "orchestration_id"}
_FAILED = {"agent_id", "task_type", "priority", "attempt", "stream_id", "trigger", "error", "completed_at"}
_CHANGED = _FAILED | _WHOSE | {"status", "created_at", "queued_at", "started_at", "not_before"}

_FOLLOWED = {"campaign_id", "session_id"}
"""Whose tasks are followed step by step."""


def of_task(record: Record) -> Iterator[Event]:
    """That a task is in another state, that it has failed for good, and of a campaign or a session every step."""
    if record.after is None:
        return
    after, before = to_item(record.after), to_item(record.before or {})
    changed, followed = after["status"] != before.get("status"), _FOLLOWED & after.keys()
    if not changed and not followed:
        return
    task = to_task(after)
    if changed:
        yield from _of_change(record, task)
    if followed:
        yield from _of_followed(record, task, to_task(before).events if before else ())


def _of_change(record: Record, task: Task) -> Iterator[Event]:
    yield Event(_id(record, "changed"), EventType.TASKS_CHANGED, task.org_id, _told(task, _CHANGED), record.cause)
    if task.status is TaskStatus.FAILED:
        yield Event(_id(record), EventType.TASK_FAILED, task.org_id, _told(task, _FAILED), record.cause)


def _of_followed(record: Record, task: Task, known: Sequence[TaskEvent]) -> Iterator[Event]:
    whose = {"task_id": task.id} | task.model_dump(include=_WHOSE)
    for number, one in enumerate(task.events):
        if one not in known:
            told = one.model_dump(mode="json", exclude={"type"}) | whose
            event_id, mark, follows = order.step(task, one), order.mark(task, one), order.before_step(task, number)
            yield Event(event_id, EventType(one.type.value), task.org_id, told, record.cause, mark, follows)


def _told(task: Task, fields: set[str]) -> dict[str, Any]:
    return task.model_dump(mode="json", include=fields) | {"task_id": task.id}


def _id(record: Record, *which: str) -> str:
    return ids.derived_id("event", *record.key, str(record.sequence), *which)
