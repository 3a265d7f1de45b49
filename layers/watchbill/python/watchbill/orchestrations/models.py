"""Orchestrations: agents that work together on one thing, each behind those whose outputs it builds on."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from watchbill.execution.models import DEFAULT_PRIORITY, TaskError, TaskStatus, TriggerRule
from watchbill.platform.wire import Model, Moment
from watchbill.runs.models import Trigger

MOST_AGENTS = 20
"""So many agents, four writes each, leave room in a transaction for those of whoever has them work."""
TASK_TYPE = "orchestrated"


class OrchestrationStatus(StrEnum):
    """How an orchestration is: at work, or what came of it when the last of its tasks had ended."""

    RUNNING = "running"
    COMPLETED = "completed"
    PARTIAL = "partial"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Node:
    """An agent's part in a plan: `agent` is a name or an id, and `after` names others of the plan in the same words."""

    agent: str
    after: tuple[str, ...] = ()
    trigger_rule: TriggerRule = TriggerRule.ALL_SUCCESS
    payload: dict[str, Any] = field(default_factory=dict)
    task_type: str = TASK_TYPE
    priority: int = DEFAULT_PRIORITY


@dataclass(frozen=True, slots=True)
class Plan:
    """Who is to do what, after whom, and for whom."""

    nodes: tuple[Node, ...]
    session_id: str | None = None
    user_id: str | None = None
    trigger: Trigger = Trigger.API


class Member(Model):
    """An agent of an orchestration and its task; when that has concluded, also how and when the task had ended then."""

    agent: str
    agent_id: str
    task_id: str
    after: tuple[str, ...] = ()
    status: TaskStatus | None = None
    error: TaskError | None = None
    ended_at: Moment | None = None


class Orchestration(Model):
    """Agents that work together. `members` are in the order of their work."""

    id: str
    status: OrchestrationStatus = OrchestrationStatus.RUNNING
    session_id: str | None = None
    members: tuple[Member, ...]
    created_at: Moment
    concluded_at: Moment | None = None
