"""The task that an assigned agent is started with: what is known of its stream's goal, and of what it follows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from watchbill.execution.models import DEFAULT_PRIORITY, NewTask, Origin, Task
from watchbill.platform.errors import Unprocessable
from watchbill.platform.writes import Write
from watchbill.registry.models import AgentSettings
from watchbill.runs.models import Trigger
from watchbill.streams.models import Stream
from watchbill.workflows.models import Assignment

Draft = Callable[[NewTask, Origin], Task]
"""Makes a task and stores nothing. Raises NotFound, Unprocessable for an agent that is not run from here."""


StreamOf = Callable[[str], Stream]
"""The stream of an id. Raises NotFound."""
Creation = Callable[[Task], Sequence[Write]]
"""The writes that store a new task."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Why an agent is started, and with what."""

    trigger: Trigger
    upstream: Mapping[str, str]
    task_id: str | None = None
    priority: int = DEFAULT_PRIORITY
    payload: dict[str, Any] = field(default_factory=dict)


class Starter:
    """Drafts an organisation's tasks on streams."""

    def __init__(
        self, draft: Draft, creation: Creation, stream_of: StreamOf, settings: Callable[[str], AgentSettings]
    ) -> None:
        self._draft = draft
        self._creation = creation
        self._stream_of = stream_of
        self._settings = settings

    def stream(self, stream_id: str) -> Stream:
        """The stream of an id. Raises NotFound."""
        return self._stream_of(stream_id)

    def creation(self, task: Task) -> Sequence[Write]:
        """What stores a task, for a transaction."""
        return self._creation(task)

    def task(self, assignment: Assignment, stream: Stream, cause: Cause) -> Task:
        """The task, which is not stored yet.

        Raises Unprocessable for an agent that cannot be run from here, or is not active and not started by hand.
        """
        if cause.trigger is not Trigger.MANUAL and not self._settings(assignment.agent_id).works:
            raise Unprocessable("the agent is not active")
        wish = NewTask(
            agent_id=assignment.agent_id,
            task_type=assignment.assignment_role.value,
            priority=cause.priority,
            payload=cause.payload,
        )
        origin = Origin(
            trigger=cause.trigger,
            stream_id=assignment.stream_id,
            goal_context=goal_of(stream),
            upstream=cause.upstream,
            task_id=cause.task_id,
        )
        return self._draft(wish, origin)


def goal_of(stream: Stream) -> dict[str, Any]:
    """What an agent is told of a stream's goal."""
    told = {"goal_criteria", "target_metrics", "success_criteria", "goal_deadline"}
    return stream.model_dump(mode="json", include=told, exclude_none=True)
