"""What the routes of assignments and workflows answer."""

from typing import Literal

from watchbill.execution.views import Execution
from watchbill.platform.wire import Model, Moment
from watchbill.workflows.models import AssignmentFacts, NodeState, Role

QUEUED_MESSAGE = "Agent execution queued successfully"


class AssignedAgent(AssignmentFacts):
    """An agent's part in a stream, and how its executions there went.

    `avg_execution_time_ms` is of those that completed. `next_due` is when the clock starts it.
    """

    id: str
    stream_id: str
    agent_id: str
    agent_name: str
    total_executions: int
    successful_executions: int
    avg_execution_time_ms: int | None
    last_executed_at: Moment | None
    next_due: Moment | None
    created_at: Moment
    updated_at: Moment


class AssignedAgents(Model):
    """A stream's agents, nobody before one it waits for."""

    items: tuple[AssignedAgent, ...]


class QueuedExecution(Model):
    """An execution that has been queued."""

    id: str
    status: Literal["queued"] = "queued"
    created_at: Moment


class ExecutionQueued(Model):
    """The answer to the wish for an execution."""

    execution: QueuedExecution
    message: str = QUEUED_MESSAGE


class Node(Model):
    """An agent of a workflow: where it is, and by their names whom it waits for and who is in its way."""

    agent_id: str
    agent_name: str
    assignment_role: Role
    execution_order: int
    is_active: bool
    auto_execute: bool
    state: NodeState
    waiting_for: tuple[str, ...]
    blocked_by: tuple[str, ...]
    last_execution: Execution | None


class Edge(Model):
    """The agent `target` waits for the agent `source`; both by id."""

    source: str
    target: str


class Workflow(Model):
    """How far a stream's agents are, nobody before one it waits for."""

    stream_id: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
