"""Baselines: medians by weight, and intervals that say how sure a rate is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.anomalies.hours import WINDOW, now, past
from watchbill.anomalies.baselines import baseline, weighted_median
from watchbill.anomalies.intervals import wilson


@pytest.mark.parametrize(
    ("values", "weights", "median"),
    [([1, 2, 9], [1, 1, 1], 2), ([1, 2], [1, 1], 1.5), ([1, 2, 9], [1, 1, 5], 9), ([4], [3], 4)],
)
def test_the_median_is_where_half_of_the_weight_lies(values: list[float], weights: list[float], median: float) -> None:
    assert weighted_median(values, weights) == median


@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.integers(1, 5)), min_size=1, max_size=30))
def test_a_weight_is_so_many_copies_of_a_value(pairs: list[tuple[float, int]]) -> None:
    values, weights = [value for value, _ in pairs], [float(weight) for _, weight in pairs]
    copies = [value for value, weight in pairs for _ in range(weight)]

    assert weighted_median(values, weights) == weighted_median(copies, [1.0] * len(copies))


def test_the_spread_is_that_of_a_normal_distribution() -> None:
    usual = baseline([*past(400, lambda before: 100.0 + (before % 41 - 20)), now(5)], WINDOW, 10)

    assert usual is not None
    assert usual.centre == pytest.approx(100, abs=8)
    assert usual.spread == pytest.approx(1.4826 * 10, rel=0.4)


def test_without_a_season_yet_all_hours_are_alike() -> None:
    usual = baseline([*past(20, lambda before: float(before)), now(5)], WINDOW, 10)

    assert usual is not None
    assert usual.kind == "all hours before"
    assert usual.centre == 10.5


@given(st.integers(0, 50), st.integers(0, 50))
def test_an_interval_holds_its_rate_and_narrows_with_more_trials(hits: int, misses: int) -> None:
    trials = hits + misses
    low, high = wilson(hits, trials)

    assert 0 <= low <= high <= 1
    if trials:
        assert low - 1e-12 <= hits / trials <= high + 1e-12
        more = wilson(10 * hits, 10 * trials)
        assert more.high - more.low < high - low
