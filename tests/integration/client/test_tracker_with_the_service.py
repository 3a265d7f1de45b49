"""The tracker and the service's own functions, over the wire: what one says, the other understands."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from urllib.parse import quote, urlencode

import pytest

from tests.integration.client.integrations import (
    QualityAssuranceStrand,
    Result,
    Strand,
    Task,
    Validation,
    execute_strand_with_tracking,
    execute_with_quality_tracking,
)
from tests.integration.client.server import Reply, Seen, serving
from tests.support.service import Service
from watchbill_client import PerformanceTracker, create_performance_tracker
from watchbill_client.performance import tracker as trackers

TASK = Task("task-1", "summary", "amara")


@pytest.fixture
def tracker(cloud: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[PerformanceTracker]:
    """A tracker of a deployment in process, which the environment names too; figures are current at every question."""
    deployment = Service()
    key = deployment.organisation("demo")
    one_at_a_time = threading.Lock()

    def answer(seen: Seen) -> Reply:
        with one_at_a_time:
            if seen.method == "GET":
                deployment.settle()
            address = f"{quote(seen.path, safe='/%')}?{urlencode(seen.query)}"
            headers = {name: seen.headers[name] for name in ("idempotency-key",) if name in seen.headers}
            body = seen.body.decode() or None
            given = deployment.request(seen.method, address, key=key, headers=headers, raw=body)
            return Reply(given.status, given.text.encode(), {"Content-Type": given.headers["Content-Type"]})

    monkeypatch.setattr(trackers, "_trackers", {})
    with serving(answer) as url:
        monkeypatch.setenv("WATCHBILL_URL", url)
        monkeypatch.setenv("WATCHBILL_API_KEY", key)
        tracker = create_performance_tracker()
        yield tracker
        tracker.close()


def test_the_test_at_the_end_of_the_guide_passes(tracker: PerformanceTracker) -> None:
    tracker.track_performance(
        "test-strand",
        "test-user",
        "test-task",
        "test-type",
        {
            "executionTime": 1000,
            "tokenUsage": 500,
            "cost": 0.01,
            "successRate": 1.0,
            "userSatisfaction": 5.0,
            "qualityScore": 90,
            "timestamp": datetime.now(UTC).isoformat(),
        },
    )

    analytics = tracker.get_analytics({"strandId": "test-strand"})

    assert analytics.total_tasks == 1
    assert analytics.avg_quality_score == 90
    assert tracker.counts.delivered == 1


def test_strands_that_succeed_fail_and_judge_are_counted_as_what_they_are(tracker: PerformanceTracker) -> None:
    def fail(task: Task) -> Result:
        raise ValueError("the strand broke")

    execute_strand_with_tracking(Strand("writer", lambda _: Result(quality_score=88)), TASK)
    with pytest.raises(ValueError, match="broke"):
        execute_strand_with_tracking(Strand("writer", fail), TASK)
    execute_with_quality_tracking(QualityAssuranceStrand("qa", Validation(passed=True, overall_score=70)), "text")

    everything, of_writer = tracker.get_analytics(), tracker.get_analytics({"strandId": "writer"})

    assert (everything.total_tasks, of_writer.total_tasks, of_writer.success_rate) == (3, 2, 0.5)
    # A failed run's quality of 0, and every rating of 0, were never given.
    assert (of_writer.avg_quality_score, of_writer.avg_satisfaction, of_writer.total_cost) == (
        88,
        None,
        Decimal("0.01"),
    )
    assert sorted(metrics.total_tasks for metrics in everything.by_strand.values()) == [1, 2]


def test_a_measured_block_is_the_newest_record(tracker: PerformanceTracker) -> None:
    with tracker.track("writer", TASK) as work:
        work.token_usage, work.cost, work.quality_score = 500, Decimal("0.0000000001"), 88.5

    snapshot = tracker.get_snapshot("writer")

    assert snapshot is not None
    assert (snapshot.task_id, snapshot.task_type, snapshot.user_id) == ("task-1", "summary", "amara")
    assert (snapshot.metrics.token_usage, snapshot.metrics.cost) == (500, Decimal("0.0000000001"))
    assert (snapshot.metrics.success_rate, snapshot.metrics.user_satisfaction) == (1, None)
    assert tracker.get_snapshot("nobody") is None


def test_one_bad_record_of_many_is_refused_alone(tracker: PerformanceTracker) -> None:
    for strand in ("writer", "no/strand", "reader"):
        tracker.track_performance(strand, "amara", "t", "summary", {"executionTime": 1, "successRate": 1})

    assert tracker.flush()

    assert (tracker.counts.delivered, tracker.counts.refused) == (2, 1)


def test_filters_of_time_hold(tracker: PerformanceTracker) -> None:
    now = datetime.now(UTC)
    for hours in (1, 30):
        at = now - timedelta(hours=hours)
        tracker.track_performance(
            "writer", "amara", hours, "summary", {"executionTime": 1, "successRate": 1, "timestamp": at}
        )

    last_day = tracker.get_analytics({"startDate": now - timedelta(hours=24), "endDate": now})

    assert last_day.total_tasks == 1
