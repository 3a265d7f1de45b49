"""What calls cost an organisation: by the prices that it states itself, and else by the public list's."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from watchbill.platform.errors import NotFound, Unprocessable
from watchbill.platform.recent import Recent
from watchbill.telemetry import overrides
from watchbill.telemetry.overrides import MAX_OVERRIDES, Override, OverrideList, ShownOverride
from watchbill.telemetry.pricestore import Overrides, PriceStore

if TYPE_CHECKING:
    from watchbill.runs.models import Tokens
    from watchbill.telemetry.facts import SpanFacts


class PriceService:
    """One organisation's prices."""

    def __init__(self, store: PriceStore) -> None:
        self._store = store
        self._recent = Recent(store.overrides)

    def overrides(self) -> OverrideList:
        """Every price that it states itself, by model and provider, the newest of each first."""
        return OverrideList(items=overrides.in_order(self._store.overrides()))

    def state(self, override: Override) -> ShownOverride:
        """State a price, in place of one of the same model, provider and day. Raises Unprocessable."""
        stated = overrides.shown(override)

        def with_it(there: Overrides) -> Overrides:
            others = tuple(one for one in there if overrides.shown(one).id != stated.id)
            if len(others) == MAX_OVERRIDES:
                raise Unprocessable(f"an organisation states at most {MAX_OVERRIDES} prices")
            return (*others, override)

        self._store.change(with_it)
        self.refresh()
        return stated

    def withdraw(self, override_id: str) -> None:
        """Forget a price that was stated. Raises NotFound."""

        def without_it(there: Overrides) -> Overrides:
            others = tuple(one for one in there if overrides.shown(one).id != override_id)
            if len(others) == len(there):
                raise NotFound(f"there is no price {override_id!r}")
            return others

        self._store.change(without_it)
        self.refresh()

    def price(self, facts: "SpanFacts", at: datetime) -> Decimal | None:
        """What a call costs that a span tells of, by what was stated at most a minute ago."""
        # The list of prices takes a third of a second to load: who prices nothing does not pay for it.
        from watchbill.telemetry.pricing import price_of_span

        return price_of_span(facts, at, self._recent.value()).cost

    def cost_of(self, tokens: "Tokens", model: str, at: datetime) -> Decimal | None:
        """What tokens of a run cost in US dollars, asked of one model; None where that is not known."""
        from watchbill.telemetry.pricing import cost_of

        return cost_of(tokens, model, at, self._recent.value())

    def refresh(self) -> None:
        """Forget what was read, for who is to price by what is stated now."""
        self._recent.forget()
