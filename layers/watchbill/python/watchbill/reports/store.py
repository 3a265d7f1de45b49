"""Reports in the table: each once with its contents, compressed, and once without them in the list of its month."""

import json
import zlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from watchbill.platform import clock, keys
from watchbill.platform.table import EXPIRES_AT, Item, Table
from watchbill.reports.models import Report, ReportEntry

KEPT = timedelta(days=400)
_BODY = "body"


class ReportStore:
    """One organisation's reports."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._organisation = table.organisation

    def create(self, report: Report) -> None:
        """Store a report and list it, both or neither. Raises AlreadyExists."""
        entry = report.entry.model_dump(mode="json", by_alias=True) | {EXPIRES_AT: _expiry(report)}
        body = zlib.compress(report.model_dump_json(by_alias=True).encode(), level=9)
        generated = clock.to_text(report.generated_at)
        self._table.create_together(
            {
                keys.REPORT(self._organisation, report.id): entry | {_BODY: body},
                keys.REPORT_ENTRY(self._organisation, generated[:7], generated, report.id): entry,
            }
        )

    def report(self, report_id: str) -> Report | None:
        """A report, or None."""
        item = self._table.get(keys.REPORT(self._organisation, report_id))
        return Report.model_validate_json(zlib.decompress(item[_BODY])) if item else None

    def entries(self, latest: datetime, before: tuple[str, str] | None = None) -> Iterator[tuple[ReportEntry, Any]]:
        """The list, newest first, each with its place; from behind a place where one is given.

        `latest` is an instant at or behind the newest.
        """
        for month in clock.months_back(before[0][:7] if before else clock.to_text(latest)[:7], KEPT.days // 28 + 1):
            partition = keys.REPORT_ENTRY.partition(self._organisation, month)
            behind = keys.REPORT_ENTRY(self._organisation, month, *before).sk if before else None
            before = None
            for stored in self._table.query(partition, before=behind, descending=True):
                entry = _to_entry(stored.item)
                yield entry, (clock.to_text(entry.generated_at), entry.id)


def _to_entry(item: Item) -> ReportEntry:
    return ReportEntry.model_validate_json(json.dumps({name: item[name] for name in item if name != EXPIRES_AT}))


def _expiry(report: Report) -> int:
    return int((report.generated_at + KEPT).timestamp())
