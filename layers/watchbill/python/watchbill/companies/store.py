"""Companies in the table: each under its id, with what it is recognised by and what a search looks at beside it.

All three are written in one transaction, over the company that was read, so that they agree however many write at once.
"""

import heapq
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from watchbill.companies.matching import Entry, entry_of
from watchbill.companies.rules import Fact, Facts, Mark, Record, company_of
from watchbill.platform import ids, keys
from watchbill.platform.items import REVISION, Item
from watchbill.platform.keys import Key
from watchbill.platform.table import Stored, Table
from watchbill.platform.writes import Create, Delete, Put, Replace, Write

SHARDS = 8
"""Partitions of what a search looks at: of 20 000 companies, each has 2 500 and less than half a megabyte."""
_LONGEST_SORT = 100
_SAME_AS = "same_as"


@dataclass(frozen=True, slots=True)
class StoredCompany:
    """A company as it was read."""

    record: Record
    revision: int


class CompanyStore:
    """One organisation's companies."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._organisation = table.organisation

    @property
    def organisation(self) -> str:
        """Whose companies these are."""
        return self._organisation

    def companies(self, company_ids: Iterable[str]) -> dict[str, StoredCompany]:
        """Those of the companies that exist, by the ids they were asked for: a former id leads to who it is now."""
        found: dict[str, StoredCompany] = {}
        asked = {company_id: company_id for company_id in company_ids}
        while asked:
            items = self._table.get_many({self._key(now) for now in asked.values()})
            there = {one: items[self._key(now)] for one, now in asked.items() if self._key(now) in items}
            found |= {one: _to_company(asked[one], item) for one, item in there.items() if _SAME_AS not in item}
            asked = {one: item[_SAME_AS] for one, item in there.items() if _SAME_AS in item}
        return found

    def company(self, company_id: str) -> StoredCompany | None:
        """A company, or None."""
        return self.companies([company_id]).get(company_id)

    def recognised(self, marks: Iterable[Mark]) -> dict[Mark, StoredCompany]:
        """The companies that are known by these marks."""
        by_key = {self._mark(mark): mark for mark in marks}
        owners = {by_key[key]: item["company"] for key, item in self._table.get_many(by_key).items()}
        companies = self.companies(set(owners.values()))
        return {mark: companies[owner] for mark, owner in owners.items() if owner in companies}

    def save(self, after: Record, there: Sequence[StoredCompany]) -> None:
        """Store a company over those that it was found to be the same as, none for a new one.

        Raises Changed, AlreadyExists when one of them is not as it was read, or another came to be known by its marks.
        """
        known: frozenset[Mark] = frozenset().union(*(one.record.marks for one in there))
        before = next((one for one in there if one.record.id == after.id), None)
        writes: list[Write] = [Replace(self._key(after.id), _from_record(after), before.revision if before else 0)]
        for other in there:
            if other is not before:
                writes.append(Replace(self._key(other.record.id), {_SAME_AS: after.id}, other.revision))
                writes.append(Delete(self._entry(other.record)))
        writes += self._entries(before.record if before else None, after)
        writes += [Create(self._mark(mark), {"company": after.id}) for mark in sorted(after.marks - known)]
        writes += [Delete(self._mark(mark)) for mark in sorted(known - after.marks)]
        self._table.transact(writes)

    def remove(self, there: StoredCompany) -> None:
        """Forget a company, the ids that it had and what it was known by. Raises Changed."""
        record = there.record
        also = [self._entry(record), *map(self._mark, record.marks), *map(self._key, record.former)]
        self._table.transact([Delete(self._key(record.id), there.revision), *map(Delete, also)])

    def entries(self, after: str | None = None) -> Iterator[tuple[str, Entry]]:
        """What a search looks at of every company, by name, behind a position; each with its own."""
        shards = [self._shard(shard, after) for shard in range(SHARDS)]
        for stored in heapq.merge(*shards, key=lambda stored: stored.key.sk):
            yield stored.key.sk, _to_entry(stored)

    def _shard(self, shard: int, after: str | None) -> Iterator[Stored]:
        partition = keys.COMPANY_ENTRY.partition(self._organisation, str(shard))
        return self._table.query(partition, after=after, consistent=False)

    def _entries(self, before: Record | None, after: Record) -> list[Write]:
        key, item = self._entry(after), _from_entry(entry_of(company_of(after)))
        if before is None:
            return [Put(key, item)]
        if key == (was := self._entry(before)):
            return [Put(key, item)] if item != _from_entry(entry_of(company_of(before))) else []
        return [Delete(was), Put(key, item)]

    def _entry(self, record: Record) -> Key:
        company = company_of(record)
        shard = str(ids.shard_of(company.id, SHARDS))
        name = company.name.casefold()[:_LONGEST_SORT]
        return keys.COMPANY_ENTRY(self._organisation, shard, name, company.id)

    def _key(self, company_id: str) -> Key:
        return keys.COMPANY(self._organisation, company_id)

    def _mark(self, mark: Mark) -> Key:
        return keys.COMPANY_MARK(self._organisation, mark.kind, mark.value)


def _from_record(record: Record) -> Item:
    text = json.dumps(record.facts, ensure_ascii=False, separators=(",", ":"))
    return {
        "origin": record.origin,
        "facts": zlib.compress(text.encode()),
        "marks": [list(mark) for mark in sorted(record.marks)],
        "former": sorted(record.former),
    }


def _to_company(company_id: str, item: Item) -> StoredCompany:
    record = Record(
        id=company_id,
        origin=item["origin"],
        facts=_to_facts(json.loads(zlib.decompress(item["facts"]))),
        marks=frozenset(Mark(*mark) for mark in item["marks"]),
        former=frozenset(item["former"]),
    )
    return StoredCompany(record, item[REVISION])


def _to_facts(stored: Mapping[str, Mapping[str, Sequence[object]]]) -> Facts:
    return {
        name: {part: Fact(str(stamp), value) for part, (stamp, value) in parts.items()}
        for name, parts in stored.items()
    }


def _from_entry(entry: Entry) -> Item:
    # Short names: of thousands of these items the bytes are paid for whenever somebody searches.
    item = {
        "n": entry.name,
        "i": list(entry.industry) or None,
        "p": list(entry.places) or None,
        "e": entry.employee_count,
        "r": entry.revenue,
    }
    return {name: value for name, value in item.items() if value is not None}


def _to_entry(stored: Stored) -> Entry:
    item = stored.item
    company_id = (keys.COMPANY_ENTRY.parse(stored.key) or {})["company"]
    revenue = Decimal(item["r"]) if "r" in item else None
    return Entry(company_id, item["n"], tuple(item.get("i", ())), tuple(item.get("p", ())), item.get("e"), revenue)
