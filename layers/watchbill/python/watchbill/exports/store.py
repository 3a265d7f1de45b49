"""Exports in the table: how far each is, and the files that its steps have written.

A step's file is listed in the write that moves the export on: a file of a step that died, or met another try of itself,
is in the bucket and nowhere else, and the bucket removes it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from watchbill.exports.models import ExportState, ExportStatus, PartFile
from watchbill.platform import keys
from watchbill.platform.items import EXPIRES_AT, REVISION, Item
from watchbill.platform.keys import Key
from watchbill.platform.table import Table

KEPT = timedelta(days=7)
"""How long an export can be looked at; the bucket removes its files after as many days."""


@dataclass(frozen=True, slots=True)
class StoredExport:
    """An export as it was read."""

    state: ExportState
    revision: int = 0


class ExportStore:
    """One organisation's exports."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._organisation = table.organisation

    def find(self, export_id: str) -> StoredExport | None:
        """An export, or None."""
        item = self._table.get(self._key(export_id))
        return _to_stored(item) if item else None

    def exports(self, before: str | None = None) -> Iterator[ExportState]:
        """The exports, newest first, behind the one whose id is `before`."""
        partition = keys.EXPORT.partition(self._organisation)
        end = self._key(before).sk if before else None
        for stored in self._table.query(partition, descending=True, before=end, page_size=100):
            yield _to_stored(stored.item).state

    def files(self, export_id: str) -> list[PartFile]:
        """The files of an export, in their order."""
        found = self._table.query(keys.EXPORT_FILE.partition(self._organisation, export_id))
        return [PartFile(**{name: stored.item[name] for name in PartFile.model_fields}) for stored in found]

    def create(self, state: ExportState) -> None:
        """Store a new export. Raises Changed when there is one of that id."""
        self._table.replace(self._key(state.id), _from_state(state), 0)

    def advance(self, before: StoredExport, after: ExportState, file: PartFile | None = None) -> None:
        """Store an export over the one that was read, and list the file that its step wrote. Raises Changed."""
        also: dict[Key, Item | None] = {}
        if file:
            place = keys.EXPORT_FILE(self._organisation, after.id, f"{before.state.step:05d}")
            also[place] = {**file.model_dump(), EXPIRES_AT: _expiry(after)}
        self._table.replace_together(self._key(after.id), _from_state(after), before.revision, also)

    def _key(self, export_id: str) -> Key:
        return keys.EXPORT(self._organisation, export_id)


def expires_at(state: ExportState) -> datetime:
    """When an export and its files go away."""
    return state.created_at + KEPT


def _from_state(state: ExportState) -> Item:
    # What the stream's consumer looks at stays readable.
    return {
        "state": state.model_dump_json(by_alias=True),
        "goes_on": state.status is ExportStatus.RUNNING,
        "next": state.step,
        EXPIRES_AT: _expiry(state),
    }


def _to_stored(item: Item) -> StoredExport:
    return StoredExport(ExportState.model_validate_json(item["state"]), item[REVISION])


def _expiry(state: ExportState) -> int:
    return int(expires_at(state).timestamp())
