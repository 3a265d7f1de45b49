"""Exports: the runs of an interval as files in S3, each run once, written by steps that may die or come twice.

An export is begun by one write, and every step ends with one, from which the next step's message comes. A step goes on
from the position that the one before left, writes its rows to a file of a name that no other try uses, and then moves
the export on, if nobody else has: a step that dies before is done again, and one that comes twice changes nothing.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice, takewhile
from typing import Protocol

from watchbill.exports import rules
from watchbill.exports.columns import Column, Row, columns_of, row_of
from watchbill.exports.models import ExportFormat, ExportState, ExportStatus, NewExport, PartFile, Position
from watchbill.exports.store import ExportStore, StoredExport, expires_at
from watchbill.exports.views import AcceptedExport, Export, ExportedFile, ExportList, ListedExport
from watchbill.platform import clock, ids
from watchbill.platform.errors import Conflict, NotFound
from watchbill.platform.files import LINKS_LAST, Files
from watchbill.platform.lists import Cursors, first_page
from watchbill.platform.table import Changed
from watchbill.registry.models import UNVERSIONED, Agent
from watchbill.registry.service import RegistryService
from watchbill.runs.models import Facts
from watchbill.runs.service import RunService

WORK_TIME = timedelta(seconds=45)
_LOOKED_AT = 100
"""Among so many, the newest, are the exports that may be under way."""


class Part(Protocol):
    """A file in the making."""

    rows: int

    @property
    def size(self) -> int:
        """How much is written."""

    def add(self, row: Row) -> None:
        """Write a row."""

    def content(self) -> bytes:
        """The file."""


@dataclass(frozen=True, slots=True)
class _Gathered:
    """What a step has written, and where the next begins; None when there is nothing left."""

    part: Part
    position: Position | None


class ExportService:
    """One organisation's exports."""

    def __init__(
        self, store: ExportStore, runs: RunService, registry: RegistryService, files: Files, cursors: Cursors
    ) -> None:
        self._store = store
        self._runs = runs
        self._registry = registry
        self._files = files
        self._cursors = cursors

    def start(self, wish: NewExport) -> AcceptedExport:
        """Have runs exported. Raises NotFound, BadRequest, Conflict while too many others are under way."""
        now = clock.now()
        end = rules.end_of(wish, now)
        agent = self._registry.agent(wish.agent) if wish.agent else None
        if agent and wish.version not in (None, UNVERSIONED):
            self._registry.version(agent.id, wish.version)
        newest = islice(self._store.exports(), _LOOKED_AT)
        if sum(state.status is ExportStatus.RUNNING for state in newest) >= rules.MOST_RUNNING:
            raise Conflict(f"{rules.MOST_RUNNING} exports are under way; wait for one of them")
        state = ExportState(
            id=ids.new_id(),
            format=wish.format,
            start=wish.start,
            end=end,
            agent_id=agent.id if agent else None,
            version=wish.version,
            bodies=wish.bodies,
            created_at=now,
            updated_at=now,
        )
        self._store.create(state)
        return AcceptedExport(id=state.id, status=state.status, href=f"/api/exports/{state.id}")

    def export(self, export_id: str) -> Export:
        """How far an export is, with links to its files once it is completed. Raises NotFound."""
        stored = self._store.find(export_id)
        if stored is None or expires_at(stored.state) <= clock.now():
            raise NotFound(f"there is no export {export_id!r}")
        shown = _listed(stored.state).model_dump()
        if stored.state.status is not ExportStatus.COMPLETED:
            return Export(**shown)
        return Export(**shown, files=tuple(self._linked(stored.state)), urls_expire_at=clock.now() + LINKS_LAST)

    def exports(self, limit: int, cursor: str | None) -> ExportList:
        """The exports, newest first, without their files."""
        before = self._cursors.open(cursor, "exports").get("before")
        found = ((_listed(state), {"before": state.id}) for state in self._store.exports(before))
        shown, more = first_page(found, limit)
        return ExportList(items=tuple(shown), next_cursor=self._cursors.close(more, "exports"))

    def work(self, export_id: str, step: int, receives: int = 1) -> None:
        """Do a step of an export, unless it has been done."""
        stored = self._store.find(export_id)
        if stored is None or stored.state.status is not ExportStatus.RUNNING or stored.state.step != step:
            return
        try:
            if receives > rules.MOST_RECEIVES:
                reason = f"step {step} could not be done, {rules.MOST_RECEIVES} times; export a shorter interval"
                self._store.advance(stored, rules.failed(stored.state, reason, clock.now()))
            else:
                self._work(stored)
        except Changed:
            # Another try of the same step was faster: its file is listed, and this one's is not.
            return

    def _work(self, stored: StoredExport) -> None:
        state = stored.state
        gathered = self._gathered(state)
        file = self._kept(state, gathered.part) if gathered.part.rows else None
        now, done = clock.now(), gathered.position is None
        after = state.model_copy(
            update={
                "rows": state.rows + gathered.part.rows,
                "step": state.step + 1,
                "position": gathered.position,
                "status": ExportStatus.COMPLETED if done else ExportStatus.RUNNING,
                "updated_at": now,
                "completed_at": now if done else None,
            }
        )
        if after.step == rules.MOST_STEPS and not done:
            after = rules.failed(after, f"after {after.rows:,} rows there are more; export shorter intervals", now)
        self._store.advance(stored, after, file)

    def _gathered(self, state: ExportState) -> _Gathered:
        """As many rows as a part takes, or can be read in a step's time."""
        deadline, columns = clock.now() + WORK_TIME, columns_of(state.bodies)
        part = _PARTS[state.format](columns)
        for number, agent in enumerate(self._agents(state)):
            if number and clock.now() >= deadline:
                return _Gathered(part, Position(agent_id=agent.id))
            for record, behind in self._records(state, agent):
                if rules.belongs(record, state):
                    part.add(row_of(record, agent.name, columns))
                if rules.full(part.rows, part.size) or clock.now() >= deadline:
                    return _Gathered(part, Position(agent_id=agent.id, line=behind))
        return _Gathered(part, None)

    def _agents(self, state: ExportState) -> Iterator[Agent]:
        """The agents whose runs are still to be written, in the order of their ids."""
        if state.agent_id:
            return iter([self._registry.agent(state.agent_id)])
        first = state.position.agent_id if state.position else ""
        agents = sorted(self._registry.all_agents(), key=lambda agent: agent.id)
        return (agent for agent in agents if agent.id >= first)

    def _records(self, state: ExportState, agent: Agent) -> Iterator[tuple[Facts, dict[str, str]]]:
        """An agent's runs of the interval, the newest first, from where the export is."""
        here = state.position if state.position and state.position.agent_id == agent.id else None
        line = here.line if here and here.line else rules.beginning(state.end)
        lines = self._runs.lines(agent.id, state.version, line)
        return self._runs.records(takewhile(lambda line: line.entry.created >= state.start, lines))

    def _kept(self, state: ExportState, part: Part) -> PartFile:
        content, name = part.content(), rules.file_name(state, ids.new_id())
        self._files.put(name, content, state.format.media_type)
        return PartFile(name=name, rows=part.rows, bytes=len(content))

    def _linked(self, state: ExportState) -> Iterator[ExportedFile]:
        for number, file in enumerate(self._store.files(state.id), start=1):
            name = rules.saved_as(state, number)
            yield ExportedFile(name=name, rows=file.rows, bytes=file.bytes, url=self._files.link(file.name, name))


def _comma(columns: tuple[Column, ...]) -> Part:
    from watchbill.exports.comma import CommaPart

    return CommaPart(columns)


def _parquet(columns: tuple[Column, ...]) -> Part:
    # The library is in a layer that only the function has which works on exports.
    from watchbill.exports.parquet import ParquetPart

    return ParquetPart(columns)


_PARTS: Mapping[ExportFormat, Callable[[tuple[Column, ...]], Part]] = {
    ExportFormat.CSV: _comma,
    ExportFormat.PARQUET: _parquet,
}


def _listed(state: ExportState) -> ListedExport:
    known = {name: getattr(state, name) for name in ListedExport.model_fields if name != "expires_at"}
    return ListedExport(**known, expires_at=expires_at(state))
