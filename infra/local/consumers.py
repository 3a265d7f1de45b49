"""The consumers of tables' streams as AWS has them: beside those of queues, and with what has gathered for a moment.

The emulator looks after its event sources in one loop, and stands still in it until a stream's consumer has answered:
however many messages wait, a queue then hands over one batch of them for each batch of the stream. This takes the
streams out of that loop and into one of their own. Nor does the emulator know a batching window, so that consumers are
invoked for a few records at a time, and work while who has written would like to go on; here they let some gather.
"""

import logging
import time
from collections.abc import Callable
from threading import Event, Thread

from ministack.services import dynamodb, lambda_svc

GATHERING_SECONDS = 0.25
"""From the first record of a batch to its delivery; on AWS, the window is a second."""
_LOOK_SECONDS = 1.0
"""How often is looked without a write, as for a consumer that has failed and whose pause is over."""


def install() -> None:
    """Have the emulator's streams read by a loop of their own."""
    read, written = lambda_svc._poll_dynamodb_streams, Event()
    lambda_svc._poll_dynamodb_streams = lambda: False
    # What wakes the loop of the queues is set by every write to a table, which is none of its business any more.
    dynamodb.esm_wake = written

    def forever() -> None:
        while True:
            if written.wait(_LOOK_SECONDS):
                time.sleep(GATHERING_SECONDS)
            written.clear()
            while _succeeds(read):
                time.sleep(GATHERING_SECONDS)

    Thread(target=forever, name="streams", daemon=True).start()


def _succeeds(read: Callable[[], bool]) -> bool:
    """Whether there was something to read; what goes wrong is told, as the emulator's own loop does."""
    try:
        return read()
    except Exception:
        logging.getLogger("lambda").exception("a stream could not be read")
        return False
