"""Conversations over a table in memory, with an orchestrator that only notes what it was asked for."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC
from typing import Any

from tests.support.memory_table import MemoryTable
from watchbill.conversations.concluding import Concluder
from watchbill.conversations.models import NewMessage
from watchbill.conversations.service import ConversationService
from watchbill.conversations.store import ConversationStore
from watchbill.conversations.views import ChatAnswer
from watchbill.decisions.engine import BuiltinEngine, Engine
from watchbill.execution.models import Task, TaskError, TaskStatus
from watchbill.orchestrations.models import Member, Node, Orchestration, OrchestrationStatus, Plan
from watchbill.orchestrations.service import DraftedOrchestration
from watchbill.platform import clock, ids
from watchbill.platform.items import Item
from watchbill.platform.keys import Key
from watchbill.platform.lists import Cursors
from watchbill.platform.table import Stored
from watchbill.platform.writes import Write


class CountingTable(MemoryTable):
    """Counts what is asked of it: items read, requests, and items written."""

    asked = read = written = 0

    def get(self, key: Key) -> Item | None:
        self.asked += 1
        return super().get(key)

    def query(self, partition: str, **bounds: Any) -> Iterator[Stored]:
        self.asked += 1
        for stored in super().query(partition, **bounds):
            self.read += 1
            yield stored

    def transact(self, writes: Sequence[Write]) -> None:
        self.asked += 1
        self.written += len(writes)
        super().transact(writes)


class Noted:
    """Has nobody work; notes the plans that were drafted and those that began."""

    def __init__(self) -> None:
        self.drafted_plans: list[Plan] = []
        self.begun: list[DraftedOrchestration] = []

    @property
    def nodes(self) -> dict[str, Node]:
        """The parts of the newest plan, by their agents."""
        return {node.agent: node for node in self.drafted_plans[-1].nodes}

    def drafted(self, plan: Plan) -> DraftedOrchestration:
        """Agents at work, of which nothing is stored."""
        self.drafted_plans.append(plan)
        tasks = [_task(node) for node in plan.nodes]
        members = tuple(Member(agent=task.agent_id, agent_id=task.agent_id, task_id=task.id) for task in tasks)
        made = Orchestration(id=ids.new_id(), session_id=plan.session_id, members=members, created_at=clock.now())
        self._drafted = DraftedOrchestration(made, tasks, ())
        return self._drafted

    def announce(self) -> None:
        """Note that what was drafted last begins."""
        self.begun.append(self._drafted)

    def tasks_of(self, task_ids: Iterable[str]) -> dict[str, Task]:
        """Those that began."""
        known = {task.id: task for drafted in self.begun for task in drafted.tasks}
        return {task_id: known[task_id] for task_id in task_ids if task_id in known}


def _task(node: Node) -> Task:
    return Task(
        id=ids.new_id(),
        agent_id=node.agent,
        org_id="demo",
        task_type=node.task_type,
        status=TaskStatus.PENDING if node.after else TaskStatus.PROCESSING,
        created_at=clock.now(),
    )


def ended(orchestration: Orchestration, status: OrchestrationStatus, **errors: str) -> Orchestration:
    """An orchestration that has ended; agents failed, or completed, for which there is no reason, by their names."""

    def member(one: Member) -> Member:
        why = errors.get(one.agent.replace("-", "_"))
        how = {"status": TaskStatus.FAILED, "error": TaskError(type="Busy", message=why)} if why else {}
        return one.model_copy(update={"status": TaskStatus.COMPLETED} | how)

    members = tuple(map(member, orchestration.members))
    return orchestration.model_copy(update={"status": status, "members": members})


class Chat:
    """What a person says in one session, and what is answered; `generates` says whether somebody makes media."""

    def __init__(self, table: MemoryTable | None = None, engine: Engine | None = None, generates: bool = False) -> None:
        self.table = table or MemoryTable()
        self.store = ConversationStore(self.table)
        self.noted = Noted()
        cursors = Cursors(lambda: b"secret" * 6)
        deciding = engine or BuiltinEngine()
        tasks = self.noted.tasks_of
        self.service = ConversationService(
            self.store, lambda: deciding, self.noted, tasks, cursors, lambda: UTC, lambda: generates, lambda _: None
        )
        self.concluder = Concluder(self.store)

    def say(self, message: str, **context: Any) -> ChatAnswer:
        """Say something in the session."""
        wish = {"message": message, "context": {"sessionId": "s", **context}}
        return self.service.say(NewMessage.model_validate(wish))
