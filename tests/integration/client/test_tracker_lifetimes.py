"""The ends of processes: exits, forks, children, and a function that is frozen when it returns."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from typing import Any

import pytest

from tests.integration.client.conftest import Trackers
from tests.integration.client.server import HANG_UP
from tests.integration.client.service import Service
from tests.integration.client.waiting import until
from watchbill_client import PerformanceTracker

METRICS = {"executionTime": 1, "successRate": 1.0}

BEGINNING = """
import atexit, multiprocessing, os, signal, sys, threading
from watchbill_client import create_performance_tracker
tracker = create_performance_tracker(flush_interval=60, flush_timeout=5)
def track(*tasks):
    for task in tasks:
        tracker.track_performance("writer", "amara", task, "summary", {"successRate": 1})
"""


def run(program: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A program in a process of its own, which knows the service by its environment; warnings are errors."""
    # From Python 3.12 on, forking a process of several threads is warned about: here it is what is tested.
    quiet = "ignore:This process:DeprecationWarning"
    return subprocess.run(
        [sys.executable, "-W", "error", "-W", quiet, "-c", BEGINNING + program],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("ending", "in_order"),
    [
        ("", True),
        ("sys.exit(3)", False),
        ("raise ValueError('the caller failed')", False),
        ("raise KeyboardInterrupt", False),
        ("atexit.register(tracker.close)", True),
    ],
)
def test_what_waits_is_sent_when_the_process_ends(url: str, service: Service, ending: str, in_order: bool) -> None:
    done = run(f"track(1, 2, 3)\n{ending}")

    assert (done.returncode == 0) is in_order
    assert service.performance.tasks == [1, 2, 3]
    assert "watchbill" not in done.stderr


def test_a_record_made_while_the_process_ends_is_sent_or_lost_in_silence(url: str, service: Service) -> None:
    # Functions of atexit run last in, first out: this one tracks after the tracker has flushed for the last time.
    program = """
class Late:
    def __del__(self):
        track(3)
atexit.register(track, 2)
track(1)
late = Late()
"""

    done = run(program)

    assert done.returncode == 0
    assert service.performance.tasks[0] == 1
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


def test_an_exit_without_a_service_ends_in_time_and_says_what_was_lost() -> None:
    started = time.monotonic()

    done = run("track(1, 2)", WATCHBILL_URL="http://127.0.0.1:9", WATCHBILL_API_KEY="wb_x")

    assert done.returncode == 0
    assert time.monotonic() - started < 20
    assert "Records of performance were lost at exit: 2" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_service_that_never_answers_delays_an_exit_by_no_more_than_the_flush_may_take(
    url: str, service: Service
) -> None:
    service.hold = threading.Event()
    started = time.monotonic()

    done = run(
        "tracker = create_performance_tracker(flush_interval=0.001, flush_timeout=0.5)\ntrack(1)\n"
        "import time\ntime.sleep(0.3)"
    )

    assert (done.returncode, time.monotonic() - started < 8) == (0, True)
    assert "Traceback" not in done.stderr
    service.hold.set()


FORK = """
track(1)
assert tracker.flush()
track(2)
child = os.fork()
if child == 0:
    assert tracker.counts.tracked == 0, tracker.counts
    track(3)
    with tracker.track("writer", {"id": 4, "type": "summary"}):
        pass
    LEAVE
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
track(5)
"""


@pytest.mark.parametrize("leave", ["sys.exit(0)", "assert tracker.flush(); os._exit(0)"])
def test_a_forked_child_sends_its_own_records_and_none_of_its_parents(url: str, service: Service, leave: str) -> None:
    done = run(FORK.replace("LEAVE", leave))

    assert (done.returncode, done.stderr) == (0, "")
    assert service.performance.tasks == [1, 3, 4, 2, 5]
    # No record came twice: each batch held only what its own process had tracked.
    assert sum(service.performance.batches) == 5


def test_a_fork_while_other_threads_track_and_send_hangs_nobody(url: str, service: Service) -> None:
    program = """
tracker = create_performance_tracker(flush_interval=0.0005, batch_size=5)
stop = threading.Event()
def hammer():
    while not stop.wait(0.001):
        track(1)
threads = [threading.Thread(target=hammer, daemon=True) for _ in range(3)]
for thread in threads:
    thread.start()
for number in range(10):
    child = os.fork()
    if child == 0:
        track(f"child-{number}")
        os._exit(0 if tracker.flush() else 7)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
stop.set()
for thread in threads:
    thread.join()
assert tracker.flush()
assert tracker.counts.dropped == 0
"""

    done = run(program)

    assert (done.returncode, done.stderr) == (0, "")
    children = [task for task in service.performance.tasks if task != 1]
    assert children == [f"child-{number}" for number in range(10)]


