"""What an entry says of a deed, and which entries somebody asks for. Pure."""

from collections.abc import Iterator
from datetime import datetime

from watchbill.audit.models import MOST_SIGNS, Actor, ActorKind, AuditEntry, AuditFilters, AuditOutcome
from watchbill.platform.trail import Deed


def begun(deed: Deed, entry_id: str, now: datetime) -> AuditEntry:
    """The entry of a deed whose end is not known yet."""
    kind = ActorKind.SESSION if deed.on_page else ActorKind.KEY
    return AuditEntry(
        id=entry_id,
        at=now,
        actor=Actor(kind=kind, key_id=deed.who.key_id, name=deed.who.key_name),
        action=deed.action,
        resource=deed.resource[:MOST_SIGNS],
        request_id=deed.request_id or None,
    )


def done(action: str, part: str, made: str, entry_id: str, now: datetime) -> AuditEntry:
    """The entry of what a part of the service has done."""
    actor = Actor(kind=ActorKind.SYSTEM, name=part)
    return AuditEntry(id=entry_id, at=now, actor=actor, action=action, outcome=AuditOutcome.DONE, made=made)


def is_wanted(entry: AuditEntry, asked: AuditFilters) -> bool:
    """Whether an entry is one of those that are asked for, whenever it was."""
    return (
        asked.actor in (None, entry.actor.key_id, entry.actor.name)
        and asked.action in (None, entry.action, entry.action.partition(".")[0])
        and (asked.resource is None or _is_of(entry, asked.resource))
    )


def months_back(since: datetime, until: datetime) -> Iterator[str]:
    """The months of a stretch of time, the newest first."""
    year, month = until.year, until.month
    while (year, month) >= (since.year, since.month):
        yield f"{year:04d}-{month:02d}"
        year, month = (year - 1, 12) if month == 1 else (year, month - 1)


def _is_of(entry: AuditEntry, resource: str) -> bool:
    address = entry.resource or ""
    below = address.startswith(resource.rstrip("/") + "/")
    return resource in (address, entry.made, *address.split("/")) or below
