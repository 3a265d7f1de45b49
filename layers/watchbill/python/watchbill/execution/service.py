"""Tasks: making them, calling them off, sending them again, listing them, and saying why one waits."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from itertools import islice

from watchbill.execution import dependencies, rules
from watchbill.execution.dispatcher import Dispatcher
from watchbill.execution.drafting import Choose, Drafter
from watchbill.execution.listing import MOST_SCANNED, MOST_SCANNED_OF_A_LANE, Lane, Side, Walk, months, places_of
from watchbill.execution.models import Held, NewTask, Origin, Task, TaskStatus
from watchbill.execution.recording import run_of
from watchbill.execution.releasing import Dependents
from watchbill.execution.rules import NotAllowed
from watchbill.execution.slots import TRIES
from watchbill.execution.store import EVERYTHING, Listed, StoredTask, TaskStore, made_in
from watchbill.execution.views import (
    Reason,
    Redriven,
    RunnerAction,
    RunnerReport,
    RunnerState,
    RunnerStatus,
    TaskList,
    TaskQuery,
    TaskStats,
    Why,
)
from watchbill.platform import clock
from watchbill.platform.errors import Conflict, NotFound, Unprocessable
from watchbill.platform.lists import Cursors, first_page
from watchbill.platform.table import Changed, each
from watchbill.platform.writes import Write
from watchbill.registry.models import UNVERSIONED
from watchbill.registry.service import RegistryService
from watchbill.runs.models import NewRun
from watchbill.runs.service import RunService

POLLING = timedelta(minutes=1)
"""How often the runner looks without being asked; otherwise whatever changes a task wakes it."""
_RECENT = 20
_REDRIVEN_AT_ONCE = 100
_BY_API = Origin()
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
        self._store = store
        self._dispatcher = dispatcher
        self._dependents = Dependents(store)
        self._drafter = Drafter(organisation, registry, choose)
        self._registry = registry
        self._runs = runs
        self._cursors = cursors
        self._slots = slots
        self._wake = wake

    def create(self, wish: NewTask, origin: Origin = _BY_API) -> Task:
        """A new task of an agent, waiting; or the one that its origin has brought about already.

        Raises NotFound, for what it depends on too, Unprocessable for an agent that is not run from here, Conflict.
        """
        drafted = self.drafted(wish, origin)
        for _ in range(TRIES):
            task, links = self._dependents.placed(drafted)
            try:
                self._store.create(task, links)
            except Changed:
                if made := self._store.task(task.id):
                    return made.task
                continue
            self.announce(task)
            return task
        raise Conflict("the tasks that it depends on are being changed by others all the time; try again")

    def drafted(self, wish: NewTask, origin: Origin) -> Task:
        """The task that `create` would store, if it depends on nothing. Raises as it does."""
        return self._drafter.drafted(wish, origin)

    def graph(self, wishes: Iterable[tuple[NewTask, Origin]]) -> list[Task]:
        """Tasks that are made together and depend on nothing but each other, by the ids that their origins give.

        They are stored by `creation` in one transaction, and `announce`d then. Raises as `create` does.
        """
        return dependencies.knowing_each_other(self.drafted(wish, origin) for wish, origin in wishes)

    def creation(self, tasks: Iterable[Task]) -> list[Write]:
        """What stores new tasks, for a transaction that does more; it meets Changed when there is one of them."""
        return [write for task in tasks for write in self._store.creation(task)]

    def announce(self, task: Task) -> None:
        """Have a task that was stored elsewhere started and recorded at once; the stream does so a little later."""
        self.wake()
        self.record(task)

    def wake(self) -> None:
        """Have whatever may start started at once; the stream does so a little later."""
        self._wake()

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
        """Send a task again that failed or was cancelled; it waits for what it depends on, if that is under way.

        Raises NotFound, Unprocessable, Conflict.
        """
        return self._change(task_id, self._sent_again)

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
            self.wake()
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
        for _ in range(TRIES):
            stored = self._stored(task_id)
            try:
                changed = change(stored.task)
                self._store.replace_all([(stored, changed), *self._dependents.links(changed)])
            except NotAllowed as error:
                raise Unprocessable(f"the task cannot be changed so: {error}") from error
            except Changed:
                continue
            self.record(changed)
            if any(task.waits for task in self._dependents.followed(changed)):
                self.wake()
            return changed
        raise Conflict("the task is being changed by others all the time; try again")

    def _sent_again(self, task: Task) -> Task:
        return dependencies.sent_again(task, self.tasks_of(task.depends_on), clock.now())


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
