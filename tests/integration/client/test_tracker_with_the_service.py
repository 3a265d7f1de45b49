"""The tracker and the service's own functions, over the wire: what one says, the other understands."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from tests.integration.client.deployment import Deployment
from tests.integration.client.integrations import Task
from watchbill_client import PerformanceTracker, create_performance_tracker

TASK = Task("task-1", "summary", "amara")


@pytest.fixture
def tracker(deployment: Deployment) -> PerformanceTracker:
    """A tracker of the deployment."""
    return create_performance_tracker()


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
