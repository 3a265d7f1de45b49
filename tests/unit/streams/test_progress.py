"""How far a stream is: what is completed, of how many, and what pace and deadline make of it."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbill.streams import progress
from watchbill.streams.models import (
    DEFAULT_STAGES,
    GoalStatus,
    ItemPriority,
    ItemStatus,
    Place,
    Stream,
    TargetMetrics,
)

BEGUN = datetime(2026, 3, 1, tzinfo=UTC)
DEADLINE = BEGUN + timedelta(days=100)


def stream(
    target: int | None = 10, deadline: datetime | None = None, stages: tuple[str, ...] = DEFAULT_STAGES
) -> Stream:
    metrics = TargetMetrics(companies_to_find=target)
    return Stream(
        id="s",
        name="s",
        target_metrics=metrics,
        goal_deadline=deadline,
        stages=stages,
        created_at=BEGUN,
        updated_at=BEGUN,
    )


def place(
    stage: str = "discover", status: ItemStatus = ItemStatus.OPEN, quality: float | None = None, number: int = 0
) -> Place:
    return Place(f"i{number}", number, stage, ItemPriority.MEDIUM, status, quality)


def standing(of: Stream, places: list[Place], day: float = 0) -> progress.Standing:
    return progress.standing(of, progress.counted(of, places), BEGUN + timedelta(days=day))


@pytest.mark.parametrize(
    ("stages", "reached"),
    [
        (DEFAULT_STAGES, {"qualified", "closed"}),
        (("new", "qualified", "proposal", "won"), {"qualified", "proposal", "won"}),
        (("new", "closed", "archive"), {"closed", "archive"}),
        (("to do", "doing", "done"), {"done"}),
        (("only",), {"only"}),
    ],
)
def test_what_is_qualified_or_closed_or_further_is_completed(stages: tuple[str, ...], reached: set[str]) -> None:
    assert progress.goal_stages(stages) == reached


def test_an_item_may_say_itself_that_it_is_completed_and_a_cancelled_one_counts_nowhere() -> None:
    places = [
        place("discover", ItemStatus.COMPLETED),
        place("qualified"),
        place("closed", ItemStatus.CANCELLED, quality=1),
        place("research", quality=4),
    ]

    counts = progress.counted(stream(), places)

    assert (counts.completed, counts.items, counts.cancelled) == (2, 3, 1)
    assert sum(counts.by_stage.values()) == sum(counts.by_priority.values()) == counts.items
    assert (counts.by_stage["closed"], counts.average_quality, counts.scored) == (0, 4, 1)


def test_the_total_is_the_target_or_without_one_the_items_there_are() -> None:
    places = [place("closed"), place(), place(status=ItemStatus.CANCELLED)]

    assert standing(stream(10), places).shown(None).model_dump() == {
        "completed": 1,
        "total": 10,
        "percentage": 10.0,
        "last_updated": None,
    }
    assert standing(stream(None), places).percentage == 50.0
    assert standing(stream(None), []).percentage is None


def test_a_percentage_is_never_rounded_up_and_never_above_a_hundred() -> None:
    assert standing(stream(3), [place("closed")] * 2).percentage == 66.6
    assert standing(stream(5_000), [place("closed")] * 4_999).percentage == 99.9
    assert standing(stream(3), [place("closed")] * 4).percentage == 100.0


@pytest.mark.parametrize(
    ("deadline", "completed", "items", "day", "status"),
    [
        (None, 0, 0, 500, GoalStatus.NOT_STARTED),
        (None, 0, 1, 0, GoalStatus.IN_PROGRESS),
        (None, 10, 10, 0, GoalStatus.COMPLETED),
        (DEADLINE, 0, 0, 9, GoalStatus.NOT_STARTED),
        (DEADLINE, 0, 5, 9, GoalStatus.IN_PROGRESS),
        (DEADLINE, 0, 0, 10, GoalStatus.AT_RISK),
        (DEADLINE, 3, 5, 40, GoalStatus.ON_TRACK),
        (DEADLINE, 2, 5, 40, GoalStatus.AT_RISK),
        (DEADLINE, 9, 9, 99.9, GoalStatus.ON_TRACK),
        (DEADLINE, 9, 9, 100, GoalStatus.FAILED),
        (DEADLINE, 10, 10, 200, GoalStatus.COMPLETED),
        (BEGUN - timedelta(days=1), 0, 0, 0, GoalStatus.FAILED),
    ],
)
def test_the_status_follows_from_what_is_done_and_the_pace_that_the_deadline_asks_for(
    deadline: datetime | None, completed: int, items: int, day: float, status: GoalStatus
) -> None:
    places = [place("closed")] * completed + [place()] * (items - completed)

    assert standing(stream(10, deadline), places, day).status is status


def test_an_even_pace_is_told_in_percent() -> None:
    at = [
        progress.expected_percentage(stream(10, DEADLINE), BEGUN + timedelta(days=day)) for day in (-1, 0, 33.333, 101)
    ]

    assert at == [0.0, 0.0, 33.3, 100.0]
    assert progress.expected_percentage(stream(10), BEGUN) is None


PLACES = st.lists(
    st.builds(
        place,
        st.sampled_from((*DEFAULT_STAGES, "left out")),
        st.sampled_from(ItemStatus),
        st.none() | st.floats(0, 5),
        st.integers(0, 99),
    ),
    max_size=30,
)


@given(PLACES, st.none() | st.integers(1, 20), st.integers(0, 200), st.randoms())
def test_the_order_of_the_items_makes_no_difference_and_the_counts_add_up(
    places: list[Place], target: int | None, day: int, chance: random.Random
) -> None:
    of = stream(target, DEADLINE)
    shuffled = chance.sample(places, len(places))

    counts = progress.counted(of, places)

    assert counts == progress.counted(of, shuffled)
    assert counts.items + counts.cancelled == len(places)
    assert counts.completed <= counts.items == sum(counts.by_priority.values())
    percentage = standing(of, places, day).percentage
    assert percentage is None or 0 <= percentage <= 100


@given(st.integers(0, 60), st.integers(1, 50), st.sampled_from((25, 50, 75, 100)))
def test_a_milestone_is_reached_exactly_when_so_much_is_done(completed: int, target: int, percent: int) -> None:
    assert standing(stream(target), [place("closed")] * completed).reaches(percent) == (
        completed / target >= percent / 100
    )
