"""What a watch is stored as: nothing is lost, and it is small."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.agent_hours import MONDAY, at, hours, together
from watchbill.anomalies.figures import COARSE, EXACT, HOUR, Hours, Work
from watchbill.anomalies.packing import pack_hours, pack_states, unpack_hours, unpack_states

FIGURES = st.floats(0, 1e15) | st.floats(1e-10, 1) | st.just(0.0)
RUNS = 1_000_000


@st.composite
def works(draw: st.DrawFn) -> Work:
    """Any hour's work."""
    runs = draw(st.integers(1, RUNS))
    parts = [draw(st.integers(0, runs)) for _ in range(5)]
    failed, finished, timed, costed, rated = parts
    means = [draw(FIGURES) for _ in range(3)]
    return Work(runs, failed, finished, means[0], timed, means[1], costed, means[2], rated)


ANY_HOURS = st.dictionaries(
    st.integers(0, 20_000).map(lambda number: MONDAY + number * HOUR),
    st.dictionaries(st.text(min_size=1, max_size=8), works(), min_size=1, max_size=4),
    max_size=20,
)


@settings(max_examples=60, deadline=None)
@given(ANY_HOURS, st.sampled_from([COARSE, EXACT]))
def test_hours_come_back_as_they_were_rounded(found: Hours, digits: int) -> None:
    rounded = {hour: {name: work.rounded(digits) for name, work in each.items()} for hour, each in found.items()}

    assert unpack_hours(pack_hours(rounded, digits), digits) == rounded


@given(st.lists(st.binary(max_size=200), max_size=4))
def test_states_come_back_as_they_were(states: list[bytes]) -> None:
    assert unpack_states(pack_states(states)) == tuple(states)


def test_four_weeks_of_an_agent_with_three_task_types_take_less_than_eight_kilobytes() -> None:
    several = together(*(hours(4 * 168, seed=number, task_type=f"type {number}") for number in range(3)))
    rounded = {hour: {name: work.rounded(COARSE) for name, work in each.items()} for hour, each in several.items()}

    assert at(4 * 168) - MONDAY == timedelta(weeks=4)
    assert len(pack_hours(rounded, COARSE)) < 8_192
