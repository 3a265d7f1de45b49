"""Who may wait for whom: no circle, nobody who is not there, and an order in which nobody comes too early."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbill.workflows import rules
from watchbill.workflows.models import MOST_ASSIGNMENTS, MOST_DEPENDENTS, Assignment

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
NAMES = {"a": "ana", "b": "bo", "c": "cy"}


def assignment(agent: str, *upstream: str, order: int = 0, age: int = 0) -> Assignment:
    made = NOW - timedelta(seconds=age)
    return Assignment(
        id=f"assignment-{agent}",
        stream_id="s",
        agent_id=agent,
        execution_order=order,
        depends_on_agent_ids=upstream,
        created_at=made,
        updated_at=made,
    )


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, tuple[str, ...]]:
    """Any way in which up to eight agents may wait for each other, circles and all."""
    agents = [f"agent-{number}" for number in range(draw(st.integers(1, 8)))]
    return {agent: tuple(draw(st.lists(st.sampled_from(agents), unique=True, max_size=4))) for agent in agents}


def reaches(graph: dict[str, tuple[str, ...]], agent: str) -> set[str]:
    """Whom an agent waits for, directly or not."""
    found: set[str] = set()
    ahead = list(graph[agent])
    while ahead:
        one = ahead.pop()
        if one not in found:
            found.add(one)
            ahead += graph[one]
    return found


@pytest.mark.parametrize(
    ("graph", "names"),
    [
        ({"a": ("a",)}, {"ana → ana"}),
        ({"a": ("b",), "b": ("a",)}, {"ana → bo → ana", "bo → ana → bo"}),
        ({"b": ("a",), "c": ("b",), "a": ("c",)}, {"ana → bo → cy → ana", "bo → cy → ana → bo", "cy → ana → bo → cy"}),
    ],
)
def test_a_circle_is_named_in_the_order_in_which_its_agents_would_run(
    graph: dict[str, tuple[str, ...]], names: set[str]
) -> None:
    fault = rules.fault_of(graph, NAMES)

    assert fault in {f"these agents would wait for each other for ever: {circle}" for circle in names}


def test_who_is_not_assigned_is_named() -> None:
    assert rules.fault_of({"a": ("b",)}, NAMES) == "'ana' depends on 'bo', which is not assigned to the stream"
    assert rules.fault_of({"a": ("x",)}, NAMES) == "'ana' depends on 'x', which is not assigned to the stream"


def test_too_many_agents_and_too_many_dependents_of_one() -> None:
    names = {str(number): str(number) for number in range(60)}
    every = {str(number): () for number in range(MOST_ASSIGNMENTS + 1)}
    waiting = {str(number): ("0",) for number in range(1, MOST_DEPENDENTS + 2)}

    assert rules.fault_of(every, names) == f"a stream has at most {MOST_ASSIGNMENTS} agents"
    assert f"at most {MOST_DEPENDENTS} agents may depend" in str(rules.fault_of({"0": (), **waiting}, names))
    assert rules.fault_of({"0": (), **dict(list(waiting.items())[1:])}, names) is None


@given(graphs())
def test_a_graph_is_refused_exactly_when_an_agent_waits_for_itself(graph: dict[str, tuple[str, ...]]) -> None:
    fault = rules.fault_of(graph, {agent: agent for agent in graph})

    assert (fault is not None) == any(agent in reaches(graph, agent) for agent in graph)


@given(graphs(), st.data())
def test_in_order_nobody_comes_before_one_it_waits_for(graph: dict[str, tuple[str, ...]], data: st.DataObject) -> None:
    without_circles = {agent: tuple(one for one in upstream if one < agent) for agent, upstream in graph.items()}
    shuffled = data.draw(st.permutations(list(without_circles.items())))
    order = st.integers(0, 3)

    ordered = rules.in_order(assignment(agent, *upstream, order=data.draw(order)) for agent, upstream in shuffled)

    place = {one.agent_id: number for number, one in enumerate(ordered)}
    assert sorted(place) == sorted(graph)
    assert all(place[one] < place[agent] for agent, upstream in without_circles.items() for one in upstream)


def test_among_those_who_do_not_wait_for_each_other_the_order_decides_then_who_was_there_first() -> None:
    ordered = rules.in_order(
        [assignment("late", order=1), assignment("early", order=1, age=9), assignment("first"), assignment("d", "late")]
    )

    assert [one.agent_id for one in ordered] == ["first", "early", "late", "d"]
