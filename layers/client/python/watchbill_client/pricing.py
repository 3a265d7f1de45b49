"""What the API says of prices: what models cost an organisation by its own word, and which nobody has a price of."""

from datetime import date
from decimal import Decimal

from watchbill_client.models import Answer, Money, UtcDatetime


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


class UnknownModel(Answer):
    """A model that `runs` of the organisation called (or `more`) and whose price nobody knows."""

    model: str
    first_seen: UtcDatetime
    last_seen: UtcDatetime
    runs: int
    more: bool = False


class Repricing(Answer):
    """Pricing runs of unknown models anew: how many were looked at, and how many are still not known."""

    id: str
    state: str
    runs: int
    unknown: int
    started_at: UtcDatetime
    updated_at: UtcDatetime
    completed_at: UtcDatetime | None = None

    @property
    def is_completed(self) -> bool:
        """Whether it has come to its end."""
        return self.state == "completed"
