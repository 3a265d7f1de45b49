"""Versions side by side: what is said of their difference is what the runs can tell, and no more."""

from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbill.analytics.histograms import bucket_of
from watchbill.analytics.models import Cell, Measure, Rollup
from watchbill.analytics.rules import agent_cell
from watchbill.dashboard.versions import Sense, Side, beside, by_version, verdict
from watchbill.experiments import statistics
from watchbill.runs.models import Tokens
from watchbill.runs.views import Run

NOW = datetime(2026, 3, 10, tzinfo=UTC)


def runs_costing(*costs, tokens=None):
    told = {"agent_id": "a", "version": "1", "created": NOW, "recorded_at": NOW, "status": "completed"}
    said = None if tokens is None else Tokens(total=tokens)
    return [
        Run.model_validate({**told, "run_id": str(n), "cost": cost, "tokens": said}, strict=False)
        for n, cost in enumerate(costs)
    ]


def side(version, runs=0, completed=0, ms=1_000, newest=()):
    sums = {Measure.RUNS: runs, Measure.COMPLETED: completed, Measure.FAILED: runs - completed} if runs else {}
    return Side(version, Cell(sums, Counter({bucket_of(ms): runs} if runs else {})), newest)


def row_of(rows, name):
    (found,) = [row for row in rows if row.name == name]
    return found


def test_what_succeeds_more_often_and_takes_longer_is_better_in_one_and_worse_in_the_other():
    rows = beside(side("1", 500, 400, ms=1_000), side("2", 500, 470, ms=3_000))

    assert row_of(rows, "Success").sense is Sense.BETTER
    assert row_of(rows, "Success").says.startswith("14.0 points more of its runs succeed (between ")
    assert row_of(rows, "Success").says.endswith("p < 0.001")
    assert row_of(rows, "p50").sense is Sense.WORSE
    assert (
        verdict("1", "2", rows)
        == "2 is better in success and worse in p50 than 1. Nothing else differs by more than chance."
    )


def test_what_could_be_chance_is_no_difference_and_says_how_many_runs_would_show_one():
    rows = beside(side("1", 100, 80), side("2", 100, 84))

    found = row_of(rows, "Success")
    assert found.sense is Sense.ALIKE
    assert "more runs of each would show a difference of 5.0 points" in found.says
    assert verdict("1", "2", rows) == "No difference between 2 and 1 that could not be chance."


def test_too_few_runs_say_how_many_are_missing():
    rows = beside(side("1", 12, 12), side("2", 400, 1))

    assert row_of(rows, "Success").sense is Sense.UNKNOWN
    assert row_of(rows, "Success").says == "needs 18 more runs of 1 to be judged"
    assert verdict("1", "2", rows) == "Too few runs to tell 2 from 1: 30 of each are the least."
    assert beside(side("1"), side("2")) == []


def test_that_none_of_thirty_runs_failed_does_not_prove_that_few_will():
    found = row_of(beside(side("1", 30, 30), side("2", 30, 30)), "Success")

    assert found.sense is Sense.ALIKE
    assert "more runs of each would show" in found.says


def test_costs_and_tokens_are_those_of_the_newest_runs_and_less_is_better():
    cheap = side("2", newest=runs_costing(*[Decimal("0.01"), Decimal("0.011")] * 40, tokens=900))
    dear = side("1", newest=runs_costing(*[Decimal("0.02"), Decimal("0.021")] * 40, tokens=900))
    rows = beside(dear, cheap)

    cost = row_of(rows, "Cost per run")
    assert (cost.left.value, cost.right.value, cost.left.runs) == (pytest.approx(0.0205), pytest.approx(0.0105), 80)
    assert cost.sense is Sense.BETTER
    assert cost.says.startswith("$0.01 less (between ")
    assert row_of(rows, "Tokens per run").sense is Sense.ALIKE
    assert [row.name for row in rows] == ["Cost per run", "Tokens per run"]


def test_a_cost_that_is_not_known_is_no_cost_of_nothing():
    rows = beside(side("1", newest=runs_costing(None, Decimal(2))), side("2", newest=runs_costing(None)))

    cost = row_of(rows, "Cost per run")
    assert (cost.left.value, cost.left.runs, cost.right.value) == (2.0, 1, None)


_SIDES = st.builds(
    lambda runs, share, ms: (runs, round(runs * share), ms),
    st.integers(1, 2_000),
    st.floats(0, 1),
    st.integers(0, 10_000),
)


@given(one=_SIDES, other=_SIDES)
def test_who_is_better_does_not_depend_on_who_is_named_first(one, other):
    mirrored = {Sense.BETTER: Sense.WORSE, Sense.WORSE: Sense.BETTER}

    there, back = beside(side("1", *one), side("2", *other)), beside(side("2", *other), side("1", *one))

    senses = {row.name: row.sense for row in there}
    assert {row.name: mirrored.get(row.sense, row.sense) for row in back} == senses


@given(runs=st.integers(0, 500), completed=st.integers(0, 500), ms=st.integers(0, 10_000))
def test_a_version_is_never_better_than_itself(runs, completed, ms):
    same = (runs, min(runs, completed), ms)

    assert {row.sense for row in beside(side("1", *same), side("2", *same))} <= {Sense.ALIKE, Sense.UNKNOWN, None}


def test_hours_are_summed_by_version_whatever_the_runs_were_about():
    hour = Rollup({agent_cell("1", "a"): Cell({Measure.RUNS: 2}), agent_cell("2", None): Cell({Measure.RUNS: 5})})
    later = Rollup({agent_cell("1", "b"): Cell({Measure.RUNS: 1})})

    cells = by_version({"2026-03-10T05": hour, "2026-03-10T06": later})

    assert {name: cell[Measure.RUNS] for name, cell in cells.items()} == {"1": 3, "2": 5}


@pytest.mark.parametrize(
    ("completed", "of_itself"),
    [(434, False), (439, True)],
    ids=["enough for who looks once", "enough for who looks at one figure"],
)
def test_what_is_enough_for_a_single_look_at_a_single_figure_is_not_enough_here(completed, of_itself):
    difference = statistics.between_shares(statistics.share(400, 500), statistics.share(completed, 500))
    assert difference.p_value(anytime=False) < 0.01
    assert (difference.p_value(anytime=True) < 0.05) is of_itself

    assert row_of(beside(side("1", 500, 400), side("2", 500, completed)), "Success").sense is Sense.ALIKE


def test_what_few_runs_cost_on_average_is_never_less_than_nothing():
    # A run that costs a hundred times the others makes an interval that would begin below zero.
    few = side("1", newest=runs_costing(*[Decimal("0.01")] * 9, Decimal(1)))
    found = row_of(beside(few, side("2", newest=runs_costing(Decimal("0.01")))), "Cost per run")

    low, high = found.left.interval
    assert low == 0 < found.left.value < high
