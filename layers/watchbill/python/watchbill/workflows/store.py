"""Assignments in the table: a stream's all in one partition, with one item that says who waits for whom.

Whoever changes who waits for whom replaces that item, so that two changes at once cannot close a circle. Everything
else is written over the assignments that were read.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from watchbill.execution.store import KEPT
from watchbill.platform import clock, keys
from watchbill.platform.items import EXPIRES_AT, REVISION, Item
from watchbill.platform.keys import Key
from watchbill.platform.table import Changed, Table
from watchbill.platform.writes import Check, Create, Delete, Put, Replace, Write
from watchbill.workflows.models import Assignment, Ending

FOLLOWED_FOR: timedelta = KEPT
"""How long it is known that an ending was followed: as long as its task."""

_READS = 10


@dataclass(frozen=True, slots=True)
class StoredAssignment:
    """An assignment as it was read."""

    assignment: Assignment
    revision: int


@dataclass(frozen=True, slots=True)
class StoredWorkflow:
    """A stream's assignments by agent, and who waits for whom, as they were read."""

    stream_id: str
    graph: dict[str, tuple[str, ...]]
    revision: int
    stored: dict[str, StoredAssignment]

    @property
    def assignments(self) -> dict[str, Assignment]:
        """The assignments by agent."""
        return {agent: one.assignment for agent, one in self.stored.items()}


class Due(NamedTuple):
    """An assignment that the clock is to start, since when."""

    at: datetime
    stream_id: str
    agent_id: str


Move = tuple[StoredAssignment, Assignment]
"""An assignment as it was read, and as it shall be."""


class WorkflowStore:
    """One organisation's assignments."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._organisation = table.organisation

    def workflow(self, stream_id: str) -> StoredWorkflow:
        """A stream's assignments. Raises Changed while they are always being rearranged."""
        for _ in range(_READS):
            found = self._read(stream_id)
            # What one transaction writes is not read at one instant: half of a change is no workflow.
            if found.graph == {agent: one.depends_on_agent_ids for agent, one in found.assignments.items()}:
                return found
        raise Changed(None)

    def add(self, workflow: StoredWorkflow, graph: dict[str, tuple[str, ...]], new: Sequence[Assignment]) -> None:
        """Store new assignments, all or none. Raises Changed, also when the stream is gone, AlreadyExists."""
        there = Check(keys.STREAM(self._organisation, workflow.stream_id))
        created: list[Write] = [Create(self._key(one), _from_assignment(one) | {REVISION: 1}) for one in new]
        due = [Put(key, {}) for one in new for key in self._due_places(one)]
        self._table.transact([there, self._graph(workflow, graph), *created, *due])

    def change(self, workflow: StoredWorkflow, graph: dict[str, tuple[str, ...]], move: Move) -> None:
        """Store an assignment over what was read, and who waits for whom if that is another. Raises Changed."""
        rearranged = [self._graph(workflow, graph)] if graph != workflow.graph else []
        self._table.transact([*rearranged, *self._moved(move)])

    def remove(self, workflow: StoredWorkflow, graph: dict[str, tuple[str, ...]], stored: StoredAssignment) -> None:
        """Forget an assignment as it was read. Raises Changed."""
        gone = [Delete(self._key(stored.assignment), stored.revision)]
        gone += [Delete(key) for key in self._due_places(stored.assignment)]
        self._table.transact([self._graph(workflow, graph), *gone])

    def clear(self, stream_id: str) -> None:
        """Forget all assignments to a stream, which is gone: nobody can be assigned to it meanwhile."""
        workflow = self._read(stream_id)
        gone = [key for one in workflow.assignments.values() for key in (self._key(one), *self._due_places(one))]
        for key in [*gone, keys.WORKFLOW(self._organisation, stream_id)]:
            self._table.delete(key)

    def start(self, move: Move, creation: Sequence[Write]) -> None:
        """Store an assignment over what was read, together with what creates its task. Raises Changed."""
        self._table.transact([*self._moved(move), *creation])

    def follow(self, ending: Ending, moves: Sequence[Move], creation: Sequence[Write]) -> None:
        """Store what an ending means, once. Raises AlreadyExists when it was followed before, Changed."""
        expiry = int((ending.ended_at + FOLLOWED_FOR).timestamp())
        moved = [write for move in moves for write in self._moved(move)]
        self._table.transact([Create(self._followed(ending), {EXPIRES_AT: expiry}), *moved, *creation])

    def due(self, now: datetime) -> Iterator[Due]:
        """What the clock is to start, the earliest first."""
        span = ("0", clock.to_text(now) + keys.LAST)
        for one in self._table.query(keys.DUE_AGENT.partition(self._organisation), between=span, page_size=100):
            values = keys.DUE_AGENT.parse(one.key) or {}
            yield Due(clock.from_text(values["due"]), values["stream"], values["agent"])

    def forget(self, due: Due) -> None:
        """Have the clock start nothing there any more."""
        self._table.delete(keys.DUE_AGENT(self._organisation, clock.to_text(due.at), due.stream_id, due.agent_id))

    def _read(self, stream_id: str) -> StoredWorkflow:
        graph: Item = {}
        stored: dict[str, StoredAssignment] = {}
        for one in self._table.query(keys.WORKFLOW.partition(self._organisation, stream_id)):
            if one.key.sk == keys.WORKFLOW.sk:
                graph = one.item
            else:
                found = _to_stored(one.item)
                stored[found.assignment.agent_id] = found
        edges = {agent: tuple(upstream) for agent, upstream in graph.get("graph", {}).items()}
        return StoredWorkflow(stream_id, edges, graph.get(REVISION, 0), stored)

    def _moved(self, move: Move) -> list[Write]:
        before, after = move
        there, here = self._due_places(before.assignment), self._due_places(after)
        gone: list[Write] = [Delete(key) for key in there if key not in here]
        come = [Put(key, {}) for key in here if key not in there]
        return [Replace(self._key(after), _from_assignment(after), before.revision), *gone, *come]

    def _due_places(self, one: Assignment) -> list[Key]:
        if one.next_due is None:
            return []
        return [keys.DUE_AGENT(self._organisation, clock.to_text(one.next_due), one.stream_id, one.agent_id)]

    def _graph(self, workflow: StoredWorkflow, graph: dict[str, tuple[str, ...]]) -> Write:
        item = {"graph": {agent: list(upstream) for agent, upstream in graph.items()}}
        return Replace(keys.WORKFLOW(self._organisation, workflow.stream_id), item, workflow.revision)

    def _followed(self, ending: Ending) -> Key:
        return keys.FOLLOWED(self._organisation, ending.task, str(ending.number))

    def _key(self, one: Assignment) -> Key:
        return keys.ASSIGNMENT(self._organisation, one.stream_id, one.agent_id)


def _from_assignment(one: Assignment) -> Item:
    return {"assignment": one.model_dump_json(exclude_defaults=True)}


def _to_stored(item: Item) -> StoredAssignment:
    return StoredAssignment(Assignment.model_validate_json(item["assignment"]), item.get(REVISION, 0))
