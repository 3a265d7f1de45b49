"""How every peer is measured: a worker in a process of its own, tasks that note when they start, the same counts.

Imported by the scripts beside it, each of which runs in an environment of its own; so it needs nothing but Python.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from random import Random

FOLDER = Path(os.environ.get("PEER_FOLDER", "."))
"""Where everything lies that a peer writes."""
_STARTS = FOLDER / "starts"
_WARM_UP = 10
_SPACED = 0.5
_JITTER = Random(1)
_PATIENCE = 600.0


def started(number: int) -> None:
    """Note that a task starts now: what a task does that does nothing."""
    descriptor = os.open(_STARTS, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(descriptor, f"{number} {time.time()}\n".encode())
    os.close(descriptor)


def measure(package: str, enqueue: Callable[[int], object]) -> None:
    """Print what is measured, as JSON: starts of spaced tasks in ms, and the tasks a second of a burst.

    `enqueue` makes the task of a number. The worker is this script again, with the argument `worker`.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("--spaced", type=int, required=True)
    parser.add_argument("--burst", type=int, required=True)
    wanted = parser.parse_args()
    with _process("worker", [sys.executable, sys.argv[0], "worker"]):
        _enqueued(range(_WARM_UP), enqueue)
        _starts_of(range(_WARM_UP))
        spaced = range(1_000, 1_000 + wanted.spaced)
        asked = _enqueued(spaced, enqueue, _SPACED)
        starts = _starts_of(spaced)
    burst = range(100_000, 100_000 + wanted.burst)
    _enqueued(burst, enqueue)
    with _process("worker", [sys.executable, sys.argv[0], "worker"]):
        begun = sorted(_starts_of(burst).values())
    waits = [1000 * (starts[number] - asked[number]) for number in spaced]
    told = {"version": version(package), "spaced_ms": waits, "per_second": len(burst) / (begun[-1] - begun[0])}
    print(json.dumps(told))


@contextmanager
def serving(command: list[str], ready: Callable[[], bool]) -> Iterator[None]:
    """Run a server for as long as the block runs, which begins when it is ready."""
    with _process("server", command) as process:
        _wait_until(lambda: process.poll() is not None or ready())
        if process.returncode is not None:
            raise SystemExit(f"the server ended at once; {FOLDER} says why")
        yield


@contextmanager
def _process(name: str, command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    with (FOLDER / f"{name}.log").open("ab") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    try:
        yield process
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process and those that it started, which are its group."""
    for signalled in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, signalled)
            process.wait(15)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue


def _enqueued(numbers: range, enqueue: Callable[[int], object], every: float = 0) -> dict[int, float]:
    """Make tasks, one in so many seconds on average; when each was asked for."""
    asked = {}
    for number in numbers:
        asked[number] = time.time()
        enqueue(number)
        # Not in step with a peer that polls.
        time.sleep(every * _JITTER.uniform(0.5, 1.5))
    return asked


def _starts_of(numbers: range) -> dict[int, float]:
    """When each of the tasks started, once all have."""
    _wait_until(lambda: len(_noted(numbers)) == len(numbers))
    return _noted(numbers)


def _noted(numbers: range) -> dict[int, float]:
    lines = _STARTS.read_text().splitlines() if _STARTS.exists() else []
    noted = ((int(number), float(at)) for number, at in map(str.split, lines))
    return {number: at for number, at in noted if number in numbers}


def _wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not holds():
        if time.monotonic() > deadline:
            raise SystemExit(f"waited {_PATIENCE:.0f} s in vain; {FOLDER} says why")
        time.sleep(0.1)
