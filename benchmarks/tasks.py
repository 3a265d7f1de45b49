"""How soon tasks start, and how many are done in a second. Run: `python -m benchmarks.tasks` (about 9 minutes).

On a local stack of its own, tasks are made over the API for an agent that is a Lambda function and does nothing:
first 60 of them, or `--spaced`, one about every half a second; then 500, or `--burst`, at once, made while the task
runner is stopped. Beside them stand the emulator's own floor, which is a bare queue with such a function, and DBOS,
Celery and Prefect on this machine, each in an environment of its own that uv makes (`--peers` names which).

A task waits from its `created_at` to its `started_at`. The clock of a burst runs from the request that starts the
runner to the last `completed_at`. Exits with 1 when 95 of 100 spaced tasks do not start within 100 ms, or when a burst
does fewer than 250 a second.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from benchmarks.tables import show
from benchmarks.task_figures import PATIENCE, WARM_UP, Counts, Figures, spaced
from benchmarks.task_floor import DOES_NOTHING, floors
from benchmarks.task_peers import PEERS, peers
from infra.local.processes import wait_until
from infra.local.stack import Running, running
from tests.support.users_functions import function_of_a_user

START_P95_MS, BURST_PER_SECOND = 100, 250
AGENT, FUNCTION = "nothing", "watchbill-agent-nothing"
SLOTS = 1_000
_CALLERS = 8
_RUNNER = "/api/agents/task-runner"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--spaced", type=int, default=60)
    parser.add_argument("--burst", type=int, default=500)
    parser.add_argument("--peers", nargs="*", choices=[*PEERS], default=[*PEERS])
    wanted = parser.parse_args(arguments)
    counts = Counts(wanted.spaced, wanted.burst)
    measured = []
    for figures in all_figures(counts, wanted.peers):
        print(f"{figures.name}: measured at a load of {os.getloadavg()[0]:.1f}", flush=True)
        measured.append(figures)
    title = f"{counts.spaced} spaced tasks: ms from enqueueing to start; a burst of {counts.burst}: tasks a second"
    show(title, ["", "p50", "p95", "slowest", "burst"], [figures.row() for figures in measured])
    return verdict(measured[0])


def all_figures(counts: Counts, wanted: Sequence[str]) -> Iterator[Figures]:
    """Ours, the floor's and the peers', one after the other, none while another one runs."""
    with tempfile.TemporaryDirectory() as folder, running(Path(folder) / "stack") as stack:
        yield ours(stack, counts)
        yield from floors(stack, counts, Path(folder))
    yield from peers(wanted, counts)


def verdict(figures: Figures) -> int:
    """Say which target is met; the exit code."""
    soon, many = figures.p95 <= START_P95_MS, figures.per_second >= BURST_PER_SECOND
    print(f"\nStart p95 {figures.p95:.0f} ms, target {START_P95_MS}: {'met' if soon else 'missed'}")
    print(f"Burst {figures.per_second:.0f} tasks/s, target {BURST_PER_SECOND}: {'met' if many else 'missed'}")
    return int(not (soon and many))


def ours(stack: Running, counts: Counts) -> Figures:
    """What is measured of Watchbill."""
    with function_of_a_user(stack, FUNCTION, DOES_NOTHING), Caller(stack) as caller:
        caller.prepare()
        caller.burst(WARM_UP)
        few: list[str] = []
        spaced(range(counts.spaced), lambda _: few.append(caller.make()))
        waits = [_ms(task["created_at"], task["started_at"]) for task in caller.ended(few)]
        return Figures("Watchbill", waits, caller.burst(counts.burst))


class Caller:
    """Somebody with the key of an organisation."""

    def __init__(self, stack: Running) -> None:
        self._stack = stack
        secret = stack.service.provision("benchmark", "Benchmark", "UTC")["key"]["secret"]
        headers = {"Authorization": f"Bearer {secret}"}
        self._client = httpx.Client(base_url=stack.api_url, headers=headers, timeout=60, trust_env=False)

    def __enter__(self) -> "Caller":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def prepare(self) -> None:
        """Have an agent, and slots for many tasks at a time."""
        self._call("POST", f"/api/v1/agents/{AGENT}/register", {"project": "benchmarks"})
        self._call("PATCH", f"/api/v1/agents/{AGENT}", {"runtime": {"kind": "lambda", "function": FUNCTION}})
        self._call("PATCH", "/api/analytics/configuration", {"maxConcurrentTasks": SLOTS})

    def make(self) -> str:
        """A new task; its id."""
        made: str = self._call("POST", "/api/tasks", {"agent_id": AGENT, "task_type": "nothing"})["id"]
        return made

    def burst(self, count: int) -> float:
        """Have so many tasks done at once; how many a second were."""
        self._call("POST", _RUNNER, {"action": "stop"})
        with ThreadPoolExecutor(_CALLERS) as callers:
            made = list(callers.map(lambda _: self.make(), range(count)))
        self._settle()
        begun = time.time()
        self._call("POST", _RUNNER, {"action": "start"})
        last = max(datetime.fromisoformat(task["completed_at"]).timestamp() for task in self.ended(made))
        self._settle()
        return count / (last - begun)

    def ended(self, made: Sequence[str]) -> list[dict[str, Any]]:
        """Tasks, once each of them is completed."""
        return [self._ended(task_id) for task_id in reversed(made)]

    def _ended(self, task_id: str) -> dict[str, Any]:
        found: dict[str, Any] = {}

        def completed() -> bool:
            found.update(self._call("GET", f"/api/tasks/{task_id}"))
            return bool(found["status"] == "completed")

        if not wait_until(completed, PATIENCE):
            raise AssertionError(f"a task is {found['status']}: {found.get('error')}")
        return found

    def _settle(self) -> None:
        """Wait until everything is done that follows from what was done."""
        if not wait_until(lambda: not self._stack.backlog(), PATIENCE):
            raise AssertionError("the stream's consumers do not come to an end")

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        return self._client.request(method, path, json=body).raise_for_status().json()


def _ms(begin: str, end: str) -> float:
    return 1000 * (datetime.fromisoformat(end) - datetime.fromisoformat(begin)).total_seconds()


if __name__ == "__main__":
    sys.exit(main())
