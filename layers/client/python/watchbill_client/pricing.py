"""What the API says of prices: what models cost an organisation by its own word."""

from datetime import date
from decimal import Decimal

from watchbill_client.models import Answer, Money


class PriceTier(Answer):
    """Prices of a call whose prompt is longer than `above` tokens; what is None is as below."""

    above: int
    input: Money | None = None
    output: Money | None = None
    cache_read: Money | None = None
    cache_write: Money | None = None
    reasoning: Money | None = None


class StatedPrice(Answer):
    """What a model costs from the day `since` on, in USD per million tokens; None costs what input or output does."""

    id: str
    model: str
    provider: str | None = None
    since: date | None = None
    input: Money
    output: Money
    cache_read: Money | None = None
    cache_write: Money | None = None
    reasoning: Money | None = None
    tiers: tuple[PriceTier, ...] = ()
    batch_share: Money = Decimal(1)
