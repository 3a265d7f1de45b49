"""The audit log: who did what, and when (scope admin)."""

from datetime import datetime

from watchbill_client.auditing import AuditEntry
from watchbill_client.connection import Connection, Request, given, route
from watchbill_client.paging import Page, fetch_page


class Audit:
    """`client.audit`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(
        self,
        start: datetime | None = None,
        end: datetime | None = None,
        *,
        actor: str | None = None,
        action: str | None = None,
        resource: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Page[AuditEntry]:
        """Who changed what at or after `start` and before `end`, newest first.

        `actor` is a key, by id or name, `action` a name or its part before the dot, `resource` an address, the
        beginning of one, or an id. Iterating goes through all pages, some of which may be empty.
        """
        times = {"from": start and start.isoformat(), "to": end and end.isoformat()}
        asked = given({**times, "actor": actor, "action": action, "resource": resource, "limit": limit})
        return fetch_page(self._connection, Request("GET", route("api", "audit"), params=asked), AuditEntry, cursor)
