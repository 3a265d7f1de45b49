"""Prices by the client, over the wire to the service's own functions."""

from datetime import date
from decimal import Decimal

import pytest

from watchbill_client import NotFound, Watchbill


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
