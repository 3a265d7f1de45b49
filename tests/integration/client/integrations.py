"""The functions of the original integration guide, translated line by line; the tests beside it run them."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from watchbill_client import PerformanceReport, StrandMetrics, create_performance_tracker


@dataclass(frozen=True)
class Task:
    """A worker's task."""

    id: str
    type: str
    user_id: str


@dataclass(frozen=True)
class Result:
    """What a strand answers."""

    success: bool = True
    user_rating: int | None = None
    quality_score: float | None = None


@dataclass
class Strand:
    """A strand that does what it is told to, and uses some tokens for it."""

    id: str
    behaviour: Callable[[Task], Result]
    tokens_used: int = 0

    def execute(self, task: Task) -> Result:
        """Work."""
        self.tokens_used += 500
        return self.behaviour(task)


def execute_strand_with_tracking(strand: Strand, task: Task) -> Result:
    """Track strand execution."""
    tracker = create_performance_tracker()
    start_time = time.time() * 1000
    start_tokens = strand.tokens_used
    try:
        result = strand.execute(task)
        execution_time = time.time() * 1000 - start_time
        token_usage = strand.tokens_used - start_tokens
        cost = token_usage * 0.00002
        tracker.track_performance(
            strand.id,
            task.user_id,
            task.id,
            task.type,
            {
                "executionTime": execution_time,
                "tokenUsage": token_usage,
                "cost": cost,
                "successRate": 1.0 if result.success else 0.0,
                "userSatisfaction": result.user_rating or 0,
                "qualityScore": result.quality_score or 0,
                "timestamp": datetime.now(UTC).isoformat(),
            },
        )
        return result
    except Exception:
        execution_time = time.time() * 1000 - start_time
        tracker.track_performance(
            strand.id,
            task.user_id,
            task.id,
            task.type,
            {
                "executionTime": execution_time,
                "tokenUsage": 0,
                "cost": 0,
                "successRate": 0.0,
                "userSatisfaction": 0,
                "qualityScore": 0,
                "timestamp": datetime.now(UTC).isoformat(),
            },
        )
        raise


def check_strand_health(strand_id: str) -> dict[str, Any]:
    """Monitor strand health."""
    tracker = create_performance_tracker()
    snapshot = tracker.get_snapshot(strand_id)
    if not snapshot:
        return {"status": "unknown", "message": "No performance data available"}
    anomalies = tracker.detect_anomalies(strand_id, "1h")
    if any(a.severity == "critical" for a in anomalies):
        return {"status": "critical", "message": "Critical performance issues detected", "anomalies": anomalies}
    if any(a.severity == "high" for a in anomalies):
        return {"status": "degraded", "message": "Performance degradation detected", "anomalies": anomalies}
    return {"status": "healthy", "message": "Strand is performing normally", "metrics": snapshot.metrics}


@dataclass(frozen=True)
class Validation:
    """What the quality assurance strand answers."""

    passed: bool
    overall_score: float
    token_usage: int | None = None
    cost: float | None = None


@dataclass(frozen=True)
class QualityAssuranceStrand:
    """A strand that checks content."""

    id: str
    validation: Validation

    def validate_content(self, content: str, aspects: list[str]) -> Validation:
        """Check it."""
        assert content
        assert aspects
        return self.validation


def execute_with_quality_tracking(qa_strand: QualityAssuranceStrand, content: str) -> Validation:
    """Integration with quality assurance."""
    tracker = create_performance_tracker()
    start_time = time.time() * 1000
    result = qa_strand.validate_content(content, ["factual", "compliance", "brand", "seo"])
    execution_time = time.time() * 1000 - start_time
    tracker.track_performance(
        qa_strand.id,
        "system",
        f"qa-{time.time_ns() // 1_000_000}",
        "quality-assurance",
        {
            "executionTime": execution_time,
            "tokenUsage": result.token_usage or 0,
            "cost": result.cost or 0,
            "successRate": 1.0 if result.passed else 0.0,
            "userSatisfaction": 0,
            "qualityScore": result.overall_score,
            "timestamp": datetime.now(UTC).isoformat(),
        },
    )
    return result


@dataclass(frozen=True)
class HandoffContext:
    """What is handed off."""

    task_id: str
    user_id: str | None = None


@dataclass
class HandoffManager:
    """Hands work from one strand to another."""

    handed_off: list[tuple[Strand, Strand]] = field(default_factory=list)

    def execute_handoff(self, from_strand: Strand, to_strand: Strand, context: HandoffContext) -> None:
        """Hand it off."""
        assert context.task_id
        self.handed_off.append((from_strand, to_strand))


