"""How a strand is said to be: what decides first, that something is always said, and that nothing is invented."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbill.anomalies.models import Anomaly, AnomalyType, Severity
from watchbill.health.models import Health, RowHealth
from watchbill.health.rules import NOTHING_KNOWN, Judged, alarming, last_day, row_health, strand_health
from watchbill.performance.models import SnapshotMetrics, StrandMetrics
from watchbill.performance.rules import edges

NOW = datetime(2026, 3, 10, 12, 30, tzinfo=UTC)
WELL = Judged(ended=5, failed=0)
NEWEST = SnapshotMetrics(
    execution_time=100,
    token_usage=None,
    cost=None,
    success_rate=1,
    user_satisfaction=None,
    quality_score=None,
    timestamp=NOW,
)


def figures(**known: Any) -> StrandMetrics:
    nothing = dict.fromkeys(StrandMetrics.model_fields) | {"total_tasks": 1, "total_cost": 0, "total_tokens": 0}
    return StrandMetrics.model_validate(nothing | known)


def an_anomaly(severity: Severity, resolved: bool = False, minutes: int = 0, strand: str = "a") -> Anomaly:
    return Anomaly(
        id=f"{strand}-{severity}-{minutes}",
        strand_id=strand,
        task_type=None,
        type=AnomalyType.LATENCY,
        severity=severity,
        description="slower than usual",
        affected_component="writer",
        metric="executionTime",
        detected_at=NOW - timedelta(minutes=minutes),
        window_start=NOW - timedelta(hours=1),
        window_end=NOW,
        current_value=2,
        expected_value=1,
        deviation=100,
        resolved=resolved,
    )


ANOMALIES = st.lists(
    st.builds(an_anomaly, st.sampled_from(Severity), st.booleans(), st.integers(0, 60), st.sampled_from("ab")),
    max_size=5,
)
JUDGED = st.integers(0, 9).flatmap(lambda ended: st.builds(Judged, st.just(ended), st.integers(0, ended)))
RATES = st.none() | st.floats(0, 1)
ROWS = st.builds(
    figures,
    success_rate=RATES,
    avg_quality_score=st.none() | st.floats(0, 100),
    avg_execution_time=st.none() | st.floats(0, 1e6),
)


def test_nothing_known_says_so_and_nothing_else() -> None:
    document = NOTHING_KNOWN.model_dump(mode="json", by_alias=True)

    assert document == {"status": "unknown", "message": "No performance data available"}


@pytest.mark.parametrize(
    ("severities", "status", "message"),
    [
        ([Severity.HIGH, Severity.CRITICAL], Health.CRITICAL, "Critical performance issues detected"),
        ([Severity.LOW, Severity.HIGH], Health.DEGRADED, "Performance degradation detected"),
        ([Severity.MEDIUM, Severity.LOW], Health.HEALTHY, "Strand is performing normally"),
        ([], Health.HEALTHY, "Strand is performing normally"),
    ],
)
def test_the_worst_open_anomaly_decides(severities: list[Severity], status: Health, message: str) -> None:
    health = strand_health(NEWEST, map(an_anomaly, severities), WELL)

    assert (health.status, health.message) == (status, message)


def test_what_is_wrong_comes_with_its_anomalies_and_what_is_well_with_its_figures() -> None:
    sick = strand_health(NEWEST, [an_anomaly(Severity.HIGH), an_anomaly(Severity.LOW, resolved=True)], WELL)
    well = strand_health(NEWEST, [an_anomaly(Severity.LOW)], WELL)

    assert sick.model_dump(by_alias=True).keys() == {"status", "message", "anomalies"}
    assert [anomaly.severity for anomaly in sick.anomalies or ()] == [Severity.HIGH]
    assert well.model_dump(by_alias=True).keys() == {"status", "message", "metrics"}


def test_a_strand_whose_tasks_all_fail_is_critical_and_one_failed_task_of_one_is_no_alarm() -> None:
    failing = strand_health(NEWEST, [an_anomaly(Severity.HIGH)], Judged(ended=2, failed=2))

    assert (failing.status, failing.message) == (Health.CRITICAL, "All 2 tasks of the last 24 hours failed")
    assert strand_health(NEWEST, [], Judged(ended=1, failed=1)).status is Health.HEALTHY
    assert strand_health(NEWEST, [], Judged(ended=3, failed=2)).status is Health.HEALTHY
    assert strand_health(NEWEST, [], Judged(ended=0, failed=0)).status is Health.HEALTHY


@given(ANOMALIES, JUDGED)
def test_a_strand_that_has_worked_is_called_something_and_resolved_anomalies_count_for_nothing(
    anomalies: list[Anomaly], judged: Judged
) -> None:
    health = strand_health(NEWEST, anomalies, judged)

    assert health == strand_health(NEWEST, [anomaly for anomaly in anomalies if not anomaly.resolved], judged)
    assert health.status is not Health.UNKNOWN
    assert (health.metrics is None) is (health.status is not Health.HEALTHY)
    assert (health.anomalies is None) is (health.status is Health.HEALTHY)


@given(ANOMALIES, JUDGED, st.sampled_from(Severity))
def test_another_anomaly_never_makes_a_strand_look_better(
    anomalies: list[Anomaly], judged: Judged, severity: Severity
) -> None:
    order = [Health.HEALTHY, Health.DEGRADED, Health.CRITICAL]
    before = strand_health(NEWEST, anomalies, judged).status

    after = strand_health(NEWEST, [*anomalies, an_anomaly(severity)], judged).status

    assert order.index(after) >= order.index(before)


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"success_rate": 0.89, "avg_quality_score": 10, "avg_execution_time": 9000}, RowHealth.CRITICAL),
        ({"success_rate": 0.0, "avg_execution_time": 1}, RowHealth.CRITICAL),
        ({"success_rate": 0.9, "avg_quality_score": 69.9}, RowHealth.WARNING),
        ({"success_rate": 1, "avg_quality_score": 70, "avg_execution_time": 5000.1}, RowHealth.WARNING),
        ({"success_rate": 0.9, "avg_quality_score": 70, "avg_execution_time": 5000}, RowHealth.HEALTHY),
        ({}, RowHealth.HEALTHY),
    ],
)
def test_a_row_is_called_by_the_first_limit_it_breaks(known: dict[str, float], expected: RowHealth) -> None:
    assert row_health(figures(**known)) is expected


@given(ROWS)
def test_a_row_without_a_figure_is_no_worse_than_with_it(row: StrandMetrics) -> None:
    for figure in ("success_rate", "avg_quality_score", "avg_execution_time"):
        assert row_health(row.model_copy(update={figure: None})).rank >= row_health(row).rank


@given(ROWS, RATES)
def test_a_row_whose_tasks_all_fail_is_at_least_as_bad_as_any(row: StrandMetrics, rate: float | None) -> None:
    failing = row.model_copy(update={"success_rate": 0.0})

    assert row_health(failing).rank <= row_health(row.model_copy(update={"success_rate": rate})).rank


@given(ANOMALIES)
def test_the_dashboard_shows_open_anomalies_that_alarm_critical_ones_first(anomalies: list[Anomaly]) -> None:
    shown = alarming(anomalies, None)

    assert len(shown) == sum(not one.resolved and one.severity.rank >= Severity.HIGH.rank for one in anomalies)
    assert shown == sorted(shown, key=lambda one: (-one.severity.rank, NOW - one.detected_at))
    assert alarming(anomalies, {"b"}) == [one for one in shown if one.strand_id == "b"]
    assert alarming(anomalies, set()) == []


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001  # zone beside it
def test_the_last_day_is_in_whole_hours_and_no_younger_run_is_missing(now: datetime) -> None:
    window = last_day(now)

    assert edges(window) == []
    assert window.start <= now - timedelta(days=1) < window.start + timedelta(hours=1)
    assert now < window.end <= now + timedelta(hours=1)
