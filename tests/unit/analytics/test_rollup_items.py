"""What a rollup is stored as gives the same rollup back, to the last decimal, and is small."""

from collections import Counter
from decimal import Decimal
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from watchbill.analytics.histograms import bucket_of
from watchbill.analytics.models import Cell, Measure, Rollup, Sums
from watchbill.analytics.store import from_rollup, to_rollup

AMOUNTS = st.integers(-(10**18), 10**18) | st.decimals(-(10**9), 10**9, places=10)
COUNTS = st.dictionaries(st.integers(-1, 2000), st.integers(-(10**15), 10**15).filter(bool), max_size=20).map(Counter)
CELLS = st.builds(
    Cell,
    st.dictionaries(st.sampled_from(Measure), AMOUNTS),
    COUNTS,
    st.sampled_from(["", "2026-06-01T12:00:00.000Z"]),
)
ROLLUPS = st.builds(
    Rollup,
    st.dictionaries(st.text(max_size=20), CELLS, max_size=5),
    st.dictionaries(st.sampled_from(Measure), COUNTS, max_size=4),
)


@given(ROLLUPS)
def test_a_rollup_is_stored_as_it_is(rollup: Rollup) -> None:
    assert to_rollup(from_rollup(rollup)) == rollup


def test_an_item_that_was_never_counted_in_is_an_empty_rollup() -> None:
    assert to_rollup({"marks": {}}) == Rollup()


def test_an_agents_busy_hour_takes_little_more_than_a_kibibyte() -> None:
    rollup, chance = Rollup(), Random(1)
    for number in range(500):
        duration = int(chance.lognormvariate(8.5, 0.8))
        sums: Sums = {Measure.RUNS: 1, Measure.COMPLETED: 1, Measure.DURATION_MS: duration, Measure.TIMED: 1}
        sums |= {Measure.COST: Decimal(chance.randrange(10**6)) / 10**6, Measure.COSTED: 1}
        cell = Cell(sums, Counter({bucket_of(duration): 1}))
        minutes = {Measure.RUNS: Counter({number % 60: 1})}
        rollup.add(Rollup({f"1.{number % 2}.0#task-{number % 5}": cell}, minutes))

    assert len(from_rollup(rollup)["figures"]) < 1_200
