"""A call counts once, however many instrumentations tell it, and what any of them says that it cost is kept."""

from dataclasses import replace
from decimal import Decimal
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from tests.support.traces import agent, call, price, traces
from watchbill.telemetry.facts import Usage
from watchbill.telemetry.lineage import Told, lineage_of, united
from watchbill.telemetry.spans import Scope
from watchbill.telemetry.spending import Spending, calls_of, together


def by(scope: str, told: Told) -> Told:
    """A span as this instrumentation tells it."""
    return Told(replace(told.span, scope=Scope(scope)), told.facts)


def spent(*spans: Told) -> Spending:
    return together(calls_of(lineage_of(united(spans)), price).values())


def test_a_call_that_two_instrumentations_tell_side_by_side_counts_once() -> None:
    framework = by("openllmetry", call("framework", "a", 10, response_id="answer"))
    library = by("library", call("library", "a", 10, response_id="answer"))

    assert (spent(agent("a"), framework, library).usage, spent(agent("a"), library).usage) == (Usage(10, 10),) * 2


def test_it_is_counted_as_whoever_tells_most_of_it_tells_it() -> None:
    less = call("less", "a", 10, response_id="answer")
    more = call("more", "a", 10, response_id="answer", usage=Usage(10, 10, cache_read=5))

    for names in (("x", "y"), ("y", "x")):
        assert spent(agent("a"), by(names[0], less), by(names[1], more)).usage == Usage(10, 10, cache_read=5)


def test_of_two_that_tell_as_much_of_it_the_one_nearer_to_the_wire_counts() -> None:
    framework = call("framework", "a", 10, start=1, end=9, response_id="answer", usage=Usage(10, 11))
    library = call("library", "a", 10, start=2, end=8, response_id="answer")

    for names in (("x", "y"), ("y", "x")):
        assert spent(agent("a"), by(names[0], framework), by(names[1], library)).usage == Usage(10, 10)


def test_answers_of_one_instrumentation_are_several_though_their_server_gives_them_one_id() -> None:
    calls = [by("library", call(name, "a", 10, response_id="chatcmpl-1")) for name in ("m1", "m2")]

    assert spent(agent("a"), *calls).usage == Usage(20, 20)


def test_a_framework_that_asks_twice_within_its_span_does_not_hide_either_call() -> None:
    framework = by("framework", call("outer", "a", 20, response_id="second"))
    calls = [by("library", call(name, "outer", 10, response_id=name)) for name in ("first", "second")]

    assert spent(agent("a"), framework, *calls).usage == Usage(20, 20)


def test_what_a_framework_says_that_a_call_cost_is_kept_where_its_clients_span_inside_counts() -> None:
    framework = call("framework", "a", 10, told_cost=Decimal("0.5"))

    assert spent(framework, call("client", "framework", 10)).told_cost == Decimal("0.5")
    assert spent(framework, call("client", "framework", 10, told_cost=Decimal("0.4"))).told_cost == Decimal("0.4")


def test_the_cost_of_several_calls_is_none_of_theirs() -> None:
    calls = call("m1", "a", 10), call("m2", "a", 10)

    assert spent(call("a", None, 20, told_cost=Decimal("0.5")), *calls).told_cost is None
    assert spent(agent("a", told_cost=Decimal("0.5")), calls[0]).told_cost is None


@given(traces(), st.data(), st.randoms(use_true_random=False))
def test_the_order_in_which_they_come_does_not_matter(trace: list[Told], data: st.DataObject, random: Random) -> None:
    answers, scopes = st.sampled_from([None, "r1", "r2"]), st.sampled_from(["x", "y", "z"])
    spans = [
        by(data.draw(scopes), Told(told.span, replace(told.facts, response_id=data.draw(answers)))) for told in trace
    ]
    shuffled = random.sample(spans, len(spans))

    assert calls_of(lineage_of(united(spans)), price) == calls_of(lineage_of(united(shuffled)), price)
