"""What chance explains: the exact tests against counting all there is, and what remains of many comparisons."""

from itertools import combinations, product
from math import comb
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbill.agents.significance import RATE, Sample, Share, Surprise, claimed, more_often, score, shifted


@st.composite
def shares(draw) -> Share:
    """A stratum of at most seven things."""
    marks = draw(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=7))
    return Share(
        sum(having and recent for having, recent in marks),
        sum(having for having, _ in marks),
        sum(recent for _, recent in marks),
        len(marks),
    )


def every_lot(share: Share) -> list[int]:
    """How many of those having the property are recent, for each way in which lots may decide."""
    return [sum(place < share.having for place in recent) for recent in combinations(range(share.all), share.recent)]


@given(st.lists(shares(), max_size=3))
def test_a_share_is_as_surprising_as_counting_every_lot_says(strata) -> None:
    sums = [sum(lots) for lots in product(*map(every_lot, strata))]
    seen = sum(share.recent_having for share in strata)
    most = sum(min(share.having, share.recent) for share in strata)

    found = more_often(strata)

    assert found.probability == pytest.approx(sum(one >= seen for one in sums) / len(sums))
    assert found.least == pytest.approx(sum(one == most for one in sums) / len(sums))


def test_a_single_table_is_fisher_s() -> None:
    # Fisher's lady tasting tea: all four of eight cups told.
    assert more_often([Share(4, 4, 4, 8)]).probability == pytest.approx(1 / comb(8, 4))


def test_what_only_begins_to_be_read_surprises_nobody() -> None:
    everything_new = Share(30, 30, 200, 200)

    assert more_often([everything_new, Share(1, 10, 10, 100)]) == more_often([Share(1, 10, 10, 100)])


FIGURES = st.lists(st.sampled_from([0.0, 1.0, 2.5, 7.0]), max_size=3).map(tuple)


@given(st.lists(st.builds(Sample, FIGURES, FIGURES), max_size=2))
def test_a_shift_is_as_surprising_as_counting_every_lot_says(strata) -> None:
    def ranks(sample: Sample) -> list[int]:
        everything = sample.recent + sample.before
        return [sum(o < figure for o in everything) - sum(o > figure for o in everything) for figure in everything]

    lots = [
        sum(sum(chosen) for chosen in choice)
        for choice in product(*(combinations(ranks(sample), len(sample.recent)) for sample in strata))
    ]
    seen = sum(sum(ranks(sample)[: len(sample.recent)]) for sample in strata)
    above, below = (sum(ok) / len(lots) for ok in ((one >= seen for one in lots), (one <= seen for one in lots)))

    found = shifted(strata)

    assert found.surprise.probability == pytest.approx(min(1, 2 * min(above, below)))
    # Where the lots are even, it goes neither up nor down, and rounding may call it either.
    assert above == pytest.approx(below) or found.up == (above < below)


def test_a_figure_that_is_higher_on_every_day_of_a_week_than_on_four_before_is_beyond_chance() -> None:
    found = shifted([Sample((9.0,), (1.0, 2.0, 3.0, 4.0))] * 7)

    assert found.up
    assert found.surprise.probability == found.surprise.least == pytest.approx(2 / 5**7)


def test_one_enormous_day_is_no_shift() -> None:
    found = shifted([Sample((1e9,), (1.0, 2.0)), *[Sample((1.5,), (1.0, 2.0))] * 6])

    assert found.surprise.probability > RATE


@given(st.lists(st.floats(0.0001, 1), min_size=1, max_size=12))
def test_what_is_claimed_is_what_benjamini_and_hochberg_s_procedure_claims(probabilities) -> None:
    ranked = sorted(probabilities)
    last = max((i for i, one in enumerate(ranked, 1) if one <= RATE * i / len(ranked)), default=0)

    found = claimed({place: Surprise(one, 0) for place, one in enumerate(probabilities)})

    assert len(found) >= last
    assert sorted(probabilities[place] for place in found)[:last] == ranked[:last]
    assert len(found) == last or ranked[last] == ranked[last - 1]


def test_what_could_never_be_significant_does_not_count_as_a_comparison() -> None:
    hopeless = {number: Surprise(1.0, 0.2) for number in range(1_000)}

    assert claimed({"a": Surprise(0.01, 0.001), **hopeless}) == {"a": 0.01}
    assert claimed({"a": Surprise(0.01, 0.001), **{n: Surprise(1.0, 0.0) for n in hopeless}}) == {}
    assert claimed({}) == {}


def test_of_many_looks_at_noise_few_claim_something() -> None:
    draw = Random(5)

    def look() -> bool:
        return bool(claimed({n: Surprise(draw.random(), 0) for n in range(50)}))

    assert sum(look() for _ in range(1_000)) < 1_000 * RATE * 1.5


@pytest.mark.parametrize(("probability", "told"), [(1.0, 0.0), (0.01, 2.0), (0.0, 300.0), (1e-320, 300.0)])
def test_a_score_is_in_powers_of_ten_and_finite(probability, told) -> None:
    assert score(probability) == told
