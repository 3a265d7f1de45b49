"""Records that wait to be sent: bounded, first in first out, safe between threads."""

import threading
from collections import deque
from collections.abc import Sequence

# The API takes 5 MB, counted after the gateway has escaped quotes: records are at most doubled by that.
MOST_BYTES = 2_000_000


class Buffer:
    """At most `capacity` records. When it is full the oldest makes room: what goes on now matters more.

    `tracked` counts what was put in, `dropped` what had to make room.
    """

    def __init__(self, capacity: int, batch_size: int) -> None:
        self._capacity = capacity
        self._batch_size = batch_size
        self.forget()

    def forget(self) -> None:
        """Begin anew, in a forked child: the records are the parent's, and who holds the lock may not be here."""
        # Re-entrant, because a signal handler may track something while its own thread is in here.
        self._changed = threading.Condition(threading.RLock())
        self._records: deque[bytes] = deque()
        self._closings = 0
        self.tracked = 0
        self.dropped = 0

    def __len__(self) -> int:
        return len(self._records)

    def put(self, record: bytes) -> bool:
        """Add a record, as the newest; whether there was room for it."""
        with self._changed:
            self.tracked += 1
            self._records.append(record)
            had_room = not self._make_room()
            # Waking the worker costs more than the rest: once when there is something, once when there is enough.
            if len(self._records) in (1, self._batch_size):
                self._changed.notify_all()
        return had_room

    def put_back(self, records: Sequence[bytes]) -> None:
        """Records that could not be sent go where they came from."""
        with self._changed:
            self._records.extendleft(reversed(records))
            self._make_room()
            self._changed.notify_all()

    def take(self) -> list[bytes]:
        """The oldest records, as many as travel together; none if there are none."""
        batch: list[bytes] = []
        size = 0
        with self._changed:
            while self._records and len(batch) < self._batch_size and size < MOST_BYTES:
                batch.append(self._records.popleft())
                size += len(batch[-1])
        return batch

    @property
    def closings(self) -> int:
        """How often it was closed; who waits says since when, so that a close is never missed nor met twice."""
        return self._closings

    def wait_for_batch(self, longest: float, since: int) -> bool:
        """Wait for a first record, then up to `longest` seconds for a whole batch; False once closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._records or self._closings != since)
            self._changed.wait_for(
                lambda: len(self._records) >= self._batch_size or self._closings != since, timeout=longest
            )
            return self._closings == since

    def pause(self, seconds: float, since: int) -> None:
        """Wait, or until closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._closings != since, timeout=seconds)

    def close(self) -> None:
        """Let nobody wait any longer. Records can still be put in and taken."""
        with self._changed:
            self._closings += 1
            self._changed.notify_all()

    def _make_room(self) -> int:
        too_many = max(0, len(self._records) - self._capacity)
        for _ in range(too_many):
            self._records.popleft()
        self.dropped += too_many
        return too_many
