"""Durations: Go's text (`"5m30s"`) to whole milliseconds and back."""

import re
from decimal import ROUND_HALF_UP, Decimal

_UNITS_MS = {
    "h": Decimal(3_600_000),
    "m": Decimal(60_000),
    "s": Decimal(1_000),
    "ms": Decimal(1),
    "us": Decimal("0.001"),
    "µs": Decimal("0.001"),  # U+00B5, micro sign
    "μs": Decimal("0.001"),  # U+03BC, Greek mu
    "ns": Decimal("0.000001"),
}
_PART = re.compile(r"(\d+\.?\d*|\.\d+)(ms|us|µs|μs|ns|h|m|s)", re.ASCII)


def parse_duration(text: str) -> int:
    """Milliseconds in a Go duration such as `"1h2m3.5s"` or `"250ms"`.

    Raises:
        ValueError: the text is not such a duration, or is negative.
    """
    stripped = text.strip()
    if stripped == "0":
        return 0
    parts = list(_PART.finditer(stripped))
    if not parts or "".join(part.group() for part in parts) != stripped:
        raise ValueError(f"{text!r} is not a duration such as '5m30s', '1.5s' or '250ms'")
    total = sum((Decimal(part[1]) * _UNITS_MS[part[2]] for part in parts), Decimal(0))
    return int(total.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def format_duration(milliseconds: int) -> str:
    """The shortest Go duration of whole milliseconds that says the same: 330000 is `"5m30s"`, 250 is `"250ms"`."""
    if milliseconds < 1_000:
        return f"{milliseconds}ms"
    seconds, rest = divmod(milliseconds, 1_000)
    hours, seconds = divmod(seconds, 3_600)
    minutes, seconds = divmod(seconds, 60)
    fraction = f".{rest:03d}".rstrip("0") if rest else ""
    parts = [f"{hours}h" if hours else "", f"{minutes}m" if minutes else ""]
    return "".join(parts) + (f"{seconds}{fraction}s" if seconds or rest else "")
