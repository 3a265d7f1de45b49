"""How soon the dashboard counts what was accepted."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from statistics import quantiles

from benchmarks.ingest_load import RUNS, Export, Exporter, elapsed
from benchmarks.ingest_systems import PATIENCE, Watchbill

_SPACED = 0.5
_JITTER = Random(1)


@dataclass(frozen=True)
class Visible:
    """Seconds from an answer to the figures that hold it."""

    seconds: list[float]

    @property
    def p50(self) -> float:
        """The median."""
        return self._percentile(50)

    @property
    def p95(self) -> float:
        """What 95 of 100 take at most."""
        return self._percentile(95)

    def _percentile(self, percent: int) -> float:
        return quantiles(self.seconds, n=100, method="inclusive")[percent - 1]


def visible(ours: Watchbill, exporter: Exporter, requests: int) -> Visible:
    """Send requests one after the other, not in step with anything that polls, and ask for each until it is counted."""
    seen = Visible(list(_seconds(ours, exporter.exports(requests))))
    print(f"From accepted to visible: p50 {seen.p50:.2f} s, p95 {seen.p95:.2f} s, slowest {max(seen.seconds):.2f} s")
    return seen


def _seconds(ours: Watchbill, exports: Sequence[Export]) -> Iterator[float]:
    expected = ours.runs_today()
    for export in exports:
        ours.system.door.send([export], 1)
        accepted, expected = time.perf_counter(), expected + RUNS
        while ours.runs_today() < expected:
            if elapsed(accepted) > PATIENCE:
                raise AssertionError("the dashboard does not count what was accepted")
        yield elapsed(accepted)
        time.sleep(_SPACED * _JITTER.uniform(0.5, 1.5))
