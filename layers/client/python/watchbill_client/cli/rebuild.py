"""`watchbill rebuild`: recompute all figures from the runs, with a progress bar."""

from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from watchbill_client.cli import formats
from watchbill_client.cli.session import Session, command
from watchbill_client.models import Rebuild


def add_to(app: typer.Typer) -> None:
    """Add the command to the root, where it stands without a group."""
    command(app, "rebuild", examples=["watchbill rebuild", "watchbill rebuild --status", "watchbill rebuild --json"])(
        rebuild
    )


def rebuild(
    session: Session,
    status: Annotated[bool, typer.Option("--status", help="Only say where the newest rebuild stands.")] = False,
) -> None:
    """Recompute all figures from the runs. Interrupted, it goes on from where it was."""
    result = session.client.rebuild.status() if status else _run(session)
    if session.output.as_json:
        session.output.json(result)
    else:
        session.output.say(_sentence(result))


def _run(session: Session) -> Rebuild:
    """Advance the rebuild to its end under a progress bar, which is on stderr and only on a terminal."""
    columns = (TextColumn("{task.description:<9}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    notes = session.output.notes
    with Progress(*columns, console=notes, disable=not notes.is_terminal or session.output.as_json) as bar:
        task = bar.add_task("starting", total=None)

        def watch(rebuild: Rebuild) -> None:
            progress = rebuild.progress
            bar.update(task, description=rebuild.state, completed=progress.done, total=progress.total)

        return session.client.rebuild.run(watch)


def _sentence(rebuild: Rebuild) -> str:
    done = formats.count(rebuild.progress.done)
    if not rebuild.is_completed:
        return f"The rebuild is {rebuild.state}: {done} of {formats.count(rebuild.progress.total)} done."
    if rebuild.started_at is None or rebuild.completed_at is None:
        return f"The figures are rebuilt: {done} done."
    took = formats.duration(round((rebuild.completed_at - rebuild.started_at).total_seconds() * 1_000))
    return f"The figures are rebuilt: {done} done in {took}."
