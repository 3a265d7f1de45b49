"""The audit log in the table: a partition of entries for each month, in the order of time."""

import json
from collections.abc import Iterator
from datetime import datetime

from watchbill.audit import rules
from watchbill.audit.models import AuditEntry
from watchbill.platform import clock, keys
from watchbill.platform.items import EXPIRES_AT, Item
from watchbill.platform.keys import Key
from watchbill.platform.table import Table

_READ_AT_ONCE = 200

Place = tuple[str, str]
"""Where an entry stands: its instant, and its id."""


class AuditStore:
    """One organisation's audit log."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._organisation = table.organisation

    def put(self, entry: AuditEntry, until: datetime) -> None:
        """Store an entry as it is now, to be kept until then."""
        item = entry.model_dump(mode="json", exclude={"id", "at"}) | {EXPIRES_AT: int(until.timestamp())}
        self._table.put(self._key(place_of(entry)), item)

    def entries(self, since: datetime, until: datetime, before: Place | None) -> Iterator[AuditEntry]:
        """The entries of a stretch of time, newest first, those behind a place where one is given."""
        first = keys.AUDIT_ENTRY.prefix(clock.to_text(since))
        last = keys.AUDIT_ENTRY.prefix(clock.to_text(until))
        for month in rules.months_back(since, clock.from_text(before[0]) if before else until):
            partition = keys.AUDIT_ENTRY.partition(self._organisation, month)
            behind = self._key(before).sk if before and before[0][:7] == month else last
            for stored in self._table.query(partition, before=behind, descending=True, page_size=_READ_AT_ONCE):
                if stored.key.sk < first:
                    return
                yield _to_entry(stored.key, stored.item)

    def _key(self, place: Place) -> Key:
        return keys.AUDIT_ENTRY(self._organisation, place[0][:7], *place)


def place_of(entry: AuditEntry) -> Place:
    """Where an entry stands."""
    return clock.to_text(entry.at), entry.id


def _to_entry(key: Key, item: Item) -> AuditEntry:
    values = keys.AUDIT_ENTRY.parse(key) or {}
    known = {name: value for name, value in item.items() if name != EXPIRES_AT}
    return AuditEntry.model_validate_json(json.dumps({**known, "id": values["entry"], "at": values["at"]}))
