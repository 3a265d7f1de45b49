"""Prices that an organisation states itself (scope admin to state them, read to ask)."""

import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from watchbill_client.connection import Connection, Request, given, route
from watchbill_client.paging import Page, fetch_page
from watchbill_client.pricing import Repricing, StatedPrice, UnknownModel

_OVERRIDES = ("api", "prices", "overrides")
_REPRICE = ("api", "prices", "reprice")
_PAUSE_S = 1.0


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

    def unknown(self, limit: int | None = None, cursor: str | None = None) -> Page[UnknownModel]:
        """Models that were called and whose price is not known, by name. Iterating goes through all pages."""
        request = Request("GET", route("api", "prices", "unknown"), params={"limit": limit})
        return fetch_page(self._connection, request, UnknownModel, cursor)

    def start_repricing(self) -> Repricing:
        """Have runs of unknown models priced anew, at what is known now of their days; one under way goes on."""
        return self._connection.call(Request("POST", route(*_REPRICE), body={}, repeatable=True), Repricing)

    def repricing(self) -> Repricing:
        """How far the newest repricing is.

        Raises:
            NotFound: there has been none.
        """
        return self._connection.call(Request("GET", route(*_REPRICE)), Repricing)

    def reprice(self, watch: Callable[[Repricing], None] = lambda _: None) -> Repricing:
        """As `start_repricing`, and wait for its end; `watch` hears how far it is."""
        repricing = self.start_repricing()
        while not repricing.is_completed:
            watch(repricing)
            time.sleep(_PAUSE_S)
            repricing = self.repricing()
        return repricing
