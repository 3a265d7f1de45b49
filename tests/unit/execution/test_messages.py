"""Which writes of tasks mean a message, and which of them have met their worker already."""

from itertools import pairwise
from typing import Any

from watchbill.execution.models import Task, TaskStatus
from watchbill.execution.packing import from_task
from watchbill.outbox.rules import messages_of
from watchbill.platform import keys
from watchbill.platform.clock import from_text
from watchbill.platform.items import to_raw
from watchbill.platform.queue import Queue
from watchbill.platform.stream import Record

MADE = from_text("2026-03-10T12:00:00.000Z")


def moves(*statuses: TaskStatus, task: str = "task", begin: int = 1) -> list[Record]:
    """The records of a task that goes from one state to the next."""
    images = [image(task, status) for status in statuses]
    return [
        Record(keys.TASK("demo", task), begin + number, before, after)
        for number, (before, after) in enumerate(pairwise(images))
    ]


def image(task: str, status: TaskStatus) -> dict[str, Any]:
    made = Task(id=task, agent_id="ana", org_id="demo", task_type="t", created_at=MADE, status=status)
    return to_raw(from_task(made))


def sent(*records: Record) -> list[str]:
    return [message["task"] for message in messages_of(records)[Queue.TASKS]]


def test_a_task_that_got_its_slot_is_sent_to_the_workers() -> None:
    assert sent(*moves(TaskStatus.PENDING, TaskStatus.QUEUED)) == ["task"]


def test_a_task_that_has_gone_on_within_the_batch_is_not() -> None:
    begun = moves(TaskStatus.PENDING, TaskStatus.QUEUED, TaskStatus.PROCESSING)
    other = moves(TaskStatus.PENDING, TaskStatus.QUEUED, task="other", begin=10)

    assert sent(*begun, *other) == ["other"]


def test_a_task_that_is_sent_again_gets_its_message_whatever_it_went_through_before() -> None:
    again = moves(TaskStatus.PENDING, TaskStatus.QUEUED, TaskStatus.CANCELLED, TaskStatus.PENDING, TaskStatus.QUEUED)

    assert sent(*again) == ["task"]
