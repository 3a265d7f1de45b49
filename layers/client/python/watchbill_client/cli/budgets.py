"""`watchbill budgets`: what may be spent, how much of it is, and what waits because of that."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated

import typer
from rich.text import Text

from watchbill_client.budgeting import Budget
from watchbill_client.cli import formats, typed
from watchbill_client.cli.output import Column
from watchbill_client.cli.session import Session, command

app = typer.Typer(help="What may be spent in a day or a month (scope admin to set it).", no_args_is_help=True)

_STYLES = {"ok": "green", "warned": "yellow", "held": "red"}


class Scope(StrEnum):
    """Whose spending it is."""

    ORGANISATION = "organisation"
    AGENT = "agent"
    CAMPAIGN = "campaign"
    USER = "user"


class Period(StrEnum):
    """A day or a month, by UTC."""

    DAY = "day"
    MONTH = "month"


@command(
    app,
    "set",
    examples=[
        "watchbill budgets set organisation 500",
        "watchbill budgets set agent 20 --of support-bot --period day",
        "watchbill budgets set user 2.50 --of eve --period day",
    ],
)
def set_budget(
    session: Session,
    scope: Annotated[Scope, typer.Argument(help="Whose spending it is.", show_default=False)],
    limit: Annotated[Decimal, typer.Argument(parser=typed.amount, metavar="USD", help="How much.", show_default=False)],
    of: Annotated[str | None, typer.Option(help="The agent's name or id, the campaign's id, or the user.")] = None,
    period: Annotated[Period, typer.Option(help="For which time.")] = Period.MONTH,
) -> None:
    """Set a budget, or another limit for one that is there."""
    budget = session.client.budgets.set(scope, period, limit, of)
    if session.output.as_json:
        session.output.json(budget)
    else:
        session.output.say(
            f"{budget.name} may spend {formats.money(budget.limit)} a {budget.period}: {_spent(budget)}."
        )


@command(app, "list", examples=["watchbill budgets list", "watchbill budgets list --json"])
def list_budgets(session: Session) -> None:
    """List the organisation's budgets as they stand."""
    budgets = list(session.client.budgets.list())
    if session.output.as_json:
        return session.output.json(budgets)
    if not budgets:
        return session.output.say("Nobody has a budget yet.")
    session.output.table(
        [Column("Id"), Column("Whose", fold=True), Column("Period"), Column("Spent"), Column("State", fold=True)],
        [(each.id, f"{each.scope} {each.name}", each.period, _spent(each), _state(each)) for each in budgets],
    )
    return None


@command(app, "remove", examples=["watchbill budgets remove ID"])
def remove(
    session: Session,
    budget: Annotated[str, typer.Argument(metavar="ID", help="Its id, from `budgets list`.", show_default=False)],
) -> None:
    """Remove a budget. What it held starts."""
    session.client.budgets.remove(budget)
    if session.output.as_json:
        session.output.json({"id": budget, "removed": True})
    else:
        session.output.say(f"Removed {budget}.")


def _spent(budget: Budget) -> str:
    return f"{formats.money(budget.spent)} of {formats.money(budget.limit)}"


def _state(budget: Budget) -> Text:
    held = f": {budget.held_tasks} wait until {formats.moment(budget.frees_at)}" if budget.state == "held" else ""
    return Text(f"{budget.state}, {budget.share:.0%}{held}", style=_STYLES.get(budget.state, ""))
