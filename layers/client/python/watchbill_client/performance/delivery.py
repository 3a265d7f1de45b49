"""Carries records from the buffer to the service: one batch at a time, in order, in whichever thread asks."""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from watchbill_client.errors import ApiError, ConnectionFailed, WatchbillError
from watchbill_client.models import BatchAnswer
from watchbill_client.performance.buffer import Buffer
from watchbill_client.performance.channel import Channel
from watchbill_client.performance.complaints import Complaints
from watchbill_client.retries import is_passing

# A 500 may be a crash that passes, or a bug that these records meet every time.
MOST_SERVER_ERRORS = 5


@dataclass(frozen=True)
class Setback:
    """Records could not be delivered now and may be later; the service may have said when (seconds)."""

    retry_after: float | None = None


class Delivery:
    """One sender at a time. `delivered` counts records the service has, `refused` those it will not take."""

    def __init__(self, buffer: Buffer, channel: Channel, complaints: Complaints, timeout: float) -> None:
        self._buffer = buffer
        self._channel = channel
        self._complaints = complaints
        self._timeout = timeout
        self.forget()

    def forget(self) -> None:
        """Begin anew, in a forked child."""
        self._sending = threading.Lock()
        self._server_errors = 0
        self.delivered = 0
        self.refused = 0

    def send_waiting(self, deadline: float | None = None) -> Setback | None:
        """Send what waits when it is called; `deadline` is on the monotonic clock. None when all of it is settled."""
        patience = threading.TIMEOUT_MAX if deadline is None else max(0.0, deadline - time.monotonic())
        if not self._sending.acquire(timeout=min(patience, threading.TIMEOUT_MAX)):
            return Setback()
        try:
            return self._send(len(self._buffer), deadline)
        finally:
            self._sending.release()

    def _send(self, goal: int, deadline: float | None) -> Setback | None:
        while goal > 0:
            timeout = self._timeout if deadline is None else min(self._timeout, deadline - time.monotonic())
            if timeout <= 0:
                return Setback()
            batch = self._buffer.take()
            setback = self._send_batch(batch, timeout)
            if setback is not None or not batch:
                return setback
            goal -= len(batch)
        return None

    def _send_batch(self, batch: Sequence[bytes], timeout: float) -> Setback | None:
        if not batch:
            return None
        try:
            return self._post(batch, timeout)
        except BaseException:
            # An interrupt in the middle of a request, say: the records are sent again, and stored once.
            self._buffer.put_back(batch)
            raise

    def _post(self, batch: Sequence[bytes], timeout: float) -> Setback | None:
        try:
            answer = self._channel.performance().add_many(batch, timeout)
        except ConnectionFailed as error:
            return self._postpone(batch, error, None)
        except ApiError as error:
            if self._may_pass(error):
                return self._postpone(batch, error, error.retry_after)
            self._refuse(len(batch), error)
        except WatchbillError as error:
            self._refuse(len(batch), error)
        else:
            self._settle(batch, answer)
        self._server_errors = 0
        return None

    def _may_pass(self, error: ApiError) -> bool:
        if is_passing(error.status, error.retry_after):
            return True
        self._server_errors += error.status >= 500
        return error.status >= 500 and self._server_errors < MOST_SERVER_ERRORS

    def _postpone(self, batch: Sequence[bytes], error: WatchbillError, retry_after: float | None) -> Setback:
        self._buffer.put_back(batch)
        self._complaints.say("Records of performance have to wait", error)
        return Setback(retry_after)

    def _settle(self, batch: Sequence[bytes], answer: BatchAnswer) -> None:
        self.delivered += len(answer.accepted)
        for rejected in answer.rejected:
            self._refuse(1, "; ".join(str(fault) for fault in rejected.errors))
        unsaid = len(batch) - len(answer.accepted) - len(answer.rejected)
        if unsaid:
            self._refuse(unsaid, "the answer says nothing of them; is it the URL of a Watchbill deployment?")

    def _refuse(self, number: int, reason: object) -> None:
        self.refused += number
        self._complaints.say("Records of performance were refused and are lost", reason)
