"""Prices that an organisation states itself, and which of them holds for a call. Pure."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from watchbill.platform import ids
from watchbill.platform.wire import Model, Money
from watchbill.telemetry.costs import Rates
from watchbill.telemetry.modelnames import provider_of

MAX_TIERS, MAX_STARS = 8, 4
MAX_OVERRIDES = 200
"""Of an organisation: read whole, and kept in one item of the table."""
_KINDS = ("input", "output", "cache_read", "cache_write", "reasoning")


def _pattern(text: str) -> str:
    if text.count("*") > MAX_STARS:
        raise ValueError(f"a pattern has at most {MAX_STARS} stars")
    return text.lower()


Pattern = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[!-~]+$"), AfterValidator(_pattern)]
"""A model's name; a star stands for any characters, none too. Upper and lower case are the same."""


class Tier(Model):
    """Prices of a call whose prompt is longer than `above` tokens, for all its tokens; what is absent is as below."""

    above: Annotated[int, Field(strict=True, ge=1, le=10**9)]
    input: Money | None = None
    output: Money | None = None
    cache_read: Money | None = None
    cache_write: Money | None = None
    reasoning: Money | None = None


class Override(Model):
    """What a model costs an organisation, in US dollars per million tokens, from the day `since` on, at midnight UTC.

    Cached tokens cost what input does where nothing else is said, and reasoning what output does. A batch costs
    `batch_share` of it all. Without a provider it holds at every one.
    """

    model: Pattern
    provider: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    since: date | None = None
    input: Money
    output: Money
    cache_read: Money | None = None
    cache_write: Money | None = None
    reasoning: Money | None = None
    tiers: Annotated[tuple[Tier, ...], Field(max_length=MAX_TIERS)] = ()
    batch_share: Annotated[Money, Field(gt=0, le=1)] = Decimal(1)

    @model_validator(mode="after")
    def _ascending(self) -> Self:
        starts = [tier.above for tier in self.tiers]
        if starts != sorted(set(starts)):
            raise ValueError("tiers begin one above the other, each where no other does")
        return self

    def tier_of(self, context: int) -> int | None:
        """Above how many tokens the prices begin that hold for a prompt of this length; None for those of any."""
        return max((tier.above for tier in self.tiers if context > tier.above), default=None)

    def rates(self, context: int, batch: bool) -> Rates:
        """What a call's tokens cost whose prompt is this long."""
        said = {kind: getattr(self, kind) for kind in _KINDS}
        for tier in self.tiers:
            if context > tier.above:
                said |= {kind: price for kind in _KINDS if (price := getattr(tier, kind)) is not None}
        rates = Rates(**said)
        return rates.shared(self.batch_share) if batch else rates


class ShownOverride(Override):
    """A price as it is kept and answered. Its id says whose it is and since when: stated again it is the same."""

    id: str


class OverrideList(Model):
    """Every price that an organisation states itself."""

    items: tuple[ShownOverride, ...]


def shown(override: Override) -> ShownOverride:
    """An override with the id that follows from what it is for."""
    since = override.since.isoformat() if override.since else ""
    provider = (override.provider or "").lower()
    return ShownOverride(**override.model_dump(), id=ids.derived_id("price", override.model, provider, since))


def in_order(overrides: Iterable[Override]) -> tuple[ShownOverride, ...]:
    """By model and provider, the newest of each first."""
    newest_first = sorted(overrides, key=lambda one: one.since or date.min, reverse=True)
    return tuple(map(shown, sorted(newest_first, key=lambda one: (one.model, one.provider or ""))))


def in_force(
    overrides: Iterable[Override], names: Sequence[str], provider: str | None, at: datetime
) -> Override | None:
    """The one that holds for a model of these names: the most specific one, the newest of those, the last of those."""
    day = at.astimezone(UTC).date()
    holding = [one for one in overrides if _begun(one, day) and _meant(one, names, provider)]
    return max(reversed(holding), key=_precedence, default=None)


def _begun(override: Override, day: date) -> bool:
    return override.since is None or override.since <= day


def _meant(override: Override, names: Sequence[str], provider: str | None) -> bool:
    if override.provider is not None and provider_of(override.provider) != provider:
        return False
    matches = _matcher(override.model).fullmatch
    return any(matches(name) for name in names)


def _precedence(override: Override) -> tuple[bool, int, bool, date]:
    pattern = override.model
    literal = len(pattern) - pattern.count("*")
    return "*" not in pattern, literal, override.provider is not None, override.since or date.min


@lru_cache(maxsize=4096)
def _matcher(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, pattern.split("*"))))
