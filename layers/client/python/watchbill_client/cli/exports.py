"""`watchbill export`: have runs written to files, wait for them, and save them."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from watchbill_client.cli import formats
from watchbill_client.cli.session import Session, command
from watchbill_client.exporting import Export


class Format(StrEnum):
    """What the files are."""

    CSV = "csv"
    PARQUET = "parquet"


_TIMES = ["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S.%f%z"]


def add_to(app: typer.Typer) -> None:
    """Add the command to the root, where it stands without a group."""
    command(
        app,
        "export",
        examples=[
            "watchbill export --from 2026-10-01T00:00:00Z --to 2026-11-01T00:00:00Z",
            "watchbill export --from 2026-10-01T00:00:00Z --format parquet --agent scout --out october",
        ],
    )(export)


def export(
    session: Session,
    begin: Annotated[datetime, typer.Option("--from", formats=_TIMES, help="From when on, with a zone.")],
    end: Annotated[datetime | None, typer.Option("--to", formats=_TIMES, help="Until when; now unless given.")] = None,
    format: Annotated[Format, typer.Option(help="What the files are.")] = Format.CSV,
    agent: Annotated[str | None, typer.Option(help="Only this agent's, by name or id.")] = None,
    version: Annotated[str | None, typer.Option(help="Only this version's of the agent.")] = None,
    bodies: Annotated[bool, typer.Option("--bodies", help="Also what went in and came out of each run.")] = False,
    out: Annotated[Path, typer.Option(help="The folder to save the files in.", file_okay=False)] = Path(),
) -> None:
    """Save the runs of an interval as files, each run once."""
    exports = session.client.exports
    begun = exports.create(format.value, begin, end, agent=agent, version=version, bodies=bodies)
    ended = _wait(session, begun)
    saved = [str(path) for path in exports.download(ended, out)]
    if session.output.as_json:
        session.output.json({"export": ended, "saved": saved})
    elif ended.status == "completed":
        session.output.say("\n".join([f"{formats.count(ended.rows)} runs in {len(saved)} files.", *saved]))
    if ended.status != "completed":
        session.output.warn(f"The export failed: {ended.reason}")
        raise typer.Exit(1)


def _wait(session: Session, begun: Export) -> Export:
    """The export at its end, its rows counted on stderr meanwhile, if that is a terminal."""
    notes = session.output.notes
    columns = (SpinnerColumn(), TextColumn("{task.completed:,.0f} runs"), TimeElapsedColumn())
    with Progress(*columns, console=notes, disable=not notes.is_terminal or session.output.as_json) as bar:
        task = bar.add_task("", total=None)
        return session.client.exports.wait(begun.id, lambda now: bar.update(task, completed=now.rows))
