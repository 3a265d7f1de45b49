"""Malformed requests to the routes of prices."""

from typing import Any

from tests.support.bad_requests import NO_CURSOR, Bad
from tests.support.steps import A_PRICE, PRICES


def price(what: str, names: str, **fields: Any) -> Bad:
    """A price with something wrong in these fields."""
    return Bad(what, "PUT", PRICES, names, A_PRICE | fields)


_TIER = {"above": 1000, "input": 1}

BAD_PRICES = (
    Bad("a price of nothing", "PUT", PRICES, "model: field required", {}),
    price("a price of every name with stars", "a pattern has at most 4 stars", model="*a*b*c*d*"),
    price("a price of a model of two lines", "model: string should match pattern", model="a\nb"),
    price("a price of a long model", "model: string should have at most 200", model="a" * 201),
    price("a negative price", "input: input should be greater than or equal to 0", input=-1),
    price("a price in words", "output: a number is expected", output="5"),
    price("a price since yesterday", "since: ", since="yesterday"),
    price("a price with too many tiers", "tiers: tuple should have at most 8", tiers=[_TIER] * 9),
    price("a price with a tier twice", "tiers begin one above the other", tiers=[_TIER] * 2),
    price("a price of batches at twice the price", "batch_share: input should be less than or equal", batch_share=2),
    price("a price in euros", "currency: extra inputs", currency="EUR"),
    Bad("an unknown price withdrawn", "DELETE", f"{PRICES}/unknown", "there is no price 'unknown'", status=404),
    Bad("a page of unknown models of another list", "GET", "/api/prices/unknown?cursor=none", NO_CURSOR),
    Bad("no unknown models", "GET", "/api/prices/unknown?limit=0", "limit"),
)
