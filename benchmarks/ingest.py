"""How many runs a second telemetry takes in, and what it costs. Run: `python -m benchmarks.ingest` (about 15 minutes).

Requests of 100 runs with two spans each go over OTLP/HTTP, protobuf and gzip, to a local stack of its own, by one
client and by eight. Beside it stand MLflow and Arize Phoenix on this machine, each in an environment of its own that uv
makes (`--peers` names which), and the emulator's own floor: bare BatchWriteItem of the items that such requests store.
None runs while another one is measured. A rate is of runs that are durable and can be asked for: its clock runs from
the first request until the last run of all that were accepted is found; that all are there is counted then.

What a run costs is measured in this process. How soon it is seen on the dashboard is measured on the stack.

Exits with 1 when a target is missed.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from random import Random

from benchmarks.aws_prices import Prices
from benchmarks.ingest_cost import report, spent
from benchmarks.ingest_floor import floor
from benchmarks.ingest_load import RUNS, Exporter
from benchmarks.ingest_rates import CLIENTS, Rates, measured
from benchmarks.ingest_systems import PEERS, Watchbill
from benchmarks.ingest_visible import Visible, visible
from benchmarks.tables import show
from infra.local.stack import running

TIMES = {"mlflow": 3.0, "phoenix": 10.0}
"""How many times a peer's rate ours should be."""
OF_THE_FLOOR = 0.4
VISIBLE_P95_SECONDS = 2.0
USD_PER_MILLION = Decimal(2)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=40)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--spaced", type=int, default=50)
    parser.add_argument("--peers", nargs="*", choices=[*PEERS], default=[*PEERS])
    wanted = parser.parse_args(arguments)
    each = spent(Exporter(Random("cost")))
    dollars = report(each, spent(Exporter(Random("sessions"), sessions=True)), Prices.listed())
    with _stack() as ours:
        rates = {"ours": measured(ours.system, Exporter(Random("ours")), wanted.requests, wanted.repetitions)}
        seen = visible(ours, Exporter(Random("seen")), wanted.spaced)
        rates["floor"] = floor(ours.stack, each.stored, wanted.requests, wanted.repetitions)
    for name in wanted.peers:
        with PEERS[name]() as peer:
            rates[name] = measured(peer, Exporter(Random(name)), wanted.requests, wanted.repetitions)
    title = f"Runs a second, {wanted.requests} requests of {RUNS} runs, median of {wanted.repetitions} repetitions"
    rows = [row for one in rates.values() for row in one.rows()]
    show(title, ["", "clients", "accepted", "queryable", "from - to"], rows)
    return verdict(rates, seen, dollars)


def verdict(rates: Mapping[str, Rates], seen: Visible, dollars: Decimal) -> int:
    """Say which targets are met; the exit code."""
    print()
    lines = [*_compared(rates)]
    lines.append((f"visible p95 {seen.p95:.2f} s, target {VISIBLE_P95_SECONDS:.0f}", seen.p95 <= VISIBLE_P95_SECONDS))
    cost = f"{dollars:.2f} USD per million runs, target {USD_PER_MILLION}"
    lines.append((cost, dollars <= USD_PER_MILLION))
    for line, met in lines:
        print(f"{line}: {'met' if met else 'missed'}")
    return int(not all(met for _, met in lines))


def _compared(rates: Mapping[str, Rates]) -> Iterator[tuple[str, bool]]:
    """Our rate beside the others', with what it should be."""
    for clients in CLIENTS:
        ours = rates["ours"].rate(clients)
        by = f"{clients} client{'s' if clients > 1 else ''}"
        for name, times in TIMES.items():
            if name in rates:
                reached = ours / rates[name].rate(clients)
                yield f"{reached:.1f} times {rates[name].name} with {by}, target {times:.0f}", reached >= times
        share = ours / rates["floor"].rate(clients)
        yield f"{share:.0%} of the floor with {by}, target {OF_THE_FLOOR:.0%}", share >= OF_THE_FLOOR


@contextmanager
def _stack() -> Iterator[Watchbill]:
    with tempfile.TemporaryDirectory() as folder, running(Path(folder) / "stack") as stack:
        yield Watchbill(stack)


if __name__ == "__main__":
    sys.exit(main())
