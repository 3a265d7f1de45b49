"""Assignments of agents to streams, as wished, as changed and as stored, and the endings that make others start."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag

from watchbill.execution.models import Payload, Task, TaskStatus
from watchbill.platform.wire import Label, Model, Moment

MOST_ASSIGNMENTS = 50
MOST_DEPENDENTS = 16
"""So many agents may wait for the same one: what its end starts fits into one transaction."""


class Role(StrEnum):
    """What an agent is there for."""

    PRIMARY = "primary"
    ENRICHMENT = "enrichment"
    SCORING = "scoring"
    MONITORING = "monitoring"
    NOTIFICATION = "notification"


class Frequency(StrEnum):
    """Whether the clock starts an agent, once in each day or week, or does not."""

    DAILY = "daily"
    WEEKLY = "weekly"
    ON_DEMAND = "on_demand"
    TRIGGERED = "triggered"


Order = Annotated[int, Field(ge=0, le=1_000, strict=True)]
References = Annotated[tuple[Label, ...], Field(max_length=MOST_ASSIGNMENTS)]


class AssignmentFacts(Model):
    """What a user says of an agent's part in a stream.

    `auto_execute` lets it start by itself: when everything it depends on has completed, and by the clock when its
    frequency is daily or weekly. `execution_order` is how agents are listed that do not wait for each other.
    """

    assignment_role: Role = Role.PRIMARY
    execution_order: Order = 0
    is_active: bool = True
    auto_execute: bool = False
    execution_frequency: Frequency = Frequency.TRIGGERED
    depends_on_agent_ids: References = ()


class NewAssignment(AssignmentFacts):
    """The wish for an assignment. Agents are named by their ids or names."""

    agent_id: Label


class NewAssignments(Model):
    """Several assignments to one stream, of which all are made or none; they may depend on each other."""

    assignments: Annotated[tuple[NewAssignment, ...], Field(min_length=1, max_length=MOST_ASSIGNMENTS)]


def _form(body: Any) -> str:
    return "many" if isinstance(body, dict) and "assignments" in body else "one"


OneOrMany = Annotated[
    Annotated[NewAssignment, Tag("one")] | Annotated[NewAssignments, Tag("many")], Discriminator(_form)
]
"""The body of a post: an assignment, or several."""


class AssignmentChange(Model):
    """What may be changed of an assignment; what is absent stays."""

    assignment_role: Role | None = None
    execution_order: Order | None = None
    is_active: bool | None = None
    auto_execute: bool | None = None
    execution_frequency: Frequency | None = None
    depends_on_agent_ids: References | None = None


class ExecutionWish(Model):
    """The wish to have an assigned agent executed: with what, and even if something speaks against it."""

    execution_config: Payload = Field(default_factory=dict)
    force_execute: bool = False


class Arrival(Model):
    """An execution that has completed, for those who wait for it."""

    task_id: str
    priority: int
    completed_at: Moment

    @property
    def age(self) -> tuple[Moment, str]:
        """Grows from one completion to a later one."""
        return self.completed_at, self.task_id


class Assignment(AssignmentFacts):
    """An agent's part in a stream, how it went, and what it has been told of what it waits for.

    `arrived` is what has completed of what it depends on since it was last started for that, by agent; `generation`
    counts those starts. `newest_task` is the last that was made for it, `completed` its last that completed.
    `next_due` is when the clock starts it. `busy_ms` is how long its successful executions took together.
    """

    id: str
    stream_id: str
    agent_id: str
    total_executions: int = 0
    successful_executions: int = 0
    busy_ms: int = 0
    last_executed_at: Moment | None = None
    newest_task: str | None = None
    completed: Arrival | None = None
    arrived: dict[str, Arrival] = Field(default_factory=dict)
    generation: int = 0
    next_due: Moment | None = None
    created_at: Moment
    updated_at: Moment

    @property
    def follows(self) -> bool:
        """Whether it starts by itself when everything it depends on has completed."""
        return self.is_active and self.auto_execute and bool(self.depends_on_agent_ids)

    @property
    def missing(self) -> tuple[str, ...]:
        """The agents it still waits for."""
        return tuple(agent for agent in self.depends_on_agent_ids if agent not in self.arrived)


class Ending(Model):
    """How a task on a stream ended. `number` tells it from other endings of the task, which may be sent again."""

    stream: str
    agent: str
    task: str
    number: int
    status: TaskStatus
    priority: int
    ended_at: Moment
    duration_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Start:
    """A dependent that has everything it waited for: `told` so, and `started`, if it can be."""

    told: Assignment
    started: Assignment
    upstream: dict[str, str]
    priority: int

    @property
    def agent_id(self) -> str:
        """Who starts."""
        return self.told.agent_id


@dataclass(frozen=True, slots=True)
class Followed:
    """What an ending means for the assignments of its stream: what changes, and who starts."""

    changed: tuple[Assignment, ...]
    starts: tuple[Start, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """An assignment as the workflow judges it: with its newest task, and whether its agent could be run."""

    assignment: Assignment
    agent_name: str
    task: Task | None = None
    agent_active: bool = True
    runnable: bool = True


class NodeState(StrEnum):
    """Where an agent of a workflow is."""

    IDLE = "idle"
    WAITING = "waiting"
    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    BLOCKED = "blocked"
    INACTIVE = "inactive"

    @property
    def under_way(self) -> bool:
        """Whether its agent is going to end by itself, and those who wait for it hear of it."""
        return self in (NodeState.WAITING, NodeState.QUEUED, NodeState.RUNNING)


@dataclass(frozen=True, slots=True)
class Standing:
    """An agent's state in a workflow, and of whom it is the fault: agents it waits for, or that block it, by id."""

    state: NodeState
    waiting_for: tuple[str, ...] = ()
    blocked_by: tuple[str, ...] = ()
