"""Events that came apart from their spans are put where they belong, in any order and however often they came."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.support.traces import TRACE, call, span_id
from watchbill.telemetry.lineage import united
from watchbill.telemetry.loose import gathered, joined
from watchbill.telemetry.packs import packed, unpacked
from watchbill.telemetry.spans import LooseEvent, SpanEvent

NAMES = ("chat", "other")
SPANS = [call(name, None, 5).span for name in NAMES]
events = st.builds(
    lambda span, name, at, said: LooseEvent(TRACE, span_id(span), SpanEvent(name, at, said)),
    st.sampled_from([*NAMES, "lost"]),
    st.sampled_from(["gen_ai.user.message", "gen_ai.choice"]),
    st.integers(1, 3),
    st.dictionaries(st.sampled_from(["content", "message"]), st.text(max_size=3), max_size=2),
)


@given(st.lists(events, max_size=6).flatmap(lambda loose: st.tuples(st.just(loose), st.permutations(loose * 2))))
def test_in_any_order_and_however_often_they_came(loose_and_again: tuple[list[LooseEvent], list[LooseEvent]]) -> None:
    loose, again = loose_and_again
    whole = list(gathered(SPANS, loose))

    assert list(gathered(SPANS, again)) == whole
    assert list(gathered(whole, again)) == whole


@given(st.lists(events, max_size=6))
def test_a_pack_holds_what_was_put_into_it(loose: list[LooseEvent]) -> None:
    pack = packed(SPANS, loose)

    assert unpacked(pack.data) == (SPANS, loose)
    assert unpacked(pack.data, [TRACE]) == (SPANS, loose)
    assert unpacked(pack.data, ["another"]) == ([], [])


def test_what_an_event_says_is_among_what_its_span_says() -> None:
    told = call("chat", None, 5)
    trace = united([told])
    said = LooseEvent(TRACE, span_id("chat"), SpanEvent("gen_ai.user.message", 5, {"content": "Hola"}))

    after = joined(trace, [said])

    assert after[span_id("chat")].facts.input == "Hola"
    assert after[span_id("chat")].span == replace(told.span, events=(said.event,))
    assert joined(trace, [said._replace(trace_id="f" * 32)]) is trace
