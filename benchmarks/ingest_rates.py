"""How many runs a second are durable and can be asked for: the clock, and what it is started and stopped by."""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Self

from benchmarks.ingest_load import RUNS, Export, Exporter, elapsed
from benchmarks.ingest_systems import PATIENCE, System
from benchmarks.tables import Value
from infra.local.processes import wait_until

CLIENTS = (1, 8)
_WARM_UP = 8
"""Requests that are sent first, by as many clients as will be: each worker of ours is started then."""


@dataclass
class Rates:
    """What was measured of `name`: runs a second by the number of clients, one figure for each repetition."""

    name: str
    accepted: dict[int, list[float]] = field(default_factory=dict)
    queryable: dict[int, list[float]] = field(default_factory=dict)

    def rate(self, clients: int) -> float:
        """The median of what can be asked for."""
        return median(self.queryable[clients])

    def told(self) -> Self:
        """Print the figures at once, and what else the machine was doing."""
        said = ", ".join(f"{self.rate(clients):,.0f} runs/s by {clients}" for clients in self.queryable)
        print(f"{self.name}: {said}; measured at a load of {os.getloadavg()[0]:.1f}", flush=True)
        return self

    def rows(self) -> list[list[Value]]:
        """The figures as rows of the table."""
        return [
            [self.name, clients, round(median(accepted)), round(self.rate(clients)), self._spread(clients)]
            for clients, accepted in self.accepted.items()
        ]

    def _spread(self, clients: int) -> str:
        return f"{min(self.queryable[clients]):,.0f} - {max(self.queryable[clients]):,.0f}"

    def add(self, clients: int, runs: int, accepted: float, queryable: float) -> None:
        """Note a repetition by its seconds."""
        self.accepted.setdefault(clients, []).append(runs / accepted)
        self.queryable.setdefault(clients, []).append(runs / queryable)


def measured(system: System, exporter: Exporter, requests: int, repetitions: int) -> Rates:
    """A system's rates. Raises AssertionError when a run is not counted that was accepted."""
    rates, sent = Rates(system.name), 0
    for clients in CLIENTS:
        warm_up = exporter.exports(_WARM_UP)
        system.door.send(warm_up, clients)
        sent += len(warm_up) * RUNS
        _settled(system, warm_up, sent)
        for _ in range(repetitions):
            exports = exporter.exports(requests)
            sent += requests * RUNS
            rates.add(clients, requests * RUNS, *_timed(system, exports, clients, sent))
            _settled(system, exports, sent)
    return rates.told()


def _timed(system: System, exports: Sequence[Export], clients: int, expected: int) -> tuple[float, float]:
    """Seconds from the first request until the last was answered, and until everything can be asked for."""
    begun = time.perf_counter()
    system.door.send(exports, clients)
    accepted = elapsed(begun)
    while not system.there(exports[-1], expected):
        if elapsed(begun) > PATIENCE:
            raise AssertionError(f"{system.name} does not show what it has accepted")
        time.sleep(0.02)
    return accepted, elapsed(begun)


def _settled(system: System, exports: Sequence[Export], expected: int) -> None:
    """Wait until all is counted that was accepted, and nothing is left to do."""
    if not wait_until(lambda: system.there(exports[-1], expected), PATIENCE):
        raise AssertionError(f"{system.name} does not show what it has accepted")
    system.settle()
    if (counted := system.counted()) != expected:
        raise AssertionError(f"{system.name} counts {counted} runs, of {expected} that it accepted")
