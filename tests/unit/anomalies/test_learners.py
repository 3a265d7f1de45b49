"""The detectors beside the rules: what they alone find, how severe it is, and which task type they learn."""

import pytest

from tests.support.agent_hours import FAULT, at, hours, together
from tests.support.watched import Watched
from watchbill.anomalies.detector import Scored
from watchbill.anomalies.figures import Hours, Work
from watchbill.anomalies.learners import busiest, claim
from watchbill.anomalies.models import Anomaly, AnomalyType, Severity, Window
from watchbill.configuration.models import Thresholds

WINDOW = Window(at(0), at(1))
LATENCY, COST, QUALITY = AnomalyType.LATENCY, AnomalyType.COST, AnomalyType.QUALITY


def found(hours_of_work: Hours, until: int) -> list[Anomaly]:
    """What a check finds."""
    demo = Watched()
    demo.register()
    demo.count(hours_of_work)
    demo.check(at(until))
    return list(demo.stored.values())


def scored(value: float, expected: float, score: float) -> Scored:
    """What a detector says of a figure."""
    return Scored(0.0, value, expected, score, "far from what was promised", anomalous=score >= 0.6)


def test_a_departure_that_no_threshold_minds_is_found_if_the_series_never_had_its_like() -> None:
    def steadier_then_half_as_much_again(index: int, work: Work) -> Work:
        steady = 0.02 if index % 2 else 0.0201
        return work._replace(cost=steady * (1.45 if FAULT <= index < FAULT + 3 else 1))

    (anomaly,) = found(hours(FAULT + 8, steadier_then_half_as_much_again), FAULT + 8)

    assert (anomaly.type, anomaly.window_start) == ("cost", at(FAULT))
    assert anomaly.severity in (Severity.LOW, Severity.MEDIUM)
    assert "score" in anomaly.description


def test_what_rule_and_detector_both_find_is_one_anomaly() -> None:
    def dear_and_slow(index: int, work: Work) -> Work:
        return work._replace(cost=work.cost * 4) if index >= FAULT else work

    anomalies = found(hours(FAULT + 3, dear_and_slow), FAULT + 3)

    assert [(one.type, one.severity) for one in anomalies] == [("cost", Severity.CRITICAL)]


@pytest.mark.parametrize(
    ("kind", "value", "expected", "score", "severity"),
    [
        (LATENCY, 1500, 1000, 0.62, Severity.LOW),
        (LATENCY, 1500, 1000, 0.8, Severity.MEDIUM),
        (LATENCY, 1500, 1000, 0.59, None),  # not surprising
        (LATENCY, 1200, 1000, 0.9, None),  # surprising, but not a quarter of what the threshold allows
        (LATENCY, 500, 1000, 0.9, None),  # better
        (COST, 0.12, 0.1, 0.7, Severity.LOW),
        (COST, 0.5, 0.0, 0.7, Severity.LOW),
        (QUALITY, 80, 90, 0.7, Severity.LOW),
        (QUALITY, 86, 90, 0.7, None),
        (QUALITY, 95, 80, 0.9, None),
    ],
)
def test_a_surprise_is_claimed_if_it_is_bad_and_matters(
    kind: AnomalyType, value: float, expected: float, score: float, severity: Severity | None
) -> None:
    judgement = claim(kind, WINDOW, scored(value, expected, score), Thresholds())

    assert (judgement.severity if judgement else None) == severity


def test_the_busiest_task_type_is_learned_until_another_has_twice_its_runs() -> None:
    def with_runs(count: int, task_type: str) -> Hours:
        return hours(48, lambda _, work: work._replace(runs=count), task_type=task_type)

    assert busiest({}, "") == ""
    assert busiest(together(with_runs(3, "a"), with_runs(4, "b")), "") == "b"
    assert busiest(together(with_runs(3, "a"), with_runs(4, "b")), "a") == "a"
    assert busiest(together(with_runs(3, "a"), with_runs(7, "b")), "a") == "b"
    assert busiest(with_runs(1, "b"), "a") == "b"
