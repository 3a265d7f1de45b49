"""What the original integration guide, translated, tells the service; `test_guide` asks what became of it."""

import logging
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.integration.client.integrations import (
    HandoffContext,
    HandoffManager,
    QualityAssuranceStrand,
    Result,
    Strand,
    Task,
    Validation,
    execute_strand_with_tracking,
    execute_with_quality_tracking,
    track_handoff_performance,
    track_preference_learning,
)
from tests.integration.client.service import Service
from watchbill_client import create_performance_tracker

pytestmark = pytest.mark.usefixtures("make_tracker")
TASK = Task("task-1", "summary", "amara")


def sent(service: Service) -> list[dict[str, Any]]:
    """The records at the service, once the guide's tracker has flushed."""
    create_performance_tracker().flush()
    return list(service.performance.records.values())


def failing(task: Task) -> Result:
    raise ValueError("the strand broke")


def test_a_strand_that_succeeds_is_tracked(service: Service) -> None:
    result = Result(success=True, user_rating=5, quality_score=88)

    assert execute_strand_with_tracking(Strand("writer", lambda _: result), TASK) is result

    (record,) = sent(service)
    metrics = record["metrics"]
    assert (record["strandId"], record["userId"]) == ("writer", "amara")
    assert (record["taskId"], record["taskType"]) == ("task-1", "summary")
    assert (metrics["tokenUsage"], metrics["cost"], metrics["successRate"]) == (500, 0.01, 1.0)
    assert (metrics["userSatisfaction"], metrics["qualityScore"]) == (5, 88)
    assert abs(datetime.now(UTC) - datetime.fromisoformat(metrics["timestamp"])).total_seconds() < 60


def test_a_strand_that_raises_is_tracked_as_failed_and_raises_all_the_same(service: Service) -> None:
    with pytest.raises(ValueError, match="the strand broke"):
        execute_strand_with_tracking(Strand("writer", failing), TASK)

    (record,) = sent(service)
    # The guide's callers send 0 for what does not apply; the service knows that it means null.
    assert record["metrics"]["successRate"] == 0.0
    assert (record["metrics"]["userSatisfaction"], record["metrics"]["qualityScore"]) == (0, 0)


def test_quality_assurance_is_tracked(service: Service) -> None:
    strand = QualityAssuranceStrand("qa-strand", Validation(passed=False, overall_score=61.5))

    assert execute_with_quality_tracking(strand, "some content").passed is False

    (record,) = sent(service)
    assert (record["strandId"], record["userId"], record["taskType"]) == ("qa-strand", "system", "quality-assurance")
    assert record["taskId"].startswith("qa-")
    assert (record["metrics"]["successRate"], record["metrics"]["qualityScore"]) == (0.0, 61.5)


def test_a_hand_off_is_tracked(service: Service) -> None:
    manager, strand = HandoffManager(), Strand("writer", lambda _: Result())

    track_handoff_performance(manager, strand, strand, HandoffContext("task-2"))

    (record,) = sent(service)
    assert len(manager.handed_off) == 1
    assert (record["strandId"], record["userId"], record["taskId"]) == ("handoff-manager", "system", "task-2")
    assert (record["taskType"], record["metrics"]["qualityScore"]) == ("handoff", 100)


def test_preference_learning_is_tracked(service: Service) -> None:
    learned = track_preference_learning(lambda user, feedback: {user: feedback[0]}, "amara", ["shorter"])

    assert learned == {"amara": "shorter"}
    (record,) = sent(service)
    assert (record["strandId"], record["taskType"]) == ("preference-engine", "preference-learning")
    assert record["taskId"].startswith("learn-")


def test_the_settings_of_the_original_tracker_are_no_trouble(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "watchbill_client.performance")

    create_performance_tracker({"tableName": "test-table", "enableAnomalyDetection": True})

    levels = {record.levelname for record in caplog.records if "service's affair" in record.getMessage()}
    assert levels == {"DEBUG"}
