"""Work measured by blocks and decorators: what is recorded, and that the work itself notices nothing."""

import asyncio
import functools
from collections.abc import AsyncIterator, Iterator
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from tests.integration.client.service import Service
from watchbill_client import Measurement, PerformanceTracker

STRAND = SimpleNamespace(id="writer", type="content")
TASK = SimpleNamespace(id="task-1", type="summary", user_id="amara")
INTERRUPTIONS = [ValueError("no"), KeyboardInterrupt(), SystemExit(3), asyncio.CancelledError(), GeneratorExit()]


def only(tracker: PerformanceTracker, service: Service) -> dict[str, Any]:
    """The one record that the service has after a flush."""
    assert tracker.flush()
    (record,) = service.performance.records.values()
    return record


def test_a_block_records_what_its_body_knows(tracker: PerformanceTracker, service: Service) -> None:
    with tracker.track(STRAND, TASK) as work:
        work.token_usage = 500
        work.cost = Decimal("0.0123")
        work.quality_score = 88
        work.user_satisfaction = 4.5

    record = only(tracker, service)
    assert (record["strandId"], record["userId"]) == ("writer", "amara")
    assert (record["taskId"], record["taskType"]) == ("task-1", "summary")
    assert service.performance.metrics == [
        {
            "executionTime": record["metrics"]["executionTime"],
            "tokenUsage": 500,
            "cost": 0.0123,
            "successRate": 1.0,
            "userSatisfaction": 4.5,
            "qualityScore": 88,
        }
    ]


