"""Prices by the client, over the wire to the service's own functions."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.integration.client.deployment import Deployment
from tests.support.tasks import Tasks, UsersFunction
from tests.support.telemetry import agent, call, export
from watchbill_client import NotFound, Watchbill
from watchbill_client.cli.app import app
from watchbill_client.resources import prices


@pytest.mark.usefixtures("deployment")
def test_a_price_lives_through_the_client() -> None:
    with Watchbill() as client:
        tiers = [{"above": 200_000, "input": 4}]
        stated = client.prices.state("house-*", Decimal("2.5"), 8, since=date(2026, 3, 1), tiers=tiers)

        assert (stated.model, stated.input, stated.since) == ("house-*", Decimal("2.5"), date(2026, 3, 1))
        assert (stated.tiers[0].above, stated.tiers[0].input, stated.batch_share) == (200_000, 4, 1)
        assert list(client.prices.list()) == [stated]
        client.prices.withdraw(stated.id)
        assert list(client.prices.list()) == []
        with pytest.raises(NotFound):
            client.prices.withdraw(stated.id)


def test_history_is_priced_by_the_command(
    deployment: Deployment, channels: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prices, "_PAUSE_S", 0)
    service, key = deployment.service, deployment.key
    tasks = Tasks(service, key, UsersFunction())
    monkeypatch.setattr(prices.Prices, "repricing", _after(tasks.go_on, prices.Prices.repricing))
    for model in ("house-1", "other-1"):
        spans = [agent(), call(gen_ai__provider__name="house", gen_ai__request__model=model)]
        assert export(service, key, [replace(one, trace=model) for one in spans]).status == 200
    tasks.go_on()
    with Watchbill() as client:
        assert [one.model for one in client.prices.unknown()] == ["house-1", "other-1"]
        client.prices.state("house-*", 1, 1)

    shown = CliRunner().invoke(app, ["reprice"], env={"COLUMNS": "200", "NO_COLOR": "1"})

    assert shown.exit_code == 0, shown.output
    assert shown.stdout == (
        "1 of 2 runs without a cost have one now.\nNo price is known of other-1; runs that wait for one: 1.\n"
    )


def _after(first: Callable[[], None], then: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def both(resource: Any) -> Any:
        first()
        return then(resource)

    return both
