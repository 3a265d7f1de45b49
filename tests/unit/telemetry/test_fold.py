"""The runs of a trace are the same whatever order its spans come in, and what they spent is counted once."""

from dataclasses import replace
from decimal import Decimal
from functools import partial
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from tests.support.counting import calls_during
from tests.support.traces import MS, TRACE, agent, call, price, span_id, told, traces
from watchbill.runs.models import Status
from watchbill.telemetry.facts import Failure, Kind, Usage
from watchbill.telemetry.fold import UNNAMED, Folded, FoldedRun, fold, run_id
from watchbill.telemetry.lineage import Told, united


def folded(*spans: Told) -> Folded:
    return fold(united(spans), price)


def only(*spans: Told) -> FoldedRun:
    (run,) = folded(*spans).runs
    return run


def by_agent(*spans: Told) -> dict[str, FoldedRun]:
    return {run.agent: run for run in folded(*spans).runs}


def earlier(whole: Told) -> Told:
    """A span as it was told when it began."""
    return Told(replace(whole.span, end_ns=None), replace(whole.facts, failure=None, usage=Usage()))


# Any order, any split, any repetition


@given(traces(), st.randoms(use_true_random=False))
def test_the_order_of_spans_and_their_repetition_do_not_matter(trace: list[Told], random: Random) -> None:
    again = [*trace, *random.choices(trace, k=5), *map(earlier, random.choices(trace, k=5))]

    assert folded(*random.sample(again, len(again))) == folded(*trace)


@given(traces(), st.randoms(use_true_random=False))
def test_spans_that_come_in_parts_fold_as_if_they_came_at_once(trace: list[Told], random: Random) -> None:
    parts: list[list[Told]] = [[] for _ in range(3)]
    for one in [*trace, *map(earlier, trace)]:
        random.choice(parts).append(one)
    state: dict[str, Told] = {}
    for part in parts:
        state = united(state.values(), part)

    assert fold(state, price) == folded(*trace)


def test_of_two_spans_under_one_id_the_same_one_stands_in_either_order() -> None:
    one = call("m", None, 10)
    other = Told(replace(one.span, attributes={"a": 1}), replace(one.facts, usage=Usage(20, 20)))
    third = Told(replace(one.span, attributes={"a": 2}), replace(one.facts, usage=Usage(30, 30)))

    assert folded(one, other, third) == folded(third, other, one) == folded(third)


@given(traces(), st.randoms(use_true_random=False))
def test_a_run_once_folded_is_met_by_every_later_fold(trace: list[Told], random: Random) -> None:
    arriving = random.sample(trace, len(trace))
    before: set[str] = set()
    for i in range(1, len(arriving) + 1):
        runs = {run.id for run in folded(*arriving[:i]).runs}
        assert before <= runs
        before = runs


# What was spent is counted once


def brute_force(spans: list[Told]) -> dict[str | None, list[Told]]:
    """The spans that count by the agent's span they belong to, looked up one by one."""
    there = {one.span.span_id: one for one in spans}

    def above(one: Told) -> list[Told]:
        parent = there.get(one.span.parent_id or "")
        return [parent, *above(parent)] if parent else []

    def says(one: Told) -> bool:
        usage = one.facts.usage
        figures = (usage.input, usage.output, usage.cache_read, one.facts.told_cost)
        return any(figure is not None and figure > 0 for figure in figures)

    counted: dict[str | None, list[Told]] = {}
    for one in filter(says, spans):
        if not any(says(other) and one in above(other) for other in spans):
            agents = [a.span.span_id for a in [one, *above(one)] if a.facts.kind in (Kind.AGENT, Kind.WORKFLOW)]
            counted.setdefault(agents[0] if agents else None, []).append(one)
    return counted


@given(traces(), st.data())
def test_tokens_and_cost_are_those_of_a_recomputation_whatever_is_missing(
    trace: list[Told], data: st.DataObject
) -> None:
    come = data.draw(st.lists(st.sampled_from(trace), min_size=1, unique_by=lambda one: one.span.span_id))
    result, counted = folded(*come), brute_force(come)
    every = [one for ones in counted.values() for one in ones]

    assert result.spent.calls == len(every)
    for field in ("input", "output", "cache_read"):
        given_ones = [n for one in every if (n := getattr(one.facts.usage, field)) is not None]
        assert getattr(result.spent.usage, field) == (sum(given_ones) if given_ones else None)
    costs = [price(one.facts, None) for one in every]
    known = [cost for cost in costs if cost is not None]
    assert result.spent.known_cost == sum(known, Decimal(0))
    assert result.spent.cost == (sum(known, Decimal(0)) if known and known == costs else None)
    for run in result.runs:
        if run.parent_id or run.id != run_id(TRACE):
            assert run.spent.calls == len(counted.get(run.span_id, []))


