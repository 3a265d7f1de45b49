"""The background of a tracker: a thread that sends what waits, and the ends of a process, forks and exits."""

import atexit
import os
import sys
import threading
import time
from dataclasses import dataclass

from watchbill_client.performance.buffer import Buffer
from watchbill_client.performance.channel import Channel
from watchbill_client.performance.complaints import Complaints
from watchbill_client.performance.delivery import Delivery, Setback
from watchbill_client.performance.forks import ForkAware, hear_of_forks
from watchbill_client.performance.settings import TrackerSettings
from watchbill_client.retries import Retries

# A service that asks for more patience than this is asked again all the same.
LONGEST_RETRY_AFTER_S = 300.0
LONGEST_JOIN_S = 0.5


@dataclass(frozen=True)
class Counts:
    """Records so far in this process. What is `tracked` and in none of the others is on its way."""

    tracked: int
    delivered: int
    refused: int
    dropped: int
    waiting: int


class Pipeline(ForkAware):
    """Takes records in at once and sends them from a daemon thread, which starts with the first."""

    def __init__(self, settings: TrackerSettings, complaints: Complaints) -> None:
        self._settings = settings
        self._complaints = complaints
        self._buffer = Buffer(settings.buffer_size, settings.batch_size)
        # One try at a time: whoever sends decides how long to wait, and can be told to stop waiting.
        self._channel = Channel(settings, Retries(attempts=1))
        self._delivery = Delivery(self._buffer, self._channel, complaints, settings.timeout)
        self._starting = threading.RLock()
        self._worker: threading.Thread | None = None
        self._unusable = 0
        # The process (by its id) whose end is provided for.
        self._leaves_with: int | None = None
        hear_of_forks(self)

    @property
    def counts(self) -> Counts:
        """How many records came in, and what became of them."""
        return Counts(
            tracked=self._buffer.tracked + self._unusable,
            delivered=self._delivery.delivered,
            refused=self._delivery.refused + self._unusable,
            dropped=self._buffer.dropped,
            waiting=len(self._buffer),
        )

    def put(self, record: bytes) -> None:
        """Take in a record; it is on its way within the flush interval."""
        if not self._buffer.put(record):
            self._complaints.say("Records of performance were dropped", "the buffer is full, and the oldest made room")
        if self._worker is None:
            self._start()

    def count_unusable(self) -> None:
        """Note that there was a record which cannot be sent at all."""
        with self._starting:
            self._unusable += 1

    def flush(self, timeout: float | None = None) -> bool:
        """Send what waits, in this thread; whether all of it was settled within `timeout` seconds."""
        deadline = time.monotonic() + (self._settings.flush_timeout if timeout is None else timeout)
        attempt = 1
        while (setback := self._send_waiting(deadline)) is not None:
            delay = self._settings.retries.delay(attempt, setback.retry_after)
            if delay is None or time.monotonic() + delay >= deadline:
                return False
            time.sleep(delay)
            attempt += 1
        return True

    def close(self, timeout: float | None = None) -> bool:
        """Flush, and let go of the thread and the connection. A record that comes later takes them up again."""
        settled = self.flush(timeout)
        with self._starting:
            worker, self._worker = self._worker, None
            self._buffer.close()
        if worker is not None and worker is not threading.current_thread():
            # It ends at once, unless it is in the middle of a request; then it ends after that.
            worker.join(LONGEST_JOIN_S)
        self._channel.close()
        return settled

    def forget(self) -> None:
        """What waits, and the thread, are the parent's."""
        self._starting = threading.RLock()
        self._worker = None
        self._unusable = 0
        self._buffer.forget()
        self._delivery.forget()

    def _start(self) -> None:
        with self._starting:
            if self._worker is not None:
                return
            self._leave_in_order()
            worker = threading.Thread(
                target=self._work, args=(self._buffer.closings,), name="watchbill-performance", daemon=True
            )
            worker.start()
            self._worker = worker

    def _work(self, since: int) -> None:
        setbacks = 0
        while self._buffer.wait_for_batch(self._settings.flush_interval, since):
            setback = self._send_waiting()
            setbacks = 0 if setback is None else setbacks + 1
            if setback is not None:
                self._buffer.pause(self._patience(setbacks, setback), since)

    def _send_waiting(self, deadline: float | None = None) -> Setback | None:
        with self._complaints.guard("Records of performance could not be sent"):
            return self._delivery.send_waiting(deadline)
        return Setback()

    def _patience(self, setbacks: int, setback: Setback) -> float:
        """Seconds until the next try: the background never gives up, it becomes slower."""
        retries = self._settings.retries
        backoff = Retries(sys.maxsize, retries.first_delay, retries.longest_delay).delay(min(setbacks, 30)) or 0.0
        return max(backoff, min(setback.retry_after or 0.0, LONGEST_RETRY_AFTER_S))

    def _leave_in_order(self) -> None:
        """See that what waits is sent when this process ends."""
        if self._leaves_with == os.getpid():
            return
        # A fork has inherited the first registration; a second of the same takes its place.
        atexit.unregister(self._at_exit)
        atexit.register(self._at_exit)
        processes = sys.modules.get("multiprocessing.process")
        if processes is not None and processes.parent_process() is not None:
            # A child of multiprocessing leaves without the functions of atexit, but not without these.
            sys.modules["multiprocessing.util"].Finalize(None, self._at_exit, exitpriority=0)
        self._leaves_with = os.getpid()

    def _at_exit(self) -> None:
        with self._complaints.guard("The tracker could not leave in order"):
            if not self.close() and len(self._buffer):
                self._complaints.say("Records of performance were lost at exit", len(self._buffer))