def test_a_fork_waits_for_a_connection_that_is_being_made(url: str, service: Service) -> None:
    # Making one imports modules, under locks which in the child nobody would ever release.
    program = """
from watchbill_client.performance import channel
foreign, begun, resolve = threading.Lock(), threading.Event(), channel.resolve
def slow(*where):
    with foreign:
        begun.set()
        threading.Event().wait(0.3)
    return resolve(*where)
channel.resolve = slow
tracker = create_performance_tracker(flush_interval=0.001)
track(1)
assert begun.wait(10)
child = os.fork()
if child == 0:
    os._exit(0 if foreign.acquire(timeout=1) else 7)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
"""

    done = run(program)

    assert (done.returncode, done.stderr) == (0, "")
    assert service.performance.tasks == [1]


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_a_child_of_multiprocessing_flushes_when_it_leaves(
    url: str, service: Service, method: str, tmp_path: Any
) -> None:
    script = tmp_path / "program.py"
    script.write_text(
        BEGINNING
        + f"""
if __name__ == "__main__":
    track(1)
    tracker.flush()
    child = multiprocessing.get_context({method!r}).Process(target=track, args=(2, 3))
    child.start()
    child.join()
    assert child.exitcode == 0
"""
    )

    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False, timeout=60)

    assert (done.returncode, done.stderr) == (0, "")
    assert service.performance.tasks == [1, 2, 3]


def test_a_handler_flushes_before_it_returns(tracker: PerformanceTracker, service: Service) -> None:
    @tracker.flushed()
    def handler(event: dict[str, int], context: object) -> int:
        with tracker.track("writer", {"id": event["task"], "type": "summary"}):
            return event["task"] + 1

    assert handler({"task": 1}, None) == 2
    assert service.performance.tasks == [1]
    assert handler({"task": 2}, None) == 3
    assert service.performance.tasks == [1, 2]


def test_a_handler_that_raises_flushes_too_and_its_error_goes_on(tracker: PerformanceTracker, service: Service) -> None:
    error = ValueError("no")

    @tracker.flushed()
    def handler() -> None:
        tracker.track_performance("writer", "amara", 1, "summary", METRICS)
        raise error

    with pytest.raises(ValueError, match="no") as caught:
        handler()

    assert caught.value is error
    assert service.performance.tasks == [1]


def test_a_handler_whose_connection_died_while_it_was_frozen_connects_anew(
    tracker: PerformanceTracker, service: Service
) -> None:
    with tracker.flushed():
        tracker.track_performance("writer", "amara", 1, "summary", METRICS)
    service.faults.append(HANG_UP)

    with tracker.flushed():
        tracker.track_performance("writer", "amara", 2, "summary", METRICS)

    assert service.performance.tasks == [1, 2]


def test_an_asynchronous_flush_holds_up_no_other_work(tracker: PerformanceTracker, service: Service) -> None:
    service.hold = threading.Event()

    @tracker.flushed()
    async def handler() -> None:
        tracker.track_performance("writer", "amara", 1, "summary", METRICS)

    async def scenario() -> None:
        flushing = asyncio.create_task(handler())
        while not service.seen:
            await asyncio.to_thread(until, lambda: len(service.seen) == 1)
        assert not flushing.done()
        assert service.hold is not None
        service.hold.set()
        await flushing

    asyncio.run(scenario())

    assert service.performance.tasks == [1]


def test_a_signal_in_the_middle_of_tracking_may_track_as_well(make_tracker: Trackers, service: Service) -> None:
    tracker = make_tracker(flush_interval=0.001)

    def on_signal(*_: object) -> None:
        tracker.track_performance("writer", "amara", "signal", "summary", METRICS)

    previous = signal.signal(signal.SIGALRM, on_signal)
    signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
    try:
        for number in range(3_000):
            tracker.track_performance("writer", "amara", number + 1, "summary", METRICS)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)

    assert tracker.flush(timeout=30)
    tasks = [task for task in service.performance.tasks if task != "signal"]
    assert tasks == list(range(1, 3_001))
    assert tracker.counts.dropped == 0
