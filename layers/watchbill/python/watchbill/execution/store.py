"""Tasks in the table, each where its state says it is looked for: ready, later, in flight, or among those that ended.

A task and the places it is found in change together or not at all. A slot is an item, so it is listed and never
counted: what is in flight is what lies there.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from watchbill.execution.models import HIGHEST_PRIORITY, InFlight, Task, TaskStatus, Waiting
from watchbill.execution.packing import from_task, to_task
from watchbill.platform import clock, keys, marks
from watchbill.platform.items import EXPIRES_AT, REVISION, Item
from watchbill.platform.keys import Key
from watchbill.platform.table import Changed, Stored, Table
from watchbill.platform.writes import Delete, Put, Replace, Write

KEPT = timedelta(days=90)
"""How long a task is kept after it has ended, and listed after it was made."""
_SPENT_FOR = ("campaign_id", "user_id")
"""On whose budgets a task is spent besides its agent's, where it has them."""
EVERYTHING = "*"
"""The subject of the list of all of an organisation's executions."""


@dataclass(frozen=True, slots=True)
class StoredTask:
    """A task as it was read."""

    task: Task
    revision: int


@dataclass(frozen=True, slots=True)
class Runner:
    """Whether an organisation's tasks are started, as it was read. Whoever starts some replaces it."""

    stopped: bool = False
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """Where tasks of a state are listed: among those of a month, when they have ended."""

    entity: keys.Entity
    values: tuple[str, ...] = ()
    newest_first: bool = False

    def partition(self, organisation: str) -> str:
        """The partition of the place."""
        return self.entity.partition(organisation, *self.values)


class Listed(NamedTuple):
    """A task as it is listed, and the sort key that a list goes on behind."""

    task_id: str
    agent_id: str
    sort_key: str


READY = Place(keys.READY_TASK)
LATER = Place(keys.LATER_TASK)
WAITING = Place(keys.WAITING_TASK)
IN_FLIGHT = Place(keys.FLYING_TASK)


def ended_in(status: TaskStatus, month: str) -> Place:
    """Where the tasks are listed that ended with a status in a month."""
    return Place(keys.ENDED_TASK, (status.value, month), newest_first=True)


def made_in(subject: str, month: str) -> Place:
    """Where the tasks of an agent, a stream, a campaign or the organisation are listed that were made in a month."""
    return Place(keys.EXECUTION, (subject, month), newest_first=True)


