"""The original integration guide, translated, against the service's own functions: it works as written there."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.integration.client.deployment import Deployment
from tests.integration.client.integrations import (
    HandoffContext,
    HandoffManager,
    QualityAssuranceStrand,
    Result,
    Strand,
    Task,
    Validation,
    anomalies_route,
    check_strand_health,
    execute_strand_with_tracking,
    execute_with_quality_tracking,
    get_performance_dashboard_data,
    performance_route,
    reports_route,
    scheduled_performance_check,
    track_handoff_performance,
    track_preference_learning,
)
from watchbill_client import Anomaly, PerformanceReport, create_performance_tracker

pytestmark = pytest.mark.usefixtures("deployment")
TASK = Task("task-1", "summary", "amara")
WRITER = Strand("writer", lambda _: Result(user_rating=4, quality_score=88))


def failing(task: Task) -> Result:
    raise ValueError("the strand broke")


def id_of(deployment: Deployment, strand: str) -> str:
    """The id a strand got when it registered itself."""
    answer = deployment.service.request("GET", f"/api/v1/agents/{strand}", key=deployment.key)
    agent_id: str = answer.json["id"]
    return agent_id


def work_steadily(strand: str, days: int = 3) -> None:
    """Three good tasks an hour, for some days up to two hours ago."""
    tracker, now = create_performance_tracker(), datetime.now(UTC)
    for hours in range(2, 24 * days):
        for minutes in (0, 20, 40):
            at = now - timedelta(hours=hours, minutes=minutes)
            metrics = {"executionTime": 1000 + minutes, "cost": 0.01, "successRate": 1.0, "timestamp": at}
            tracker.track_performance(strand, "amara", "steady", "summary", {**metrics, "qualityScore": 90})


def break_down(strand: str) -> None:
    """Twenty tasks that fail, now."""
    for number in range(20):
        with pytest.raises(ValueError, match="broke"):
            execute_strand_with_tracking(Strand(strand, failing), Task(f"task-{number}", "summary", "amara"))


def test_strand_execution_with_success_and_exception() -> None:
    execute_strand_with_tracking(WRITER, TASK)
    with pytest.raises(ValueError, match="the strand broke"):
        execute_strand_with_tracking(Strand("writer", failing), TASK)

    analytics = create_performance_tracker().get_analytics({"strandId": "writer"})

    assert (analytics.total_tasks, analytics.success_rate, analytics.total_tokens) == (2, 0.5, 500)
    # What the guide's callers send as 0 because it does not apply lowers no mean.
    assert (analytics.avg_quality_score, analytics.avg_satisfaction) == (88, 4)
    assert analytics.total_cost == Decimal("0.01")


def test_quality_assurance_hand_offs_and_preference_learning_are_strands_as_well(deployment: Deployment) -> None:
    execute_with_quality_tracking(QualityAssuranceStrand("qa-strand", Validation(True, 61.5, 200, 0.002)), "text")
    execute_with_quality_tracking(QualityAssuranceStrand("qa-strand", Validation(False, 40)), "text")
    track_handoff_performance(HandoffManager(), WRITER, WRITER, HandoffContext("task-2"))
    track_preference_learning(lambda user, feedback: {user: feedback[0]}, "amara", ["shorter"])

    analytics = create_performance_tracker().get_analytics()

    of_qa = analytics.by_strand[id_of(deployment, "qa-strand")]
    assert (of_qa.total_tasks, of_qa.success_rate, of_qa.quality_score) == (2, 0.5, 50.75)
    assert analytics.by_strand[id_of(deployment, "handoff-manager")].quality_score == 100
    assert analytics.by_strand[id_of(deployment, "preference-engine")].user_satisfaction is None
    assert analytics.by_task_type.keys() == {"quality-assurance", "handoff", "preference-learning"}
    assert {user: figures.total_tasks for user, figures in analytics.by_user.items()} == {"system": 3, "amara": 1}


def test_the_health_check_says_what_the_service_says_by_itself() -> None:
    tracker = create_performance_tracker()
    assert check_strand_health("writer") == {"status": "unknown", "message": "No performance data available"}
    assert tracker.check_health("writer").model_dump(exclude_none=True) == check_strand_health("writer")

    execute_strand_with_tracking(WRITER, TASK)
    told, ours = check_strand_health("writer"), tracker.check_health("writer")

    assert (
        (told["status"], told["message"]) == (ours.status, ours.message) == ("healthy", "Strand is performing normally")
    )
    assert told["metrics"] == ours.metrics
    assert (ours.metrics and ours.metrics.quality_score, ours.anomalies) == (88, None)


def test_a_strand_that_breaks_down_is_critical_by_either_check() -> None:
    work_steadily("writer")
    break_down("writer")

    told, ours = check_strand_health("writer"), create_performance_tracker().check_health("writer")

    assert (told["status"], told["message"]) == (ours.status, ours.message)
    assert (ours.status, ours.message) == ("critical", "Critical performance issues detected")
    assert {anomaly.type for anomaly in ours.anomalies or ()} >= {"error-rate"}


def test_the_dashboard_is_the_one_the_service_makes_by_itself(deployment: Deployment) -> None:
    execute_strand_with_tracking(WRITER, TASK)
    with pytest.raises(ValueError, match="broke"):
        execute_strand_with_tracking(Strand("broken", failing), Task("task-2", "summary", "bjorn"))

    told, ours = get_performance_dashboard_data(), create_performance_tracker().dashboard()

    assert told["summary"] == {"totalTasks": 2, "successRate": 0.5, "avgQuality": 88, "totalCost": Decimal("0.01")}
    assert ours.summary.model_dump(by_alias=True) == told["summary"]
    rows = {row["id"]: (row["health"], row["metrics"]) for row in told["strands"]}
    assert {row.id: (row.health, row.metrics) for row in ours.strands} == rows
    assert [(row.name, row.health) for row in ours.strands] == [("broken", "critical"), ("writer", "healthy")]
    assert ours.time_series == told["timeSeries"]
    assert {point.metric for point in ours.time_series} >= {"totalTasks", "successRate"}


def test_the_dashboard_of_one_user() -> None:
    execute_strand_with_tracking(WRITER, TASK)
    execute_strand_with_tracking(WRITER, Task("task-2", "summary", "bjorn"))

    told, ours = get_performance_dashboard_data("bjorn"), create_performance_tracker().dashboard("bjorn")

    assert (told["summary"]["totalTasks"], ours.summary.total_tasks) == (1, 1)
    assert [row.metrics.total_tasks for row in ours.strands] == [1]
    assert get_performance_dashboard_data("nobody")["strands"] == []


def test_the_route_of_performance_is_the_service_s_own(deployment: Deployment) -> None:
    execute_strand_with_tracking(WRITER, TASK)
    now = datetime.now(UTC)
    window = {"startDate": (now - timedelta(hours=1)).isoformat(), "endDate": (now + timedelta(hours=1)).isoformat()}

    told = performance_route({"strandId": "writer", **window})

    own = deployment.ask("GET", "/api/analytics/performance", {"strandId": "writer", **window})
    assert (told["totalTasks"], told["avgQualityScore"]) == (own["totalTasks"], own["avgQualityScore"]) == (1, 88)
    assert told.keys() == own.keys()
    assert performance_route({"strandId": "nobody"})["totalTasks"] == 0


def test_the_route_of_anomalies_is_the_service_s_own(deployment: Deployment) -> None:
    work_steadily("writer")
    break_down("writer")

    status, told = anomalies_route({"strandId": "writer"})

    own = deployment.ask("GET", "/api/analytics/anomalies", {"strandId": "writer", "timeframe": "7d"})
    assert status == 200
    assert told
    assert [anomaly["id"] for anomaly in told] == [anomaly["id"] for anomaly in own]
    assert anomalies_route({}) == (400, {"error": "strandId is required"})
    refused = deployment.service.request("GET", "/api/analytics/anomalies", key=deployment.key)
    assert (refused.status, refused.json["error"]) == (400, "strandId is required")


def test_the_route_of_reports_is_the_service_s_own(deployment: Deployment) -> None:
    execute_strand_with_tracking(WRITER, TASK)
    body = {"reportType": "cost-analysis", "filters": {"userId": "amara"}}

    told = reports_route(body)

    stored = deployment.ask("GET", f"/api/analytics/reports/{told['id']}")
    assert (told["type"], told["title"], told["data"]) == ("cost-analysis", stored["title"], stored["data"])
    assert told.keys() >= {"description", "generatedAt", "period", "insights", "recommendations", "anomalies"}


def test_the_scheduled_check_alerts_on_what_is_critical_and_reports_the_day() -> None:
    work_steadily("broken")
    break_down("broken")
    execute_strand_with_tracking(WRITER, TASK)
    alerts: list[dict[str, Any]] = []
    reports: list[PerformanceReport] = []

    scheduled_performance_check(["writer", "broken"], alerts.append, reports.append)

    (alert,) = alerts
    assert (alert["type"], alert["strandId"]) == ("critical-performance", "broken")
    assert {type(anomaly) for anomaly in alert["anomalies"]} == {Anomaly}
    (report,) = reports
    assert report.type == "daily-summary"
    assert report.period is not None
    assert report.period.end - report.period.start == timedelta(hours=24)


def test_the_test_at_its_end() -> None:
    tracker = create_performance_tracker({"tableName": "test-table"})

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
