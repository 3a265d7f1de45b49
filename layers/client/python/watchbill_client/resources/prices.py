"""Prices that an organisation states itself (scope admin to state them, read to ask)."""

from datetime import date
from decimal import Decimal
from typing import Any

from watchbill_client.connection import Connection, Request, given, route
from watchbill_client.paging import Page, fetch_page
from watchbill_client.pricing import StatedPrice

_OVERRIDES = ("api", "prices", "overrides")


class Prices:
    """`client.prices`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def state(
        self,
        model: str,
        input: Decimal | float,
        output: Decimal | float,
        provider: str | None = None,
        since: date | None = None,
        **others: Any,
    ) -> StatedPrice:
        """State what a model costs, in USD per million tokens, from the day `since` on (always, without one).

        `model` is a name, or a pattern in which a star stands for any characters. `others` are `cache_read`,
        `cache_write`, `reasoning`, `tiers` and `batch_share`. What was stated of the same model, provider and day is
        replaced. Costs of runs that are recorded already stay.
        """
        told = {"model": model, "provider": provider, "since": since and since.isoformat()}
        amounts = {"input": input, "output": output, **others}
        numbers = {name: float(held) if isinstance(held, Decimal) else held for name, held in amounts.items()}
        return self._connection.call(Request("PUT", route(*_OVERRIDES), body=given(told | numbers)), StatedPrice)

    def list(self) -> Page[StatedPrice]:
        """Every price that is stated, by model and provider, the newest of each first."""
        return fetch_page(self._connection, Request("GET", route(*_OVERRIDES)), StatedPrice)

    def withdraw(self, price_id: str) -> None:
        """Withdraw a price.

        Raises:
            NotFound: there is no such price.
        """
        self._connection.send(Request("DELETE", route(*_OVERRIDES, price_id)))
