"""What the hourly check costs in an hour like any other. Run: `python -m benchmarks.anomaly_check` (about 2 minutes).

1 000 agents, or `--agents`, have worked for five weeks and been checked until an hour ago; one, three or six task types
each. Then the check of an hour is made twice over, hour after hour: the message of the organisation is worked through,
and the messages of its agents, in process by the service's own code, against the emulator's DynamoDB. One agent's
watch cannot be read: its message is worked through again, as the queue would deliver it, until it alone is left.

Read units are computed from what was read (see `capacity.py`). Exits with 1 when an agent costs more than 3 of them, or
when the poisoned agent has cost another one its check.
"""

import argparse
import sys
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks.anomaly_agents import Worker, rollup_of, workers
from benchmarks.capacity import Meter, metered
from benchmarks.deployment import deployed
from benchmarks.tables import show
from watchbill.analytics.models import Cell, Dimension, Measure, Rollup
from watchbill.analytics.store import from_rollup
from watchbill.anomalies import checks
from watchbill.anomalies.figures import HOUR
from watchbill.anomalies.judging import Terms
from watchbill.anomalies.store import AnomalyStore, Remembered
from watchbill.anomalies.watch import Watch, advance, begun
from watchbill.configuration.models import Thresholds
from watchbill.identity.models import Provision
from watchbill.platform import clock, keys
from watchbill.platform.queue import Message, Queue
from watchbill.platform.table import Table
from watchbill.services import services

ORGANISATION = "benchmark"
TARGET = 3.0
CHECKED_HOURS = 2
_MOST_RECEIVES = 3
"""How often a message comes before it is put aside."""


class Belt:
    """The queue in process: messages wait in their order, and those that fail come again."""

    def __init__(self) -> None:
        self.waiting: deque[Message] = deque()
        self.put_aside: list[Message] = []

    def send(self, queue: Queue, messages: Sequence[Mapping[str, Any]]) -> None:
        """Take messages in."""
        if queue is not Queue.CHECKS:
            raise AssertionError(f"this benchmark does not expect {queue}")
        self.waiting.extend(Message(dict(body)) for body in messages)

    def work(self) -> None:
        """Work through what waits, and what comes of it."""
        while self.waiting:
            message = self.waiting.popleft()
            try:
                checks.work(message, services(ORGANISATION).anomalies, self.send)
            except ValueError:  # what the poisoned agent's watch raises; anything else ends the benchmark
                again = Message(message.body, message.receives + 1)
                (self.waiting if message.receives < _MOST_RECEIVES else self.put_aside).append(again)


def main(arguments: list[str] | None = None) -> int:
    """Prepare, check, print; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agents", type=int, default=1_000)
    count: int = parser.parse_args(arguments).agents
    with deployed():
        until = clock.now().replace(minute=0, second=0, microsecond=0) - CHECKED_HOURS * HOUR
        services(ORGANISATION).identity.provision(Provision(organisation=ORGANISATION, name="Benchmark"))
        prepare(count, until)
        rows = [checked(count, until + number * HOUR) for number in range(1, CHECKED_HOURS + 1)]
        last = until + CHECKED_HOURS * HOUR
        poison(agent_id(0))
        lost = poisoned(count, last)
    header = ["hour", "read units", "write units", "transactions", "ms", "found"]
    show(f"{count:,} agents, for each of them", header, rows)
    most = max(float(row[1]) for row in rows)
    print(f"\nAgents whose check a poisoned one has cost: {lost}")
    print(f"Read units for an agent: {most:.2f}, target {TARGET:.0f}")
    return int(most > TARGET or lost > 0)


def prepare(count: int, until: datetime) -> None:
    """Have agents that were checked until an hour, and the hours around it counted."""
    begin, table, kinds = perf_counter(), Table(ORGANISATION), workers(until + CHECKED_HOURS * HOUR)
    watches = [_watched(worker, until) for worker in kinds]
    store = AnomalyStore(table)
    for number in range(count):
        worker, watch = kinds[number % len(kinds)], watches[number % len(kinds)]
        store.replace_watch(Remembered(), replace(watch, agent_id=agent_id(number), open={}), [])
        for hour in [hour for hour in worker.hours if hour >= until - 6 * HOUR]:
            text = clock.to_text(hour)[:13]
            key = keys.HOUR(ORGANISATION, "1", Dimension.AGENT, agent_id(number), text[:7], text)
            table.put(key, from_rollup(rollup_of(worker.hours[hour], Random(number))))
        seen = Rollup({"1.0": Cell({Measure.RUNS: 1}, newest=clock.to_text(until))})
        table.put(keys.TOTAL(ORGANISATION, "1", Dimension.AGENT, agent_id(number)), from_rollup(seen))
    print(f"{count:,} agents prepared in {perf_counter() - begin:.0f} s", flush=True)


def checked(count: int, hour: datetime) -> list[str | float]:
    """Check every agent at the end of an hour; what that cost, as a row."""
    belt, begin = Belt(), perf_counter()
    with clock.frozen_at(hour + timedelta(minutes=5)), metered() as meter:
        checks.begin([ORGANISATION], belt.send)
        belt.work()
    ms = 1000 * (perf_counter() - begin) / count
    text = f"{hour:%Y-%m-%d %H:00}"
    open_ones = len(services(ORGANISATION).anomalies.open_ones())
    return [text, meter.read_units / count, _written(meter) / count, _transactions(meter) / count, ms, float(open_ones)]


def poison(agent: str) -> None:
    """Make an agent's watch unreadable."""
    table, place = Table(ORGANISATION), keys.WATCH(ORGANISATION, agent)
    item = table.get(place)
    table.put(place, {**(item or {}), "hours": b"", "judged_until": "nobody knows"})


def poisoned(count: int, hour: datetime) -> int:
    """Check all agents an hour later, with one among them that cannot be; how many others were not checked."""
    belt, until = Belt(), hour + HOUR
    with clock.frozen_at(until + timedelta(minutes=5)):
        checks.begin([ORGANISATION], belt.send)
        belt.work()
    aside = [message.body["agents"] for message in belt.put_aside]
    if aside != [[agent_id(0)]]:
        raise AssertionError(f"put aside: {aside}")
    store = AnomalyStore(Table(ORGANISATION))
    watches = [store.watch(agent_id(number)).watch for number in range(1, count)]
    return sum(watch is None or watch.judged_until < until for watch in watches)


def agent_id(number: int) -> str:
    """The id of an agent."""
    return f"{number:024x}"


def _watched(worker: Worker, until: datetime) -> Watch:
    terms = Terms(Thresholds(), ZoneInfo("UTC"))
    found = {hour: works for hour, works in worker.hours.items() if hour < until}
    return advance(begun("0" * 24, found, worker.first_check), found, until, terms).watch


def _written(meter: Meter) -> float:
    return float(sum(meter.write_units.values()))


def _transactions(meter: Meter) -> float:
    return float(meter.transactions)


if __name__ == "__main__":
    sys.exit(main())
