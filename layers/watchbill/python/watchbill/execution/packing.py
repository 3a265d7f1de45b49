"""A task as an item: packed, with what the stream's consumers look at beside it. Pure."""

import zlib

from watchbill.execution.models import Task
from watchbill.platform.items import Item


def to_task(item: Item) -> Task:
    """The task in an item."""
    return Task.model_validate_json(zlib.decompress(item["task"]))


def from_task(task: Task) -> Item:
    """The item of a task."""
    # Payloads and outputs are text of any length; state and agent stay readable for the stream's consumers.
    told = task.model_dump_json(exclude_none=True, exclude=set(Task.model_computed_fields))
    packed = zlib.compress(told.encode())
    item = {"task": packed, "status": task.status.value, "agent_id": task.agent_id, "waits": task.waits}
    more = {
        "campaign_id": task.campaign_id,
        "session_id": task.session_id,
        "orchestration_id": task.orchestration_id,
        "dependents": list(task.dependents),
    }
    return item | {name: value for name, value in more.items() if value}
