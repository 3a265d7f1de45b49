"""The emulator's own floor under telemetry: the items that a request makes Watchbill store, and nothing but them.

They go into a table of their own that nobody reads, in the stack's emulator and as Watchbill sends them: 25 to a
BatchWriteItem, those of a request side by side.
"""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import count
from typing import Any

from botocore.config import Config

from benchmarks.deployment import make_table
from benchmarks.ingest_load import RUNS, elapsed
from benchmarks.ingest_rates import CLIENTS, Rates
from infra.local.aws import client
from infra.local.stack import Running

Puts = Sequence[dict[str, Any]]
"""The items of one BatchWriteItem."""
TABLE = "floor"
_AT_ONCE = 16


def floor(stack: Running, stored: Sequence[Sequence[Puts]], requests: int, repetitions: int) -> Rates:
    """The floor's rates; `stored` is what requests have stored, again and again, every time under other keys."""
    make_table(client(stack.settings, "dynamodb"), TABLE)
    rates, writer = Rates("BatchWriteItem, bare"), _Writer(stack, stored)
    for clients in CLIENTS:
        writer.write(clients, clients)
        for _ in range(repetitions):
            seconds = writer.write(requests, clients)
            rates.add(clients, requests * RUNS, seconds, seconds)
    return rates.told()


class _Writer:
    def __init__(self, stack: Running, stored: Sequence[Sequence[Puts]]) -> None:
        self._client = client(stack.settings, "dynamodb", Config(max_pool_connections=_AT_ONCE * max(CLIENTS)))
        self._stored = stored
        self._fresh = count()

    def write(self, requests: int, clients: int) -> float:
        """Store what so many requests store, by so many clients at once; the seconds that it takes."""
        prepared = [self._renamed(self._stored[number % len(self._stored)]) for number in range(requests)]
        with ThreadPoolExecutor(clients) as pool:
            begun = time.perf_counter()
            list(pool.map(self._client_of, [prepared[first::clients] for first in range(clients)]))
            return elapsed(begun)

    def _client_of(self, requests: Sequence[Sequence[Puts]]) -> None:
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for batches in requests:
                list(pool.map(partial(_put, self._client), batches))

    def _renamed(self, batches: Sequence[Puts]) -> list[Puts]:
        """The same items under keys of the same length that are not there."""
        mark = f"{next(self._fresh):08d}"
        return [[item | {"pk": {"S": mark + item["pk"]["S"][8:]}} for item in batch] for batch in batches]


def _put(dynamodb: Any, batch: Puts) -> None:
    left = [{"PutRequest": {"Item": item}} for item in batch]
    while left:
        left = dynamodb.batch_write_item(RequestItems={TABLE: left})["UnprocessedItems"].get(TABLE, [])


def batches_of(requests: Sequence[dict[str, Any]]) -> Iterator[Puts]:
    """What the parameters of BatchWriteItem store."""
    for params in requests:
        for writes in params["RequestItems"].values():
            yield [write["PutRequest"]["Item"] for write in writes]
