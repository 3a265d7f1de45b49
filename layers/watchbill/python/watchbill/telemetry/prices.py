"""What calls cost an organisation: by the prices that it states itself, and else by the public list's."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from watchbill.platform import clock
from watchbill.platform.errors import NotFound, Unprocessable
from watchbill.telemetry import overrides
from watchbill.telemetry.overrides import MAX_OVERRIDES, Override, OverrideList, ShownOverride
from watchbill.telemetry.pricestore import Overrides, PriceStore

if TYPE_CHECKING:
    from watchbill.runs.models import Tokens
    from watchbill.telemetry.facts import SpanFacts

FRESH = timedelta(minutes=1)
"""How long a process works with what it has read; a change is everywhere after that."""


@dataclass(frozen=True, slots=True)
class _Read:
    at: datetime
    overrides: Overrides


class PriceService:
    """One organisation's prices."""

    def __init__(self, store: PriceStore) -> None:
        self._store = store
        self._read: _Read | None = None

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
        from watchbill.telemetry.charging import price_by

        return price_by(self._recent())(facts, at)

    def cost_of(self, tokens: "Tokens", model: str, at: datetime) -> Decimal | None:
        """What tokens of a run cost in US dollars, asked of one model; None where that is not known."""
        from watchbill.telemetry.pricing import cost_of

        return cost_of(tokens, model, at, self._recent())

    def refresh(self) -> None:
        """Forget what was read, for who is to price by what is stated now."""
        self._read = None

    def _recent(self) -> Overrides:
        now = clock.now()
        if self._read is None or not self._read.at <= now < self._read.at + FRESH:
            self._read = _Read(now, self._store.overrides())
        return self._read.overrides
