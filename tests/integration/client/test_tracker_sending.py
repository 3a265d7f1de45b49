"""How records reach the service: in batches, in order, once; and what becomes of them when it is not well."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.client.conftest import Trackers
from tests.integration.client.server import HANG_UP, Reply, problem, serving
from tests.integration.client.service import Service
from tests.integration.client.waiting import until
from watchbill_client import Counts, PerformanceTracker, Retries

Complaints = Callable[[], list[str]]
METRICS = {"executionTime": 1, "successRate": 1.0}


def track(tracker: PerformanceTracker, *tasks: int | str) -> None:
    """Records of these tasks."""
    for task in tasks:
        tracker.track_performance("writer", "amara", task, "summary", METRICS)


def test_records_are_sent_from_the_background_within_the_interval(make_tracker: Trackers, service: Service) -> None:
    tracker = make_tracker(flush_interval=0.01)

    track(tracker, 1, 2)

    until(lambda: service.performance.tasks == [1, 2])
    track(tracker, 3)
    until(lambda: service.performance.tasks == [1, 2, 3])


def test_a_full_batch_does_not_wait_for_the_interval(make_tracker: Trackers, service: Service) -> None:
    tracker = make_tracker(flush_interval=60, batch_size=10)

    track(tracker, *range(1, 11))

    until(lambda: len(service.performance.tasks) == 10)


def test_batches_keep_the_order_and_their_size(make_tracker: Trackers, service: Service) -> None:
    tracker = make_tracker(flush_interval=60, batch_size=1_000)
    service.hold = threading.Event()

    track(tracker, *range(1, 2_501))
    service.hold.set()

    assert tracker.flush()
    assert service.performance.tasks == list(range(1, 2_501))
    assert max(service.performance.batches) <= 1_000
    assert sum(service.performance.batches) == 2_500
    assert tracker.counts == Counts(tracked=2_500, delivered=2_500, refused=0, dropped=0, waiting=0)


def test_tracking_waits_for_nobody(make_tracker: Trackers, service: Service) -> None:
    tracker = make_tracker(flush_interval=0.001)
    service.hold = threading.Event()
    track(tracker, 1)
    until(lambda: len(service.seen) == 1)

    started = time.perf_counter()
    track(tracker, *range(2, 1_002))
    elapsed = time.perf_counter() - started

    service.hold.set()
    # 25 µs on the machine this was written on; the service has not answered a single request meanwhile.
    assert elapsed / 1_000 < 0.001
    assert tracker.flush()


@pytest.mark.parametrize("fault", [HANG_UP, Reply(429), Reply(500), Reply(503, b"<html>")])
def test_a_passing_fault_loses_nothing(tracker: PerformanceTracker, service: Service, fault: Reply) -> None:
    service.faults.extend([fault, fault])

    track(tracker, 1, 2)

    assert tracker.flush()
    assert service.performance.tasks == [1, 2]


def test_a_record_whose_answer_was_lost_is_sent_again_and_stored_once(
    tracker: PerformanceTracker, service: Service
) -> None:
    service.lose_answers = 2

    track(tracker, 1, 2)

    assert tracker.flush()
    assert service.performance.batches == [2, 2, 2]
    assert service.performance.tasks == [1, 2]
    assert tracker.counts.delivered == 2


def test_what_was_sent_before_stays_before_what_came_meanwhile(tracker: PerformanceTracker, service: Service) -> None:
    service.faults.extend([Reply(503)] * 4)
    track(tracker, 1, 2)
    assert not tracker.flush()

    track(tracker, 3)

    assert tracker.flush()
    assert service.performance.tasks == [1, 2, 3]


def test_the_background_never_gives_up(make_tracker: Trackers, service: Service) -> None:
    tracker = make_tracker(flush_interval=0.001, retries=Retries(attempts=1, first_delay=0.001, longest_delay=0.005))
    service.faults.extend([Reply(503)] * 20)

    track(tracker, 1)

    until(lambda: service.performance.tasks == [1])


def test_the_service_may_ask_for_patience(make_tracker: Trackers, service: Service) -> None:
    tracker = make_tracker(flush_interval=0.001, retries=Retries(first_delay=0.001))
    service.faults.append(Reply(429, b"", {"Retry-After": "1"}))
    started = time.monotonic()

    track(tracker, 1)

    until(lambda: service.performance.tasks == [1])
    assert time.monotonic() - started >= 1


def test_a_full_buffer_drops_the_oldest_and_says_so(
    make_tracker: Trackers, service: Service, complaints: Complaints
) -> None:
    tracker = make_tracker(flush_interval=60, buffer_size=3)

    track(tracker, *range(1, 8))

    assert tracker.counts == Counts(tracked=7, delivered=0, refused=0, dropped=4, waiting=3)
    assert tracker.flush()
    assert service.performance.tasks == [5, 6, 7]
    assert [said.split(":")[0] for said in complaints()] == ["Records of performance were dropped"]


def test_a_refused_record_takes_no_other_with_it(
    tracker: PerformanceTracker, service: Service, complaints: Complaints
) -> None:
    service.performance.poison = "poison"
    track(tracker, 1)
    tracker.track_performance("poison", "amara", 2, "summary", METRICS)
    track(tracker, 3)

    assert tracker.flush()

    assert service.performance.tasks == [1, 3]
    assert (tracker.counts.delivered, tracker.counts.refused) == (2, 1)
    assert "is poison" in complaints()[0]


def test_a_batch_that_is_refused_whole_is_not_sent_again(tracker: PerformanceTracker, service: Service) -> None:
    service.performance.poison = "poison"
    tracker.track_performance("poison", "amara", 1, "summary", METRICS)

    assert tracker.flush()
    track(tracker, 2)
    assert tracker.flush()

    assert service.performance.batches == [1, 1]
    assert tracker.counts == Counts(tracked=2, delivered=1, refused=1, dropped=0, waiting=0)


@pytest.mark.parametrize(
    "answer",
    [problem(403, "the key lacks the scope"), Reply(413), Reply(301), Reply(200, b"<html>"), Reply(200, b"{}")],
)
def test_an_answer_that_would_be_the_same_again_is_not_waited_for(
    tracker: PerformanceTracker, service: Service, answer: Reply, complaints: Complaints
) -> None:
    service.faults.append(answer)
    track(tracker, 1)

    assert tracker.flush()

    assert (tracker.counts.refused, tracker.counts.waiting, len(service.seen)) == (1, 0, 1)
    assert len(complaints()) == 1


def test_records_that_always_break_the_service_are_given_up(make_tracker: Trackers, service: Service) -> None:
    tracker = make_tracker(flush_interval=0.001, retries=Retries(first_delay=0.001, longest_delay=0.001))
    service.faults.extend([Reply(500)] * 5)

    track(tracker, 1)
    until(lambda: tracker.counts.refused == 1)
    track(tracker, 2)

    until(lambda: service.performance.tasks == [2])


@pytest.mark.parametrize(
    "config",
    [{"api_key": "wb_wrong"}, {"api_key": "wb with spaces"}, {"url": "nowhere"}, {"url": "http://127.0.0.1:9"}],
)
def test_a_wrong_key_or_url_is_never_the_callers_trouble(
    make_tracker: Trackers, complaints: Complaints, config: dict[str, Any]
) -> None:
    tracker = make_tracker(flush_interval=60, **config)

    for _ in range(3):
        with tracker.track("writer", "summary") as work:
            work.cost = 1
        tracker.flush()

    assert tracker.counts.delivered == 0
    # Said once, however often it happens.
    assert len(complaints()) == 1


def test_a_disabled_tracker_records_nothing_and_still_asks(make_tracker: Trackers, service: Service) -> None:
    tracker = make_tracker(enabled=False)

    track(tracker, 1)
    with tracker.track("writer", "summary"):
        pass

    assert tracker.get_snapshot("writer") is None
    assert [seen.method for seen in service.seen] == ["GET"]
    assert tracker.counts == Counts(0, 0, 0, 0, 0)


def test_bad_metrics_are_never_the_callers_trouble(
    tracker: PerformanceTracker, service: Service, complaints: Complaints
) -> None:
    class Hostile:
        def __getattr__(self, name: str) -> Any:
            raise RuntimeError(name)

        def __str__(self) -> str:
            raise RuntimeError("not today")

    for metrics in (None, 5, {}, {"successRate": "no"}, Hostile(), {1: 2}, {"successRate": 1, "cost": float("nan")}):
        tracker.track_performance("writer", "amara", "t", "summary", metrics)
    tracker.track_performance(None, None, None, None, METRICS)  # type: ignore[arg-type]  # what the test is about
    tracker.track_performance(Hostile(), "amara", "t", "summary", METRICS)  # type: ignore[arg-type]  # the same

    assert tracker.flush()
    assert service.performance.metrics == [{"successRate": 1}]
    assert {said.split(":")[0] for said in complaints()} == {
        "A record of performance cannot be used",
        "A record of performance could not be taken in",
        "Metrics were left out of a record",
    }


def test_a_server_that_dies_and_comes_back_gets_every_record_once(make_tracker: Trackers, service: Service) -> None:
    with serving(service.answer) as url:
        port = int(url.rpartition(":")[2])
        tracker = make_tracker(url=url, flush_interval=0.001, batch_size=10, retries=Retries(1, 0.001, 0.01))
        track(tracker, *range(1, 101))
        until(lambda: len(service.performance.tasks) >= 10)
    track(tracker, *range(101, 201))

    assert not tracker.flush()
    with serving(service.answer, port):
        until(lambda: tracker.counts.delivered == 200)

    assert service.performance.tasks == list(range(1, 201))


def test_many_threads_lose_and_double_nothing(make_tracker: Trackers, service: Service) -> None:
    tracker = make_tracker(flush_interval=0.001)

    def hammer(thread: int) -> None:
        for number in range(200):
            track(tracker, thread * 1_000 + number + 1)
            if number % 50 == 0:
                tracker.flush()

    threads = [threading.Thread(target=hammer, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert tracker.flush(timeout=30)
    tasks = service.performance.tasks
    assert sorted(tasks) == sorted(thread * 1_000 + number + 1 for thread in range(8) for number in range(200))
    # Of each thread's records the order is that in which it made them.
    for number in range(8):
        of_thread = [task for task in tasks if task // 1_000 == number]
        assert of_thread == sorted(of_thread)
    assert tracker.counts.delivered == tracker.counts.tracked == 1_600


def test_a_flush_takes_no_longer_than_it_may(make_tracker: Trackers, service: Service) -> None:
    tracker = make_tracker(flush_interval=0.001)
    service.hold = threading.Event()
    track(tracker, 1)
    until(lambda: len(service.seen) == 1)
    started = time.monotonic()

    assert not tracker.flush(timeout=0.05)

    assert time.monotonic() - started < 2
    service.hold.set()
    assert tracker.flush()


def test_a_request_of_a_flush_takes_no_longer_than_the_flush_may(tracker: PerformanceTracker, service: Service) -> None:
    service.hold = threading.Event()
    track(tracker, 1)
    started = time.monotonic()

    assert not tracker.flush(timeout=0.1)

    assert time.monotonic() - started < 2
    service.hold.set()
    assert tracker.flush()
    assert service.performance.tasks == [1]


def test_a_flush_may_take_for_ever(tracker: PerformanceTracker, service: Service) -> None:
    track(tracker, 1)

    assert tracker.flush(timeout=float("inf"))

    assert service.performance.tasks == [1]


def test_a_flush_does_not_wait_for_a_try_that_would_come_too_late(make_tracker: Trackers, service: Service) -> None:
    tracker = make_tracker(flush_interval=60, retries=Retries(first_delay=8))
    service.faults.append(Reply(503))
    track(tracker, 1)
    started = time.monotonic()

    assert not tracker.flush(timeout=3)

    assert time.monotonic() - started < 2.5
    assert tracker.flush()


def test_an_interrupt_in_the_middle_of_a_flush_loses_nothing(
    tracker: PerformanceTracker, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    track(tracker, 1, 2)
    with monkeypatch.context() as patch:
        patch.setattr("watchbill_client.connection.Connection.send", interrupted)
        with pytest.raises(KeyboardInterrupt):
            tracker.flush()

    assert tracker.flush()
    assert service.performance.tasks == [1, 2]


def test_a_closed_tracker_takes_up_its_work_again(tracker: PerformanceTracker, service: Service) -> None:
    before, others = threading.active_count(), set(threading.enumerate())
    for task in (1, 2, 3):
        track(tracker, task)
        tracker.close()

    assert service.performance.tasks == [1, 2, 3]
    until(lambda: not any(one.name == "watchbill-performance" for one in set(threading.enumerate()) - others))
    assert threading.active_count() <= before + 3  # the service's own, one for each connection
