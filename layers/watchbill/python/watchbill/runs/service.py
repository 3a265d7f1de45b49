"""Recording runs, amending them with what comes later, and listing them newest first."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from watchbill.platform import batches, clock
from watchbill.platform.batches import BatchAnswer
from watchbill.platform.errors import BadRequest, NotFound
from watchbill.platform.lists import Cursors, Page, first_page
from watchbill.registry.models import UNVERSIONED
from watchbill.registry.service import RegistryService
from watchbill.runs import rules
from watchbill.runs.models import (
    Entry,
    Facts,
    Line,
    NewRun,
    Place,
    RunChange,
)
from watchbill.runs.store import RunStore
from watchbill.runs.views import Run

_FETCH = 100


class RunService:
    """One organisation's runs."""

    def __init__(
        self, store: RunStore, registry: RegistryService, cursors: Cursors, retention: Callable[[str], timedelta]
    ) -> None:
        self._store = store
        self._registry = registry
        self._cursors = cursors
        self._retention = retention

    def record(self, agent: str, version: str, run: NewRun) -> Run:
        """Store one run; sent again under the same id it is the same run. Raises NotFound."""
        place = self._place(agent, version)
        record = self._new_record(place, run)
        self._store.add([record])
        return to_run(self._store.run(record[rules.RUN_ID]) or record)

    def record_batch(self, agent: str, version: str, runs: Sequence[Any]) -> BatchAnswer:
        """Store those of the runs that are well-formed and say what is wrong with the others.

        Raises NotFound, PayloadTooLarge, BadRequest when none is well-formed.
        """
        good, rejected = batches.judged(runs, NewRun, "runs")
        stored = self.record_all(agent, version, good)
        return batches.answer(stored, rejected)

    def record_all(self, agent: str, version: str, runs: Mapping[int, NewRun]) -> dict[int, str]:
        """Store runs of one agent version; their run ids under the numbers they came with. Raises NotFound."""
        place = self._place(agent, version)
        records = {number: self._new_record(place, run) for number, run in runs.items()}
        self._store.add(_joined(records.values()))
        return {number: record[rules.RUN_ID] for number, record in records.items()}

    def join_all(self, agent: str, version: str, runs: Sequence[NewRun]) -> None:
        """As `record_all`, for runs that are on record already, but for a few. Raises NotFound."""
        place = self._place(agent, version)
        self._store.join(_joined(self._new_record(place, run) for run in runs))

    def amend(self, agent: str, run_id: str, change: RunChange) -> Run:
        """Add facts that came later. Raises NotFound, Unprocessable, BadRequest when the change says nothing."""
        if not change.model_dump(exclude_none=True):
            raise BadRequest("nothing to change: give a status, an end, tokens, a cost, a rating or a quality score")
        self._existing(agent, run_id)
        record = self._store.amend(run_id, lambda record: rules.amendment(record, change))
        if record is None:
            raise _no_run(run_id)
        return to_run(record)

    def run(self, agent: str, run_id: str) -> Run:
        """One run of an agent. Raises NotFound."""
        return to_run(self._existing(agent, run_id))

    def found(self, run_id: str) -> Run:
        """One run, whichever agent's. Raises NotFound."""
        record = self._store.run(run_id)
        if record is None:
            raise NotFound(f"there is no run {run_id!r}")
        return to_run(record)

    def runs(self, agent: str, version: str | None, limit: int, cursor: str | None) -> Page[Run]:
        """An agent's runs, of one version or of all, newest event first. Raises NotFound."""
        agent_id = self._registry.agent(agent).id
        if version not in (None, UNVERSIONED):
            self._registry.version(agent, version)
        query = f"runs {agent_id} {version or '*'}"
        position = self._cursors.open(cursor, query)
        records = self.records(self.lines(agent_id, version, position), limit + 1)
        found = ((to_run(record), behind) for record, behind in records)
        shown, more = first_page(found, limit)
        return Page(shown, self._cursors.close(more, query))

    def lines(
        self, agent_id: str, version: str | None = None, position: dict[str, str] | None = None
    ) -> Iterator[Line]:
        """The run ids of an agent, or of one version of it, by descending event time."""
        position = position or {}
        behind = (position.get("created", "~"), position.get("run_id", "~"))
        for day, versions in self._store.days(agent_id, until=position.get("day")):
            until = position.get("resume") if day == position.get("day") else None
            places = [Place(agent_id, name) for name in versions if version in (None, name)]
            for entry, resume in rules.newest_first([self._store.segments(place, day, until) for place in places]):
                at = clock.to_text(entry.created)
                if (at, entry.run_id) < behind:
                    here = {"day": day, "created": at, "run_id": entry.run_id, "resume": resume}
                    yield Line(entry, here, agent_id, version)

    def records(self, lines: Iterator[Line], wanted: int = _FETCH) -> Iterator[tuple[Facts, dict[str, str]]]:
        """The records behind lines of a list; lines that are outdated or without a run are passed over.

        So are those of runs that belong to another agent or version by now than the one whose list it is. They are
        read as they are taken, `wanted` at a time, so that a page reads hardly more than it shows.
        """
        left = wanted
        while chunk := list(islice(lines, min(left, _FETCH))):
            found = self._store.runs(line.entry.run_id for line in chunk)
            left = left - len(found) or wanted
            for line in chunk:
                record = found.get(line.entry.run_id)
                if record and _is_there(record, line):
                    yield record, line.position

    def newest(self, entries: Sequence[Entry], wanted: int = _FETCH) -> list[Facts]:
        """The records of some lines, `wanted` at most, in their order, without those that are gone or have moved."""
        found = self.records((Line(entry, {}) for entry in entries), wanted)
        return [record for record, _ in islice(found, wanted)]

    def listed(self, lines: Collection[Line]) -> Iterator[tuple[Line, Facts]]:
        """The runs that some lines were written for, whosever and whenever they are by now, each with its line."""
        found = self._store.runs(line.entry.run_id for line in lines)
        return ((line, found[line.entry.run_id]) for line in lines if line.entry.run_id in found)

    def replay(self, line: Line, record: Facts, generation: int) -> bool:
        """Have the stream count a run that was found by a line for a generation of rollups, once.

        False when the run is gone, or was counted when it was found by another line.
        """
        return self._store.replay(record, generation, f"{line.agent_id} {clock.to_text(line.entry.created)}")

    def _place(self, agent: str, version: str) -> Place:
        if version == UNVERSIONED:
            return Place(self._registry.agent(agent).id, version)
        found = self._registry.version(agent, version)
        return Place(found.agent_id, found.version)

    def _new_record(self, place: Place, run: NewRun) -> Facts:
        recorded_at = clock.now()
        kept_from: datetime = max(run.created, recorded_at)
        return rules.statement(run) | {
            rules.RUN_ID: rules.run_id(place, run.id),
            rules.AGENT_ID: place.agent_id,
            rules.VERSION: place.version,
            rules.RECORDED_AT: clock.to_text(recorded_at),
            "expires_at": int((kept_from + self._retention(place.agent_id)).timestamp()),
        }

    def _existing(self, agent: str, run_id: str) -> Facts:
        agent_id = self._registry.agent(agent).id
        record = self._store.run(run_id)
        if record is None or record[rules.AGENT_ID] != agent_id:
            raise _no_run(run_id)
        return record


def to_run(record: Facts) -> Run:
    """A record as it is answered."""
    known = {name: value for name, value in record.items() if name in Run.model_fields}
    renamed = {"created": record[rules.CREATED_AT], "id": record.get("client_id")}
    return Run.model_validate(known | renamed | {"time_taken": record.get(rules.DURATION_MS)}, strict=False)


def _is_there(record: Facts, line: Line) -> bool:
    """Whether a run is still when and where a line has it: a trace's runs move while its spans come in."""
    return (
        record[rules.CREATED_AT] == clock.to_text(line.entry.created)
        and line.agent_id in (None, record[rules.AGENT_ID])
        and line.version in (None, record[rules.VERSION])
    )


def _no_run(run_id: str) -> NotFound:
    return NotFound(f"there is no run {run_id!r} of this agent")


def _joined(records: Any) -> list[Facts]:
    """Copies of one run inside a batch as one record."""
    by_id: dict[str, Facts] = {}
    for record in records:
        there = by_id.get(record[rules.RUN_ID])
        by_id[record[rules.RUN_ID]] = rules.join(there, record) if there else record
    return list(by_id.values())
