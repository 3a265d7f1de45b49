"""How what is said about a run becomes one record: statements are joined, and the join does not mind their order.

A statement is a set of facts with a rank. The record keeps, for every fact, the word of the highest-ranking statement
that gives it; a fact nobody contradicts is kept whoever gave it. Joining is commutative, associative and idempotent:
copies posted twice, late or out of order end in the same record (`tests/unit/runs/test_join.py`).
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from heapq import heappop, heappush
from typing import Any

from watchbill.platform import clock, ids
from watchbill.platform.errors import Unprocessable
from watchbill.runs.models import Entry, Facts, NewRun, Place, RunChange, Segment, Status, Trigger

RANK = "rank"
LESSER = "lesser_ranks"
RUN_ID = "run_id"
AGENT_ID = "agent_id"
VERSION = "version"
STATUS = "status"
CREATED_AT = "created_at"
RECORDED_AT = "recorded_at"
DURATION_MS = "duration_ms"
REPLAYED = "replayed"
REPLAYED_FROM = "replayed_from"
"""The line by which a run was found when it was replayed: whose list it is in, and when. Runs of traces move."""
TRACE_ID = "trace_id"
PACKS = "packs"
"""Where the spans are that a trace's first run was told by: the ids of the packs."""
SETTLES_AT = "settles_at"
"""When a run whose own span has not come is taken for ended, if nothing more is heard of it."""
UNPRICED = "unpriced_models"
"""Models that a run called and whose price is not known."""
FOLDED = "00000"
"""The rank of what a trace tells of a run: below all that anybody says of the run itself."""
BODIES = ("input", "output")
"""Facts of any JSON shape, kept as they came."""

_FINALITY = {Status.QUEUED: 0, Status.RUNNING: 1}
_FINAL = 2
# Among copies that end a run differently under one id, the worse end stands.
_SEVERITY = {
    status: i
    for i, status in enumerate(
        (Status.QUEUED, Status.RUNNING, Status.CANCELLED, Status.COMPLETED, Status.TIMEOUT, Status.FAILED)
    )
}
_POSTED, _PATCHED = 1, 2
_IDENTITY = {RUN_ID, AGENT_ID, VERSION, "client_id", TRACE_ID}
_OF_REBUILDS = {REPLAYED, REPLAYED_FROM}
_OF_THE_RECORD = {RANK, LESSER, CREATED_AT, RECORDED_AT, PACKS, SETTLES_AT, "revision", "expires_at"} | _OF_REBUILDS
_NO_FACTS = _IDENTITY | _OF_THE_RECORD
_RENAMED = {"created": CREATED_AT, "id": "client_id", "time_taken": DURATION_MS}


def run_id(place: Place, client_id: int | str | None) -> str:
    """The id a run is stored under: derived from the client's when there is one, else new."""
    return ids.new_id() if client_id is None else ids.derived_id("run", place.agent_id, place.version, str(client_id))


def statement(run: NewRun) -> Facts:
    """What a posted run says, with its rank. A copy that tells of a later attempt or a later status ranks higher."""
    facts = _facts(run) | {"trigger": run.trigger or Trigger.INGEST}
    begun = run.started_at or run.created
    if DURATION_MS not in facts and run.completed_at:
        facts[DURATION_MS] = milliseconds_between(begun, run.completed_at)
    content = hashlib.sha256(json.dumps(facts, sort_keys=True, default=str).encode()).hexdigest()[:8]
    created = clock.to_text(run.created)
    rank = f"{run.attempt:05d}{_finality(run.status)}{_POSTED}{_SEVERITY[run.status]}{created}{content}"
    return facts | {RANK: rank}


def amendment(record: Facts, change: RunChange) -> Facts:
    """What a PATCH says of a stored run, with its rank: above every copy that knows no later status.

    Raises Unprocessable when it would take back the run's end, or end it before it began.
    """
    facts = _facts(change)
    before = Status(record[STATUS])
    after = Status(facts.get(STATUS, before))
    if before.final and not after.final:
        raise Unprocessable(f"the run is {before.value}; it cannot become {after.value} again")
    if change.completed_at:
        begun = clock.from_text(record.get("started_at") or record[CREATED_AT])
        if change.completed_at < begun:
            raise Unprocessable("the run would end before it began")
        facts.setdefault(DURATION_MS, milliseconds_between(begun, change.completed_at))
    attempt = record.get("attempt", 1)
    rank = f"{attempt:05d}{_finality(after)}{_PATCHED}{clock.to_text(clock.now())}{ids.new_id()}"
    return facts | {RANK: rank}


