"""Writing the audit log, and reading it."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from watchbill.audit import rules
from watchbill.audit.models import AuditEntry, AuditLog, AuditQuery
from watchbill.audit.store import AuditStore, Place, place_of
from watchbill.platform import clock, ids
from watchbill.platform.errors import BadRequest
from watchbill.platform.lists import Cursors, first_page
from watchbill.platform.trail import Deed, End

MOST_LOOKED_AT = 2_000
"""So many entries are looked at for one page, when few of them are asked for."""
_CLOCKS_DIFFER = timedelta(minutes=1)


class AuditService:
    """One organisation's audit log."""

    def __init__(
        self, store: AuditStore, retention: Callable[[], timedelta], since: Callable[[], datetime], cursors: Cursors
    ) -> None:
        """`retention` is for how long an entry is kept, `since` when there can have been a first."""
        self._store = store
        self._retention = retention
        self._since = since
        self._cursors = cursors

    def begin(self, deed: Deed) -> Callable[[End], None]:
        """Write down what is about to be done; what is returned is told how it ended."""
        entry = rules.begun(deed, ids.new_id(), clock.now())
        until = entry.at + self._retention()
        self._store.put(entry, until)
        return lambda end: self._store.put(entry.ended(end), until)

    def note(self, action: str, part: str, made: str) -> None:
        """Write down what a part of the service has done by itself."""
        entry = rules.done(action, part, made, ids.new_id(), clock.now())
        self._store.put(entry, entry.at + self._retention())

    def entries(self, query: AuditQuery) -> AuditLog:
        """The entries that are asked for, newest first; a page of them may end before it is full, and go on."""
        name = f"audit {query.model_dump_json(exclude={'limit', 'cursor'})}"
        position = self._cursors.open(query.cursor, name).get("before")
        walk = _Walk(self._found(query, tuple(position) if position else None))
        wanted = ((entry, place) for entry, place in walk.steps() if rules.is_wanted(entry, query))
        shown, more = first_page(wanted, query.limit)
        behind = more or walk.stopped_at
        return AuditLog(
            items=tuple(shown), next_cursor=self._cursors.close({"before": behind} if behind else None, name)
        )

    def _found(self, query: AuditQuery, before: Any) -> Iterator[AuditEntry]:
        until = query.until or clock.now() + _CLOCKS_DIFFER
        if query.since and query.since > until:
            raise BadRequest("the time that is asked for ends before it begins")
        first = self._since() - _CLOCKS_DIFFER
        return self._store.entries(max(first, query.since) if query.since else first, until, before)


class _Walk:
    """A walk along at most so many entries. `stopped_at` is where it was given up, if it was."""

    def __init__(self, entries: Iterator[AuditEntry]) -> None:
        self._entries = entries
        self.stopped_at: Place | None = None

    def steps(self) -> Iterator[tuple[AuditEntry, Place]]:
        """The entries, each with its place."""
        for number, entry in enumerate(self._entries, 1):
            yield entry, place_of(entry)
            if number == MOST_LOOKED_AT:
                self.stopped_at = place_of(entry)
                return
