"""The threshold rules: every row of the contract's table, and all the reasons to claim nothing."""

import math
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.unit.anomalies.hours import HOUR, NOW, WINDOW, failures, hour, now, past
from watchbill.anomalies import rules
from watchbill.anomalies.models import AnomalyType, Failures, Figure, Severity, Window
from watchbill.configuration.models import PRODUCTION, Thresholds

USUAL = Thresholds()
LOW, MEDIUM, HIGH, CRITICAL = Severity
AMOUNTS = st.floats(0, 1e12)


@pytest.mark.parametrize(
    ("value", "said"),
    [(222_100.4, "222,100"), (47.954, "47.95"), (1000.0, "1,000"), (0.0, "0"), (0.0000125, "0.0000125"), (3, "3")],
)
def test_a_figure_is_said_without_an_exponent(value: float, said: str) -> None:
    assert rules.plainly(value) == said


def test_a_reason_can_be_read_aloud() -> None:
    judged = rules.latency([*past(48, lambda _: 47_950.0), now(222_100)], WINDOW, USUAL)

    assert judged.reason.startswith("222,100 against 47,950, the median of 240 runs")


@pytest.mark.parametrize(
    ("current", "severity"),
    [
        (1000, None),
        (2000, None),
        (2100, LOW),
        (2400, LOW),
        (2500, MEDIUM),
        (3100, HIGH),
        (4000, HIGH),
        (4100, CRITICAL),
    ],
)
def test_latency_is_judged_by_its_ratio_to_the_baseline(current: float, severity: Severity | None) -> None:
    judged = rules.latency([*past(48, lambda _: 1000.0), now(current)], WINDOW, USUAL)

    assert (judged.severity, judged.expected, judged.current) == (severity, 1000, current)
    assert judged.deviation == pytest.approx((current - 1000) / 10)


@pytest.mark.parametrize(
    ("current", "severity"),
    [(0.015, None), (0.016, LOW), (0.019, MEDIUM), (0.025, HIGH), (0.031, CRITICAL)],
)
def test_cost_is_judged_by_its_ratio_to_the_baseline(current: float, severity: Severity | None) -> None:
    assert rules.cost([*past(48, lambda _: 0.01), now(current)], WINDOW, USUAL).severity is severity


@pytest.mark.parametrize(
    ("failed", "finished", "severity"),
    [(10, 100, None), (11, 100, LOW), (20, 100, MEDIUM), (30, 100, HIGH), (50, 100, CRITICAL), (4, 4, CRITICAL)],
)
def test_the_error_rate_is_judged_by_the_threshold(failed: int, finished: int, severity: Severity | None) -> None:
    hours = [*failures(100, 0, 10), Failures(WINDOW.start, failed, finished)]

    assert rules.error_rate(hours, WINDOW, USUAL).severity is severity


@pytest.mark.parametrize(
    ("current", "severity"),
    [(90, None), (70, None), (69, MEDIUM), (61, MEDIUM), (59, HIGH), (51, HIGH), (49, CRITICAL)],
)
def test_quality_is_judged_by_its_drop(current: float, severity: Severity | None) -> None:
    judged = rules.quality([*past(48, lambda _: 90.0), now(current)], WINDOW, USUAL)

    assert judged.severity is severity
    assert judged.type is AnomalyType.QUALITY


def test_a_surge_of_runs_is_an_anomaly_and_twice_as_many_are_none() -> None:
    counts = past(48, lambda _: 10.0, runs=1)

    assert rules.volume([*counts, now(20, 1)], WINDOW, USUAL).severity is None
    assert rules.volume([*counts, now(80, 1)], WINDOW, USUAL).severity is CRITICAL


def test_one_failed_run_of_one_is_no_alarm_and_the_interval_is_stated() -> None:
    judged = rules.error_rate([*failures(100, 0, 10), Failures(WINDOW.start, 1, 1)], WINDOW, USUAL)

    assert not judged.anomalous
    assert "1 of 1 runs failed (100%; with 95% confidence between 21% and 100%)" in judged.reason


def test_failures_as_usual_are_no_anomaly_however_many() -> None:
    assert not rules.error_rate([*failures(50, 3, 10), Failures(WINDOW.start, 3, 10)], WINDOW, USUAL).anomalous
    assert not rules.error_rate([*failures(50, 1, 10), Failures(WINDOW.start, 2, 10)], WINDOW, USUAL).anomalous


