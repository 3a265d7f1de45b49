"""The stream that a task is about, and what is looked for in it."""

from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from watchbill.agents.builtin import not_runnable
from watchbill.agents.prospects import goal_of
from watchbill.execution.models import Task
from watchbill.execution.worker import NotRunnable
from watchbill.platform.errors import NotFound
from watchbill.streams.models import GoalCriteria, Item, ItemStatus, Stream, TargetMetrics
from watchbill.streams.service import StreamService

_DONE_WITH = (ItemStatus.COMPLETED, ItemStatus.CANCELLED)


@dataclass(frozen=True, slots=True)
class Work:
    """A stream with its items that there is something to be done about, and what is looked for."""

    stream: Stream
    goal: GoalCriteria
    target: TargetMetrics
    items: tuple[Item, ...]

    @property
    def open(self) -> list[Item]:
        """The items that there is something to be done about."""
        return [item for item in self.items if item.status not in _DONE_WITH]


def stream_id_of(task: Task) -> Any:
    """What a task names as its stream, or what comes for one from outside; None when it names none."""
    return task.stream_id or task.payload.get("stream_id")


def work_of(task: Task, streams: StreamService) -> Work:
    """What a task is about. Raises NotRunnable when that is no stream, or not to be read."""
    stream_id = stream_id_of(task)
    if not isinstance(stream_id, str) or not stream_id:
        raise NotRunnable("the task is about no stream: run the agent on one, or name it as stream_id in the payload")
    try:
        stream = streams.stream(stream_id)
        goal, target = goal_of(stream, task.goal_context or task.payload.get("goal_context"))
        return Work(stream, goal, target, tuple(streams.items(stream_id)))
    except NotFound as error:
        raise NotRunnable(str(error)) from error
    except ValidationError as error:
        raise not_runnable(error, "goal_context") from error
