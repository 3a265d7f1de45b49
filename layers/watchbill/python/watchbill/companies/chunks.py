"""Imports in the table: how far each is, and its rows in compressed parts that are worked on one after the other."""

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from watchbill.companies.views import Import, ImportStatus
from watchbill.platform import keys
from watchbill.platform.items import EXPIRES_AT, REVISION, Item
from watchbill.platform.keys import Key
from watchbill.platform.table import Table

KEPT = timedelta(days=30)
"""How long an import can be looked at, and its rows are kept."""
MOST_ROWS, MOST_BYTES = 250, 300_000
"""Of a part: what one message's work takes in, and what an item can hold even if nothing could be compressed."""

Row = dict[str, Any]


class RowTooLarge(ValueError):
    """A row is more than a part can hold; the message says which."""


@dataclass(frozen=True, slots=True)
class StoredImport:
    """An import as it was read; the part that is next of how many."""

    state: Import
    next: int
    parts: int
    revision: int = 0


class ImportStore:
    """One organisation's imports."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._organisation = table.organisation

    def keep_rows(self, import_id: str, number: int, rows: Sequence[Row], now: datetime) -> None:
        """Keep a part of an import's rows, before there is the import that leads to them."""
        packed = zlib.compress(json.dumps(rows, ensure_ascii=False).encode())
        self._table.put(self._rows(import_id, number), {"rows": packed, EXPIRES_AT: _expiry(now)})

    def rows(self, import_id: str, number: int) -> list[Row]:
        """The rows of a part."""
        item = self._table.get(self._rows(import_id, number)) or {"rows": zlib.compress(b"[]")}
        rows: list[Row] = json.loads(zlib.decompress(item["rows"]))
        return rows

    def find(self, import_id: str) -> StoredImport | None:
        """An import, or None."""
        item = self._table.get(self._key(import_id))
        if item is None:
            return None
        state = Import.model_validate_json(zlib.decompress(item["state"]))
        return StoredImport(state, item["next"], item["parts"], item[REVISION])

    def replace(self, stored: StoredImport) -> None:
        """Store an import over the one that was read. Raises Changed."""
        self._table.replace(self._key(stored.state.id), _from_import(stored), stored.revision)

    def _key(self, import_id: str) -> Key:
        return keys.COMPANY_IMPORT(self._organisation, import_id)

    def _rows(self, import_id: str, number: int) -> Key:
        return keys.IMPORT_ROWS(self._organisation, import_id, str(number))


def parts_of(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Rows in parts of which each fits into an item. Raises RowTooLarge."""
    part: list[Row] = []
    room = MOST_BYTES
    for number, row in enumerate(rows, start=1):
        size = len(json.dumps(row, ensure_ascii=False).encode()) + 2
        if size > MOST_BYTES:
            raise RowTooLarge(f"row {number} has more than {MOST_BYTES:,} bytes")
        if len(part) == MOST_ROWS or size > room:
            yield part
            part, room = [], MOST_BYTES
        part.append(row)
        room -= size
    if part:
        yield part


def _from_import(stored: StoredImport) -> Item:
    # What the stream's consumer looks at stays readable.
    return {
        "state": zlib.compress(stored.state.model_dump_json().encode()),
        "next": stored.next,
        "parts": stored.parts,
        "goes_on": stored.state.status is ImportStatus.RUNNING,
        EXPIRES_AT: _expiry(stored.state.created_at),
    }


def _expiry(now: datetime) -> int:
    return int((now + KEPT).timestamp())