def join(record: Facts, said: Facts) -> Facts:
    """The record with a further statement taken in; equal to the record when it says nothing new."""
    rank, joined = said[RANK], dict(record)
    highest = max(record[RANK], rank)
    ranks = {name: _rank_of(record, name) for name in record if _is_fact(name)}
    for name, value in said.items():
        if name == CREATED_AT:
            # Copies that disagree on the event time: the latest stands, so that "last seen" only moves forward.
            joined[name] = max(record[name], value)
        elif _is_fact(name) and rank > ranks.get(name, ""):
            joined[name], ranks[name] = value, rank
    lesser = {name: given for name, given in ranks.items() if given != highest}
    joined.pop(LESSER, None)
    return joined | {RANK: highest} | ({LESSER: lesser} if lesser else {})


def refolded(record: Facts, told: Facts) -> Facts:
    """The record with what its trace tells now in the place of what it told before; what others said of it stays."""
    theirs = _ranks_of_others(record)
    ranks = dict.fromkeys(filter(_is_fact, told), told[RANK]) | theirs
    highest = max(map(str, ranks.values()))
    lesser = {name: rank for name, rank in ranks.items() if rank != highest}
    kept = {name: record[name] for name in (*theirs, RECORDED_AT, *_OF_REBUILDS) if name in record}
    return told | kept | {RANK: highest} | ({LESSER: lesser} if lesser else {})


def said_of(record: Facts) -> list[tuple[str, list[str]]]:
    """What others than its trace said of a run: the rank of each statement, and the names of its facts that stand."""
    ranks = _ranks_of_others(record)
    return [(rank, [name for name, given in ranks.items() if given == rank]) for rank in sorted(set(ranks.values()))]


def user_of(record: Facts) -> str | None:
    """Who asked for a run."""
    user: str | None = record.get("user_id") or record.get("initiator")
    return user


def milliseconds_between(start: datetime, end: datetime) -> int:
    """Whole milliseconds from start to end."""
    return round((end - start).total_seconds() * 1000)


def newest_first(sources: list[Iterator[Segment]]) -> Iterator[tuple[Entry, str]]:
    """The distinct entries of several segment lists, each in descending order of `newest`, in true time order.

    With each entry comes the `newest` from which reading must start again to see everything behind it. A segment is
    read only when an entry of it may be next.
    """
    waiting: list[tuple[_Descending, int, Segment]] = []
    lines: list[tuple[_Descending, Entry, str]] = []
    for i, source in enumerate(sources):
        _advance(waiting, i, source)
    last: Entry | None = None
    while waiting or lines:
        while waiting and (not lines or waiting[0][2].newest >= clock.to_text(lines[0][1].created)):
            _, i, segment = heappop(waiting)
            for entry in segment.entries:
                heappush(lines, (_Descending(entry), entry, segment.newest))
            _advance(waiting, i, sources[i])
        _, entry, _ = heappop(lines)
        if entry != last:
            yield entry, _resume(entry, lines, waiting)
        last = entry


class _Descending:
    """Turns the order of what it holds around, for heapq."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __lt__(self, other: "_Descending") -> bool:
        return bool(other.value < self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Descending) and bool(other.value == self.value)


def _advance(waiting: list[tuple[_Descending, int, Segment]], i: int, source: Iterator[Segment]) -> None:
    segment = next(source, None)
    if segment is not None:
        heappush(waiting, (_Descending(segment.newest), i, segment))


def _resume(entry: Entry, lines: list[Any], waiting: list[Any]) -> str:
    open_segments = [newest for _, _, newest in lines] + [segment.newest for _, _, segment in waiting[:1]]
    return max(open_segments, default=clock.to_text(entry.created))


def _facts(run: NewRun | RunChange) -> Facts:
    given = run.model_dump(mode="python", exclude_none=True, exclude=set(BODIES))
    bodies = {name: body for name in BODIES if (body := getattr(run, name, None)) is not None}
    return {_RENAMED.get(name, name): _stored(value) for name, value in given.items() if value not in ((), {})} | bodies


def _stored(value: Any) -> Any:
    match value:
        case datetime():
            return clock.to_text(value)
        case float():
            return Decimal(str(value))
        case tuple():
            return [_stored(inner) for inner in value]
        case _:
            return value


def _finality(status: Status) -> int:
    return _FINALITY.get(status, _FINAL)


def _is_fact(name: str) -> bool:
    return name not in _NO_FACTS


def _ranks_of_others(record: Facts) -> dict[str, str]:
    return {name: rank for name in record if _is_fact(name) and (rank := _rank_of(record, name)) != FOLDED}


def _rank_of(record: Facts, name: str) -> str:
    return str(record.get(LESSER, {}).get(name, record[RANK]))
