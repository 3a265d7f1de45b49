"""Insights: each is told once, whatever the order of changes and reviews, and says what follows from it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.streams.demo import BEGUN, Demo
from watchbill.platform import clock
from watchbill.streams import progress
from watchbill.streams.models import DEFAULT_STAGES, AgentFacts, GoalWish, ItemChange, StreamChange
from watchbill.streams.views import Concern, InsightKind

ROLES_MISSING = [("missing_role", "enrichment"), ("missing_role", "scoring")]
DEADLINE = BEGUN + timedelta(days=100)


def agent(total: int, successful: int, role: str = "primary", name: str = "bot") -> AgentFacts:
    return AgentFacts(name, name, role, total, successful)


def demo(**goal: object) -> Demo:
    """A stream with agents of all roles."""
    made = Demo(**goal)
    made.agents = [agent(0, 0, role, role) for role in ("enrichment", "scoring")]
    return made


def test_milestones_that_were_jumped_over_are_told_too() -> None:
    stream = demo(target_metrics={"companies_to_find": 4})
    stream.add("closed", "qualified", "closed")

    stream.review()

    assert stream.told() == [("progress", "25"), ("progress", "50"), ("progress", "75")]


def test_without_a_target_there_are_no_milestones() -> None:
    stream = demo()
    stream.add("closed")

    stream.review()

    assert stream.told() == []


def test_a_goal_that_is_raised_and_reached_again_is_told_again() -> None:
    stream = demo(target_metrics={"companies_to_find": 1})
    stream.add("closed")
    stream.review()
    stream.streams.amend(stream.id, StreamChange.model_validate({"target_metrics": {"companies_to_find": 2}}))
    stream.review()
    assert [insight.subject for insight in stream.insights()].count("100") == 1

    stream.add("closed")
    stream.review()

    assert [insight.subject for insight in stream.insights()].count("100") == 2
    assert len(stream.insights()) == 5


def test_the_pace_is_told_once_for_each_deadline_and_not_during_a_pause() -> None:
    stream = demo(target_metrics={"companies_to_find": 10}, goal_deadline=DEADLINE)
    stream.add("discover")

    def at(day: int) -> list[tuple[str, str]]:
        with clock.frozen_at(BEGUN + timedelta(days=day)):
            stream.review()
            stream.review()
        return stream.told()

    assert at(5) == []
    stream.streams.amend(stream.id, StreamChange(goal_status=GoalWish.PAUSED))
    assert at(50) == []
    stream.streams.amend(stream.id, StreamChange(goal_status=GoalWish.IN_PROGRESS))
    assert at(51) == [("pace", "at_risk")]
    assert at(100) == [("pace", "at_risk"), ("pace", "failed")]
    stream.streams.amend(stream.id, StreamChange(goal_deadline=DEADLINE + timedelta(days=50)))
    assert at(120) == [("pace", "at_risk"), ("pace", "at_risk"), ("pace", "failed")]


def test_the_quality_is_told_when_enough_items_are_scored() -> None:
    stream = demo(target_metrics={"min_quality_score": 4.0})
    stream.add(*["research"] * 4, scores={"quality": 3.0})
    stream.review()
    assert stream.told() == []

    stream.add("research", scores={"quality": 4.0})
    stream.review()

    (insight,) = stream.insights()
    assert insight.message == "the 5 scored items have an average quality of 3.20; 4 is wanted"


@pytest.mark.parametrize(
    ("total", "successful", "severity"),
    [(4, 0, None), (5, 4, None), (10, 7, Concern.WARNING), (5, 2, Concern.CRITICAL)],
)
def test_an_agent_that_often_fails_is_told_of_after_enough_executions(
    total: int, successful: int, severity: Concern | None
) -> None:
    stream = demo()
    stream.agents.append(agent(total, successful))

    stream.review()

    assert [insight.severity for insight in stream.insights()] == ([severity] if severity else [])


def test_items_without_agents_to_enrich_and_score_them_are_told_of() -> None:
    stream = Demo()
    stream.review()
    assert stream.told() == []

    stream.add("discover")
    stream.agents = [agent(0, 0)]
    stream.review()

    assert stream.told() == ROLES_MISSING
    assert all("Assign an agent" in insight.suggested_action for insight in stream.insights())


@pytest.mark.parametrize(
    ("waiting", "others", "told"),
    [(7, 2, False), (7, 3, False), (8, 2, True), (9, 0, False), (10, 0, True)],
)
def test_a_stage_is_crowded_above_seventy_percent_of_enough_items(waiting: int, others: int, told: bool) -> None:
    stream = demo()
    stream.add(*["research"] * waiting, *["outreach"] * others)

    stream.review()

    assert stream.told() == ([("bottleneck", "research")] if told else [])


def test_where_items_are_to_arrive_they_may_crowd() -> None:
    stream = demo()
    stream.add(*["closed"] * 20)

    stream.review()

    assert stream.told() == []


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.sampled_from(DEFAULT_STAGES)),
        st.tuples(st.just("move"), st.integers(0, 30), st.sampled_from(DEFAULT_STAGES)),
        st.tuples(st.just("score"), st.integers(0, 30), st.sampled_from((1.0, 3.5, 5.0))),
        st.tuples(st.just("cancel"), st.integers(0, 30)),
        st.tuples(st.just("remove"), st.integers(0, 30)),
        st.tuples(st.just("day"), st.integers(1, 30)),
        st.tuples(st.just("review"), st.integers(1, 3)),
        st.tuples(st.just("crash"), st.integers(0, 6)),
    ),
    max_size=40,
)


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_whatever_happens_in_whatever_order_each_is_told_once_and_the_last_review_is_right(
    steps: list[tuple[Any, ...]],
) -> None:
    goal = {"companies_to_find": 6, "min_quality_score": 4.0}
    stream = Demo(target_metrics=goal, goal_deadline=DEADLINE)
    now, best = BEGUN, 0
    first_told: dict[str, datetime] = {}

    for step in [*steps, ("review", 1)]:
        with clock.frozen_at(now):
            now += timedelta(days=int(step[1])) if step[0] == "day" else timedelta(0)
            take(stream, step)
        seen = {insight.id: insight.created_at for insight in stream.insights()}
        assert first_told.items() <= seen.items()
        first_told = seen
        if step[0] == "review":
            best = max(best, completed(stream))

    told = stream.told()
    assert len(told) == len(set(told))
    milestones = {subject for kind, subject in told if kind == InsightKind.PROGRESS}
    reached = {str(percent) for percent in (25, 50, 75, 100) if best * 100 >= percent * 6}
    # A review that died may have told of more than those that ended.
    assert reached <= milestones
    assert milestones == reached or any(step[0] == "crash" for step in steps)
    with clock.frozen_at(now):
        shown, places = stream.streams.stream(stream.id), stream.store.places(stream.id)
        right = progress.standing(shown, progress.counted(shown, places), now)
    assert (shown.current_progress.completed, shown.goal_status) == (right.completed, right.status)


def take(stream: Demo, step: tuple[Any, ...]) -> None:
    items = stream.store.places(stream.id)
    match step:
        case ("add", stage):
            stream.add(stage)
        case ("review", times):
            for _ in range(int(times)):
                stream.review()
        case ("crash", writes):
            stream.dies_in_a_review(int(writes))
        case (_, number, *rest) if step[0] != "day" and items:
            change_one(stream, step[0], items[int(number) % len(items)].item_id, *rest)


def change_one(stream: Demo, what: str, item_id: str, to: object = None) -> None:
    if what == "remove":
        stream.streams.remove_item(stream.id, item_id)
        return
    changes = {"move": {"stage": to}, "score": {"scores": {"quality": to}}, "cancel": {"status": "cancelled"}}
    stream.streams.amend_item(stream.id, item_id, ItemChange.model_validate(changes[what]))


def completed(stream: Demo) -> int:
    shown = stream.streams.stream(stream.id)
    return progress.counted(shown, stream.store.places(stream.id)).completed
