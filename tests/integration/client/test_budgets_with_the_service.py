"""Budgets by the client and by the command, over the wire to the service's own functions."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from typer.testing import CliRunner

from tests.integration.client.deployment import Deployment
from watchbill.platform.clock import frozen_at
from watchbill_client import Conflict, NewRun, NotFound, Watchbill
from watchbill_client.cli.app import app

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
def client(deployment: Deployment) -> Iterator[Watchbill]:
    """A client of the deployment, with an agent that spent 9 USD."""
    with frozen_at(NOON), Watchbill() as client:
        client.agents.register("scout", project="research")
        client.versions.add("scout", "1.0")
        run = NewRun(created=NOON, status="completed", cost=Decimal(9), user_id="eve")
        client.runs.add("scout", "1.0", run)
        deployment.service.settle()
        yield client


def watchbill(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["budgets", *arguments], env={"COLUMNS": "200", "NO_COLOR": "1"})
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_budget_lives_through_the_client(client: Watchbill) -> None:
    made = client.budgets.create("agent", "day", 10, "scout")
    with pytest.raises(Conflict, match=f"/api/budgets/{made.id}"):
        client.budgets.create("agent", "day", 12, "scout")
    lowered = client.budgets.set("agent", "day", Decimal("8.5"), "scout")

    assert (made.name, made.spent, made.state, made.frees_at) == ("scout", 9, "warned", None)
    assert (lowered.id, lowered.limit, lowered.state, lowered.held_tasks) == (made.id, Decimal("8.5"), "held", 0)
    assert lowered.frees_at == datetime(2026, 3, 11, tzinfo=UTC)
    assert client.budgets.get(made.id) == lowered
    assert list(client.budgets.list()) == [lowered]
    client.budgets.remove(made.id)
    with pytest.raises(NotFound):
        client.budgets.get(made.id)


@pytest.mark.usefixtures("client")
def test_budgets_are_set_and_shown_by_the_command() -> None:
    assert watchbill("set", "organisation", "12") == "demo may spend $12.00 a month: $9.00 of $12.00.\n"
    watchbill("set", "user", "6", "--of", "eve", "--period", "day")
    shown = watchbill("list")
    listed = json.loads(watchbill("list", "--json"))

    assert "ok, 75%" in shown
    assert "held, 150%: 0 wait until 2026-03-11 00:00:00 UTC" in shown
    assert [(one["scope"], one["limit"], one["state"]) for one in listed] == [
        ("organisation", 12, "ok"),
        ("user", 6, "held"),
    ]
    assert watchbill("remove", listed[1]["id"]) == f"Removed {listed[1]['id']}.\n"
