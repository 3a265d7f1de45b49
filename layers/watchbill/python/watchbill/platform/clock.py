"""Time: the only source of now, and the one text form of an instant. Everything is UTC and timezone-aware."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

_source: Callable[[], datetime] = lambda: datetime.now(UTC)  # noqa: E731 - replaced by `frozen_at`


def now() -> datetime:
    """The present instant, to the millisecond."""
    instant = _source()
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


def ticks() -> float:
    """Seconds on a clock that only goes forward, and goes on when `now` is frozen; for measuring how long it takes."""
    return time.monotonic()


def pause(seconds: float) -> None:
    """Do nothing for so many seconds."""
    time.sleep(seconds)


@contextmanager
def frozen_at(instant: datetime) -> Iterator[None]:
    """Make `now()` answer `instant` inside the block; for tests and for replaying the past."""
    global _source
    before, _source = _source, lambda: instant
    try:
        yield
    finally:
        _source = before


def to_text(instant: datetime) -> str:
    """RFC 3339 in UTC with milliseconds and `Z`: 24 characters that sort as time does."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def from_text(text: str) -> datetime:
    """The instant `to_text` wrote."""
    return datetime.fromisoformat(text)


def months_back(month: str, most: int) -> Iterator[str]:
    """A month, as `2026-03`, and those before it, `most` in all."""
    year, number = int(month[:4]), int(month[5:7])
    for _ in range(most):
        yield f"{year:04d}-{number:02d}"
        year, number = (year - 1, 12) if number == 1 else (year, number - 1)
