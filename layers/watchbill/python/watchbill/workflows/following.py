"""What follows by itself: agents that start when all they wait for have completed, and those the clock starts.

An ending is followed in one transaction: that it was, its agent's totals, what those who wait have been told, and the
tasks of those who start. So each starts once, however often and in whatever order messages come.
"""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from watchbill.execution.models import Task
from watchbill.platform import clock
from watchbill.platform.errors import NotFound, Unprocessable
from watchbill.platform.observability import logger
from watchbill.platform.table import AlreadyExists, Changed
from watchbill.runs.models import Trigger
from watchbill.streams.models import GoalStatus
from watchbill.workflows import rules
from watchbill.workflows.models import Assignment, Ending, Start
from watchbill.workflows.starting import Cause, Starter
from watchbill.workflows.store import Due, StoredWorkflow, WorkflowStore

_TRIES = 20
"""How often a decision is made anew because others were faster; then the message that asked for it comes again."""


class WorkflowFollower:
    """Starts an organisation's agents when it is their turn."""

    def __init__(
        self,
        store: WorkflowStore,
        starter: Starter,
        zone: Callable[[], ZoneInfo],
    ) -> None:
        self._store = store
        self._starter = starter
        self._zone = zone

    def take(self, message: dict[str, Any]) -> None:
        """Do what a message asks for: follow an ending, forget who worked on a removed stream, or start what is due.

        Raises Changed when others are always faster.
        """
        if "ending" in message:
            self.follow(Ending.model_validate(message["ending"], strict=False))
        elif "removed" in message:
            self._store.clear(message["removed"])
        else:
            self.start_due()

    def follow(self, ending: Ending) -> None:
        """Count an ending and start whom it lets start, once. Raises Changed when others are always faster."""
        for _ in range(_TRIES):
            try:
                self._follow(self._store.workflow(ending.stream), ending)
            except AlreadyExists:
                return
            except Changed:
                continue
            return
        raise Changed(None)

    def overdue(self) -> bool:
        """Whether the clock is to start something."""
        return any(True for _ in self._store.due(clock.now()))

    def start_due(self) -> None:
        """Start what the clock is to start. Raises Changed when others are always faster."""
        for due in list(self._store.due(clock.now())):
            self._start_due(due)

    def _follow(self, workflow: StoredWorkflow, ending: Ending) -> None:
        found = rules.followed(workflow.assignments, ending)
        if not found.changed:
            return
        after, tasks = list(found.changed), []
        for start in found.starts:
            task = self._dependent(start)
            if task:
                tasks.append(task)
            after.append(start.started.model_copy(update={"newest_task": task.id}) if task else start.told)
        creation = [write for task in tasks for write in self._starter.creation(task)]
        self._store.follow(ending, [(workflow.stored[one.agent_id], one) for one in after], creation)

    def _dependent(self, start: Start) -> Task | None:
        """The task of an agent that has everything it waited for; None when it cannot be run."""
        task_id = rules.task_of_start(start.started)
        cause = Cause(Trigger.DEPENDENT, start.upstream, task_id, start.priority)
        return self._task(start.told, cause)

    def _start_due(self, due: Due) -> None:
        for _ in range(_TRIES):
            try:
                self._start_as_due(self._store.workflow(due.stream_id), due)
            except Changed:
                continue
            return
        raise Changed(None)

    def _start_as_due(self, workflow: StoredWorkflow, due: Due) -> None:
        stored = workflow.stored.get(due.agent_id)
        if stored is None or stored.assignment.next_due != due.at:
            self._store.forget(due)
            return
        task = self._by_clock(stored.assignment, workflow, due)
        again = rules.next_due(stored.assignment, clock.now(), self._zone())
        changes = {"next_due": again, **({"newest_task": task.id} if task else {})}
        move = stored, stored.assignment.model_copy(update=changes)
        self._store.start(move, self._starter.creation(task) if task else ())

    def _by_clock(self, assignment: Assignment, workflow: StoredWorkflow, due: Due) -> Task | None:
        if rules.never_completed(assignment, workflow.assignments):
            return None
        upstream = rules.latest_of(assignment, workflow.assignments)
        cause = Cause(Trigger.SCHEDULED, upstream, rules.task_of_clock(assignment, due.at))
        return self._task(assignment, cause)

    def _task(self, assignment: Assignment, cause: Cause) -> Task | None:
        try:
            stream = self._starter.stream(assignment.stream_id)
            if cause.trigger is Trigger.SCHEDULED and stream.goal_status is GoalStatus.PAUSED:
                return None
            return self._starter.task(assignment, stream, cause)
        except (NotFound, Unprocessable) as error:
            named = {"stream": assignment.stream_id, "agent": assignment.agent_id}
            logger().warning("an agent was not started", extra={**named, "reason": error.detail})
            return None
