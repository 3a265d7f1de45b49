"""What telemetry costs: units, processor time and dollars, from the functions' own code run in this process.

Requests go through the function that takes them in, and what they write through the consumers of the table's stream,
each with the records of one request: a stream that brings more at a time is cheaper.
"""

import base64
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from io import StringIO
from statistics import median
from typing import Any

from benchmarks.aws_prices import Prices, chunks
from benchmarks.capacity import metered, size_of
from benchmarks.deployment import Stream, deployed
from benchmarks.ingest_floor import Puts, batches_of
from benchmarks.ingest_load import HEADERS, RUNS, Export, Exporter
from benchmarks.tables import show
from benchmarks.write_units import numbered
from functions.authorizer.handler import lambda_handler as authorize
from functions.outbox.handler import lambda_handler as send_on
from functions.rollups.handler import lambda_handler as count_up
from functions.telemetry.handler import lambda_handler as take_in
from infra.functions import FUNCTIONS
from infra.stages import PRODUCTION
from tests.support.service import LambdaContext, http_event
from watchbill.identity.models import Provision
from watchbill.platform import aws
from watchbill.services import services

ORGANISATION = "benchmark"
_WARM_UP, _MEASURED = 20, 20
_API_CHUNK, _ITEM_OVERHEAD = 512 * 1024, 100
_GB = 1024
_KEPT_DAYS = PRODUCTION.run_retention_days
_BEHIND = {"rollups": count_up, "outbox": send_on}
"""The consumers of the stream."""


@dataclass
class Spent:
    """What so many requests of `RUNS` runs each have taken."""

    requests: int
    write_units: Counter[str] = field(default_factory=Counter)
    read_units: float = 0
    events: int = 0
    bytes_sent: int = 0
    bytes_stored: int = 0
    cpu: dict[str, list[float]] = field(default_factory=dict)
    """Seconds of the processor by function, for each request."""
    wall: dict[str, list[float]] = field(default_factory=dict)
    stored: list[list[Puts]] = field(default_factory=list)
    """The batches of items that each request stored."""

    @property
    def runs(self) -> int:
        """How many runs."""
        return self.requests * RUNS

    def cpu_ms(self, function: str) -> float:
        """Milliseconds of the processor for each run, the median of the requests."""
        return 1000 * median(self.cpu[function]) / RUNS

    def quantities(self) -> dict[str, float]:
        """What is paid for each run, by what it is paid for."""
        return {
            "DynamoDB write units": self.write_units.total() / self.runs,
            "DynamoDB read units": self.read_units / self.runs,
            "EventBridge events": self.events / self.runs,
            "API Gateway requests": chunks(self.bytes_sent // self.requests, _API_CHUNK) / RUNS,
            "Lambda requests": len(self.wall) / RUNS,
            "Lambda GB seconds": sum(_gb(name) * median(seconds) for name, seconds in self.wall.items()) / RUNS,
        }


def spent(exporter: Exporter) -> Spent:
    """What requests take, once their agents are known and their hour has some runs."""
    with deployed() as written:
        provided = services(ORGANISATION).identity.provision(Provision(organisation=ORGANISATION, name="Benchmark"))
        ingest = _Ingest(provided.key.secret or "", written)
        for export in exporter.exports(_WARM_UP):
            ingest.take(export, Spent(1))
        timed, counted = Spent(_MEASURED), Spent(_MEASURED)
        for export in exporter.exports(_MEASURED):
            ingest.take(export, timed)
        for export in exporter.exports(_MEASURED):
            with _counting(counted):
                ingest.take(export, counted)
    counted.cpu, counted.wall = timed.cpu, timed.wall
    return counted


def report(without: Spent, with_sessions: Spent, prices: Prices) -> Decimal:
    """Print what a run costs; the dollars that a million of them do, without sessions."""
    both = (without, with_sessions)
    dollars = [prices.million(each.quantities()) for each in both]
    sums = [sum(parts.values(), Decimal(0)) for parts in dollars]
    kept = [prices.million_kept("DynamoDB storage", each.bytes_stored / each.runs, _KEPT_DAYS) for each in both]
    units = sorted({name for each in both for name in each.write_units})
    _table(
        f"Write units per run, {RUNS} runs of 2 spans in a request",
        {name: [each.write_units[name] / each.runs for each in both] for name in units}
        | {"total": [each.write_units.total() / each.runs for each in both]},
    )
    _table(
        "Processor time per run, ms (median of the requests)",
        {name: [each.cpu_ms(name) for each in both] for name in without.cpu},
    )
    _table(
        f"US dollars per million runs, {prices.region}, prices of {prices.date}",
        {name: [parts[name] for parts in dollars] for name in dollars[0]}
        | {"total": sums, f"and kept for {_KEPT_DAYS} days": kept},
    )
    return sums[0]


def _table(title: str, rows: Mapping[str, Sequence[float | Decimal]]) -> None:
    show(
        title, ["", "no session", "each in a session"], [[name, *map(float, figures)] for name, figures in rows.items()]
    )


class _Ingest:
    """The functions, as the stack has them."""

    def __init__(self, secret: str, written: Stream) -> None:
        self._headers = {**HEADERS, "authorization": f"Bearer {secret}"}
        self._written = written

    def take(self, export: Export, into: Spent) -> None:
        """Take in a request and do all that follows from it."""
        event = http_event("POST", "/v1/traces", export.body, self._headers)
        allowed = authorize(event, LambdaContext())
        event["requestContext"]["authorizer"] = {"lambda": allowed["context"]}
        answer = _timed("telemetry", into, partial(take_in, event, LambdaContext()))
        if answer["statusCode"] != 200:
            raise AssertionError(f"{answer['statusCode']}: {base64.b64decode(answer['body'])!r}")
        into.bytes_sent += len(export.body)
        records = numbered(self._written.runs())
        if len(records) != RUNS:
            raise AssertionError(f"{len(records)} runs were stored, of {RUNS}")
        for name, consume in _BEHIND.items():
            _timed(name, into, partial(consume, {"Records": records}, LambdaContext()))


def _timed(name: str, into: Spent, work: Callable[[], Any]) -> Any:
    cpu, wall = time.process_time(), time.perf_counter()
    with redirect_stdout(StringIO()):  # metrics, which Lambda takes from there
        done = work()
    into.cpu.setdefault(name, []).append(time.process_time() - cpu)
    into.wall.setdefault(name, []).append(time.perf_counter() - wall)
    return done


@contextmanager
def _counting(into: Spent) -> Iterator[None]:
    """Count what is asked of DynamoDB and of the bus inside the block."""
    puts: list[dict[str, Any]] = []

    def put(params: dict[str, Any], **_: Any) -> None:
        puts.append(params)

    def publish(params: dict[str, Any], **_: Any) -> None:
        into.events += len(params["Entries"])

    hooks: Sequence[tuple[Any, str, Callable[..., None]]] = (
        (aws.dynamodb(), "provide-client-params.dynamodb.BatchWriteItem", put),
        (aws.events(), "provide-client-params.eventbridge.PutEvents", publish),
    )
    for client, name, hook in hooks:
        client.meta.events.register(name, hook)
    try:
        with metered() as meter:
            yield
    finally:
        for client, name, hook in hooks:
            client.meta.events.unregister(name, hook)
    into.write_units += meter.write_units
    into.read_units += meter.read_units
    into.stored.append([*batches_of(puts)])
    into.bytes_stored += sum(size_of(item) + _ITEM_OVERHEAD for batch in into.stored[-1] for item in batch)


def _gb(function: str) -> float:
    return next(each.memory for each in FUNCTIONS if each.name == function) / _GB
