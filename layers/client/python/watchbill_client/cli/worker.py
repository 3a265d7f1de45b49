"""`watchbill worker`: work on an agent's tasks with a command or a Python function, until told to stop."""

import re
import signal
import sys
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from watchbill_client.cli import formats
from watchbill_client.cli.output import Output
from watchbill_client.cli.session import Session, command
from watchbill_client.commands import Command
from watchbill_client.worker import Ended, Work, Worker

_FUNCTION = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*")
_STYLES = {"completed": "green", "failed": "red", "lost": "yellow", "given back": "yellow"}


def add_to(app: typer.Typer) -> None:
    """Add the command to the root, where it stands without a group."""
    examples = [
        "watchbill worker --agent scout -- ./research.sh",
        "watchbill worker --agent scout --concurrency 4 agents.scout:research",
        "watchbill worker --agent scout --agent writer --type summary -- python -m agents",
    ]
    command(app, "worker", examples=examples)(worker)


def worker(
    session: Session,
    work: Annotated[
        list[str],
        typer.Argument(metavar="COMMAND... | MODULE:FUNCTION", help="What does a task.", show_default=False),
    ],
    agent: Annotated[list[str], typer.Option(help="Whose tasks; repeat for more.", show_default=False)],
    task_type: Annotated[
        list[str] | None, typer.Option("--type", help="Only tasks of this type; repeat for more.", show_default=False)
    ] = None,
    concurrency: Annotated[int, typer.Option(min=1, max=100, help="How many tasks at a time.")] = 1,
    lease: Annotated[
        int, typer.Option(min=5, max=3_600, help="Seconds after which a silent worker's task is another's.")
    ] = 60,
    wait: Annotated[int, typer.Option(min=0, max=20, help="Seconds for which each question may wait.")] = 5,
    grace: Annotated[float, typer.Option(min=0, help="Seconds that tasks may go on after SIGTERM.")] = 20.0,
    name: Annotated[
        str | None, typer.Option(help="What it calls itself: else host and process.", show_default=False)
    ] = None,
) -> None:
    """Work on agents' tasks until SIGTERM or Ctrl-C; then finish what is begun, or give it back.

    A command gets the task as JSON on standard input and prints its answer; a function gets it as its argument and
    returns it. (Scope execute.)
    """

    def watch(ended: Ended) -> None:
        _show(session.output, ended)

    working = Worker(
        session.client, _work(work), agent, task_type, concurrency, wait, lease, grace, name=name, watch=watch
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: working.stop())
    if not session.output.as_json:
        session.output.say(f"Worker {working.name} waits for tasks of {formats.words(agent)}.")
    working.run()


def _work(words: list[str]) -> Work:
    if len(words) > 1 or not _FUNCTION.fullmatch(words[0]):
        return Command(words)
    module, _, path = words[0].partition(":")
    # As `python -m` does: what is in this folder can be named.
    sys.path.insert(0, str(Path.cwd()))
    try:
        found = import_module(module)
        for part in path.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError) as error:
        raise typer.BadParameter(f"{words[0]!r} names no function: {error}") from error
    if not callable(found):
        raise typer.BadParameter(f"{words[0]!r} is no function")
    return found


def _show(output: Output, ended: Ended) -> None:
    if output.as_json:
        facts = {"task": ended.task.id, "outcome": ended.outcome, "seconds": round(ended.seconds, 3)}
        output.json_line(facts | {"detail": ended.detail})
        return
    took = formats.duration(round(ended.seconds * 1_000))
    line = f"{ended.task.id} {ended.task.task_type} {ended.outcome} in {took}"
    output.line(Text(f"{line}: {ended.detail}" if ended.detail else line, style=_STYLES[ended.outcome]))
