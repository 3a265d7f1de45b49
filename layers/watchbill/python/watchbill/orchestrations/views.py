"""What the routes of orchestrations take and answer."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from watchbill.execution.models import Payload, Task, TaskError, TaskStatus, TriggerRule
from watchbill.orchestrations.models import (
    MOST_AGENTS,
    TASK_TYPE,
    Member,
    Orchestration,
    OrchestrationStatus,
)
from watchbill.platform.wire import CamelModel, Label, Model, Moment, PageQuery


class WishedAgent(CamelModel):
    """An agent by name or id; `after` are others of the wish, the usual ones where it is left out.

    Its `payload` is added to what all are told.
    """

    agent: Label
    after: Annotated[tuple[Label, ...], Field(max_length=MOST_AGENTS)] | None = None
    trigger_rule: TriggerRule | None = None
    payload: Payload = Field(default_factory=dict)
    task_type: Label = TASK_TYPE


_Wished = Annotated[WishedAgent, BeforeValidator(lambda value: {"agent": value} if isinstance(value, str) else value)]
"""An agent that may only be named."""


class OrchestrationWish(CamelModel):
    """Who is to work together, each of whom may be only named, and what all of them are told.

    That is the message and its context, or whatever their agents read. What happens is told in the session `sessionId`,
    of the wish or of the context, if it names one.
    """

    agents: Annotated[tuple[_Wished, ...], Field(min_length=1, max_length=MOST_AGENTS)]
    params: Payload = Field(default_factory=dict)
    session_id: Label | None = None


class OrchestrationQuery(PageQuery):
    """Which page of orchestrations is wanted."""


class OrchestratedTask(CamelModel):
    """An agent's task in an orchestration, and whom it comes after."""

    agent: str
    agent_id: str
    task_id: str
    after: tuple[str, ...]


class AcceptedOrchestration(CamelModel):
    """An orchestration that has begun."""

    orchestration_id: str
    status: OrchestrationStatus
    session_id: str | None
    tasks: tuple[OrchestratedTask, ...]


class AgentOutcome(OrchestratedTask):
    """How far an agent's task is, and what it brought, or why it brought nothing."""

    status: TaskStatus
    result: Any = None
    error: TaskError | None = None


class OrchestrationSummary(CamelModel):
    """An orchestration as it is listed."""

    orchestration_id: str
    status: OrchestrationStatus
    session_id: str | None
    agents: tuple[str, ...]
    created_at: Moment
    concluded_at: Moment | None


class OrchestrationDetail(CamelModel):
    """An orchestration with its agents, in the order of their work, each as its task is now."""

    orchestration_id: str
    status: OrchestrationStatus
    session_id: str | None
    agents: tuple[AgentOutcome, ...]
    created_at: Moment
    concluded_at: Moment | None


class OrchestrationList(Model):
    """Some orchestrations, and where the list goes on."""

    items: tuple[OrchestrationSummary, ...]
    next_cursor: str | None = None


def accepted(orchestration: Orchestration) -> AcceptedOrchestration:
    """An orchestration as whoever has it begun is told of it."""
    return AcceptedOrchestration(
        orchestration_id=orchestration.id,
        status=orchestration.status,
        session_id=orchestration.session_id,
        tasks=tuple(OrchestratedTask(**_named(member)) for member in orchestration.members),
    )


def summary_of(orchestration: Orchestration) -> OrchestrationSummary:
    """An orchestration as it is listed."""
    return OrchestrationSummary(agents=tuple(one.agent for one in orchestration.members), **_shared(orchestration))


def detail_of(orchestration: Orchestration, tasks: dict[str, Task]) -> OrchestrationDetail:
    """An orchestration by itself."""
    agents = tuple(_outcome(member, tasks.get(member.task_id)) for member in orchestration.members)
    return OrchestrationDetail(agents=agents, **_shared(orchestration))


def _outcome(member: Member, task: Task | None) -> AgentOutcome:
    if task is None:
        return AgentOutcome(status=member.status or TaskStatus.CANCELLED, error=member.error, **_named(member))
    completed = task.status is TaskStatus.COMPLETED
    result, error = (task.output, None) if completed else (None, task.error)
    return AgentOutcome(status=task.status, result=result, error=error, **_named(member))


def _named(member: Member) -> dict[str, Any]:
    return member.model_dump(include=set(OrchestratedTask.model_fields))


def _shared(orchestration: Orchestration) -> dict[str, Any]:
    return {
        "orchestration_id": orchestration.id,
        "status": orchestration.status,
        "session_id": orchestration.session_id,
        "created_at": orchestration.created_at,
        "concluded_at": orchestration.concluded_at,
    }
