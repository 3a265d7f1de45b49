"""`watchbill runs list` and `show`: runs as they were recorded."""

from itertools import islice
from typing import Annotated

import typer
from pydantic_core import to_json
from rich.text import Text

from watchbill_client.cli import formats, runs_add
from watchbill_client.cli.output import Column
from watchbill_client.cli.session import Session, command
from watchbill_client.models import Run, Tokens
from watchbill_client.paging import LARGEST_PAGE

app = typer.Typer(help="List, look at and record runs.", no_args_is_help=True)
runs_add.add_to(app)


@command(
    app,
    "list",
    examples=[
        "watchbill runs list scout",
        "watchbill runs list scout --version 1.2.0 --limit 100",
        "watchbill runs list scout --all --json | jq 'map(.cost // 0) | add'",
    ],
)
def list_runs(
    session: Session,
    agent: Annotated[str, typer.Argument(help="The agent's name or id.", show_default=False)],
    version: Annotated[str | None, typer.Option(help="Only runs of this version.", show_default=False)] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, at most.")] = 20,
    everything: Annotated[bool, typer.Option("--all", help="All of them, whatever the limit.")] = False,
) -> None:
    """List an agent's runs, the newest first."""
    wanted = None if everything else limit
    page = session.client.runs.list(agent, version, limit=min(wanted or LARGEST_PAGE, LARGEST_PAGE))
    runs = list(islice(page, wanted))
    if session.output.as_json:
        return session.output.json(runs)
    if not runs:
        return session.output.say("No runs yet.")
    session.output.table(
        [
            Column("Run"),
            Column("Created UTC"),
            Column("Status"),
            Column("Took", right=True),
            Column("Cost", right=True),
            Column("Version", fold=True),
        ],
        [_row(run) for run in runs],
    )
    return None


@command(app, "show", examples=["watchbill runs show scout RUN_ID", "watchbill runs show scout RUN_ID --json"])
def show(
    session: Session,
    agent: Annotated[str, typer.Argument(help="The agent's name or id.", show_default=False)],
    run: Annotated[str, typer.Argument(help="The run's id, from `runs list`.", show_default=False)],
) -> None:
    """Show one run with all that is known of it."""
    found = session.client.runs.get(agent, run)
    if session.output.as_json:
        session.output.json(found)
    else:
        session.output.facts(_facts(found))


def _row(run: Run) -> tuple[str | Text, ...]:
    return (
        run.run_id,
        formats.short_moment(run.created),
        formats.status(run.status),
        formats.duration(run.duration_ms),
        formats.money(run.cost),
        run.version,
    )


def _facts(run: Run) -> list[tuple[str, str | Text | None]]:
    return [
        ("Run", run.run_id),
        ("Own id", None if run.id is None else str(run.id)),
        ("Version", run.version),
        ("Status", formats.status(run.status)),
        ("Created", formats.moment(run.created)),
        ("Recorded", formats.moment(run.recorded_at)),
        ("Took", formats.duration(run.duration_ms)),
        ("Cost", formats.money(run.cost)),
        ("Tokens", _tokens(run.tokens)),
        ("Models", ", ".join(run.models)),
        ("Tools", ", ".join(run.tools)),
        ("Initiator", run.initiator),
        ("User", run.user_id),
        ("Session", run.session_id),
        ("Campaign", run.campaign_id),
        ("Parent run", run.parent_run_id),
        ("Task", None if run.task_id is None else str(run.task_id)),
        ("Task type", run.task_type),
        ("Trigger", run.trigger),
        ("Attempt", None if run.attempt is None else str(run.attempt)),
        ("Quality", _out_of(run.quality_score, 100)),
        ("Rating", _out_of(run.user_satisfaction, 5)),
        ("Items", None if run.items_processed is None else formats.count(run.items_processed)),
        ("Content", None if run.content_produced is None else formats.count(run.content_produced)),
        ("Trends", None if run.trends_detected is None else formats.count(run.trends_detected)),
        ("Summary", run.summary),
        ("Error", ": ".join(part for part in (run.error.type, run.error.message) if part) if run.error else None),
        ("Input", _document(run.input)),
        ("Output", _document(run.output)),
    ]


def _tokens(tokens: Tokens | None) -> str | None:
    if tokens is None:
        return None
    parts = {"in": tokens.input, "out": tokens.output, "in all": tokens.total}
    return ", ".join(f"{formats.count(number)} {name}" for name, number in parts.items() if number is not None)


def _out_of(value: float | None, best: int) -> str | None:
    return None if value is None else f"{value:g} of {best}"


def _document(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return to_json(value, indent=2).decode()
