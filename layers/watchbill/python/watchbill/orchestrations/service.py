"""Having agents work together: one transaction makes all of their tasks, and one says what came of them.

Retries, budgets, time-outs and who starts when are those of tasks. When the last of them has ended, whichever that is,
the orchestration is concluded over what was read of it: told twice, late or out of order, it is concluded once.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from watchbill.execution.listing import months
from watchbill.execution.models import NewTask, Origin, Task
from watchbill.execution.service import TaskService
from watchbill.orchestrations import rules
from watchbill.orchestrations.models import Member, Node, Orchestration, Plan
from watchbill.orchestrations.store import OrchestrationStore
from watchbill.orchestrations.views import (
    OrchestrationDetail,
    OrchestrationList,
    OrchestrationQuery,
    OrchestrationSummary,
    detail_of,
    summary_of,
)
from watchbill.platform import clock, ids
from watchbill.platform.errors import BadRequest, Conflict, Fault, NotFound
from watchbill.platform.lists import Cursors, first_page
from watchbill.platform.table import AlreadyExists, Changed
from watchbill.platform.writes import Write
from watchbill.registry.models import Agent, AgentChange, Registration
from watchbill.registry.service import RegistryService

PROJECT = "watchbill"
"""The project of the agents that Watchbill brings along."""
_TRIES = 20
_READ_AT_ONCE = 50

Also = Callable[[Orchestration, Mapping[str, Task]], Sequence[Write]]
"""What else is written when an orchestration is concluded, by its tasks; asked anew whenever it is tried anew."""


@dataclass(frozen=True, slots=True)
class DraftedOrchestration:
    """An orchestration that begins when its writes are done."""

    orchestration: Orchestration
    tasks: Sequence[Task]
    writes: Sequence[Write]


def _nothing_else(*_: Any) -> Sequence[Write]:
    return ()


class OrchestrationService:
    """One organisation's orchestrations."""

    def __init__(
        self, store: OrchestrationStore, tasks: TaskService, registry: RegistryService, cursors: Cursors
    ) -> None:
        self._store = store
        self._tasks = tasks
        self._registry = registry
        self._cursors = cursors

    def start(self, plan: Plan) -> Orchestration:
        """Have agents work together. Raises as `drafted` does."""
        drafted = self.drafted(plan)
        self._store.write(drafted.writes)
        self.announce()
        return drafted.orchestration

    def drafted(self, plan: Plan) -> DraftedOrchestration:
        """The orchestration of a plan, for a transaction that does more; `announce` that then.

        Raises BadRequest for a plan that cannot be kept or an agent that is not known, Unprocessable for one that is
        not run from here, Conflict.
        """
        nodes = rules.ordered(plan)
        agents = self._agents(plan)
        orchestration_id, task_ids = ids.new_id(), {node.agent: ids.new_id() for node in nodes}

        def wanted(node: Node) -> tuple[NewTask, Origin]:
            wish = NewTask(
                agent_id=agents[node.agent].id,
                task_type=node.task_type,
                priority=node.priority,
                payload=node.payload,
                session_id=plan.session_id,
                user_id=plan.user_id,
                depends_on=tuple(task_ids[other] for other in node.after),
                trigger_rule=node.trigger_rule,
            )
            task_id = task_ids[node.agent]
            return wish, Origin(trigger=plan.trigger, orchestration_id=orchestration_id, task_id=task_id)

        def member(node: Node) -> Member:
            agent, after = agents[node.agent], tuple(agents[other].name for other in node.after)
            return Member(agent=agent.name, agent_id=agent.id, task_id=task_ids[node.agent], after=after)

        tasks = self._tasks.graph(map(wanted, nodes))
        orchestration = Orchestration(
            id=orchestration_id,
            session_id=plan.session_id,
            members=tuple(map(member, nodes)),
            created_at=clock.now(),
        )
        writes = [*self._store.creation(orchestration), *self._tasks.creation(tasks)]
        return DraftedOrchestration(orchestration, tasks, writes)

    def announce(self) -> None:
        """Have the tasks started at once whose writes are done. The stream does so a little later, and records them."""
        self._tasks.wake()

    def orchestration(self, orchestration_id: str) -> OrchestrationDetail:
        """An orchestration, each of its agents as its task is now. Raises NotFound."""
        stored = self._store.orchestration(orchestration_id)
        if stored is None:
            raise NotFound(f"there is no orchestration {orchestration_id!r}")
        return detail_of(stored.orchestration, self._tasks_of(stored.orchestration))

    def orchestrations(self, query: OrchestrationQuery) -> OrchestrationList:
        """The orchestrations, newest first. Raises BadRequest."""
        position = self._cursors.open(query.cursor, "orchestrations")
        shown, more = first_page(self._listed(position), query.limit)
        return OrchestrationList(items=tuple(shown), next_cursor=self._cursors.close(more, "orchestrations"))

    def conclude(self, orchestration_id: str, also: Also = _nothing_else) -> None:
        """Say what came of an orchestration if all of its tasks have ended, once, and write what else follows from it.

        A task that is sent again after that changes nothing of it. Raises Changed when others are always faster.
        """
        for _ in range(_TRIES):
            stored = self._store.orchestration(orchestration_id)
            tasks = self._tasks_of(stored.orchestration) if stored else {}
            after = rules.concluded(stored.orchestration, tasks, clock.now()) if stored else None
            if stored is None or after is None:
                return
            try:
                self._store.write([*self._store.replacement(stored, after), *also(after, tasks)])
            except (Changed, AlreadyExists):
                continue
            return
        raise Changed(None)

    def _agents(self, plan: Plan) -> dict[str, Agent]:
        """The agents of a plan by what it calls them; those that Watchbill brings along are registered when needed."""
        names = [node.agent for node in plan.nodes]
        found = self._registry.agents_named(names)
        unknown = [
            Fault(f"agents.{number}", f"there is no agent {name!r}")
            for number, name in enumerate(names)
            if name not in found and name not in rules.BUILTIN
        ]
        if unknown:
            raise rules.refusal(unknown)
        agents = {name: found.get(name) or self._registered(name) for name in names}
        if len({agent.id for agent in agents.values()}) < len(agents):
            raise BadRequest("an agent is named twice, by its name and by its id")
        for name, agent in agents.items():
            self._run_as_ours(name, agent)
        return agents

    def _registered(self, name: str) -> Agent:
        return self._registry.register(name, Registration(project=PROJECT, type=rules.BUILTIN[name].value))[0]

    def _run_as_ours(self, name: str, agent: Agent) -> None:
        """Have an agent that we have registered run as what its name says, unless somebody has set how it runs."""
        if name not in rules.BUILTIN or agent.project != PROJECT:
            return
        if self._registry.settings(agent.id).runs_as is None:
            try:
                self._registry.change(agent.id, AgentChange(agent_type=rules.BUILTIN[name].value))
            except Conflict:
                if self._registry.settings(agent.id).runs_as is None:
                    raise

    def _tasks_of(self, orchestration: Orchestration) -> dict[str, Task]:
        return self._tasks.tasks_of(member.task_id for member in orchestration.members)

    def _listed(self, position: Mapping[str, Any]) -> Iterator[tuple[OrchestrationSummary, dict[str, str]]]:
        for month in months(clock.now()):
            if position and month > position["month"]:
                continue
            behind = position["after"] if position and month == position["month"] else None
            listed = self._store.listed(month, behind)
            while chunk := list(islice(listed, _READ_AT_ONCE)):
                found = self._store.orchestrations([one for one, _ in chunk])
                for one, after in chunk:
                    if one in found:
                        yield summary_of(found[one]), {"month": month, "after": after}
