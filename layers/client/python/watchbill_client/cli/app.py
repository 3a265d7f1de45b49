"""The command's root: what its groups are, and `--version`."""

from typing import Annotated

import typer

from watchbill_client.cli import (
    agents,
    alerts,
    audit,
    budgets,
    chat,
    exports,
    keys,
    rebuild,
    reports,
    reprice,
    runs,
    traces,
    watch,
    worker,
)
from watchbill_client.version import __version__

app = typer.Typer(
    name="watchbill",
    help="Agent operations on your own AWS account: agents, their runs, what they cost.",
    epilog="Every command takes --url, --key and --json, and shows examples with --help.",
    no_args_is_help=True,
    # A bug's traceback is a plain one, without local variables: the API key is among them.
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
app.add_typer(agents.app, name="agents")
app.add_typer(runs.app, name="runs")
app.add_typer(keys.app, name="keys")
app.add_typer(alerts.app, name="alerts")
app.add_typer(budgets.app, name="budgets")
audit.add_to(app)
reports.add_to(app)
traces.add_to(app)
exports.add_to(app)
rebuild.add_to(app)
reprice.add_to(app)
watch.add_to(app)
chat.add_to(app)
worker.add_to(app)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"watchbill {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and leave.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Agent operations on your own AWS account: agents, their runs, what they cost."""
