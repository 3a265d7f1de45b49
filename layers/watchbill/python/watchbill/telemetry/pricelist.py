"""The public list of models' prices, genai-prices: where a model is in it, and its prices at a time. Its only importer.

Importing it takes about a third of a second, most of it for the list itself and for an updater that is never started.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache

from genai_prices import __version__
from genai_prices.data_snapshot import get_snapshot
from genai_prices.types import ModelInfo, ModelPrice, Provider, StartDateConstraint, TieredPrices

from watchbill.telemetry.costs import Rates
from watchbill.telemetry.modelnames import Place

VERSION: str = __version__
_BATCH = {"processing": "batch"}
_KINDS = ("input", "output", "cache_read", "cache_write")
_FREE_OF_CHARGE = frozenset({"github-copilot", "google", "openai"})
"""Where a model without any price is one that costs nothing: what others list without prices is just not known."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A model's prices for one call: they hold since a day, for prompts above a length."""

    rates: Rates
    since: date | None
    above: int | None


@dataclass(frozen=True, slots=True)
class Listed:
    """A model as the list has it at a provider, which may sell another's."""

    provider: Provider
    model: ModelInfo

    def quote(self, at: datetime, context: int, batch: bool) -> Quote | None:
        """The prices of a call at a time, with a prompt this long; None for a batch when the list has no price for it.

        Batches' prices are in the list from the day on that somebody looked them up: what a batch cost before is not
        in it. A provider's batches of another's models are not in it either.
        """
        prices = self.model.get_prices(at, _BATCH if batch else None)
        if batch and not self._sells_batches(at):
            return None
        used: list[Decimal | TieredPrices] = [price for price in vars(prices).values() if price is not None]
        above = max((start for price in used if (start := _start(price, context)) is not None), default=None)
        rates = Rates(Decimal(0), Decimal(0)) if not used and self._is_free() else _rates(prices, context)
        return Quote(rates, self._since(at), above)

    def _is_free(self) -> bool:
        return self.provider.id in _FREE_OF_CHARGE or self.model.id.endswith(":free")

    def _sells_batches(self, at: datetime) -> bool:
        mine = any(self.model is model for model in self.provider.models)
        variants = (self.model.price_variants or ()) if mine else ()
        return any(one.when == _BATCH and (not one.constraint or one.constraint.active(at)) for one in variants)

    def _since(self, at: datetime) -> date | None:
        dated = self.model.prices if isinstance(self.model.prices, list) else []
        days = [one.constraint for one in dated if isinstance(one.constraint, StartDateConstraint)]
        return max((day.start_date for day in days if day.active(at)), default=None)


def knows(provider: str) -> bool:
    """Whether the list has prices of a provider."""
    return provider in _providers()


@lru_cache(maxsize=4096)
def find(place: Place) -> Listed | None:
    """The model at a place, or None. What is not there is remembered too: looking through the list takes long.

    The library's own search is not used: it remembers every name that it was ever asked for.
    """
    provider = _maker(place.name) if place.provider is None else _providers().get(place.provider)
    if provider is None:
        return None
    model = provider.find_model(place.name, all_providers=list(_providers().values()))
    return None if model is None else Listed(provider, model)


@cache
def _providers() -> dict[str, Provider]:
    return {provider.id: provider for provider in get_snapshot().providers}


def _maker(name: str) -> Provider | None:
    """The first provider that the list says to make models of such names."""
    makers = (one for one in _providers().values() if one.model_match is not None and one.model_match.is_match(name))
    return next(makers, None)


def _rates(prices: ModelPrice, context: int) -> Rates:
    """Prices of tokens; a model that is billed by other units, such as hours of sound, has none."""
    kinds = {kind: _rate(getattr(prices, f"{kind}_mtok"), context) for kind in _KINDS}
    thought, calls = prices.output_reasoning_mtok, prices.requests_kcount
    return Rates(**kinds, reasoning=_rate(thought, context), calls=_rate(calls, context))


def _rate(price: Decimal | TieredPrices | None, context: int) -> Decimal | None:
    if not isinstance(price, TieredPrices):
        return price
    start = _start(price, context)
    return next((tier.price for tier in price.tiers if tier.start == start), price.base)


def _start(price: Decimal | TieredPrices, context: int) -> int | None:
    """Above how many tokens a tier begins that holds for a prompt this long: and for all its tokens."""
    tiers = price.tiers if isinstance(price, TieredPrices) else []
    return max((tier.start for tier in tiers if context > tier.start), default=None)
