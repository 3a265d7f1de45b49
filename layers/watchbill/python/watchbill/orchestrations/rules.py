"""Which plans can be carried out, whom agents come after when nobody says so, and what came of it all. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from graphlib import CycleError, TopologicalSorter
from typing import Any

from watchbill.execution.models import MOST_DEPENDENCIES, Task, TaskStatus, TriggerRule
from watchbill.orchestrations.models import Member, Node, Orchestration, OrchestrationStatus, Plan
from watchbill.orchestrations.views import OrchestrationWish, WishedAgent
from watchbill.platform.errors import BadRequest, Fault
from watchbill.registry.models import BuiltinType

USUAL_ORDER = ("trend-scanner", "video-scriptor", "post-scheduler", "analytics-reporter")
"""Who comes after whom of those that are named without saying so; others work side by side."""
BUILTIN = {kind.value.replace("_", "-"): kind for kind in BuiltinType}
"""The agents that Watchbill brings along, by the names under which they are registered when they are first needed."""


def usually_after(name: str, names: Sequence[str]) -> tuple[str, ...]:
    """Whom an agent comes after in the usual order, of those that are there."""
    there = [one for one in USUAL_ORDER if one in names]
    place = there.index(name) if name in there else 0
    return (there[place - 1],) if place else ()


def plan_of(wish: OrchestrationWish) -> Plan:
    """The plan that a wish comes to: who is only named works in the usual order, whatever became of those before."""
    names = [one.agent for one in wish.agents]
    nodes = tuple(_node(one, names, wish.params) for one in wish.agents)
    return Plan(nodes, wish.session_id or _session_in(wish.params))


def ordered(plan: Plan) -> tuple[Node, ...]:
    """The parts of a plan, none before one that it comes after. Raises BadRequest for a plan that cannot be kept."""
    if faults := list(_faults(plan)):
        raise refusal(faults)
    nodes = {node.agent: node for node in plan.nodes}
    try:
        order = tuple(TopologicalSorter({name: node.after for name, node in nodes.items()}).static_order())
    except CycleError as circle:
        named = " → ".join(reversed(circle.args[1]))
        raise refusal([Fault("agents", f"they wait for each other: {named}")]) from circle
    return tuple(nodes[name] for name in order)


def refusal(faults: Sequence[Fault]) -> BadRequest:
    """The answer to a plan that cannot be kept."""
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    return BadRequest(f"{faults[0].path}: {faults[0].message}{more}", errors=faults)


def concluded(orchestration: Orchestration, tasks: Mapping[str, Task], now: datetime) -> Orchestration | None:
    """An orchestration when all of its tasks have ended; None while one has not, or when it is known already."""
    if orchestration.status is not OrchestrationStatus.RUNNING:
        return None
    members = tuple(_ended(member, tasks.get(member.task_id)) for member in orchestration.members)
    if any(member.status is None for member in members):
        return None
    told = {"status": _status(members), "members": members, "concluded_at": now}
    return orchestration.model_copy(update=told)


def _node(wished: WishedAgent, names: list[str], params: dict[str, Any]) -> Node:
    usual = wished.after is None
    after = usually_after(wished.agent, names) if wished.after is None else wished.after
    rule = wished.trigger_rule or (TriggerRule.ALL_DONE if usual else TriggerRule.ALL_SUCCESS)
    return Node(wished.agent, tuple(dict.fromkeys(after)), rule, params | wished.payload, wished.task_type)


def _session_in(params: dict[str, Any]) -> str | None:
    context = params.get("context")
    named = context.get("sessionId") if isinstance(context, dict) else None
    return named if isinstance(named, str) and 0 < len(named) <= 200 and named.isprintable() else None


def _faults(plan: Plan) -> Iterator[Fault]:
    names = [node.agent for node in plan.nodes]
    for number, node in enumerate(plan.nodes):
        if names.index(node.agent) < number:
            yield Fault(f"agents.{number}", f"{node.agent!r} is named twice")
        if len(node.after) > MOST_DEPENDENCIES:
            yield Fault(f"agents.{number}.after", f"at most {MOST_DEPENDENCIES} others are waited for")
        for other in node.after:
            if other not in names:
                yield Fault(f"agents.{number}.after", f"{other!r} is not one of the agents")


def _ended(member: Member, task: Task | None) -> Member:
    """A member with how its task has ended; one whose task is not kept any more was called off, as far as we know."""
    if task is None:
        return member.model_copy(update={"status": TaskStatus.CANCELLED})
    if not task.status.ended:
        return member
    error = None if task.status is TaskStatus.COMPLETED else task.error
    return member.model_copy(update={"status": task.status, "error": error, "ended_at": task.completed_at})


def _status(members: Sequence[Member]) -> OrchestrationStatus:
    """What came of it. Where nothing failed, all were called off, or waited for one that was."""
    ends = {member.status for member in members}
    if ends == {TaskStatus.COMPLETED}:
        return OrchestrationStatus.COMPLETED
    if TaskStatus.COMPLETED in ends:
        return OrchestrationStatus.PARTIAL
    return OrchestrationStatus.FAILED if TaskStatus.FAILED in ends else OrchestrationStatus.CANCELLED
