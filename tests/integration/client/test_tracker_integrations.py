"""The original integration guide, translated, against the service: what its callers do works as written there."""

import logging
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.integration.client.conftest import Trackers
from tests.integration.client.integrations import (
    HandoffContext,
    HandoffManager,
    QualityAssuranceStrand,
    Result,
    Strand,
    Task,
    Validation,
    check_strand_health,
    execute_strand_with_tracking,
    execute_with_quality_tracking,
    get_performance_dashboard_data,
    scheduled_performance_check,
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


def anomaly(severity: str) -> dict[str, Any]:
    return {"id": f"a-{severity}", "type": "latency", "severity": severity, "suggestedActions": ["look"], "newField": 1}


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


def test_health_follows_from_the_snapshot_and_the_anomalies(service: Service) -> None:
    assert check_strand_health("writer")["status"] == "unknown"

    execute_strand_with_tracking(Strand("writer", lambda _: Result(quality_score=88)), TASK)
    healthy = check_strand_health("writer")
    service.performance.anomalies["writer"] = [anomaly("medium"), anomaly("high")]
    degraded = check_strand_health("writer")
    service.performance.anomalies["writer"].append(anomaly("critical"))
    critical = check_strand_health("writer")

    assert (healthy["status"], healthy["metrics"].quality_score) == ("healthy", 88)
    assert (degraded["status"], critical["status"]) == ("degraded", "critical")
    assert critical["anomalies"][0].suggested_actions == ("look",)


def test_the_dashboard_shows_the_last_day_by_strand(service: Service) -> None:
    service.performance.anomalies["writer"] = [anomaly("low"), anomaly("critical")]
    execute_strand_with_tracking(Strand("writer", lambda _: Result(quality_score=88)), TASK)
    with pytest.raises(ValueError, match="broke"):
        execute_strand_with_tracking(Strand("broken", failing), TASK)

    everybody, nobody = get_performance_dashboard_data(), get_performance_dashboard_data("bjorn")

    assert everybody["summary"]["totalTasks"] == 2
    assert everybody["summary"]["avgQuality"] == 88
    assert everybody["summary"]["totalCost"] == Decimal("0.01")
    assert {row["id"]: row["health"] for row in everybody["strands"]} == {"writer": "healthy", "broken": "critical"}
    assert [found.severity for found in everybody["anomalies"]] == ["critical"]
    assert everybody["timeSeries"][0].metric == "runs"
    assert nobody["strands"] == []


def test_the_scheduled_check_alerts_on_critical_anomalies_and_reports_the_day(service: Service) -> None:
    service.performance.anomalies["broken"] = [anomaly("critical"), anomaly("low")]
    alerts: list[dict[str, Any]] = []

    assert scheduled_performance_check(["writer", "broken"], alerts.append) == "daily-summary"

    (alert,) = alerts
    assert (alert["type"], alert["strandId"]) == ("critical-performance", "broken")
    assert [found.id for found in alert["anomalies"]] == ["a-critical"]


def test_the_test_at_the_end_of_the_guide_passes(make_tracker: Trackers, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "watchbill_client.performance")
    tracker = create_performance_tracker({"tableName": "test-table", "enableAnomalyDetection": True})

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
    levels = {record.levelname for record in caplog.records if "service's affair" in record.getMessage()}
    assert levels == {"DEBUG"}