class TaskStore:
    """One organisation's tasks."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._organisation = table.organisation

    @property
    def organisation(self) -> str:
        """Whose tasks these are."""
        return self._organisation

    def task(self, task_id: str) -> StoredTask | None:
        """A task, or None."""
        item = self._table.get(self._key(task_id))
        return _to_stored(item) if item else None

    def tasks(self, task_ids: Iterable[str]) -> dict[str, StoredTask]:
        """Those of the tasks that exist, by id."""
        found = map(_to_stored, self._table.get_many(self._key(task_id) for task_id in task_ids).values())
        return {stored.task.id: stored for stored in found}

    def upstream(self, task: Task) -> dict[str, Any]:
        """The outputs that a task is given, by the ids of the agents whose they are."""
        found = self.tasks(task.upstream.values())
        return {agent: found[there].task.output for agent, there in task.upstream.items() if there in found}

    def create(self, task: Task, links: Sequence[tuple[StoredTask, Task]] = ()) -> None:
        """Store a new task, and others over those that were read. Raises Changed, also when there is one of that id."""
        self._table.transact([*self.creation(task), *self._replacements(links)])

    def creation(self, task: Task) -> list[Write]:
        """What stores a new task, for a transaction that does more; it meets Changed when there is one of that id."""
        listed = [Put(key, item) for key, item in self._entries(task).items()]
        return [Replace(self._key(task.id), _from_task(task), 0), *self._moves(None, task), *listed]

    def replace(self, before: StoredTask, after: Task) -> None:
        """Store a task over the one that was read. Raises Changed."""
        self._table.transact(self.replacement(before, after))

    def replace_all(self, moves: Sequence[tuple[StoredTask, Task]]) -> None:
        """Store tasks over those that were read, all or none. Raises Changed."""
        if moves:
            self._table.transact(self._replacements(moves))

    def dispatch(self, runner: Runner, moves: Sequence[tuple[StoredTask, Task]]) -> None:
        """Give tasks their slots, all or none, unless somebody else has given some since the runner was read.

        Raises Changed.
        """
        self._table.transact([self._runner(runner), *self._replacements(moves)])

    def runner(self) -> Runner:
        """Whether tasks are started."""
        item = self._table.get(keys.RUNNER(self._organisation)) or {}
        return Runner(item.get("stopped", False), item.get(REVISION, 0))

    def set_runner(self, runner: Runner) -> None:
        """Start or stop starting tasks, over what was read. Raises Changed."""
        self._table.transact([self._runner(runner)])

    def ready(self) -> Iterator[Waiting]:
        """What waits, in the order it starts in."""
        for stored in self._table.query(keys.READY_TASK.partition(self._organisation), page_size=100):
            yield _to_waiting(stored)

    def any_ready(self) -> bool:
        """Whether a task waits for a slot."""
        found = self._table.query(keys.READY_TASK.partition(self._organisation), page_size=1)
        return next(found, None) is not None

    def listed(self, place: Place, after: str | None = None) -> Iterator[Listed]:
        """The tasks of a place, in its order, behind the one whose sort key is `after`."""
        partition = place.partition(self._organisation)
        if place.newest_first:
            found = self._table.query(partition, descending=True, before=after, page_size=100)
        else:
            found = self._table.query(partition, after=after, page_size=100)
        for stored in found:
            values = place.entity.parse(stored.key) or {}
            yield Listed(values["task"], stored.item["agent_id"], stored.key.sk)

    def due(self, now: datetime) -> Iterator[str]:
        """The ids of the tasks whose time to start has come, the earliest first."""
        span = ("0", clock.to_text(now) + keys.LAST)
        for stored in self._table.query(keys.LATER_TASK.partition(self._organisation), between=span, page_size=100):
            yield (keys.LATER_TASK.parse(stored.key) or {})["task"]

    def waiting(self) -> Iterator[str]:
        """The ids of the tasks that wait for others, the oldest first."""
        return (listed.task_id for listed in self.listed(WAITING))

    def in_flight(self) -> list[InFlight]:
        """What holds a slot."""
        found = self._table.query(keys.FLYING_TASK.partition(self._organisation))
        return [
            InFlight(keys.unescape(stored.key.sk), stored.item["agent_id"], clock.from_text(stored.item["lease_until"]))
            for stored in found
        ]

    def counts(self) -> dict[str, int]:
        """How many tasks there are in each state, as far as the stream has told."""
        item = self._table.get(keys.TASK_COUNTS(self._organisation)) or {}
        return {name: int(count) for name, count in item.get("counts", {}).items()}

    def count(self, changes: Sequence[tuple[int, Counter[str]]], shard: str) -> None:
        """Add changes to the counts, each with its sequence number in the stream's shard, once."""
        key = keys.TASK_COUNTS(self._organisation)
        item = self._table.get(key)
        while fresh := [(sequence, change) for sequence, change in changes if sequence > marks.of(item, shard)]:
            counts: Counter[str] = Counter((item or {}).get("counts", {}))
            for _, change in fresh:
                counts.update(change)
            counted = {"counts": dict(counts)} | marks.moved(item, shard, fresh[-1][0])
            try:
                self._table.replace(key, counted, (item or {}).get(REVISION, 0))
            except Changed as met:
                item = met.item
            else:
                return

    def replacement(self, before: StoredTask, after: Task) -> list[Write]:
        """What stores a task over the one that was read, for a transaction that does more."""
        replaced = Replace(self._key(after.id), _from_task(after), before.revision)
        return [replaced, *self._moves(before.task, after)]

    def _replacements(self, moves: Iterable[tuple[StoredTask, Task]]) -> list[Write]:
        return [write for before, after in moves for write in self.replacement(before, after)]

    def _moves(self, before: Task | None, after: Task) -> list[Write]:
        """What puts a task where it is looked for now, and takes it away from where it was."""
        there, here = self._places(before) if before else {}, self._places(after)
        gone: list[Write] = [Delete(key) for key in there if key not in here]
        return gone + [Put(key, item) for key, item in here.items() if there.get(key) != item]

    def _places(self, task: Task) -> dict[Key, Item]:
        organisation = self._organisation
        if task.status is TaskStatus.PENDING:
            return self._waiting_places(task)
        if task.status.in_flight and task.lease_until:
            item = {"agent_id": task.agent_id, "lease_until": clock.to_text(task.lease_until)}
            return {keys.FLYING_TASK(organisation, task.id): item}
        ended = clock.to_text(task.completed_at or task.created_at)
        key = keys.ENDED_TASK(organisation, task.status.value, ended[:7], ended, task.id)
        return {key: {"agent_id": task.agent_id, EXPIRES_AT: _expiry(task)}}

    def _waiting_places(self, task: Task) -> dict[Key, Item]:
        item = {"agent_id": task.agent_id, "task_type": task.task_type}
        item |= {name: value for name in _SPENT_FOR if (value := getattr(task, name))}
        if task.waits_for:
            return {keys.WAITING_TASK(self._organisation, clock.to_text(task.created_at), task.id): item}
        if task.not_before is not None:
            return {keys.LATER_TASK(self._organisation, clock.to_text(task.not_before), task.id): item}
        urgency = f"{HIGHEST_PRIORITY - task.priority:02d}"
        return {keys.READY_TASK(self._organisation, urgency, clock.to_text(task.created_at), task.id): item}

    def _entries(self, task: Task) -> dict[Key, Item]:
        """Where a task is listed among the executions, from its creation on and whatever becomes of it."""
        created = clock.to_text(task.created_at)
        item = {"agent_id": task.agent_id, EXPIRES_AT: int((task.created_at + KEPT).timestamp())}
        subjects = [EVERYTHING, task.agent_id, *filter(None, (task.stream_id, task.campaign_id))]
        return {keys.EXECUTION(self._organisation, one, created[:7], created, task.id): item for one in subjects}

    def _runner(self, runner: Runner) -> Write:
        return Replace(keys.RUNNER(self._organisation), {"stopped": runner.stopped}, runner.revision)

    def _key(self, task_id: str) -> Key:
        return keys.TASK(self._organisation, task_id)


def _from_task(task: Task) -> Item:
    return from_task(task) | ({EXPIRES_AT: _expiry(task)} if task.status.ended else {})


def _to_stored(item: Item) -> StoredTask:
    return StoredTask(to_task(item), item.get(REVISION, 0))


def _to_waiting(stored: Stored) -> Waiting:
    values = keys.READY_TASK.parse(stored.key) or {}
    priority = HIGHEST_PRIORITY - int(values["urgency"])
    return Waiting(
        values["task"],
        stored.item["agent_id"],
        priority,
        clock.from_text(values["created"]),
        task_type=stored.item["task_type"],
        **{name: stored.item.get(name) for name in _SPENT_FOR},
    )


def _expiry(task: Task) -> int:
    return int(((task.completed_at or task.created_at) + KEPT).timestamp())
