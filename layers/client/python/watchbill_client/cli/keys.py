"""`watchbill keys`: API keys, which carry an organisation and scopes."""

from typing import Annotated

import typer

from watchbill_client.cli import formats
from watchbill_client.cli.output import Column
from watchbill_client.cli.session import Session, command
from watchbill_client.models import Scope

app = typer.Typer(help="Issue, list and revoke API keys (scope admin).", no_args_is_help=True)

_SHOWN_ONCE = "The secret is shown this once and cannot be read again: keep it now."


@command(
    app,
    "create",
    examples=[
        "watchbill keys create ci --scope ingest",
        "watchbill keys create dashboard --scope read --scope execute",
        "watchbill keys create ci --scope ingest --json | jq -r .secret",
    ],
)
def create(
    session: Session,
    name: Annotated[str, typer.Argument(help="What the key is for.", show_default=False)],
    scope: Annotated[list[Scope], typer.Option(help="What it may do; repeat for more.", show_default=False)],
) -> None:
    """Issue a key. Its secret is shown once."""
    key = session.client.keys.create(name, scope)
    if session.output.as_json:
        session.output.json(key)
    else:
        session.output.facts([("Id", key.id), ("Name", key.name), ("Scopes", formats.words(key.scopes))])
        session.output.say(f"\n{key.secret}\n")
    session.output.warn(_SHOWN_ONCE)


@command(app, "list", examples=["watchbill keys list", "watchbill keys list --json"])
def list_keys(session: Session) -> None:
    """List the organisation's keys, without their secrets."""
    keys = list(session.client.keys.list())
    if session.output.as_json:
        return session.output.json(keys)
    session.output.table(
        [Column("Id"), Column("Name", fold=True), Column("Scopes", fold=True), Column("Created")],
        [(key.id, key.name, formats.words(key.scopes), formats.day(key.created_at)) for key in keys],
    )
    return None


@command(app, "revoke", examples=["watchbill keys revoke KEY_ID"])
def revoke(
    session: Session,
    key_id: Annotated[str, typer.Argument(metavar="ID", help="The key's id, from `keys list`.", show_default=False)],
) -> None:
    """Revoke a key. Within a minute nothing more is answered to it."""
    session.client.keys.revoke(key_id)
    if session.output.as_json:
        session.output.json({"id": key_id, "revoked": True})
    else:
        session.output.say(f"Revoked {key_id}.")