def track_handoff_performance(
    handoff_manager: HandoffManager, from_strand: Strand, to_strand: Strand, context: HandoffContext
) -> None:
    """Integration with the collaboration layer."""
    tracker = create_performance_tracker()
    start_time = time.time() * 1000
    handoff_manager.execute_handoff(from_strand, to_strand, context)
    execution_time = time.time() * 1000 - start_time
    tracker.track_performance(
        "handoff-manager",
        context.user_id or "system",
        context.task_id,
        "handoff",
        {
            "executionTime": execution_time,
            "tokenUsage": 0,
            "cost": 0,
            "successRate": 1.0,
            "userSatisfaction": 0,
            "qualityScore": 100,
            "timestamp": datetime.now(UTC).isoformat(),
        },
    )


def track_preference_learning(
    learn_preferences: Callable[[str, list[str]], dict[str, str]], user_id: str, feedback_records: list[str]
) -> dict[str, str]:
    """Integration with the learning system."""
    tracker = create_performance_tracker()
    start_time = time.time() * 1000
    preferences = learn_preferences(user_id, feedback_records)
    execution_time = time.time() * 1000 - start_time
    tracker.track_performance(
        "preference-engine",
        user_id,
        f"learn-{time.time_ns() // 1_000_000}",
        "preference-learning",
        {
            "executionTime": execution_time,
            "tokenUsage": 0,
            "cost": 0,
            "successRate": 1.0,
            "userSatisfaction": 0,
            "qualityScore": 100,
            "timestamp": datetime.now(UTC).isoformat(),
        },
    )
    return preferences


def get_performance_dashboard_data(user_id: str | None = None) -> dict[str, Any]:
    """Dashboard integration."""
    tracker = create_performance_tracker()
    filters = {
        "userId": user_id,
        "startDate": (datetime.now(UTC) - timedelta(hours=24)).isoformat(),
        "endDate": (datetime.now(UTC) + timedelta(seconds=1)).isoformat(),
    }
    analytics = tracker.get_analytics(filters)
    all_anomalies = [a for strand_id in analytics.by_strand for a in tracker.detect_anomalies(strand_id, "24h")]
    return {
        "summary": {
            "totalTasks": analytics.total_tasks,
            "successRate": analytics.success_rate,
            "avgQuality": analytics.avg_quality_score,
            "totalCost": analytics.total_cost,
        },
        "strands": [
            {"id": strand_id, "metrics": metrics, "health": get_health_status(metrics)}
            for strand_id, metrics in analytics.by_strand.items()
        ],
        "anomalies": [a for a in all_anomalies if a.severity in ("high", "critical")],
        "timeSeries": analytics.time_series,
    }


def get_health_status(metrics: StrandMetrics) -> str:
    """The dashboard's row scale; what is not known raises no alarm."""
    if metrics.success_rate is not None and metrics.success_rate < 0.9:
        return "critical"
    if metrics.quality_score is not None and metrics.quality_score < 70:
        return "warning"
    if metrics.execution_time is not None and metrics.execution_time > 5000:
        return "warning"
    return "healthy"


def performance_route(search_params: Mapping[str, str]) -> dict[str, Any]:
    """API route integration: GET /api/analytics/performance."""
    tracker = create_performance_tracker()
    analytics = tracker.get_analytics(
        {
            "strandId": search_params.get("strandId") or None,
            "startDate": search_params.get("startDate") or None,
            "endDate": search_params.get("endDate") or None,
        }
    )
    return analytics.model_dump(mode="json", by_alias=True)


def anomalies_route(search_params: Mapping[str, str]) -> tuple[int, Any]:
    """API route integration: GET /api/analytics/anomalies; the status beside what is answered."""
    strand_id = search_params.get("strandId")
    timeframe = search_params.get("timeframe") or "7d"
    if not strand_id:
        return 400, {"error": "strandId is required"}
    anomalies = create_performance_tracker().detect_anomalies(strand_id, timeframe)
    return 200, [anomaly.model_dump(mode="json", by_alias=True) for anomaly in anomalies]


def reports_route(body: Mapping[str, Any]) -> dict[str, Any]:
    """API route integration: POST /api/analytics/reports."""
    tracker = create_performance_tracker()
    report = tracker.generate_report(body["reportType"], body.get("filters"))
    return report.model_dump(mode="json", by_alias=True)


def scheduled_performance_check(
    active_strands: Sequence[str],
    send_alert: Callable[[dict[str, Any]], None],
    send_daily_report: Callable[[PerformanceReport], None],
) -> None:
    """Scheduled monitoring, which the service now does by itself."""
    tracker = create_performance_tracker()
    for strand_id in active_strands:
        anomalies = tracker.detect_anomalies(strand_id, "1h")
        critical_anomalies = [a for a in anomalies if a.severity == "critical"]
        if critical_anomalies:
            send_alert({"type": "critical-performance", "strandId": strand_id, "anomalies": critical_anomalies})
    report = tracker.generate_report(
        "daily-summary",
        {
            "startDate": (datetime.now(UTC) - timedelta(hours=24)).isoformat(),
            "endDate": datetime.now(UTC).isoformat(),
        },
    )
    send_daily_report(report)
