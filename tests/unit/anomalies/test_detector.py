"""The adaptive detector: it sees what departs, keeps quiet about what does not, and is a small, exact, causal state."""

import math
from itertools import pairwise
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.unit.anomalies.series import HOUR, MONDAY, judged, points, steady, weekly
from watchbill.anomalies.detector import MEMORY, SENSITIVITY, WARM_UP, Detector

WEEK = 7 * 24
NUMBERS = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(-100, 100),
    st.integers(-3, 3).map(float),
)
TIMES = st.one_of(st.just(3600.0), st.floats(0, 1e6), st.sampled_from([0.0, -60.0, 60.0]))


def test_a_spike_counts_as_an_anomaly() -> None:
    values = steady(500)
    values[400] = 180

    found = [index for index, scored in enumerate(judged(points(values))) if scored.anomalous]

    assert found[:1] == [400]
    assert len(found) <= 2


def test_a_level_shift_is_seen_within_hours_and_becomes_usual_within_days() -> None:
    values = steady(400) + [value + 60 for value in steady(300, seed=2)]
    scores = [scored.score for scored in judged(points(values))]

    assert max(scores[400:404]) >= SENSITIVITY
    assert max(scores[520:]) < SENSITIVITY
    assert judged(points(values))[-1].expected == pytest.approx(160, abs=15)


def test_a_quiet_hour_that_should_be_busy_is_an_anomaly_though_its_value_is_usual_at_night() -> None:
    values = weekly(6 * WEEK)
    busy = 5 * WEEK + 24 + 12
    values[busy : busy + 4] = [100.0] * 4

    scores = [scored.score for scored in judged(points(values))]

    assert max(scores[busy : busy + 4]) > max(scores[3 * WEEK : busy])
    assert max(scores[busy : busy + 4]) >= 0.5


@pytest.mark.parametrize("seed", range(5))
def test_a_weekly_season_raises_no_alarm(seed: int) -> None:
    alarms = [scored for scored in judged(points(weekly(10 * WEEK, seed))) if scored.anomalous]

    assert not [scored for scored in alarms if scored.time >= MONDAY + 3 * WEEK * HOUR]


def test_a_constant_series_is_never_an_anomaly_and_a_change_of_it_is() -> None:
    scores = [scored.score for scored in judged(points([5.0] * 300 + [6.0]))]

    assert max(scores[:300]) < 0.3
    assert scores[300] >= SENSITIVITY


def test_a_counter_that_begins_anew_is_no_anomaly() -> None:
    draw, total, values = Random(1), 0.0, []
    for hour in range(600):
        total = 0.0 if hour == 450 else total + draw.uniform(80, 120)
        values.append(total)

    assert max(scored.score for scored in judged(points(values))[445:460]) < SENSITIVITY


def test_a_value_of_few_runs_is_believed_less() -> None:
    def last_score(weight: float) -> float:
        detector = Detector()
        for time, value in points(steady(300)):
            detector.judge(time, value, 50)
        return detector.judge(MONDAY + 300 * HOUR, 130, weight).score

    assert last_score(1) < last_score(50) / 1.5


def test_a_missing_value_scores_nothing_and_teaches_nothing() -> None:
    values: list[float | None] = list(steady(200))
    whole = judged(points([*values, 140.0]))[-1]
    detector = Detector(memory=64)
    for time, value in points(values):
        detector.judge(time, value)
    missing = detector.judge(MONDAY + 199.5 * HOUR, math.nan)

    assert (missing.score, missing.value, missing.anomalous) == (0.0, None, False)
    assert detector.judge(MONDAY + 200 * HOUR, 140.0).score == whole.score


def test_the_first_points_score_nothing() -> None:
    assert all(scored.score == 0 for scored in judged(points([*steady(20), 1e9, -1e9])))
    assert WARM_UP >= 22


def test_the_same_series_is_judged_the_same() -> None:
    assert judged(points(weekly(400))) == judged(points(weekly(400)))


@given(st.integers(0, 399), st.floats(-1e6, 1e6))
@settings(max_examples=20, deadline=None)
def test_what_comes_later_changes_no_score(cut: int, later: float) -> None:
    values = weekly(400)

    assert judged(points(values))[:cut] == judged(points([*values[:cut], later, later, later]))[:cut]


@given(st.integers(0, 500), st.sampled_from([16, 64, MEMORY]))
@settings(max_examples=20, deadline=None)
def test_a_state_that_was_stored_goes_on_to_the_last_digit(cut: int, memory: int) -> None:
    series = points([*weekly(450), 900, 900, *weekly(50)], 60)
    whole, first, second = Detector(0.7, memory), Detector(0.7, memory), Detector()
    expected = [whole.judge(*point) for point in series]

    for point in series[:cut]:
        first.judge(*point)
    second.unpack(first.pack())

    assert [second.judge(*point) for point in series[cut:]] == expected[cut:]


@pytest.mark.parametrize(("memory", "interval", "most"), [(MEMORY, 60, 21_000), (64, 3600, 5_500), (64, 60, 6_000)])
def test_the_state_stays_small_however_long_the_series(memory: int, interval: float, most: int) -> None:
    detector, sizes = Detector(memory=memory), []
    values = [value + 50 * math.sin(index / 15) for index, value in enumerate(steady(9_000))]
    for index, (time, value) in enumerate(points(values, interval)):
        detector.judge(time, value)
        if index % 1000 == 999:
            sizes.append(len(detector.pack()))

    assert max(sizes) <= most
    assert max(sizes[5:]) <= max(sizes[:5])


@given(st.lists(st.tuples(TIMES, NUMBERS), max_size=200))
@example([(3600.0, 1e308), (3600.0, -1e308)] * 40)
@example([(3600.0, 0.0)] * 60 + [(3600.0, 5e-324), (3600.0, 1e308)])
@settings(max_examples=60, deadline=None)
def test_every_finite_series_has_finite_scores_between_nought_and_one(series: list[tuple[float, float]]) -> None:
    detector, time = Detector(memory=32), 0.0
    for passed, value in series:
        time += passed
        scored = detector.judge(time, value)
        assert 0 <= scored.score <= 1
        assert scored.expected is not None
        assert math.isfinite(scored.expected)


def test_larger_departures_score_higher() -> None:
    scores = [judged(points([*steady(400), 100 + size]))[-1].score for size in (0, 15, 30, 60, 120, 1000)]

    assert all(smaller <= larger for smaller, larger in pairwise(scores))
    assert scores[0] < 0.3 < SENSITIVITY < scores[3]
