"""What the call of a model costs that a span tells of: the prices of calls, asked with the facts of spans."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from watchbill.telemetry.facts import SpanFacts
from watchbill.telemetry.overrides import Override
from watchbill.telemetry.pricing import price_of_span
from watchbill.telemetry.spending import Price


def price_by(overrides: Sequence[Override] = ()) -> Price:
    """Prices by the public list, and before it by the organisation's own."""

    def price(facts: SpanFacts, at: datetime) -> Decimal | None:
        return price_of_span(facts, at, overrides).cost

    return price