def test_a_parent_holds_its_own_calls_and_its_children_theirs() -> None:
    runs = by_agent(agent("boss"), call("m1", "boss", 10), agent("helper", "boss", 2), call("m2", "helper", 100))

    assert runs["boss"].spent.usage == Usage(10, 10)
    assert runs["helper"].spent.usage == Usage(100, 100)
    assert runs["helper"].parent_id == runs["boss"].id
    assert runs["boss"].parent_id is None


def test_usage_that_an_agent_repeats_does_not_count() -> None:
    run = only(agent("a", usage=Usage(900, 900), model="small"), call("m1", "a", 10), call("m2", "a", 20))

    assert run.spent.usage == Usage(30, 30)


def test_an_agents_usage_counts_when_no_call_below_tells_any() -> None:
    run = only(agent("a", usage=Usage(900, 100), model="large"), call("m", "a", 0))

    assert run.spent.usage == Usage(900, 100)
    assert run.spent.cost == Decimal("0.015")


def test_of_a_frameworks_call_and_its_clients_call_inside_the_inner_one_counts() -> None:
    run = only(agent("a"), call("framework", "a", 10), call("client", "framework", 10))

    assert run.spent.usage == Usage(10, 10)


def test_a_cost_with_an_unknown_part_is_not_known_and_the_known_part_is() -> None:
    run = only(agent("a"), call("m1", "a", 10), call("m2", "a", 10, "nobody-knows", told_cost=Decimal("0.5")))

    assert run.spent.cost is None
    assert run.spent.known_cost == Decimal("0.000006")
    assert run.spent.told_cost == Decimal("0.5")
    assert run.unpriced == ("nobody-knows",)


def test_a_run_that_called_no_model_has_no_cost_rather_than_none_to_pay() -> None:
    run = only(agent("a"))

    assert (run.spent.cost, run.spent.usage) == (None, Usage())


# Which runs there are


def test_agents_below_a_web_servers_span_are_the_runs_and_it_is_none() -> None:
    runs = by_agent(told("POST /chat"), agent("a", "POST /chat", 1), agent("b", "POST /chat", 5))

    assert set(runs) == {"a", "b"}
    assert runs["a"].id == run_id(TRACE)
    assert runs["b"].id == run_id(TRACE, span_id("b"))
    assert runs["b"].parent_id is None


def test_without_agents_the_root_of_a_trace_that_calls_models_is_the_run() -> None:
    run = only(told("POST /chat", end=7, service="shop"), told("step", "POST /chat"), call("m", "step", 10))

    assert (run.span_id, run.agent, run.duration_ms) == (span_id("POST /chat"), "shop", 7)
    assert run.spent.usage == Usage(10, 10)


def test_a_trace_without_agents_and_calls_of_models_has_no_runs() -> None:
    assert folded(told("GET /"), told("query", "GET /")).runs == ()
    assert folded().runs == ()


def test_a_call_that_no_agent_is_above_is_counted_with_the_first() -> None:
    runs = by_agent(told("POST"), call("guard", "POST", 5), agent("a", "POST", 3), agent("b", "POST", 4))

    assert runs["a"].spent.usage == Usage(5, 5)
    assert runs["b"].spent.usage == Usage()


def test_while_the_root_is_missing_its_run_is_told_by_what_is_there() -> None:
    late, call_ = agent("a", version="2"), call("m", "a", 10, agent="a", service="shop", session="s")
    before, after = only(call_), only(call_, late)

    assert (before.status, before.provisional, before.agent) == (Status.RUNNING, True, "a")
    assert (after.status, after.provisional, after.version) == (Status.COMPLETED, False, "2")
    assert before.id == after.id
    assert before.spent == after.spent


def test_an_agent_whose_root_is_missing_gives_its_place_to_it() -> None:
    root, child = agent("boss"), agent("helper", "boss", 2)
    before = only(child)
    after = by_agent(child, root)

    assert (before.agent, before.provisional) == ("helper", True)
    assert before.id == after["boss"].id
    assert not after["boss"].provisional
    assert not after["helper"].provisional


def test_only_the_place_of_a_topmost_run_is_in_doubt_while_a_span_above_is_missing() -> None:
    runs = by_agent(agent("a", "missing"), agent("b", "a", 1))

    assert (runs["a"].provisional, runs["b"].provisional) == (True, False)


