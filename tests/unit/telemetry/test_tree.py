"""A trace as a tree: every span once, in its place, with what was spent below it."""

from functools import partial
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.counting import calls_during
from tests.support.traces import MS, agent, call, price, span_id, told, traces
from watchbill.telemetry.facts import Failure, Kind, Usage
from watchbill.telemetry.fold import fold, run_id
from watchbill.telemetry.lineage import Adrift, Told, united
from watchbill.telemetry.spending import together
from watchbill.telemetry.tree import Node, Tree, tree


def tree_of(*spans: Told) -> Tree:
    return tree(united(spans), price)


def by_name(whole: Tree) -> dict[str, Node]:
    return {node.told.span.name: node for node in whole.nodes}


def names(whole: Tree) -> list[tuple[str, int]]:
    return [(node.told.span.name, node.depth) for node in whole.nodes]


def test_children_come_behind_their_parent_in_the_order_they_began() -> None:
    whole = tree_of(told("c", "b", 6), told("d", "a", 3), told("b", "a", 5), told("a"), told("e", "d", 4))

    assert names(whole) == [("a", 0), ("d", 1), ("e", 2), ("b", 1), ("c", 2)]
    assert by_name(whole)["a"].children == (span_id("d"), span_id("b"))


@settings(max_examples=40)
@given(traces(), st.randoms(use_true_random=False), st.data())
def test_the_tree_is_the_same_in_any_order_and_holds_what_the_runs_hold(
    trace: list[Told], random: Random, data: st.DataObject
) -> None:
    come = data.draw(st.lists(st.sampled_from(trace), min_size=1, unique_by=lambda one: one.span.span_id))
    whole, runs = tree_of(*come), fold(united(come), price)

    assert tree_of(*random.sample([*come, *come], 2 * len(come))) == whole
    assert whole.spent == runs.spent
    assert {node.told.span.span_id for node in whole.nodes} == {one.span.span_id for one in come}
    assert {node.told.span.span_id: node.run_id for node in whole.nodes if node.run_id} == runs.run_of


@settings(max_examples=40)
@given(traces())
def test_each_node_has_spent_what_it_and_its_children_have(trace: list[Told]) -> None:
    whole = tree_of(*trace)
    nodes = {node.told.span.span_id: node for node in whole.nodes}

    for node in whole.nodes:
        below = together(nodes[child].spent for child in node.children)
        own = Usage() if not node.counted else node.told.facts.usage
        assert node.spent.calls == below.calls + node.counted
        assert (node.spent.usage.input or 0) == (below.usage.input or 0) + (own.input or 0)
        # What counts has nothing below it that does.
        assert not (node.counted and below.calls)
    assert together(node.spent for node in whole.nodes if node.depth == 0) == whole.spent


def test_spans_whose_parent_is_missing_hang_on_the_root_and_say_so() -> None:
    whole = tree_of(agent("a"), call("m", "lost", 10, start=2), told("t", "a", 4))
    lost = by_name(whole)["m"]

    assert names(whole) == [("a", 0), ("m", 1), ("t", 1)]
    assert (lost.parent_id, lost.adrift) == (span_id("a"), Adrift.MISSING)
    assert by_name(whole)["a"].spent.usage == Usage(10, 10)


def test_while_there_is_no_root_what_is_adrift_stands_by_itself() -> None:
    whole = tree_of(told("b", "lost", 1), told("c", "b", 2), told("d", "gone", 3))

    assert names(whole) == [("b", 0), ("c", 1), ("d", 0)]
    assert [node.adrift for node in whole.nodes] == [Adrift.MISSING, None, Adrift.MISSING]


def test_a_circle_of_parents_is_cut_and_says_so() -> None:
    whole = tree_of(told("a"), told("x", "z", 1), told("y", "x", 2), told("z", "y", 3))

    assert names(whole) == [("a", 0), ("x", 1), ("y", 2), ("z", 3)]
    assert by_name(whole)["x"].adrift is Adrift.CIRCLE


def test_times_are_from_the_traces_beginning_to_its_last_end() -> None:
    whole = tree_of(told("a", start=5, end=20), told("early", "a", 3, 4), told("open", "a", 7, None))

    assert whole.duration_ns == 17 * MS
    assert {name: (node.offset_ns // MS, node.duration_ns) for name, node in by_name(whole).items()} == {
        "a": (2, 15 * MS),
        "early": (0, 1 * MS),
        "open": (4, None),
    }


def test_tools_and_failures_are_counted() -> None:
    whole = tree_of(
        agent("a", failure=Failure()),
        told("t1", "a", kind=Kind.TOOL, failure=Failure()),
        told("t2", "a", kind=Kind.TOOL),
    )

    assert (whole.tool_calls, whole.failures) == (2, 2)


def test_each_span_names_its_run() -> None:
    whole = by_name(tree_of(agent("a"), call("m1", "a", 1), agent("b", "a", 2), call("m2", "b", 1)))

    assert whole["m1"].run_id == whole["a"].run_id == run_id(whole["a"].told.span.trace_id)
    assert whole["m2"].run_id == whole["b"].run_id != whole["a"].run_id


def test_usage_that_repeats_what_is_below_is_shown_and_not_counted() -> None:
    whole = by_name(tree_of(agent("a", usage=Usage(99, 99)), call("m", "a", 10)))

    assert (whole["a"].told.facts.usage, whole["a"].counted) == (Usage(99, 99), False)
    assert whole["a"].spent.usage == Usage(10, 10)


def deep(size: int) -> list[Told]:
    return [
        told(f"{i:x}", f"{i - 1:x}" if i else None, i, 9**6, kind=Kind.AGENT, usage=Usage(1), model=f"m{i}")
        for i in range(size)
    ]


def test_a_trace_as_deep_as_it_is_large_is_a_tree() -> None:
    assert tree_of(*deep(5_000)).nodes[-1].depth == 4_999


def test_twice_the_spans_take_about_twice_the_work() -> None:
    small, large = (calls_during(partial(tree_of, *deep(size))) for size in (500, 1_000))

    assert large < 2.4 * small
