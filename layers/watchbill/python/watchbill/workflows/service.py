"""Assignments of agents to streams: making, changing and removing them, executing them, and how far they all are."""

from collections.abc import Callable, Sequence
from typing import TypeVar
from zoneinfo import ZoneInfo

from watchbill.execution.models import Task
from watchbill.execution.recording import execution_of
from watchbill.execution.service import TaskService
from watchbill.platform import clock, ids
from watchbill.platform.errors import BadRequest, Conflict, NotFound, Unprocessable
from watchbill.platform.table import AlreadyExists, Changed
from watchbill.registry.models import Agent
from watchbill.registry.service import RegistryService
from watchbill.runs.models import Trigger
from watchbill.streams.models import Stream
from watchbill.workflows import rules
from watchbill.workflows.models import Assignment, AssignmentChange, ExecutionWish, NewAssignment, Part
from watchbill.workflows.starting import Cause, Starter
from watchbill.workflows.states import standings
from watchbill.workflows.store import StoredAssignment, StoredWorkflow, WorkflowStore
from watchbill.workflows.views import (
    AssignedAgent,
    AssignedAgents,
    Edge,
    ExecutionQueued,
    Node,
    QueuedExecution,
    Workflow,
)

_TRIES = 10
"""How often a change is made anew because something else changed meanwhile."""

T = TypeVar("T")


