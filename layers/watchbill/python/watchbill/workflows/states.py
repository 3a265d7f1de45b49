"""Where every agent of a workflow is: what it does, whom it waits for, and who is in its way. Pure."""

from collections.abc import Iterable

from watchbill.execution.models import Task, TaskStatus
from watchbill.workflows.models import NodeState, Part, Standing

_OF_TASK = {
    TaskStatus.PENDING: NodeState.QUEUED,
    TaskStatus.QUEUED: NodeState.QUEUED,
    TaskStatus.PROCESSING: NodeState.RUNNING,
    TaskStatus.RETRYING: NodeState.RUNNING,
    TaskStatus.COMPLETED: NodeState.COMPLETED,
    TaskStatus.FAILED: NodeState.FAILED,
    TaskStatus.CANCELLED: NodeState.CANCELLED,
}


def standings(parts: Iterable[Part]) -> dict[str, Standing]:
    """The standing of each agent, by id. Nobody comes before one it waits for."""
    judged: dict[str, Standing] = {}
    known: dict[str, Part] = {}
    for part in parts:
        known[part.assignment.agent_id] = part
        judged[part.assignment.agent_id] = _standing(part, known, judged)
    return judged


def _standing(part: Part, known: dict[str, Part], judged: dict[str, Standing]) -> Standing:
    assignment, own = part.assignment, _own_state(part.task)
    if own.under_way:
        return Standing(own)
    if not (assignment.is_active and part.agent_active):
        return Standing(NodeState.INACTIVE)
    if not assignment.follows:
        return Standing(own)
    if not assignment.missing:
        # Everything is there and nothing was started: its agent cannot be run, which nobody else can mend.
        return Standing(NodeState.BLOCKED, blocked_by=(assignment.agent_id,))
    if blocking := _blocking(part, known, judged):
        return Standing(NodeState.BLOCKED, waiting_for=assignment.missing, blocked_by=blocking)
    if _has_begun_to_wait(part) or any(judged[agent].state.under_way for agent in assignment.missing):
        return Standing(NodeState.WAITING, waiting_for=assignment.missing)
    return Standing(own)


def _own_state(task: Task | None) -> NodeState:
    return _OF_TASK[task.status] if task else NodeState.IDLE


def _has_begun_to_wait(part: Part) -> bool:
    """Whether something of what it waits for has come, or it has never been started at all."""
    return bool(part.assignment.arrived) or part.task is None


def _blocking(part: Part, known: dict[str, Part], judged: dict[str, Standing]) -> tuple[str, ...]:
    """The agents because of which what is missing does not come.

    What went wrong before the agent was last started is over, unless it has begun to wait anew.
    """
    roots = [root for agent in part.assignment.missing for root in _roots(agent, judged[agent])]
    matters = [root for root in dict.fromkeys(roots) if _has_begun_to_wait(part) or _since(part, known[root])]
    return tuple(matters)


def _roots(agent: str, standing: Standing) -> tuple[str, ...]:
    match standing.state:
        case NodeState.FAILED | NodeState.CANCELLED | NodeState.INACTIVE:
            return (agent,)
        case NodeState.BLOCKED:
            return standing.blocked_by
        case _:
            return ()


def _since(part: Part, root: Part) -> bool:
    return part.task is not None and root.task is not None and root.task.created_at > part.task.created_at
