"""Questions over the wire: routes, filters and answers; and what was recorded is sent before anything is asked."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.integration.client.conftest import Trackers
from tests.integration.client.server import Reply
from tests.integration.client.service import Service
from watchbill_client import (
    AuthenticationFailed,
    BadRequest,
    ConfigurationError,
    ConnectionFailed,
    PerformanceTracker,
    Retries,
    UnexpectedAnswer,
    Watchbill,
)

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def track(tracker: PerformanceTracker, strand: str = "writer", **metrics: Any) -> None:
    tracker.track_performance(strand, "amara", "t", "summary", {"successRate": 1, "timestamp": NOW, **metrics})


def test_a_question_includes_what_was_recorded_before_it(tracker: PerformanceTracker, service: Service) -> None:
    track(tracker, executionTime=1500, cost=0.5)

    snapshot = tracker.get_snapshot("writer")

    assert snapshot is not None
    assert (snapshot.strand_id, snapshot.task_id, snapshot.status) == ("writer", "t", "completed")
    assert (snapshot.metrics.execution_time, snapshot.metrics.cost) == (1500, Decimal("0.5"))
    assert (snapshot.metrics.timestamp, snapshot.metrics.quality_score) == (NOW, None)
    assert [seen.method for seen in service.seen] == ["POST", "GET"]


def test_a_strand_nobody_knows_has_no_snapshot(tracker: PerformanceTracker, service: Service) -> None:
    assert tracker.get_snapshot("no/body") is None
    assert service.seen[-1].path == "/api/analytics/strands/no%2Fbody/snapshot"


def test_analytics_are_read_in_this_languages_names(tracker: PerformanceTracker) -> None:
    track(tracker, executionTime=1000, cost=0.25, tokenUsage=10, qualityScore=80)
    track(tracker, "other", executionTime=2000, cost=0.25, tokenUsage=20)

    analytics = tracker.get_analytics()

    assert (analytics.total_tasks, analytics.total_tokens, analytics.total_cost) == (2, 30, Decimal("0.5"))
    assert (analytics.avg_execution_time, analytics.avg_quality_score, analytics.avg_satisfaction) == (1500, 80, None)
    assert (analytics.p95_execution_time, analytics.p99_execution_time) == (1500, None)
    assert (analytics.by_strand["other"].execution_time, analytics.by_strand["other"].quality_score) == (2000, None)
    assert analytics.time_series[0].timestamp.tzinfo == UTC


def test_fields_of_a_newer_service_are_kept_and_the_wires_names_come_back(tracker: PerformanceTracker) -> None:
    document = tracker.get_analytics().model_dump(by_alias=True)

    assert document["fieldOfTomorrow"] == 1
    assert document["totalTasks"] == 0


def test_a_split_the_service_could_not_make_has_nobody_in_it(tracker: PerformanceTracker) -> None:
    assert tracker.get_analytics({"userId": "amara"}).by_task_type == {}


@pytest.mark.parametrize(
    "filters",
    [
        {"strandId": "writer", "startDate": "2026-11-20T11:00:00Z", "endDate": None, "userId": None},
        {"strand_id": "writer", "start_date": NOW - timedelta(hours=1)},
    ],
)
def test_filters_go_out_in_the_wires_names_without_those_that_are_none(
    tracker: PerformanceTracker, service: Service, filters: dict[str, Any]
) -> None:
    track(tracker)
    track(tracker, "other")

    assert tracker.get_analytics(filters).total_tasks == 1

    query = service.seen[-1].query
    assert query.keys() == {"strandId", "startDate"}
    assert datetime.fromisoformat(query["startDate"]) == NOW - timedelta(hours=1)


def test_a_filter_without_a_zone_is_an_error_of_the_caller(tracker: PerformanceTracker) -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        tracker.get_analytics({"startDate": datetime(2026, 11, 20)})  # noqa: DTZ001  # what the test is about


def test_anomalies_are_asked_for_a_strand_and_a_timeframe(tracker: PerformanceTracker, service: Service) -> None:
    service.performance.anomalies["writer"] = [
        {"id": "a", "type": "cost", "severity": "high", "detectedAt": "2026-11-20T12:00:00.000Z", "deviation": 120.5}
    ]

    (anomaly,) = tracker.detect_anomalies("writer", "24h")

    assert (anomaly.id, anomaly.deviation, anomaly.detected_at, anomaly.resolved) == ("a", 120.5, NOW, False)
    assert service.seen[-1].query == {"strandId": "writer", "timeframe": "24h"}
    assert tracker.detect_anomalies("other") == []
    assert service.seen[-1].query["timeframe"] == "7d"


def test_the_services_refusal_of_a_question_is_raised(tracker: PerformanceTracker) -> None:
    with pytest.raises(BadRequest, match="strandId is required"):
        tracker.detect_anomalies("")
    with pytest.raises(BadRequest, match="timeframe is"):
        tracker.detect_anomalies("writer", "soon")


def test_a_report_is_made_once_however_often_it_is_sent(tracker: PerformanceTracker, service: Service) -> None:
    service.faults.append(Reply(503))

    report = tracker.generate_report("cost-analysis", {"startDate": NOW - timedelta(days=1), "end_date": NOW})

    assert (report.id, report.type, report.data) == ("r1", "cost-analysis", {"totalTasks": 0})
    assert report.period is not None
    assert (report.period.start, report.period.end) == (NOW - timedelta(days=1), NOW)
    assert [(insight.text, insight.current) for insight in report.insights] == [("It cost 1 USD.", 1)]
    assert [advice.text for advice in report.recommendations] == ["Rest."]
    first, second = (seen.headers["idempotency-key"] for seen in service.seen)
    assert first == second


def test_health_and_the_dashboard(tracker: PerformanceTracker, service: Service) -> None:
    assert tracker.check_health("writer").status == "unknown"
    track(tracker)

    health, everybody, nobody = tracker.check_health("writer"), tracker.dashboard(), tracker.dashboard("bjorn")

    assert (health.status, health.anomalies, health.metrics) == ("healthy", None, None)
    assert [(row.id, row.health, row.metrics.success_rate) for row in everybody.strands] == [
        ("writer", "healthy", None)
    ]
    assert (everybody.summary.total_tasks, everybody.summary.avg_quality, nobody.strands) == (1, None, ())
    assert service.seen[-1].query == {"userId": "bjorn"}


def test_a_question_that_cannot_be_answered_says_why(make_tracker: Trackers, service: Service) -> None:
    with pytest.raises(AuthenticationFailed):
        make_tracker(api_key="wb_wrong").get_snapshot("writer")
    with pytest.raises(ConfigurationError):
        make_tracker(url="nowhere").dashboard()
    with pytest.raises(ConnectionFailed):
        make_tracker(url="http://127.0.0.1:9", retries=Retries(attempts=1)).check_health("writer")
    service.faults.append(Reply(200, b"[]"))
    with pytest.raises(UnexpectedAnswer):
        make_tracker().dashboard()


def test_the_client_asks_the_same_questions(client: Watchbill, service: Service) -> None:
    assert client.performance.snapshot("writer") is None
    assert client.performance.analytics().total_tasks == 0
    assert service.seen[-1].path == "/api/analytics/performance"
