"""Keeping this package's troubles out of the caller's work: they are logged, each kind once in a while, and no more."""

import logging
import time
from collections.abc import Callable
from types import TracebackType

logger = logging.getLogger("watchbill_client.performance")

INTERVAL_S = 60.0


class Complaints:
    """Says through the logger what went wrong: each kind at most once a minute, with how often it went unsaid."""

    def __init__(self, interval: float = INTERVAL_S, clock: Callable[[], float] = time.monotonic) -> None:
        self._interval = interval
        self._clock = clock
        self._said: dict[str, float] = {}
        self._unsaid: dict[str, int] = {}

    def say(self, kind: str, reason: object) -> None:
        """Log a warning, unless one of this kind was logged within the interval.

        Two threads at once may both be heard: that is cheaper than a lock on the caller's path.
        """
        now = self._clock()
        if now - self._said.get(kind, -self._interval) < self._interval:
            self._unsaid[kind] = self._unsaid.get(kind, 0) + 1
            return
        self._said[kind] = now
        unsaid = self._unsaid.pop(kind, 0)
        since = f" ({unsaid:,} more like this since the last message)" if unsaid else ""
        logger.warning("%s: %s%s", kind, reason, since)

    def guard(self, kind: str) -> "Guard":
        """A block out of which no error comes; it is complained about as `kind`."""
        return Guard(self, kind)


class Guard:
    """A block of this package's own doing, within the caller's work."""

    def __init__(self, complaints: Complaints, kind: str) -> None:
        self._complaints = complaints
        self._kind = kind

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        # What is no Exception (an interrupt, the end of the process) is not ours to keep.
        if not isinstance(error, Exception):
            return False
        self._complaints.say(self._kind, f"{type(error).__name__}: {error}")
        return True
