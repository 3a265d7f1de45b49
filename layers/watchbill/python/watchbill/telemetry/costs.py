"""What a model call used and what that costs, part by part: values and exact arithmetic. Nobody's prices are here."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal, Inexact, InvalidOperation, Overflow
from enum import StrEnum
from functools import reduce
from typing import Self

from watchbill.platform.wire import MONEY_DECIMALS

_EXACT = Context(prec=100, traps=[Inexact, InvalidOperation, Overflow])
"""Arithmetic that raises rather than rounds. A count has at most 16 digits and a price fewer than 40."""
_ROUNDED = Context(prec=100, rounding=ROUND_HALF_EVEN)
_STEP = Decimal(1).scaleb(-MONEY_DECIMALS)
_MILLION, _THOUSAND = 6, 3


class Unknown(StrEnum):
    """Why it is not known what a call costs. Each is a sentence that goes on with what it is about."""

    NO_MODEL = "no model was named"
    NO_TOKENS = "no tokens were told"
    CONTRADICTION = "more tokens are parts of a whole than the whole has"
    PROVIDER = "the list of prices has no such provider"
    MODEL = "the list of prices has no such model"
    PROFILE = "the ARN does not say which model it stands for"
    BATCH = "the list of prices does not say what a batch cost then"
    UNIT = "the list of prices has no price for tokens of this kind"


@dataclass(frozen=True, slots=True)
class Spent:
    """Tokens of one model call, each counted once.

    `input` is what was neither read from a cache nor written to one; `output` is without `reasoning`.
    """

    input: int = 0
    cache_read: int = 0
    cache_write: int = 0
    output: int = 0
    reasoning: int = 0

    @property
    def context(self) -> int:
        """How long the prompt was, which tiers go by: cached or not, all of it."""
        return self.input + self.cache_read + self.cache_write


@dataclass(frozen=True, slots=True)
class Rates:
    """US dollars per million tokens, and per thousand calls.

    Cached tokens are billed as any input where no price is said for them, and reasoning as any output. None for input
    or output: such tokens have no price.
    """

    input: Decimal | None
    output: Decimal | None
    cache_read: Decimal | None = None
    cache_write: Decimal | None = None
    reasoning: Decimal | None = None
    calls: Decimal | None = None

    def shared(self, share: Decimal) -> Self:
        """A share of these prices, exactly."""
        prices = {kind.name: getattr(self, kind.name) for kind in fields(self)}
        return type(self)(**{kind: one if one is None else _EXACT.multiply(one, share) for kind, one in prices.items()})


@dataclass(frozen=True, slots=True)
class Parts:
    """What each part of a call costs in US dollars, not rounded. `call` is what is paid however few the tokens."""

    input: Decimal = Decimal(0)
    cache_read: Decimal = Decimal(0)
    cache_write: Decimal = Decimal(0)
    output: Decimal = Decimal(0)
    reasoning: Decimal = Decimal(0)
    call: Decimal = Decimal(0)

    def with_call(self, fee: Decimal) -> Self:
        """These parts, and what is paid for the call itself."""
        return replace(self, call=fee) if fee else self

    @property
    def total(self) -> Decimal:
        return total(getattr(self, part.name) for part in fields(self))


class Source(StrEnum):
    """Who says a price: the public list, or the organisation itself."""

    LIST = "list"
    OVERRIDE = "override"


@dataclass(frozen=True, slots=True)
class Entry:
    """The prices that were used. `model` is the list's id, or the override's pattern; `version` is the list's.

    They hold from the day `since` on, for prompts of more than `above` tokens.
    """

    source: Source
    provider: str | None
    model: str
    since: date | None = None
    above: int | None = None
    batch: bool = False
    version: str | None = None
    region: str | None = None
    """The AWS region that an ARN named. The list tells the world's profiles from others, but not region from region."""


@dataclass(frozen=True, slots=True)
class Priced:
    """What a call costs and by which prices; or why that is not known: then there is no cost, not even zero."""

    parts: Parts | None = None
    entry: Entry | None = None
    unknown: Unknown | None = None
    about: str = ""

    @classmethod
    def unpriced(cls, why: Unknown, about: str = "") -> Self:
        return cls(unknown=why, about=about)

    @property
    def cost(self) -> Decimal | None:
        """US dollars, exactly; None where it is not known. `money` rounds it, once, at the end of a sum."""
        return None if self.parts is None else self.parts.total

    @property
    def reason(self) -> str:
        """Whose price it is, or why there is none."""
        if self.unknown is not None:
            return f"{self.unknown}: {self.about!r}" if self.about else str(self.unknown)
        return _said(self.entry) if self.entry is not None else ""


def spent(
    input: int | None,
    output: int | None,
    cache_read: int | None = None,
    cache_write: int | None = None,
    reasoning: int | None = None,
    *,
    cache_apart: bool = False,
    reasoning_apart: bool = False,
) -> Spent | Unknown:
    """Tokens as a sender tells them, each counted once.

    Cached tokens are parts of its input and reasoning is part of its output, as OpenTelemetry has it; `cache_apart` and
    `reasoning_apart` are for senders that tell them beside.
    """
    if input is None and output is None:
        return Unknown.NO_TOKENS
    cached, thought = (cache_read or 0) + (cache_write or 0), reasoning or 0
    fresh = (input or 0) - (0 if cache_apart else cached)
    written = (output or 0) - (0 if reasoning_apart else thought)
    if fresh < 0 or written < 0:
        return Unknown.CONTRADICTION
    return Spent(fresh, cache_read or 0, cache_write or 0, written, thought)


def parts_of(tokens: Spent, rates: Rates) -> Parts | None:
    """What a call's tokens cost by these prices; None when some of them have no price."""
    written = rates.input if rates.cache_write is None else rates.cache_write
    read = rates.input if rates.cache_read is None else rates.cache_read
    thought = rates.output if rates.reasoning is None else rates.reasoning
    counted = (
        (tokens.input, rates.input),
        (tokens.cache_read, read),
        (tokens.cache_write, written),
        (tokens.output, rates.output),
        (tokens.reasoning, thought),
    )
    if any(count and rate is None for count, rate in counted):
        return None
    amounts = [_of(count, rate, _MILLION) for count, rate in counted]
    return Parts(*amounts).with_call(_of(1, rates.calls, _THOUSAND))


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The sum, exactly."""
    return reduce(_EXACT.add, amounts, Decimal(0))


def money(amount: Decimal) -> Decimal:
    """An amount with as many decimals as are kept of money, half to even. To be done once, when all is summed up."""
    return _ROUNDED.quantize(amount, _STEP)


def _of(count: int, rate: Decimal | None, power: int) -> Decimal:
    return Decimal(0) if rate is None else _EXACT.scaleb(_EXACT.multiply(rate, count), -power)


def _said(entry: Entry) -> str:
    whose = "the organisation's own price" if entry.source is Source.OVERRIDE else f"genai-prices {entry.version}"
    said = [whose, f"{entry.provider} {entry.model}" if entry.provider else entry.model]
    said += [f"since {entry.since}"] if entry.since else []
    said += [f"above {entry.above} tokens"] if entry.above is not None else []
    said += ["batch"] if entry.batch else []
    return ", ".join(said)