@pytest.mark.parametrize("runs", [1, 4, 9])
def test_nothing_is_claimed_from_fewer_than_ten_runs_before(runs: int) -> None:
    before = past(runs, lambda _: 1000.0, runs=1)
    judged = [
        rules.latency([*before, now(90_000)], WINDOW, USUAL),
        rules.cost([*before, now(90_000)], WINDOW, USUAL),
        rules.quality([*before, now(0)], WINDOW, USUAL),
        rules.error_rate([*failures(runs, 0, 1), Failures(WINDOW.start, 9, 9)], WINDOW, USUAL),
        rules.volume([*past(runs, lambda _: 1.0, 1), now(500, 1)], WINDOW, USUAL),
    ]

    assert [one.severity for one in judged] == [None] * 5
    assert all("fewer than 10 finished runs" in one.reason for one in judged)


def test_the_baseline_excludes_what_is_judged_and_what_came_after() -> None:
    figures = [*past(48, lambda _: 1000.0), now(5000, 10_000), Figure(NOW + HOUR, 9_999, 10_000)]

    assert rules.latency(figures, WINDOW, USUAL).expected == 1000


def test_one_terrible_hour_before_does_not_move_the_baseline() -> None:
    figures = [Figure(f.hour, 500_000.0, 5) if f.hour == hour(24) else f for f in past(72, lambda _: 1000.0)]

    assert rules.latency([*figures, now(2500)], WINDOW, USUAL).severity is MEDIUM


def test_a_busy_hour_is_compared_with_busy_hours() -> None:
    figures = past(14 * 24, lambda before: 5000.0 if before % 24 == 0 else 1000.0)

    assert not rules.latency([*figures, now(5100)], WINDOW, USUAL).anomalous
    assert rules.latency([*figures, now(5100)], Window(NOW, NOW + HOUR), USUAL).reason.startswith("no run")


def test_an_hour_that_is_slow_every_tuesday_is_compared_with_tuesdays() -> None:
    figures = past(6 * 168, lambda before: 9000.0 if before % 168 == 0 else 1000.0)

    judged = rules.latency([*figures, now(9100)], WINDOW, USUAL)

    assert judged.expected == 9000
    assert "same hours of the same weekday" in judged.reason


def test_a_figure_that_always_scatters_is_not_alarming() -> None:
    figures = past(14 * 24, lambda before: 200.0 if before // 24 % 2 else 2000.0, runs=1)

    assert not rules.latency([*figures, now(2300, 1)], WINDOW, USUAL).anomalous


@pytest.mark.parametrize("rule", [rules.latency, rules.cost])
def test_a_baseline_of_nothing_gives_a_finite_deviation(rule: Any) -> None:
    judged = rule([*past(48, lambda _: 0.0), now(3.0)], WINDOW, USUAL)

    assert (judged.severity, judged.deviation, judged.expected) == (LOW, 100.0, 0.0)


@given(AMOUNTS, AMOUNTS, st.integers(1, 50), st.integers(0, 400))
def test_whatever_is_compared_the_answer_is_finite_and_has_a_reason(
    usual: float, current: float, runs: int, hours: int
) -> None:
    figures = [*past(hours, lambda before: usual * (1 + before % 3)), now(current, runs)]
    for judged in (rule(figures, WINDOW, USUAL) for rule in (rules.latency, rules.cost, rules.quality, rules.volume)):
        assert math.isfinite(judged.deviation)
        assert judged.reason
        assert judged.anomalous <= (judged.expected is not None)


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 3))
def test_more_failures_are_never_less_severe(failed: int, more: int, before: int) -> None:
    def rank(count: int) -> int:
        judged = rules.error_rate([*failures(30, before, 20), Failures(WINDOW.start, count, 120)], WINDOW, USUAL)
        return judged.severity.rank + 1 if judged.severity else 0

    assert rank(failed) <= rank(failed + more)


def test_overrides_merge_key_by_key_in_either_spelling() -> None:
    merged = PRODUCTION.merged({"latencyMultiplier": 3.0}).merged({"quality_drop_threshold": 30})

    assert merged.model_dump(by_alias=True) == {
        "latencyMultiplier": 3.0,
        "errorRateThreshold": 0.05,
        "costMultiplier": 1.3,
        "qualityDropThreshold": 30.0,
        "volumeMultiplier": 3.0,
        "minimumBaselineRuns": 10,
    }


@pytest.mark.parametrize("override", [{"latencyMultiplier": 0.5}, {"latency": 2}, {"errorRateThreshold": float("nan")}])
def test_an_override_that_makes_no_sense_is_refused(override: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        USUAL.merged(override)


def test_a_window_of_days_is_judged_as_a_whole() -> None:
    window = Window(NOW - timedelta(days=2), NOW)
    figures = [Figure(f.hour, 4500.0, 5) if f.hour >= window.start else f for f in past(30 * 24, lambda _: 1000.0)]

    assert rules.latency(figures, window, USUAL).severity is CRITICAL


def test_every_type_of_anomaly_comes_with_something_to_do() -> None:
    assert all(rules.suggested_actions(kind) for kind in AnomalyType)
