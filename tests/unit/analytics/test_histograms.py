"""Histograms keep quantiles within their stated error, add and subtract exactly, and survive storage."""

import math
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from watchbill.analytics.histograms import RELATIVE_ERROR, bucket_of, pack, quantile, unpack, value_of

DURATIONS = st.lists(st.integers(0, 10**10), min_size=1, max_size=60)


@given(st.integers(1, 10**12))
def test_a_bucket_stands_for_its_values_within_the_relative_error(value: int) -> None:
    assert math.isclose(value_of(bucket_of(value)), value, rel_tol=RELATIVE_ERROR * 1.0001)


def test_zero_has_a_bucket_of_its_own() -> None:
    assert value_of(bucket_of(0)) == 0
    assert bucket_of(0) != bucket_of(1)


@given(DURATIONS, st.sampled_from([0.0, 0.5, 0.95, 0.99, 1.0]))
def test_a_quantile_is_within_the_relative_error_of_a_true_one(durations: list[int], q: float) -> None:
    estimate = quantile(Counter(map(bucket_of, durations)), q)
    rank = q * (len(durations) - 1)
    true = (sorted(durations)[math.floor(rank)], sorted(durations)[math.ceil(rank)])

    assert estimate is not None
    assert true[0] * (1 - RELATIVE_ERROR * 1.0001) <= estimate <= true[1] * (1 + RELATIVE_ERROR * 1.0001)


def test_there_is_no_quantile_of_nothing() -> None:
    assert quantile({}, 0.5) is None


@given(st.dictionaries(st.integers(-5, 2000), st.integers(-(10**15), 10**15).filter(bool), max_size=50))
def test_counts_that_were_packed_are_unpacked(counts: dict[int, int]) -> None:
    assert unpack(pack(counts)) == counts


def test_packed_counts_are_steps_and_counts() -> None:
    assert pack({100: 1, 98: 3, 99: 0}) == [98, 3, 2, 1]
