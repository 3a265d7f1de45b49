"""Rebuilds in the table."""

from watchbill.platform import keys
from watchbill.platform.table import REVISION, Table
from watchbill.rebuild.models import Rebuild


class RebuildStore:
    """One organisation's rebuilds."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def newest(self) -> tuple[Rebuild, int] | None:
        """The newest rebuild with its revision, or None."""
        partition = keys.REBUILD.partition(self._table.organisation)
        for stored in self._table.query(partition, descending=True, page_size=1):
            revision = int(stored.item.pop(REVISION))
            return Rebuild.model_validate(stored.item), revision
        return None

    def save(self, rebuild: Rebuild, revision: int) -> None:
        """Store a rebuild over the one that was read at `revision`, 0 for a new one. Raises Changed."""
        key = keys.REBUILD(self._table.organisation, rebuild.id)
        self._table.replace(key, rebuild.model_dump(mode="json"), revision)
