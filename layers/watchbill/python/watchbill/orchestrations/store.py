"""Orchestrations in the table: one item each, and one more that lists it by the month in which it was made."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from watchbill.execution.store import KEPT
from watchbill.orchestrations.models import Orchestration, OrchestrationStatus
from watchbill.orchestrations.packing import from_orchestration, to_orchestration
from watchbill.platform import clock, keys
from watchbill.platform.items import EXPIRES_AT, REVISION, Item
from watchbill.platform.keys import Key
from watchbill.platform.table import Table
from watchbill.platform.writes import Put, Replace, Write


@dataclass(frozen=True, slots=True)
class StoredOrchestration:
    """An orchestration as it was read."""

    orchestration: Orchestration
    revision: int


class OrchestrationStore:
    """One organisation's orchestrations."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._organisation = table.organisation

    def orchestration(self, orchestration_id: str) -> StoredOrchestration | None:
        """An orchestration, or None."""
        item = self._table.get(self._key(orchestration_id))
        return _to_stored(item) if item else None

    def listed(self, month: str, before: str | None = None) -> Iterator[tuple[str, str]]:
        """The ids of those made in a month, newest first, behind a sort key; each with its own."""
        partition = keys.ORCHESTRATION_ENTRY.partition(self._organisation, month)
        for stored in self._table.query(partition, descending=True, before=before, page_size=100):
            yield (keys.ORCHESTRATION_ENTRY.parse(stored.key) or {})["orchestration"], stored.key.sk

    def orchestrations(self, orchestration_ids: Sequence[str]) -> dict[str, Orchestration]:
        """Those that exist, by id."""
        found = self._table.get_many(self._key(one) for one in orchestration_ids).values()
        return {stored.orchestration.id: stored.orchestration for stored in map(_to_stored, found)}

    def write(self, writes: Sequence[Write]) -> None:
        """Do all of the writes, or none. Raises Changed, AlreadyExists."""
        self._table.transact(writes)

    def creation(self, orchestration: Orchestration) -> list[Write]:
        """What stores a new orchestration; it meets Changed when there is one of that id."""
        made = clock.to_text(orchestration.created_at)
        entry = keys.ORCHESTRATION_ENTRY(self._organisation, made[:7], made, orchestration.id)
        listed = Put(entry, {EXPIRES_AT: int((orchestration.created_at + KEPT).timestamp())})
        return [Replace(self._key(orchestration.id), _from(orchestration), 0), listed]

    def replacement(self, before: StoredOrchestration, after: Orchestration) -> list[Write]:
        """What stores an orchestration over the one that was read."""
        return [Replace(self._key(after.id), _from(after), before.revision)]

    def _key(self, orchestration_id: str) -> Key:
        return keys.ORCHESTRATION(self._organisation, orchestration_id)


def _from(orchestration: Orchestration) -> Item:
    item = from_orchestration(orchestration)
    if orchestration.status is OrchestrationStatus.RUNNING:
        return item
    return item | {EXPIRES_AT: int(((orchestration.concluded_at or orchestration.created_at) + KEPT).timestamp())}


def _to_stored(item: Item) -> StoredOrchestration:
    return StoredOrchestration(to_orchestration(item), item.get(REVISION, 0))