class WorkflowService:
    """One organisation's assignments and workflows."""

    def __init__(
        self,
        store: WorkflowStore,
        registry: RegistryService,
        starter: Starter,
        tasks: TaskService,
        zone: Callable[[], ZoneInfo],
    ) -> None:
        self._store = store
        self._registry = registry
        self._starter = starter
        self._tasks = tasks
        self._zone = zone

    def assign(self, stream_id: str, wishes: Sequence[NewAssignment]) -> AssignedAgents:
        """Assign agents to a stream, all or none; they are answered in the order of the wishes.

        Raises NotFound, Conflict for an agent that is assigned already, Unprocessable when they cannot wait for each
        other so.
        """
        agents = {wish.agent_id: self._registry.agent(wish.agent_id) for wish in wishes}

        def add(workflow: StoredWorkflow) -> AssignedAgents:
            self._starter.stream(stream_id)
            names = self._names(workflow) | {agent.id: agent.name for agent in agents.values()}
            made: dict[str, Assignment] = {}
            for wish in wishes:
                agent = agents[wish.agent_id]
                if agent.id in workflow.stored or agent.id in made:
                    raise Conflict(f"agent {agent.name!r} is assigned to the stream already")
                made[agent.id] = self._made(stream_id, agent, wish, names)
            graph = workflow.graph | {agent: one.depends_on_agent_ids for agent, one in made.items()}
            _check(graph, names)
            self._store.add(workflow, graph, list(made.values()))
            return AssignedAgents(items=tuple(_shown(one, names) for one in made.values()))

        return self._insist(stream_id, add)

    def assigned(self, stream_id: str) -> AssignedAgents:
        """A stream's agents. Raises NotFound."""
        self._starter.stream(stream_id)
        workflow = self._insist(stream_id, lambda there: there)
        names = self._names(workflow)
        ordered = rules.in_order(workflow.assignments.values())
        return AssignedAgents(items=tuple(_shown(one, names) for one in ordered))

    def change(self, stream_id: str, reference: str, change: AssignmentChange) -> AssignedAgent:
        """Set what the change names; it starts nobody.

        Raises NotFound, BadRequest when it names nothing, Unprocessable when they cannot wait for each other so.
        """
        given = change.model_dump(exclude_none=True)
        if not given:
            raise BadRequest("nothing to change: give a role, an order, a frequency, a switch or dependencies")
        self._starter.stream(stream_id)

        def replace(workflow: StoredWorkflow) -> AssignedAgent:
            stored = self._stored(workflow, reference)
            names = self._names(workflow)
            changed = stored.assignment.model_copy(update={**given, "updated_at": clock.now()})
            if change.depends_on_agent_ids is not None:
                changed = rules.rearranged(changed, self._resolved(change.depends_on_agent_ids, names))
            due = rules.next_due(changed, clock.now(), self._zone())
            changed = changed.model_copy(update={"next_due": due})
            graph = workflow.graph | {changed.agent_id: changed.depends_on_agent_ids}
            _check(graph, names)
            self._store.change(workflow, graph, (stored, changed))
            return _shown(changed, names)

        return self._insist(stream_id, replace)

    def remove(self, stream_id: str, reference: str) -> None:
        """Take an agent off a stream. Raises NotFound, Unprocessable while others depend on it."""
        self._starter.stream(stream_id)

        def take_off(workflow: StoredWorkflow) -> None:
            stored = self._stored(workflow, reference)
            assignment, names = stored.assignment, self._names(workflow)
            if dependents := rules.dependents_of(workflow.graph, assignment.agent_id):
                listed = _listed(names, dependents)
                raise Unprocessable(f"other agents depend on {names[assignment.agent_id]!r}: {listed}")
            graph = {agent: each for agent, each in workflow.graph.items() if agent != assignment.agent_id}
            self._store.remove(workflow, graph, stored)

        self._insist(stream_id, take_off)

    def execute(self, stream_id: str, reference: str, wish: ExecutionWish) -> ExecutionQueued:
        """Have an assigned agent executed, with the latest outputs of what it depends on.

        Raises NotFound, Unprocessable when something speaks against it and it is not forced, or cannot be.
        """
        stream = self._starter.stream(stream_id)

        def start(workflow: StoredWorkflow) -> Task:
            stored = self._stored(workflow, reference)
            if not wish.force_execute:
                self._check_startable(stored.assignment, workflow)
            task = self._by_hand(stored.assignment, workflow, stream, wish)
            changed = stored.assignment.model_copy(update={"newest_task": task.id})
            self._store.start((stored, changed), self._starter.creation(task))
            return task

        task = self._insist(stream_id, start)
        self._tasks.record(task)
        return ExecutionQueued(execution=QueuedExecution(id=task.id, created_at=task.created_at))

    def workflow(self, stream_id: str) -> Workflow:
        """How far a stream's agents are. Raises NotFound."""
        self._starter.stream(stream_id)
        workflow = self._insist(stream_id, lambda there: there)
        ordered = rules.in_order(workflow.assignments.values())
        parts = self._parts(ordered, self._names(workflow))
        edges = [Edge(source=each, target=one.agent_id) for one in ordered for each in one.depends_on_agent_ids]
        return Workflow(stream_id=stream_id, nodes=_nodes(parts), edges=tuple(edges))

    def _insist(self, stream_id: str, change: Callable[[StoredWorkflow], T]) -> T:
        """What a change of what is stored answers, made anew when something else has changed meanwhile."""
        for _ in range(_TRIES):
            try:
                return change(self._store.workflow(stream_id))
            except (Changed, AlreadyExists):
                continue
        raise Conflict("the stream's agents are being changed by others; try again")

    def _made(self, stream_id: str, agent: Agent, wish: NewAssignment, names: rules.Names) -> Assignment:
        now = clock.now()
        facts = wish.model_dump() | {
            "id": ids.new_id(),
            "stream_id": stream_id,
            "agent_id": agent.id,
            "depends_on_agent_ids": self._resolved(wish.depends_on_agent_ids, names),
            "created_at": now,
            "updated_at": now,
        }
        made = Assignment.model_validate(facts)
        return made.model_copy(update={"next_due": rules.next_due(made, now, self._zone())})

    def _resolved(self, references: Sequence[str], names: rules.Names) -> tuple[str, ...]:
        """The ids of agents of a stream; whom nobody knows there is named as it was referred to."""
        by_name = {name: agent_id for agent_id, name in names.items()}
        return tuple(dict.fromkeys(one if one in names else by_name.get(one, one) for one in references))

    def _stored(self, workflow: StoredWorkflow, reference: str) -> StoredAssignment:
        agent = self._registry.agent(reference)
        if agent.id not in workflow.stored:
            raise NotFound(f"agent {agent.name!r} is not assigned to stream {workflow.stream_id!r}")
        return workflow.stored[agent.id]

    def _names(self, workflow: StoredWorkflow) -> dict[str, str]:
        return {agent.id: agent.name for agent in self._registry.agents_of(set(workflow.graph)).values()}

    def _check_startable(self, assignment: Assignment, workflow: StoredWorkflow) -> None:
        names = self._names(workflow)
        name = names[assignment.agent_id]
        if not assignment.is_active:
            raise Unprocessable(f"agent {name!r} is not active on the stream")
        if not self._registry.settings(assignment.agent_id).works:
            raise Unprocessable(f"agent {name!r} is not active")
        if missing := rules.never_completed(assignment, workflow.assignments):
            listed = _listed(names, missing)
            raise Unprocessable(f"agent {name!r} depends on agents that have not completed on the stream: {listed}")

    def _by_hand(self, assignment: Assignment, workflow: StoredWorkflow, stream: Stream, wish: ExecutionWish) -> Task:
        upstream = rules.latest_of(assignment, workflow.assignments)
        cause = Cause(Trigger.MANUAL, upstream, payload=wish.execution_config)
        return self._starter.task(assignment, stream, cause)

    def _parts(self, ordered: Sequence[Assignment], names: rules.Names) -> list[Part]:
        tasks = self._tasks.tasks_of([one.newest_task for one in ordered if one.newest_task])
        settings = self._registry.settings_of(one.agent_id for one in ordered)
        return [
            Part(one, names[one.agent_id], tasks.get(one.newest_task or ""), settings[one.agent_id].works)
            for one in ordered
        ]


def _check(graph: rules.Graph, names: rules.Names) -> None:
    if fault := rules.fault_of(graph, names):
        raise Unprocessable(fault)


def _listed(names: rules.Names, agents: Sequence[str]) -> str:
    return ", ".join(repr(names[agent]) for agent in agents)


def _shown(one: Assignment, names: rules.Names) -> AssignedAgent:
    known = one.model_dump(include=set(AssignedAgent.model_fields))
    return AssignedAgent(**known, agent_name=names[one.agent_id], avg_execution_time_ms=rules.average_ms(one))


def _nodes(parts: Sequence[Part]) -> tuple[Node, ...]:
    judged = standings(parts)
    names = {part.assignment.agent_id: part.agent_name for part in parts}
    return tuple(
        Node(
            agent_name=part.agent_name,
            state=judged[part.assignment.agent_id].state,
            waiting_for=tuple(names[agent] for agent in judged[part.assignment.agent_id].waiting_for),
            blocked_by=tuple(names[agent] for agent in judged[part.assignment.agent_id].blocked_by),
            last_execution=execution_of(part.task, part.agent_name) if part.task else None,
            **part.assignment.model_dump(include=_OF_NODE),
        )
        for part in parts
    )


_OF_NODE = {"agent_id", "assignment_role", "execution_order", "is_active", "auto_execute"}
