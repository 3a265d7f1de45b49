"""`watchbill reprice`: fill in the costs that are not known, once prices are; and which models wait for one."""

from typing import Annotated

import typer

from watchbill_client.cli import formats
from watchbill_client.cli.session import Session, command
from watchbill_client.pricing import Repricing, UnknownModel


def add_to(app: typer.Typer) -> None:
    """Add the command to the root, where it stands without a group."""
    examples = ["watchbill reprice", "watchbill reprice --status", "watchbill reprice --json"]
    command(app, "reprice", examples=examples)(reprice)


def reprice(
    session: Session,
    status: Annotated[bool, typer.Option("--status", help="Only say where the newest repricing stands.")] = False,
) -> None:
    """Price the runs anew of models whose price was not known, each at the price of its day (scope admin)."""
    prices = session.client.prices
    result = prices.repricing() if status else prices.reprice()
    if session.output.as_json:
        return session.output.json(result)
    session.output.say(_sentence(result))
    for unknown in prices.unknown():
        session.output.say(f"No price is known of {unknown.model}; runs that wait for one: {_runs(unknown)}.")
    return None


def _sentence(repricing: Repricing) -> str:
    if not repricing.is_completed:
        return f"The repricing is {repricing.state}: {formats.count(repricing.runs)} runs were looked at."
    priced = formats.count(repricing.runs - repricing.unknown)
    return f"{priced} of {formats.count(repricing.runs)} runs without a cost have one now."


def _runs(unknown: UnknownModel) -> str:
    return f"{'more than ' if unknown.more else ''}{formats.count(unknown.runs)}"
