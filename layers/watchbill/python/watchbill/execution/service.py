"""Tasks: making them, calling them off, sending them again, listing them, and saying why one waits."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from itertools import islice

from watchbill.execution import rules
from watchbill.execution.dispatcher import Dispatcher
from watchbill.execution.listing import MOST_SCANNED, MOST_SCANNED_OF_A_LANE, Lane, Side, Walk, months, places_of
from watchbill.execution.models import Held, NewTask, Origin, Task, TaskQuery, TaskStatus
from watchbill.execution.recording import run_of
from watchbill.execution.rules import NotAllowed
from watchbill.execution.store import EVERYTHING, Listed, StoredTask, TaskStore, made_in
from watchbill.execution.views import (
    Reason,
    Redriven,
    RunnerAction,
    RunnerReport,
    RunnerState,
    RunnerStatus,
    TaskList,
    TaskStats,
    Why,
)
from watchbill.experiments.models import Chosen
from watchbill.platform import clock, ids
from watchbill.platform.errors import Conflict, NotFound, Unprocessable
from watchbill.platform.lists import Cursors, first_page
from watchbill.platform.table import Changed, each
from watchbill.registry.models import UNVERSIONED
from watchbill.registry.service import RegistryService
from watchbill.runs.models import NewRun
from watchbill.runs.service import RunService

POLLING = timedelta(minutes=1)
"""How often the runner looks without being asked; otherwise whatever changes a task wakes it."""
_RECENT = 20
_REDRIVEN_AT_ONCE = 100
_BY_API = Origin()
Choose = Callable[[str, str, str | None, str | None], Chosen | None]
"""The version for a task of an agent, by the agent's id, the task's, its stream's and its session's."""
Wake = Callable[[], None]
"""Has the dispatcher look at once at what waits; the stream has it look too, a little later."""


class TaskService:
    """One organisation's tasks."""

    def __init__(
        self,
        organisation: str,
        store: TaskStore,
        dispatcher: Dispatcher,
        registry: RegistryService,
        runs: RunService,
        cursors: Cursors,
        slots: Callable[[], int],
        choose: Choose,
        wake: Wake,
    ) -> None:
        self._organisation = organisation
        self._store = store
        self._dispatcher = dispatcher
        self._registry = registry
        self._runs = runs
        self._cursors = cursors
        self._slots = slots
        self._choose = choose
        self._wake = wake

    def create(self, wish: NewTask, origin: Origin = _BY_API) -> Task:
        """A new task of an agent, waiting; or the one that its origin has brought about already.

        Raises NotFound, Unprocessable for an agent that is not run from here.
        """
        task = self.drafted(wish, origin)
        try:
            self._store.create(task)
        except Changed:
            return self.task(task.id)
        self.announce(task)
        return task

    def drafted(self, wish: NewTask, origin: Origin) -> Task:
        """The task that `create` would store. Raises as it does."""
        agent = self._registry.agent(wish.agent_id)
        settings = self._registry.settings(agent.id)
        if settings.runs_as is None:
            raise Unprocessable(f"agent {agent.name!r} has no runtime: set one with PATCH /api/v1/agents/{agent.id}")
        task_id = origin.task_id or ids.new_id()
        chosen = self._choose(agent.id, task_id, origin.stream_id, wish.session_id)
        now, due = clock.now(), wish.scheduled_for
        retries = settings.max_retries if wish.max_retries is None else wish.max_retries
        return Task(
            id=task_id,
            agent_id=agent.id,
            org_id=self._organisation,
            task_type=wish.task_type,
            trigger=origin.trigger,
            priority=wish.priority,
            payload=wish.payload,
            max_retries=retries,
            stream_id=origin.stream_id,
            campaign_id=origin.campaign_id,
            session_id=wish.session_id,
            version=chosen.version if chosen else None,
            experiment_id=chosen.experiment_id if chosen else None,
            goal_context=origin.goal_context,
            stated=origin.stated,
            upstream=dict(origin.upstream),
            user_id=origin.user_id or wish.user_id,
            scheduled_for=due,
            not_before=due if due and due > now else None,
            created_at=now,
        )

    def announce(self, task: Task) -> None:
        """Have a task that was stored elsewhere started and recorded at once; the stream does so a little later."""
        self._wake()
        self.record(task)

    def newest(self, most: int, agent_id: str = EVERYTHING) -> list[Task]:
        """The newest tasks of an agent, or of all, the newest first."""
        made = (one for month in months(clock.now()) for one in self._store.listed(made_in(agent_id, month)))
        newest = [one.task_id for one in islice(made, most)]
        found = self._store.tasks(newest)
        return [found[task_id].task for task_id in newest if task_id in found]

    def task(self, task_id: str) -> Task:
        """A task. Raises NotFound."""
        return self._stored(task_id).task

    def tasks_of(self, task_ids: Iterable[str]) -> dict[str, Task]:
        """Those of the tasks that exist, by id."""
        return {task_id: stored.task for task_id, stored in self._store.tasks(task_ids).items()}

    def cancel(self, task_id: str) -> Task:
        """Call a task off. Raises NotFound, Unprocessable when it has ended."""
        return self._change(task_id, lambda task: rules.cancelled(task, clock.now()))

    def retry(self, task_id: str) -> Task:
        """Send a task again that failed or was cancelled. Raises NotFound, Unprocessable."""
        return self._change(task_id, rules.sent_again)

    def why(self, task_id: str) -> Why:
        """Why a task has not started, by the dispatcher's own decision. Raises NotFound."""
        task = self.task(task_id)
        try:
            decided = self._dispatcher.why(task)
        except NotAllowed:
            return Why(task_id=task.id, status=task.status, starts=False)
        if not isinstance(decided, Held):
            return Why(task_id=task.id, status=task.status, starts=True)
        reason = Reason(hold=decided.hold, reason=decided.reason, until=decided.until, ahead=decided.ahead)
        return Why(task_id=task.id, status=task.status, starts=False, reasons=(reason,))

    def tasks(self, query: TaskQuery) -> TaskList:
        """Tasks, of a status, an agent and a type if they are named. Raises NotFound, BadRequest.

        Those that wait come in the order they start in, those that ended newest first.
        """
        agent_id = self._registry.agent(query.agent_id).id if query.agent_id else None
        name = f"tasks {query.status or '*'} {agent_id or '*'} {query.task_type!r}"
        walk = Walk(self._store, agent_id, query.task_type, MOST_SCANNED)
        found = walk.tasks(places_of(query.status, clock.now()), self._cursors.open(query.cursor, name))
        wanted = (one for one in found if query.status in (None, one[0].status))
        shown, more = first_page(wanted, query.limit)
        return TaskList(items=tuple(shown), next_cursor=self._cursors.close(more or walk.stopped_at, name))

    def lanes(self, query: TaskQuery) -> list[Side]:
        """The first tasks of each lane side by side, of an agent and a type if they are named. Raises NotFound."""
        agent_id = self._registry.agent(query.agent_id).id if query.agent_id else None

        def side(lane: Lane) -> Side:
            walk = Walk(self._store, agent_id, query.task_type, MOST_SCANNED_OF_A_LANE)
            found = walk.tasks(lane.places(clock.now()), {})
            shown, more = first_page((one for one in found if lane.holds(one[0])), query.limit)
            return Side(lane, tuple(shown), bool(more or walk.stopped_at))

        return each(side, list(Lane))

    def dead_letters(self, query: TaskQuery) -> TaskList:
        """The tasks that failed for good, newest first. Raises NotFound, BadRequest."""
        return self.tasks(query.model_copy(update={"status": TaskStatus.FAILED}))

    def redrive(self, task_ids: tuple[str, ...] | None) -> Redriven:
        """Send failed tasks again: those named, or the newest hundred. Raises NotFound, Unprocessable."""
        if task_ids is not None:
            return Redriven(redriven=tuple(self.retry(task_id).id for task_id in dict.fromkeys(task_ids)))
        failed = [listed.task_id for listed in islice(self._failed(), _REDRIVEN_AT_ONCE + 1)]
        return Redriven(
            redriven=tuple(self.retry(task_id).id for task_id in failed[:_REDRIVEN_AT_ONCE]),
            more=len(failed) > _REDRIVEN_AT_ONCE,
        )

    def runner(self) -> RunnerReport:
        """The task runner as it is."""
        stopped = self._store.runner().stopped
        state = RunnerState(
            status=RunnerStatus.STOPPED if stopped else RunnerStatus.RUNNING,
            polling_interval=int(POLLING.total_seconds() * 1000),
            max_concurrent_tasks=self._slots(),
        )
        return RunnerReport(runner=state, stats=_stats(self._store.counts()), recent_tasks=tuple(self.newest(_RECENT)))

    def control(self, action: RunnerAction) -> RunnerReport:
        """Start or stop the task runner; what is in flight goes on to its end. Raises Conflict."""
        try:
            self._dispatcher.stop(action is RunnerAction.STOP)
        except Changed as error:
            raise Conflict("the task runner is starting tasks just now; try again") from error
        if action is RunnerAction.START:
            self._wake()
        return self.runner()

    def record(self, task: Task) -> None:
        """Keep the run record of a task's execution as the task says; what it says again changes nothing."""
        self._runs.record_all(task.agent_id, task.version or UNVERSIONED, {0: run_of(task)})

    def join_records(self, tasks: Iterable[Task]) -> None:
        """As `record`, for tasks that the stream tells of together: their runs are on record since they were made."""
        runs: defaultdict[tuple[str, str], list[NewRun]] = defaultdict(list)
        for task in tasks:
            runs[task.agent_id, task.version or UNVERSIONED].append(run_of(task))
        for (agent_id, version), of_version in runs.items():
            self._runs.join_all(agent_id, version, of_version)

    def _failed(self) -> Iterator[Listed]:
        for place in places_of(TaskStatus.FAILED, clock.now()):
            yield from self._store.listed(place)

    def _stored(self, task_id: str) -> StoredTask:
        stored = self._store.task(task_id)
        if stored is None:
            raise NotFound(f"there is no task {task_id!r}")
        return stored

    def _change(self, task_id: str, change: Callable[[Task], Task]) -> Task:
        stored = self._stored(task_id)
        try:
            changed = change(stored.task)
            self._store.replace(stored, changed)
        except NotAllowed as error:
            raise Unprocessable(f"the task cannot be changed so: {error}") from error
        except Changed as error:
            raise Conflict("the task is being changed by somebody else; try again") from error
        self.record(changed)
        return changed


def _stats(counts: dict[str, int]) -> TaskStats:
    def of(*statuses: TaskStatus) -> int:
        return sum(counts.get(status.value, 0) for status in statuses)

    in_flight = of(*(status for status in TaskStatus if status.in_flight))
    return TaskStats(
        pending=of(TaskStatus.PENDING),
        processing=in_flight,
        completed=of(TaskStatus.COMPLETED),
        failed=of(TaskStatus.FAILED),
        cancelled=of(TaskStatus.CANCELLED),
        total=of(*TaskStatus),
    )
