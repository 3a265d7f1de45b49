"""Values as people read them: durations, money, times, counts, statuses."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

from rich.text import Text

UNKNOWN = "-"

_STATUS_STYLES = {
    "completed": "green",
    "failed": "red",
    "timeout": "red",
    "cancelled": "yellow",
    "running": "cyan",
    "queued": "dim",
}


def duration(milliseconds: int | None) -> str:
    """`250 ms`, `5.3 s`, `5 m 30 s`, `2 h 05 m`, `3 d 4 h`."""
    if milliseconds is None:
        return UNKNOWN
    if milliseconds < 1_000:
        return f"{milliseconds} ms"
    # 59.95 s would round to 60.0 s.
    if milliseconds < 59_950:
        return f"{milliseconds / 1_000:.1f} s"
    minutes, seconds = divmod(round(milliseconds / 1_000), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes:02d} m" if hours else f"{minutes} m {seconds:02d} s"


def money(amount: Decimal | None) -> str:
    """`$1,234.50`, `-$0.0213`, `<$0.0001`, `$0`: cents from a dollar on, four decimals below."""
    if amount is None:
        return UNKNOWN
    if amount <= Decimal("-0.0001"):
        return f"-{money(-amount)}"
    if amount == 0:
        return "$0"
    if amount < Decimal("0.0001"):
        return "<$0.0001"
    return f"${amount:,.2f}" if amount >= 1 else f"${amount:.4f}"


def count(number: int | None) -> str:
    """`12,345`."""
    return UNKNOWN if number is None else f"{number:,}"


def percent(value: float | None) -> str:
    """`98.5 %`."""
    return UNKNOWN if value is None else f"{value:.1f} %"


def moment(at: datetime | None) -> str:
    """`2026-11-20 16:40:12 UTC`."""
    return UNKNOWN if at is None else f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def short_moment(at: datetime | None) -> str:
    """`Nov 20 16:40`, in UTC, for tables."""
    return UNKNOWN if at is None else f"{at.astimezone(UTC):%b %d %H:%M}"


def day(at: datetime | None) -> str:
    """`2026-11-20`, in UTC."""
    return UNKNOWN if at is None else f"{at.astimezone(UTC):%Y-%m-%d}"


def status(word: str) -> Text:
    """A run's status in its colour."""
    return Text(word, style=_STATUS_STYLES.get(word, ""))


def words(items: Sequence[str]) -> str:
    """`a, b, c`."""
    return ", ".join(items) if items else UNKNOWN
