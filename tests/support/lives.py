"""What tests of tasks' lives share: a table, a clock, deaths at any write, and what holds whatever happens."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.support.leased import Table
from tests.support.memory_table import Crash
from watchbill.execution import rules
from watchbill.execution.models import Task, TaskStatus
from watchbill.execution.packing import to_task
from watchbill.execution.store import TaskStore
from watchbill.platform.clock import frozen_at
from watchbill.platform.errors import Conflict

START = datetime(2026, 3, 10, 12, tzinfo=UTC)
SLOTS = 2
CRASHES = st.none() | st.integers(0, 1)
"""Before which of the next writes whoever acts dies, if at all."""


class Lives(RuleBasedStateMachine):
    """An organisation's tasks."""

    def __init__(self) -> None:
        super().__init__()
        self.table = Table()
        self.store = TaskStore(self.table)
        self.now = START
        self.numbers = 0
        self.ends: dict[str, tuple[TaskStatus, Any]] = {}

    @rule(seconds=st.sampled_from([1, 5, 31, 61, 95, 400]))
    def pass_time(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @invariant()
    def no_more_tasks_are_in_flight_than_there_are_slots(self) -> None:
        flying = [task.id for task in self._all() if task.status.in_flight]
        assert len(flying) <= SLOTS
        assert sorted(flying) == sorted(one.task_id for one in self.store.in_flight())

    @invariant()
    def what_has_ended_stays_as_it_ended(self) -> None:
        for task in self._all():
            if task.status.ended:
                assert self.ends.setdefault(task.id, (task.status, task.output)) == (task.status, task.output)

    def _created(self, **facts: Any) -> str:
        """A new task; its id."""
        self.numbers += 1
        usual = {"agent_id": "ana", "org_id": "demo", "task_type": "t", "created_at": self.now}
        task = Task(id=f"task-{self.numbers:03d}", **(usual | facts))
        self.store.create(task)
        return task.id

    def _called_off(self, task_id: str) -> bool:
        """Call a task off, unless it has ended; whether it had not."""
        stored = self.store.task(task_id)
        assert stored
        if stored.task.status.ended:
            return False
        self.store.replace(stored, rules.cancelled(stored.task, self.now))
        return True

    def _all(self) -> list[Task]:
        return [to_task(item) for key, item in self.table.items.items() if key.sk == "TASK"]

    def _at_now(self, work: Callable[[], Any], crash: int | None = None) -> Any:
        """What some work comes to; None when it dies on its way, or is refused."""
        self.table.crash_after = crash
        try:
            with frozen_at(self.now):
                return work()
        except (Crash, Conflict):
            return None
        finally:
            self.table.crash_after = self.table.meanwhile = None
