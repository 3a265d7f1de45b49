"""Runs in the table, and the lists that find them by time.

A run lies alone in its partition, so that no key is hot; its key follows from its id only, so that a run posted again
meets itself. What orders runs by time are lists of (event time, run id), packed many to an item and written *before*
the runs: a crash in between leaves a line without a run, which readers pass over, never a run nobody finds.
"""

import json
import struct
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from watchbill.platform import clock, ids, keys
from watchbill.platform.items import to_item
from watchbill.platform.table import AlreadyExists, Changed, Item, Stored, Table, each
from watchbill.platform.writes import MOST_WRITES, Replace
from watchbill.runs import rules
from watchbill.runs.models import Entry, Facts, Place, Segment

_LINE = struct.Struct(">Q16s")
_LINES_PER_SEGMENT = 1_000
_DAY = 86_400
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class RunStore:
    """One organisation's runs."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._organisation = table.organisation
        self._marked: set[tuple[keys.Key, int]] = set()

    def run(self, run_id: str) -> Facts | None:
        """One run's record, or None."""
        item = self._table.get(keys.RUN(self._organisation, run_id))
        return _unpacked(item) if item else None

    def runs(self, run_ids: Iterable[str], *, consistent: bool = True) -> dict[str, Facts]:
        """Those of the runs that exist, by id; without `consistent`, as they were at most a second ago."""
        wanted = [keys.RUN(self._organisation, run_id) for run_id in run_ids]
        found = self._table.get_many(wanted, consistent=consistent)
        return {item[rules.RUN_ID]: _unpacked(item) for item in found.values()}

    def add(self, records: Sequence[Facts]) -> None:
        """Store runs: a new one as it is, one that is there joined with what is new in it."""
        self._list(records)
        each(self._add, records)

    def add_new(self, records: Sequence[Facts], named: Mapping[keys.Key, Item]) -> None:
        """Store runs that are not there, many at a time. One that is there all the same is replaced.

        Items that they name, of another area, are stored before them, with their lines. Those that say where their
        trace's spans are come last: where one is, all runs of its trace are.
        """
        listed = self._listed(records)
        self._table.put_all({**named, **listed})
        self._mark(listed)
        for first in (False, True):
            some = [record for record in records if (rules.PACKS in record) is first]
            self._table.put_all({self._key(record): _packed(record | {"revision": 1}) for record in some})

    def exchange(self, records: Sequence[Facts]) -> None:
        """Store runs over those that were read, at whose revisions they are, 0 for one that was not there.

        All of them or none, but of more than a transaction takes the last come last. Raises Changed.
        """
        self._list(records)
        writes = [Replace(self._key(record), _packed(record), record.get("revision", 0)) for record in records]
        for start in range(0, len(writes), MOST_WRITES):
            self._table.transact(writes[start : start + MOST_WRITES])

    def join(self, records: Sequence[Facts]) -> None:
        """As `add`, for runs of which most are there: a read for a hundred of them, and a write for what is new."""
        there = self.runs(record[rules.RUN_ID] for record in records)
        if missing := [record for record in records if record[rules.RUN_ID] not in there]:
            self.add(missing)
        each(
            lambda record: self._join(there[record[rules.RUN_ID]], record),
            [record for record in records if record[rules.RUN_ID] in there],
        )

    def amend(self, run_id: str, amend: Callable[[Facts], Facts]) -> Facts | None:
        """Join a statement made from the stored record into it, or None when there is no such run."""
        record = self.run(run_id)
        while record is not None:
            joined = rules.join(record, amend(record))
            if joined == record:
                return record
            try:
                self._replace(joined, record["revision"])
            except Changed as changed:
                record = _unpacked(changed.item) if changed.item else None
            else:
                return joined
        return None

    def replay(self, record: Facts, generation: int, line: str) -> bool:
        """Mark a run that was found by a line as replayed for a generation of rollups, so that the stream counts it.

        False when it is gone, or was replayed when it was found by another line: it moves, and is replayed once.
        """
        mark = {rules.REPLAYED: generation, rules.REPLAYED_FROM: line}
        while record.get(rules.REPLAYED, 0) < generation:
            try:
                self._replace(record | mark, record["revision"])
            except Changed as changed:
                if changed.item is None:
                    return False
                record = _unpacked(changed.item)
            else:
                return True
        return bool(record.get(rules.REPLAYED_FROM) == line)

    def days(self, agent_id: str, until: str | None = None) -> Iterator[tuple[str, list[str]]]:
        """The days that hold runs of an agent, newest first, each with the versions that have some."""
        partition = keys.RUN_DAY.partition(self._organisation, agent_id)
        before = keys.RUN_DAY.last(until) if until else None
        versions: dict[str, list[str]] = defaultdict(list)
        for stored in self._table.query(partition, descending=True, before=before):
            values = keys.RUN_DAY.parse(stored.key) or {}
            if values["day"] not in versions:
                yield from versions.items()
                versions.clear()
            versions[values["day"]].append(values["version"])
        yield from versions.items()

    def segments(self, place: Place, day: str, until: str | None = None) -> Iterator[Segment]:
        """A day's run list of a version, newest segments first, from `newest` = `until` on."""
        partition = keys.RUN_LIST.partition(self._organisation, place.agent_id, place.version, day)
        before = keys.RUN_LIST.last(until) if until else None
        for stored in self._table.query(partition, descending=True, before=before, page_size=25):
            yield _segment(stored)

    def _add(self, record: Facts) -> None:
        try:
            self._table.create(self._key(record), _packed(record | {"revision": 1}))
        except AlreadyExists as exists:
            self._join(_unpacked(exists.item), record)

    def _join(self, there: Facts | None, said: Facts) -> None:
        while there is not None:
            joined = rules.join(there, said)
            if joined == there:
                return
            try:
                self._replace(joined, there["revision"])
            except Changed as changed:
                there = _unpacked(changed.item) if changed.item else None
            else:
                return
        self._add(said)

    def _replace(self, record: Facts, revision: int) -> None:
        self._table.replace(self._key(record), _packed(record), revision)

    def _key(self, record: Facts) -> keys.Key:
        return keys.RUN(self._organisation, record[rules.RUN_ID])

    def _list(self, records: Sequence[Facts]) -> None:
        listed = self._listed(records)
        each(lambda entry: self._table.put(*entry), list(listed.items()))
        self._mark(listed)

    def _listed(self, records: Sequence[Facts]) -> dict[keys.Key, Item]:
        """The items by which runs are found by time: their lines, and the marks of their days."""
        lines: dict[tuple[Place, str], set[Entry]] = defaultdict(set)
        expiry: dict[tuple[Place, str], int] = defaultdict(int)
        for record in records:
            there = Place(record[rules.AGENT_ID], record[rules.VERSION]), record[rules.CREATED_AT][:10]
            lines[there].add(Entry(clock.from_text(record[rules.CREATED_AT]), record[rules.RUN_ID]))
            expiry[there] = max(expiry[there], record["expires_at"])
        marks = (self._day_mark(*there, expires_at) for there, expires_at in expiry.items())
        return {key: item for key, item in marks if (key, item["expires_at"]) not in self._marked} | dict(
            self._line_item(there[0], chunk, expiry[there])
            for there, entries in lines.items()
            for chunk in _chunks(sorted(entries, reverse=True))
        )

    def _day_mark(self, place: Place, day: str, expires_at: int) -> tuple[keys.Key, Item]:
        # Once a day in a process is enough; the mark must outlive every run it leads to.
        key = keys.RUN_DAY(self._organisation, place.agent_id, day, place.version)
        return key, {"expires_at": (expires_at // _DAY + 2) * _DAY}

    def _mark(self, listed: dict[keys.Key, Item]) -> None:
        self._marked |= {(key, item["expires_at"]) for key, item in listed.items() if keys.RUN_DAY.parse(key)}

    def _line_item(self, place: Place, lines: Sequence[Entry], expires_at: int) -> tuple[keys.Key, Item]:
        newest, day = clock.to_text(lines[0].created), lines[0].created.strftime("%Y-%m-%d")
        packed = packed_lines(lines)
        # The same lines make the same segment, so that a batch sent again leaves no second one.
        segment = ids.derived_id("segment", packed.hex())
        key = keys.RUN_LIST(self._organisation, place.agent_id, place.version, day, newest, segment)
        return key, {"lines": packed, "expires_at": expires_at}


def to_record(image: Item) -> Facts:
    """The record in a stream record's image."""
    return _unpacked(to_item(image))


def packed_lines(lines: Iterable[Entry]) -> bytes:
    """Lines of a list, 24 bytes each: event time in ms, run id."""
    return b"".join(_LINE.pack(round(line.created.timestamp() * 1000), ids.to_bytes(line.run_id)) for line in lines)


def unpacked_lines(packed: bytes) -> Iterator[Entry]:
    """What was packed."""
    for at, run_id in _LINE.iter_unpack(packed):
        yield Entry(_EPOCH + timedelta(milliseconds=at), ids.from_bytes(run_id))


def _chunks(lines: Sequence[Entry]) -> Iterator[Sequence[Entry]]:
    for start in range(0, len(lines), _LINES_PER_SEGMENT):
        yield lines[start : start + _LINES_PER_SEGMENT]


def _segment(stored: Stored) -> Segment:
    values = keys.RUN_LIST.parse(stored.key) or {}
    return Segment(values["newest"], tuple(unpacked_lines(stored.item["lines"])))


def _packed(record: Facts) -> Item:
    bodies = {
        name: zlib.compress(json.dumps(record[name], ensure_ascii=False).encode())
        for name in rules.BODIES
        if name in record
    }
    return record | bodies


def _unpacked(item: Item) -> Facts:
    bodies = {name: json.loads(zlib.decompress(item[name])) for name in rules.BODIES if name in item}
    return item | bodies
