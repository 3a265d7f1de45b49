"""Waterfalls: every span has its row, and its bar lies where its time does."""

import pytest
from hypothesis import given

from tests.support.traces import agent, call, price, told, traces
from watchbill.dashboard import waterfall
from watchbill.dashboard.waterfall import WHOLE
from watchbill.telemetry.facts import Failure
from watchbill.telemetry.lineage import united
from watchbill.telemetry.tree import tree
from watchbill.telemetry.views import trace_of


def trace(*spans):
    return trace_of(tree(united(spans), price), attributes=False, longest=None)


def rows_of(*spans):
    return {row.span.name: row for row in waterfall.of(trace(*spans)).rows}


def test_bars_lie_where_their_time_does():
    rows = rows_of(
        agent("root", end=1_000), call("a", "root", 5, start=250, end=500), call("b", "root", 5, start=999, end=1_000)
    )

    assert [(row.x, row.width) for row in rows.values()] == [(0, WHOLE), (250, 250), (996, 4)]


def test_what_failed_is_marked_and_what_goes_on_reaches_to_the_end():
    rows = rows_of(
        agent("root", end=None),
        call("a", "root", 5, start=50, end=100, failure=Failure("TimeoutError")),
        told("b", "root"),
    )

    assert [row.tone for row in rows.values()] == ["agent", "other", "failed"]
    assert (rows["root"].x, rows["root"].width) == (0, WHOLE)


def test_runs_of_a_trace_are_named_by_whose_they_are():
    fall = waterfall.of(trace(agent("boss"), agent("helper", "boss", 1), call("a", "helper", 5)))

    assert list(fall.runs.values()) == ["boss", "helper"]
    assert fall.first_run == next(iter(fall.runs))


@given(spans=traces())
def test_every_span_has_a_row_within_the_whole_and_holds_those_below_it(spans):
    shown = trace(*spans)

    fall = waterfall.of(shown)

    assert [row.span for row in fall.rows] == list(shown.spans)
    assert all(row.x >= 0 and row.width > 0 and row.x + row.width <= WHOLE for row in fall.rows)
    for at, row in enumerate(fall.rows):
        within = fall.rows[at + 1 : at + 1 + row.holds]
        assert all(one.span.depth > row.span.depth for one in within)
        behind = fall.rows[at + 1 + row.holds : at + 2 + row.holds]
        assert all(one.span.depth <= row.span.depth for one in behind)


@pytest.mark.parametrize(("most", "drawn", "held"), [(1, 1, 0), (3, 3, 2), (10, 4, 3)])
def test_of_a_long_trace_the_first_spans_are_drawn(most, drawn, held):
    fall = waterfall.of(trace(agent("root"), call("a", "root", 5), call("b", "root", 5), call("c", "root", 5)), most)

    assert (len(fall.rows), fall.left_out, fall.rows[0].holds) == (drawn, 4 - drawn, held)


def test_several_waterfalls_together_are_no_longer_than_one():
    one = trace(*[call(f"s{n}", None, 1) for n in range(300)])

    falls = waterfall.of_all([one, one, one])

    assert [(len(fall.rows), fall.left_out) for fall in falls] == [(300, 0), (200, 100), (0, 300)]
