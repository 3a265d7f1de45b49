"""Prices that an organisation states itself hold for what is priced after them, and go before the list's."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import Barrier, Thread

import pytest

from tests.support.steps import A_PRICE, PRICES, a_price, get
from watchbill.platform.clock import frozen_at
from watchbill.platform.errors import Unprocessable
from watchbill.platform.recent import FRESH
from watchbill.runs.models import Tokens
from watchbill.services import services
from watchbill.telemetry.facts import SpanFacts, Usage
from watchbill.telemetry.overrides import MAX_OVERRIDES, Override

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
TOKENS = Tokens(input=1_000_000, output=500_000)


def test_a_price_that_is_stated_again_takes_the_first_one_s_place(service, key):
    first = a_price(service, key)
    again = a_price(service, key, input=3)
    newer = a_price(service, key, since="2026-04-01")

    assert first == A_PRICE | {"id": first["id"], "tiers": [], "batch_share": 1} | dict.fromkeys(
        ("cache_read", "cache_write", "reasoning")
    )
    assert again["id"] == first["id"] != newer["id"]
    assert get(service, key, PRICES) == {"items": [newer, again]}
    assert service.request("DELETE", f"{PRICES}/{newer['id']}", key=key).status == 204
    assert get(service, key, PRICES) == {"items": [again]}
    assert service.request("DELETE", f"{PRICES}/{newer['id']}", key=key).status == 404


def test_what_is_stated_is_what_calls_cost_from_its_day_on(service, key):
    a_price(service, key, model="gpt-4o*", provider=None)
    prices = services("demo").prices
    call = SpanFacts(model="gpt-4o", provider="openai", usage=Usage(input=1_000_000, output=500_000))

    assert prices.cost_of(TOKENS, "gpt-4o", NOON) == prices.price(call, NOON) == Decimal(6)
    before = datetime(2026, 2, 28, 12, tzinfo=UTC)
    assert prices.cost_of(TOKENS, "gpt-4o", before) == prices.price(call, before) != Decimal(6)
    assert prices.cost_of(TOKENS, "house-model", NOON) is None


def test_another_process_s_price_holds_within_a_minute(service, key):
    with frozen_at(NOON):
        prices = services("demo").prices
        assert prices.cost_of(TOKENS, "house-7", NOON) is None
        type(prices)(prices._store).state(Override(model="house-*", input=1, output=0))
    with frozen_at(NOON + FRESH - timedelta(seconds=1)):
        assert prices.cost_of(TOKENS, "house-7", NOON) is None
    with frozen_at(NOON + FRESH):
        assert prices.cost_of(TOKENS, "house-7", NOON) == Decimal(1)


def test_prices_that_are_stated_at_the_same_time_are_all_kept(service, key):
    prices = services("demo").prices
    begin = Barrier(4)

    def state(number: int) -> None:
        begin.wait()
        prices.state(Override(model=f"model-{number}", input=1, output=1))

    threads = [Thread(target=state, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [one["model"] for one in get(service, key, PRICES)["items"]] == [f"model-{n}" for n in range(4)]


def test_only_so_many_prices_are_kept(service, key):
    prices = services("demo").prices
    prices._store.change(lambda _: tuple(Override(model=f"model-{n}", input=1, output=1) for n in range(MAX_OVERRIDES)))

    with pytest.raises(Unprocessable, match="200"):
        prices.state(Override(model="one-more", input=1, output=1))
    assert prices.state(Override(model="model-7", input=2, output=1)).input == 2
    assert service.request("PUT", PRICES, A_PRICE, key=key).status == 422