def test_time_is_measured_by_a_clock_that_only_goes_forward(
    tracker: PerformanceTracker, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = iter([5_000_000_000, 6_234_600_000])
    monkeypatch.setattr("watchbill_client.performance.measuring.time.perf_counter_ns", lambda: next(ticks))

    with tracker.track(STRAND, TASK):
        monkeypatch.setattr("time.time", lambda: 0.0)

    assert only(tracker, service)["metrics"]["executionTime"] == 1_235


def test_work_that_says_it_failed_has_failed(tracker: PerformanceTracker, service: Service) -> None:
    with tracker.track(STRAND, TASK) as work:
        work.success = False

    assert only(tracker, service)["metrics"]["successRate"] == 0


@pytest.mark.parametrize("error", INTERRUPTIONS, ids=lambda error: type(error).__name__)
def test_what_a_block_raises_is_a_failure_and_goes_on_unchanged(
    tracker: PerformanceTracker, service: Service, error: BaseException
) -> None:
    def work() -> None:
        with tracker.track(STRAND, TASK) as measured:
            measured.token_usage = 7
            raise error

    with pytest.raises(type(error)) as caught:
        work()

    assert caught.value is error
    assert (error.__cause__, error.__context__) == (None, None)
    assert only(tracker, service)["metrics"]["successRate"] == 0
    assert service.performance.metrics[0]["tokenUsage"] == 7


@pytest.mark.parametrize(
    ("strand", "task"),
    [
        ("writer", {"id": "task-1", "type": "summary", "userId": "amara"}),
        ({"id": "writer"}, {"task_id": "task-1", "task_type": "summary", "user_id": "amara"}),
        (SimpleNamespace(id="writer"), SimpleNamespace(taskId="task-1", taskType="summary", userId="amara")),
    ],
)
def test_strands_and_tasks_may_be_text_mappings_or_objects(
    tracker: PerformanceTracker, service: Service, strand: object, task: object
) -> None:
    with tracker.track(strand, task):
        pass

    record = only(tracker, service)
    assert (record["strandId"], record["userId"]) == ("writer", "amara")
    assert (record["taskId"], record["taskType"]) == ("task-1", "summary")


def test_a_task_that_is_only_a_type_gets_an_id_each_time(tracker: PerformanceTracker, service: Service) -> None:
    for _ in range(2):
        with tracker.track("handoff-manager", "handoff"):
            pass

    tracker.flush()
    first, second = service.performance.records.values()
    assert first["taskId"] != second["taskId"]
    assert first["taskId"].startswith("handoff-")
    assert (first["taskType"], first["userId"]) == ("handoff", "system")


def test_a_strand_that_cannot_be_read_disturbs_no_work(tracker: PerformanceTracker, service: Service) -> None:
    class Broken:
        @property
        def id(self) -> str:
            raise RuntimeError("not today")

    done = []
    with tracker.track(Broken(), TASK):
        done.append(1)

    assert tracker.flush()
    assert (done, service.performance.tasks, tracker.counts.refused) == ([1], [], 1)


def test_a_decorated_function_is_tracked_at_every_call(tracker: PerformanceTracker, service: Service) -> None:
    @tracker.track("adder", "addition")
    def add(left: int, right: int = 1) -> int:
        """Add."""
        tracker.current().quality_score = left
        return left + right

    assert (add(1), add(2, right=3), add.__name__, add.__doc__) == (2, 5, "add", "Add.")

    tracker.flush()
    assert [metrics["qualityScore"] for metrics in service.performance.metrics] == [1, 2]


def test_a_decorated_function_may_call_itself(tracker: PerformanceTracker, service: Service) -> None:
    @tracker.track("counter", "countdown")
    def countdown(number: int) -> None:
        tracker.current().token_usage = number
        if number:
            countdown(number - 1)
        assert tracker.current().token_usage == number

    countdown(2)

    tracker.flush()
    assert [metrics["tokenUsage"] for metrics in service.performance.metrics] == [0, 1, 2]


@pytest.mark.parametrize("error", INTERRUPTIONS, ids=lambda error: type(error).__name__)
def test_what_a_decorated_function_raises_goes_on_unchanged(
    tracker: PerformanceTracker, service: Service, error: BaseException
) -> None:
    @tracker.track(STRAND, TASK)
    def fail() -> None:
        raise error

    with pytest.raises(type(error)) as caught:
        fail()

    assert caught.value is error
    assert only(tracker, service)["metrics"]["successRate"] == 0


def test_decorated_coroutines_are_tracked_while_they_run_side_by_side(
    tracker: PerformanceTracker, service: Service
) -> None:
    async def scenario() -> tuple[int | BaseException, int | BaseException]:
        both_run, first_has_failed = asyncio.Barrier(2), asyncio.Event()

        @tracker.track("waiter", "wait")
        async def wait(number: int) -> int:
            tracker.current().token_usage = number
            await both_run.wait()
            # Each has a measurement of its own, although both are under way and the one begun first ends first.
            tracker.current().quality_score = number * 10
            if number == 1:
                raise ValueError(number)
            await first_has_failed.wait()
            return number

        first, second = asyncio.create_task(wait(1)), asyncio.create_task(wait(2))
        await asyncio.wait([first])
        first_has_failed.set()
        return await asyncio.gather(first, second, return_exceptions=True)

    failure, number = asyncio.run(scenario())

    assert (type(failure), number) == (ValueError, 2)
    tracker.flush()
    found = [(one["tokenUsage"], one["qualityScore"], one["successRate"]) for one in service.performance.metrics]
    assert found == [(1, 10, 0), (2, 20, 1)]


def test_a_coroutine_that_is_cancelled_has_failed_and_stays_cancelled(
    tracker: PerformanceTracker, service: Service
) -> None:
    async def scenario() -> None:
        begun = asyncio.Event()

        async def endless() -> None:
            async with tracker.track(STRAND, TASK):
                begun.set()
                await asyncio.Event().wait()

        task = asyncio.create_task(endless())
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert task.cancelled()
        assert await tracker.aflush()

    asyncio.run(scenario())

    assert [metrics["successRate"] for metrics in service.performance.metrics] == [0]


def test_an_asynchronous_block_measures_as_a_plain_one_does(tracker: PerformanceTracker, service: Service) -> None:
    async def scenario() -> None:
        async with tracker.track(STRAND, TASK) as work:
            assert tracker.current() is work
            work.token_usage = 3

    asyncio.run(scenario())

    assert only(tracker, service)["metrics"]["tokenUsage"] == 3


def test_a_partial_of_a_coroutine_function_is_awaited_too(tracker: PerformanceTracker, service: Service) -> None:
    async def double(number: int) -> int:
        await asyncio.to_thread(lambda: None)
        return 2 * number

    tracked = tracker.track("doubler", "doubling")(functools.partial(double, 2))

    async def scenario() -> int:
        return await tracked()

    assert asyncio.run(scenario()) == 4
    assert only(tracker, service)["metrics"]["successRate"] == 1


def test_generators_and_classes_are_refused_when_they_are_decorated(tracker: PerformanceTracker) -> None:
    def numbers() -> Iterator[int]:
        yield 1

    async def later() -> AsyncIterator[int]:
        yield 1

    class Worker:
        pass

    for decorator in (tracker.track("s", "t"), tracker.flushed()):
        with pytest.raises(TypeError, match="numbers is a generator"):
            decorator(numbers)
        with pytest.raises(TypeError, match="later is a generator"):
            decorator(later)
        with pytest.raises(TypeError, match="Worker is a class"):
            decorator(Worker)


def test_a_block_within_a_generator_measures_until_it_is_exhausted(
    tracker: PerformanceTracker, service: Service
) -> None:
    def numbers() -> Iterator[int]:
        with tracker.track("generator", "count"):
            yield 1
            yield 2

    assert list(numbers()) == [1, 2]
    assert only(tracker, service)["metrics"]["successRate"] == 1


def test_outside_of_tracked_work_a_measurement_goes_nowhere(tracker: PerformanceTracker, service: Service) -> None:
    tracker.current().cost = 1

    assert tracker.current() == Measurement()
    assert tracker.flush()
    assert service.seen == []
