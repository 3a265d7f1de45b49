"""`python -m examples.demo`: a month of believable runs, written to a deployment under a progress bar."""

import time
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from examples.demo.send import Sent, send
from examples.demo.story import DEFAULT_DAYS, DEFAULT_RUNS, DEFAULT_SEED, Chapter, Story
from watchbill_client import Watchbill, WatchbillError
from watchbill_client.cli.session import sentence


def main(
    seed: Annotated[int, typer.Option(help="Another seed is another story, beside the first one.")] = DEFAULT_SEED,
    runs: Annotated[int, typer.Option(min=1, max=1_000_000, help="How many runs, about.")] = DEFAULT_RUNS,
    days: Annotated[int, typer.Option(min=1, max=365, help="Over how many days, up to now.")] = DEFAULT_DAYS,
    url: Annotated[str | None, typer.Option(help="The deployment; see `watchbill --help`.")] = None,
    key: Annotated[str | None, typer.Option(help="An API key with the scope ingest.")] = None,
) -> None:
    """Write a month of seven agents' runs. Safe to repeat: the same runs meet themselves."""
    console = Console(highlight=False)
    started = time.monotonic()
    try:
        with Watchbill(url, key) as watchbill:
            sent = _send(watchbill, Story(datetime.now(UTC), seed, days, runs), console)
    except WatchbillError as error:
        typer.echo(f"Error: {sentence(error)}", err=True)
        raise typer.Exit(1) from error
    console.print(f"Wrote {sent.runs:,} runs of {sent.versions} versions in {time.monotonic() - started:.0f} s.")
    _report_rejected(sent)
    console.print("Have a look: watchbill agents list, watchbill agents show support-triage")


def _send(watchbill: Watchbill, story: Story, console: Console) -> Sent:
    chapters = list(story.chapters())
    total = sum(len(chapter.runs) for chapter in chapters)
    columns = (TextColumn("{task.description:<24}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("", total=total)

        def advance(chapter: Chapter, arrived: int) -> None:
            bar.update(task, advance=arrived, description=f"{chapter.agent.name} {chapter.version}")

        return send(watchbill, chapters, advance)


def _report_rejected(sent: Sent) -> None:
    if not sent.rejected:
        return
    first = sent.rejected[0]
    reasons = "; ".join(str(fault) for fault in first.errors)
    typer.echo(f"Error: {len(sent.rejected):,} runs were refused, the first because {reasons}.", err=True)
    raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
