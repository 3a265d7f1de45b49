"""What the data of events about agents at work together is made of, as it crosses the wire."""

from typing import Any, Literal

from watchbill.execution.models import TaskError, TaskStatus
from watchbill.orchestrations.models import OrchestrationStatus
from watchbill.platform.wire import CamelModel, Model, Moment


class CampaignStep(CamelModel):
    """How far the campaign is that an agent makes for a session, and what the agent tells of it."""

    step: Literal["strategy_created", "content_calendar_created", "campaign_completed"]
    agent: str
    task_id: str
    data: dict[str, Any]


class ContentScheduled(CamelModel):
    """What an agent has scheduled for a session."""

    agent: str
    task_id: str
    data: dict[str, Any]


class AgentTold(Model):
    """An agent that worked together with others: how its task ended, and why it brought nothing."""

    agent: str
    agent_id: str
    task_id: str
    status: TaskStatus
    error: TaskError | None


class OrchestrationData(Model):
    """What came of agents that worked together, in the order of their work."""

    orchestration_id: str
    session_id: str | None
    status: OrchestrationStatus
    agents: tuple[AgentTold, ...]
    created_at: Moment
    concluded_at: Moment


class FailedAgent(CamelModel):
    """An agent that brought nothing, and why."""

    agent: str
    task_id: str
    status: TaskStatus
    error: TaskError | None


class OrchestrationError(CamelModel):
    """Agents worked together for a session, and not all of them succeeded."""

    orchestration_id: str
    status: Literal["partial", "failed"]
    failed: tuple[FailedAgent, ...]
