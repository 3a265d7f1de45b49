"""What a process has read and goes on working with for a while, so that not every request reads it again."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from watchbill.platform import clock

FRESH = timedelta(minutes=1)
"""How long a process works with what it has read; a change is everywhere after that."""

T = TypeVar("T")


class Recent(Generic[T]):
    """What `read` told at most a minute ago."""

    def __init__(self, read: Callable[[], T]) -> None:
        self._read = read
        self._known: tuple[datetime, T] | None = None

    def value(self) -> T:
        """What was read, or is read now."""
        now = clock.now()
        if self._known is None or not self._known[0] <= now < self._known[0] + FRESH:
            self._known = now, self._read()
        return self._known[1]

    def forget(self) -> None:
        """Have it read again, for who has changed it or is to go by what it is now."""
        self._known = None
