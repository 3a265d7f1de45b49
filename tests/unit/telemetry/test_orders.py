"""A trace's spans may come in any order, in any parts, and more than once: what is stored of it is the same."""

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.telemetry_world import NOW, World
from tests.support.traces import TRACE, price, spoken, traces
from watchbill.platform.clock import frozen_at
from watchbill.runs import rules as runs
from watchbill.runs.models import Facts
from watchbill.telemetry.fold import fold
from watchbill.telemetry.lineage import united
from watchbill.telemetry.recording import told
from watchbill.telemetry.settling import withheld
from watchbill.telemetry.spans import Span
from watchbill.telemetry.store import tell


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[list[Span], list[list[Span]]]:
    """Spans of a trace, perhaps without its root, and requests that bring each of them at least once."""
    whole = [spoken(one) for one in draw(traces())]
    spans = whole[draw(st.sampled_from([0, 0, 1])) :] or whole
    repeated = draw(st.permutations([*spans, *draw(st.lists(st.sampled_from(spans), max_size=4))]))
    cuts = sorted(draw(st.lists(st.integers(0, len(repeated)), max_size=4)))
    edges = [0, *cuts, len(repeated)]
    return spans, [repeated[a:b] for a, b in pairwise(edges) if a < b]


def expected(spans: Sequence[Span]) -> dict[str, Facts]:
    """What the records say when all spans are folded at once."""
    trace = united(tell(spans))
    folded = fold(trace, price)
    if withheld(folded, trace):
        return {}
    return {run.id: told(run) for run in folded.runs}


@settings(max_examples=60)
@given(deliveries())
def test_records_and_rollups_are_those_of_all_spans_at_once(delivery: tuple[list[Span], list[list[Span]]]) -> None:
    spans, requests = delivery
    world = World()

    with frozen_at(NOW):
        world.take_in(requests)

    found = world.records
    for run, facts in expected(spans).items():
        said = found.pop(run)
        assert {name: said.get(name) for name in facts} == facts
        assert said[runs.TRACE_ID] == TRACE
    assert found == {}
    at_once = World()
    with frozen_at(NOW):
        at_once.take_in([spans])
    assert world.figures == at_once.figures
    head = world.traces.heads([TRACE])[TRACE]
    assert united(tell(world.traces.spans(head.packs, [TRACE]))) == united(tell(spans))
