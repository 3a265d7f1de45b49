"""The values that cross the wire: instants, money, durations, names. Each is validated once, here."""

import json
import re
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
)
from pydantic.alias_generators import to_camel

from watchbill.platform import clock

MAX_PAGE, MAX_CURSOR = 500, 2_000
"""How many values a page has at most, and how many characters a cursor."""
MONEY_DECIMALS = 10
_MONEY_STEP = Decimal(1).scaleb(-MONEY_DECIMALS)
_MAX_MONEY = 10**9
MAX_QUANTITY, QUANTITY_DECIMALS = 10**15, 20
_QUANTITIES = Context(prec=40)
_QUANTITY_STEP = Decimal(1).scaleb(-QUANTITY_DECIMALS)
_NUMBER = re.compile(r"\s*[-+]?[\d_.eE]+\s*")
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_CLOCK_SKEW = timedelta(days=1)
_YEARS = range(2000, 2200)
MAX_DURATION_MS = 366 * 24 * 3600 * 1000

_UNIT_MS = {
    "h": Decimal(3_600_000),
    "m": Decimal(60_000),
    "s": Decimal(1_000),
    "ms": Decimal(1),
    "us": Decimal("0.001"),
    "µs": Decimal("0.001"),  # U+00B5, micro sign
    "μs": Decimal("0.001"),  # U+03BC, Greek mu
    "ns": Decimal("0.000001"),
}
T = TypeVar("T")
_PART = re.compile(r"([0-9]{1,15}(?:\.[0-9]{0,15})?|\.[0-9]{1,15})(h|ms|m|s|us|µs|μs|ns)")


class Model(BaseModel):
    """A value: frozen, finite, and strict about names it does not know."""

    # A function imports more models than it uses; what it does not use is never built.
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)


class PageQuery(Model):
    """Which page of a list is wanted: at most how many, and where to go on: the cursor of the page before."""

    limit: Annotated[int, Field(ge=1, le=MAX_PAGE)] = 50
    cursor: Annotated[str, Field(max_length=MAX_CURSOR)] | None = None


class CamelModel(Model):
    """A value whose names on the wire are camelCase, as some of the original routes have them."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


def parse_duration(value: str | int | float | Decimal) -> int:
    """Milliseconds of a Go duration ("1h2m3.5s", "250ms") or of a number of seconds, rounded half to even.

    Raises ValueError for anything else, for negative ones and for more than a year.
    """
    exact = _text_ms(value) if isinstance(value, str) else Decimal(str(value)) * 1000
    if not exact.is_finite() or not 0 <= exact <= MAX_DURATION_MS:
        raise ValueError("a duration is between 0 and one year")
    return int(exact.to_integral_value(ROUND_HALF_EVEN))


def format_duration(milliseconds: int) -> str:
    """A duration as Go prints it: "5m30s", "1.5s", "250ms", "0s"."""
    if 0 < milliseconds < 1000:
        return f"{milliseconds}ms"
    minutes, rest = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    seconds = f"{rest // 1000}.{rest % 1000:03d}".rstrip("0").rstrip(".") + "s"
    if hours:
        return f"{hours}h{minutes}m{seconds}"
    return f"{minutes}m{seconds}" if minutes else seconds


def bounded(most: int, value: T) -> T:
    """A JSON value of at most so many bytes. Raises ValueError for a larger one."""
    if len(json.dumps(value, ensure_ascii=False, allow_nan=False).encode()) > most:
        raise ValueError(f"at most {most:,} bytes are kept of this")
    return value


def _text_ms(text: str) -> Decimal:
    parts = _PART.findall(text)
    if text != "0" and (not parts or "".join(number + unit for number, unit in parts) != text):
        raise ValueError('a duration looks like "5m30s", "1.5s" or "250ms"')
    return sum((Decimal(number) * _UNIT_MS[unit] for number, unit in parts), Decimal(0))


def _only_text(value: Any) -> Any:
    # Pydantic also reads numbers as Unix time; a bare number here is more likely a mistake than an instant.
    if not isinstance(value, str | datetime) or _NUMBER.fullmatch(str(value)):
        raise ValueError("an instant is text such as 2023-08-01T12:00:00Z")
    return value


def _milliseconds(instant: datetime) -> datetime:
    if not _EARLIEST <= instant <= clock.now() + _CLOCK_SKEW:
        raise ValueError("an event lies between the year 2000 and tomorrow")
    return instant.astimezone(UTC).replace(microsecond=instant.microsecond // 1000 * 1000)


def _in_our_time(instant: datetime) -> datetime:
    instant = instant.astimezone(UTC)
    if instant.year not in _YEARS:
        raise ValueError(f"an instant lies between the years {_YEARS.start} and {_YEARS.stop}")
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(_MONEY_STEP).normalize() + 0


def _measured(amount: Decimal) -> Decimal:
    return _QUANTITIES.plus(_QUANTITIES.normalize(_QUANTITIES.quantize(amount, _QUANTITY_STEP)))


def _number(value: Any) -> Any:
    if isinstance(value, bool | str):
        raise ValueError("a number is expected")
    return value


def _wire_number(amount: Decimal) -> int | float:
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def _printable(text: str) -> str:
    if not text.isprintable() or text != text.strip():
        raise ValueError("control characters and surrounding white space are not allowed")
    return text


def _segment(text: str) -> str:
    if forbidden := sorted(set(text) & set('/%#?\\"')):
        raise ValueError(f"{' '.join(forbidden)} cannot be part of a name, because names are part of addresses")
    if text in (".", ".."):
        raise ValueError("a name of dots only is not an address")
    return text


Instant = Annotated[
    AwareDatetime, BeforeValidator(_only_text), AfterValidator(_milliseconds), PlainSerializer(clock.to_text)
]
"""An event's time: RFC 3339 with a zone; UTC to the millisecond inside."""

Bound = Annotated[AwareDatetime, BeforeValidator(_only_text), PlainSerializer(clock.to_text)]
"""Where a window begins or ends: RFC 3339 with a zone; it may lie ahead."""

When = Annotated[Bound, AfterValidator(_in_our_time)]
"""An instant that may lie ahead, such as a deadline: RFC 3339 with a zone; UTC to the millisecond inside."""

Moment = Annotated[datetime, PlainSerializer(clock.to_text)]
"""An instant of the server's clock."""

Money = Annotated[
    Decimal,
    BeforeValidator(_number),
    Field(ge=0, le=_MAX_MONEY),
    AfterValidator(_cents),
    PlainSerializer(_wire_number),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": int(_MAX_MONEY)}),
]
"""US dollars, at most 10 decimals kept, a JSON number on the wire."""

Spend = Annotated[Decimal, PlainSerializer(_wire_number), WithJsonSchema({"type": "number", "minimum": 0})]
"""A sum of US dollars, which knows no bound."""

Quantity = Annotated[
    Decimal,
    BeforeValidator(_number),
    Field(ge=0, le=MAX_QUANTITY),
    AfterValidator(_measured),
    PlainSerializer(_wire_number),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": MAX_QUANTITY}),
]
"""A measured number, exact to 20 decimals, a JSON number on the wire."""

Figure = Annotated[Decimal, PlainSerializer(_wire_number), WithJsonSchema({"type": "number"})]
"""A number that was computed from others, which knows no bound."""

Count = Annotated[int, Field(strict=True, ge=0, le=10**15)]
"""How many of something; 0 or more."""

Label = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_printable)]
"""A short text that names something: a user, a tool, a model, a task type."""

Name = Annotated[Label, AfterValidator(_segment)]
"""A name that is part of addresses: an agent's or a version's."""
