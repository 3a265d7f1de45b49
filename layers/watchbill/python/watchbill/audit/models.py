"""Entries of the audit log: who asked for what, when, and how it ended; never what was in the request."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field

from watchbill.platform.trail import End
from watchbill.platform.wire import Label, Model, Moment, PageQuery, When

MOST_SIGNS = 500
"""Of an address: an entry is small, whatever is asked for."""


class ActorKind(StrEnum):
    """How somebody acts: with a key, signed in to the web page with one, or it is the service itself."""

    KEY = "key"
    SESSION = "session"
    SYSTEM = "system"


class Actor(Model):
    """Who did it: a key, by its id and by what it was called when it was issued; or a part of the service, by name."""

    kind: ActorKind
    key_id: str | None = None
    name: str


class AuditOutcome(StrEnum):
    """How it ended: done, refused to who asked, failed, or nobody knows, because it began and no end was heard of."""

    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"
    UNKNOWN = "unknown"


class AuditEntry(Model):
    """One thing that somebody asked for.

    `action` is the name of a function and of what it does, `resource` the address that was asked, `made` the id of what
    was made, `status` the HTTP status of the answer.
    """

    id: str
    at: Moment
    actor: Actor
    action: str
    resource: str | None = None
    outcome: AuditOutcome = AuditOutcome.UNKNOWN
    status: int | None = None
    made: str | None = None
    request_id: str | None = None

    def ended(self, end: End) -> Self:
        """The entry with how it ended."""
        failed = AuditOutcome.REFUSED if end.status < 500 else AuditOutcome.FAILED
        outcome = AuditOutcome.DONE if end.status < 400 else failed
        return self.model_copy(update={"outcome": outcome, "status": end.status, "made": end.made})


class AuditFilters(Model):
    """Which entries are asked for: of a time, of somebody, of what was done, and to what.

    `actor` is the id or the name of a key. `action` is a name, or its part before the dot; `resource` an address, the
    beginning of one up to a slash, or an id in one.
    """

    since: Annotated[When | None, Field(alias="from")] = None
    until: Annotated[When | None, Field(alias="to")] = None
    actor: Label | None = None
    action: Label | None = None
    resource: Annotated[str | None, Field(min_length=1, max_length=MOST_SIGNS)] = None


class AuditQuery(PageQuery, AuditFilters):
    """Which entries are asked for, and which page of them."""


class AuditLog(Model):
    """Some entries, newest first, and where the log goes on."""

    items: tuple[AuditEntry, ...]
    next_cursor: str | None = None
