"""`watchbill runs add`: one run from options, or many from a file of JSON."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any

import typer

from watchbill_client.cli import formats, typed
from watchbill_client.cli.output import Column
from watchbill_client.cli.session import Session, command
from watchbill_client.errors import WatchbillError
from watchbill_client.models import BatchAnswer

_EXAMPLES = [
    "watchbill runs add scout 1.2.0 --status completed --time-taken 5m30s --cost 0.1",
    "watchbill runs add scout 1.2.0 --file runs.json",
    "my-agent | watchbill runs add scout 1.2.0 --file -",
]


class UnreadableFile(WatchbillError):
    """The file of runs does not hold runs."""


def add_to(app: typer.Typer) -> None:
    """Add the command to the group."""
    command(app, "add", examples=_EXAMPLES)(add)


def add(
    session: Session,
    agent: Annotated[str, typer.Argument(help="The agent's name or id.", show_default=False)],
    version: Annotated[str, typer.Argument(help="The agent's version.", show_default=False)],
    file: Annotated[
        typer.FileText | None,
        typer.Option(help="JSON: a run, a list of runs, or {runs: [...]}; - reads stdin.", show_default=False),
    ] = None,
    status: Annotated[str | None, typer.Option(help="completed, failed, timeout, running …")] = None,
    time_taken: Annotated[str | None, typer.Option(help="How long it took, such as 5m30s.")] = None,
    cost: Annotated[Decimal | None, typer.Option(parser=typed.amount, metavar="USD", help="What it cost.")] = None,
    created: Annotated[str | None, typer.Option(help="When it began, RFC 3339; else now.")] = None,
    id: Annotated[str | None, typer.Option(help="Your own id: adding it again changes nothing.")] = None,
    task_id: Annotated[str | None, typer.Option(help="The task it belongs to.")] = None,
    task_type: Annotated[str | None, typer.Option(help="The kind of task.")] = None,
    initiator: Annotated[str | None, typer.Option(help="Who asked for it.")] = None,
    model: Annotated[list[str] | None, typer.Option(help="A model it used; repeat for more.")] = None,
    tool: Annotated[list[str] | None, typer.Option(help="A tool it used; repeat for more.")] = None,
    input_tokens: Annotated[int | None, typer.Option(min=0, help="Tokens it read.")] = None,
    output_tokens: Annotated[int | None, typer.Option(min=0, help="Tokens it wrote.")] = None,
    quality: Annotated[float | None, typer.Option(min=0, max=100, help="Its quality, 0 to 100.")] = None,
    rating: Annotated[float | None, typer.Option(min=0, max=5, help="The user's rating, 0 to 5.")] = None,
    summary: Annotated[str | None, typer.Option(help="What came of it.")] = None,
    error: Annotated[str | None, typer.Option(help="Why it failed.")] = None,
) -> None:
    """Record runs: one from options, or many from a file."""
    options = {
        "status": status,
        "time_taken": time_taken,
        "cost": cost,
        "created": created,
        "id": id,
        "task_id": task_id,
        "task_type": task_type,
        "initiator": initiator,
        "models": model or None,
        "tools": tool or None,
        "tokens": _known({"input": input_tokens, "output": output_tokens}) or None,
        "quality_score": quality,
        "user_satisfaction": rating,
        "summary": summary,
        "error": {"message": error} if error else None,
    }
    run = _known(options)
    if file is not None and run:
        raise typer.BadParameter("give either --file or a run by options, not both.", param_hint="--file")
    if file is not None:
        return _add_file(session, agent, version, file)
    if status is None:
        raise typer.BadParameter("a run needs a status; or give --file.", param_hint="--status")
    return _add_one(session, agent, version, {"created": datetime.now(UTC).isoformat(), **run})


def _known(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value is not None}


def _add_one(session: Session, agent: str, version: str, run: Mapping[str, Any]) -> None:
    recorded = session.client.runs.add(agent, version, run)
    if session.output.as_json:
        session.output.json(recorded)
    else:
        session.output.say(f"Recorded run {recorded.run_id} as {recorded.status}.")


def _add_file(session: Session, agent: str, version: str, file: typer.FileText) -> None:
    answer = session.client.runs.add_many(agent, version, read_runs(file))
    if session.output.as_json:
        session.output.json(answer)
    else:
        _say_outcome(session, answer)
    if answer.rejected:
        raise typer.Exit(1)


def read_runs(file: typer.FileText) -> list[dict[str, Any]]:
    """The runs in a file: a list of them, `{"runs": [...]}`, or a single one.

    Raises:
        UnreadableFile: it holds something else.
    """
    try:
        # Exact decimals: a cost must not change on its way through a float.
        document = json.load(file, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise UnreadableFile(f"{file.name} is not JSON: {error}.") from error
    if isinstance(document, dict):
        document = document.get("runs", [document])
    if not isinstance(document, list) or not all(isinstance(run, dict) for run in document):
        raise UnreadableFile(
            f"{file.name} must hold a run, a list of runs, or an object with a list of them as 'runs'."
        )
    return document


def _say_outcome(session: Session, answer: BatchAnswer) -> None:
    accepted, rejected = len(answer.accepted), len(answer.rejected)
    if not rejected:
        return session.output.say(f"Recorded {formats.count(accepted)} {'run' if accepted == 1 else 'runs'}.")
    session.output.say(f"Recorded {formats.count(accepted)} of {formats.count(accepted + rejected)} runs; refused:")
    session.output.table(
        [Column("Index", right=True), Column("Field", fold=True), Column("Reason", fold=True)],
        [(str(one.index), fault.path, fault.message) for one in answer.rejected for fault in one.errors],
    )
    return None