# What a run says


def test_how_a_run_ended_follows_from_its_span() -> None:
    ends = {
        None: Status.COMPLETED,
        "ValueError": Status.FAILED,
        "asyncio.TimeoutError": Status.TIMEOUT,
        "DEADLINE_EXCEEDED": Status.TIMEOUT,
        "asyncio.exceptions.CancelledError": Status.CANCELLED,
    }
    for error, status in ends.items():
        assert only(agent("a", failure=Failure(error) if error else None)).status is status
    assert only(agent("a", end=None, failure=Failure())).status is Status.RUNNING


def test_a_failure_below_does_not_fail_the_run() -> None:
    assert only(agent("a"), told("t", "a", kind=Kind.TOOL, failure=Failure())).status is Status.COMPLETED


def test_a_run_names_its_models_and_tools_once_in_order_and_not_its_childrens() -> None:
    run = by_agent(
        agent("a"),
        call("m1", "a", 1, "large", start=1),
        told("t1", "a", 2, kind=Kind.TOOL, tool="search"),
        call("m2", "a", 1, "small", start=3),
        call("m3", "a", 1, "large", start=4),
        agent("b", "a", 5),
        told("t2", "b", 6, kind=Kind.TOOL, tool="write"),
    )["a"]

    assert (run.models, run.tools) == (("large", "small"), ("search",))


def test_session_user_and_version_are_found_where_they_are_said() -> None:
    runs = by_agent(
        told("POST", session="s", user="u"), agent("a", "POST"), call("m", "a", 1, version="3"), agent("b", "a", 5)
    )

    assert (runs["a"].session, runs["a"].user, runs["a"].version) == ("s", "u", "3")
    assert (runs["b"].session, runs["b"].user, runs["b"].version) == ("s", "u", None)


def test_an_agent_that_nothing_names_is_unnamed() -> None:
    assert only(agent("a", agent=None)).agent == UNNAMED
    assert only(agent("a", agent=None, service="shop")).agent == "shop"


def test_the_first_token_is_the_runs_own_or_that_of_its_first_call() -> None:
    later, sooner = call("m1", "a", 1, start=5, first_token_ms=1), call("m2", "a", 1, start=2, first_token_ms=9)

    assert only(agent("a"), later, sooner).first_token_ms == 9
    assert only(agent("a", first_token_ms=70), later, sooner).first_token_ms == 70


def test_a_span_that_ends_before_it_begins_takes_no_time() -> None:
    run = only(agent("a", start=5, end=2))

    assert (run.duration_ms, run.completed_at) == (0, run.started_at)


def test_durations_are_rounded_to_milliseconds() -> None:
    one = agent("a")
    assert only(Told(replace(one.span, end_ns=one.span.start_ns + MS // 2), one.facts)).duration_ms == 1


# Malformed and large


def test_parents_in_a_circle_end_and_are_told() -> None:
    result = folded(agent("a", "c", 3), call("m", "a", 10), told("b", "a", 1), told("c", "b", 2), agent("self", "self"))

    assert set(result.circles) == {span_id("b"), span_id("self")}
    assert result.spent.usage == Usage(10, 10)
    assert {run.agent for run in result.runs} == {"a", "self"}


def chain(size: int) -> list[Told]:
    kinds = (Kind.AGENT, Kind.OTHER, Kind.TOOL, Kind.MODEL)
    return [
        told(f"{i:x}", f"{i - 1:x}" if i else None, i, 9**9, kind=kinds[i % 4], usage=Usage(1, 1), model=f"m{i}")
        for i in range(size)
    ]


def fan(size: int) -> list[Told]:
    return [told("root"), *(agent(f"{i:x}", "root", i) for i in range(size // 2)), *calls(size // 2)]


def calls(size: int) -> list[Told]:
    return [call(f"m{i:x}", f"{i:x}", 1, f"m{i}", start=i) for i in range(size)]


def circle(size: int) -> list[Told]:
    return [told(f"{i:x}", f"{(i + 1) % size:x}", i, kind=Kind.MODEL) for i in range(size)]


def test_twice_the_spans_take_about_twice_the_work() -> None:
    for shape in (chain, fan, circle):
        small, large = (calls_during(partial(folded, *shape(size))) for size in (500, 1_000))
        assert large < 2.4 * small, shape.__name__


def test_a_trace_as_deep_as_it_is_large_folds() -> None:
    result = folded(*chain(10_000))

    assert len(result.runs) == 2_500
    assert result.spent.calls == 1
