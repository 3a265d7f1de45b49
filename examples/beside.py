"""An agent's worker in a thread beside the program that asks for its work; `examples/worker.py` is one by itself."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from watchbill_client import LeasedTask, Watchbill, Worker


@contextmanager
def at_work(watchbill: Watchbill, agent: str, work: Callable[[LeasedTask], object]) -> Iterator[None]:
    """Work on an agent's tasks as long as the block lasts."""
    worker = Worker(watchbill, work, agents=[agent], wait_seconds=2)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        yield
    finally:
        worker.stop()
        thread.join()
