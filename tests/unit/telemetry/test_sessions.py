"""A session is its traces in the order they began, whatever order their spans came in."""

from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.traces import MS, agent, call, price, told, traces
from watchbill.telemetry.facts import Failure, Kind, Usage
from watchbill.telemetry.fold import fold
from watchbill.telemetry.lineage import Told, by_trace
from watchbill.telemetry.sessions import session
from watchbill.telemetry.spending import together


def of_trace(trace_id: str, *spans: Told) -> list[Told]:
    return [Told(replace(one.span, trace_id=trace_id * 32), one.facts) for one in spans]


def test_its_traces_come_one_behind_the_other_and_are_summed_up() -> None:
    second = of_trace("2", agent("a", start=50, end=70), call("m", "a", 5, start=51))
    first = of_trace("3", agent("a"), call("m", "a", 10), told("t", "a", kind=Kind.TOOL, failure=Failure()))
    whole = session("s", [*second, *first], price)

    assert [one.trace_id[0] for one in whole.trees] == ["3", "2"]
    assert whole.started_at == whole.trees[0].started_at
    assert whole.duration_ns == 70 * MS
    assert whole.spent.usage == Usage(15, 15)
    assert (whole.tool_calls, whole.failures) == (1, 1)


@settings(max_examples=40)
@given(traces(), traces(), st.randoms(use_true_random=False))
def test_spans_of_several_traces_may_be_mixed_and_come_twice(
    one: list[Told], other: list[Told], random: Random
) -> None:
    spans = [*of_trace("1", *one), *of_trace("2", *other)]
    mixed = random.sample([*spans, *spans], 2 * len(spans))

    assert session("s", mixed, price) == session("s", spans, price)
    assert session("s", mixed, price).spent == together(fold(part, price).spent for part in by_trace(spans).values())
