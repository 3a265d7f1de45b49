"""`watchbill audit`: who did what, and when."""

from datetime import datetime
from itertools import islice
from typing import Annotated

import typer
from rich.text import Text

from watchbill_client.auditing import AuditEntry
from watchbill_client.cli import formats
from watchbill_client.cli.output import Column
from watchbill_client.cli.session import Session, command

_STYLES = {"done": "green", "refused": "yellow", "failed": "red", "unknown": "red"}
_TIMES = ["%Y-%m-%dT%H:%M:%S%z"]


def add_to(app: typer.Typer) -> None:
    """Add the command to the root, where it stands without a group."""
    command(
        app,
        "audit",
        examples=[
            "watchbill audit",
            "watchbill audit --actor ci --action identity",
            "watchbill audit --from 2026-03-01T00:00:00Z --resource /api/budgets --json",
        ],
    )(audit)


def audit(
    session: Session,
    start: Annotated[datetime | None, typer.Option("--from", formats=_TIMES, help="From when on, with a zone.")] = None,
    end: Annotated[datetime | None, typer.Option("--to", formats=_TIMES, help="Until when.")] = None,
    actor: Annotated[str | None, typer.Option(help="Whose key, by its name or id.")] = None,
    action: Annotated[str | None, typer.Option(help="What was done, such as identity.revoke_key, or identity.")] = None,
    resource: Annotated[str | None, typer.Option(help="To what: an address, its beginning, or an id.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=500, help="How many at most.")] = 20,
) -> None:
    """Show who changed what, the newest first."""
    listed = session.client.audit.list(start, end, actor=actor, action=action, resource=resource, limit=limit)
    entries = list(islice(listed, limit))
    if session.output.as_json:
        return session.output.json(entries)
    if not entries:
        return session.output.say("Nobody did any such thing.")
    session.output.table(
        [Column("When"), *(Column(name, fold=True) for name in ("Who", "Action", "To")), Column("Outcome")],
        [_row(entry) for entry in entries],
    )
    return None


def _row(entry: AuditEntry) -> tuple[str, str, str, str, Text]:
    outcome = Text(entry.outcome, style=_STYLES.get(entry.outcome, ""))
    who = entry.actor.name or entry.actor.key_id or ""
    made = f" {entry.made}" if entry.made else ""
    return formats.moment(entry.at), who, entry.action, f"{entry.resource or ''}{made}".strip(), outcome
