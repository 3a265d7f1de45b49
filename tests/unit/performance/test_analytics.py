"""Analytics give the figures of exactly the runs asked for, whatever they are read from."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.world import AGENTS, NOW, World
from watchbill.analytics import rules as analytics
from watchbill.performance import rules, service
from watchbill.performance.breakdown import Breakdown, Place
from watchbill.performance.breakdown import analytics as answer
from watchbill.performance.models import PerformanceAnalytics, PerformanceFilters, PerformanceRecord
from watchbill.performance.service import PerformanceService
from watchbill.platform import clock
from watchbill.platform.errors import Unprocessable
from watchbill.runs import rules as runs

RUNS = st.lists(
    st.fixed_dictionaries(
        {
            "agent": st.sampled_from(AGENTS),
            "minutes": st.integers(0, 5 * 24 * 60),
            "status": st.sampled_from(["completed", "failed", "running"]),
        },
        optional={
            "duration_ms": st.integers(0, 9000),
            "cost": st.sampled_from([0.0, 0.25, 1.5]),
            "quality_score": st.sampled_from([40.0, 80.0]),
            "user_satisfaction": st.sampled_from([1.0, 5.0]),
            "task_type": st.sampled_from(["chat", "qa"]),
            "user_id": st.sampled_from(["u1", "u2"]),
            "initiator": st.sampled_from(["u2", "u3"]),
        },
    ),
    max_size=12,
)
FILTERS = st.fixed_dictionaries(
    {},
    optional={
        "strand_id": st.sampled_from(AGENTS),
        "user_id": st.sampled_from(["u1", "u2", "nobody"]),
        "task_type": st.sampled_from(["chat", "qa"]),
        "min_quality_score": st.sampled_from([50.0]),
        "max_cost": st.sampled_from([0.25]),
        "start": st.integers(0, 5 * 24 * 60),
        "length": st.integers(1, 5 * 24 * 60),
    },
)


@pytest.fixture
def now() -> Iterator[None]:
    with clock.frozen_at(NOW):
        yield


def performance(world: World) -> PerformanceService:
    return PerformanceService(world.store, world.registry, world.runs)


def filters_of(said: dict[str, Any]) -> PerformanceFilters:
    window = {}
    if "start" in said:
        start = NOW - timedelta(minutes=said.pop("start"))
        window = {"start_date": start, "end_date": start + timedelta(minutes=said.pop("length", 60))}
    said.pop("length", None)
    return PerformanceFilters(**said, **window)


def by_hand(world: World, filters: PerformanceFilters) -> PerformanceAnalytics:
    """The answer, from every run there is."""
    start, end = filters.window
    strand = world.registry.agent(filters.strand_id).id if filters.strand_id else None
    breakdown = Breakdown()
    for record in world.all_runs():
        at = clock.from_text(record["created_at"])
        if start <= at < end and strand in (None, record["agent_id"]) and rules.matches(record, filters):
            place = Place(record["agent_id"], record["version"], record.get("task_type"), runs.user_of(record))
            breakdown.add(record["created_at"][:13], analytics.cell_of(record), place)
    return answer(breakdown, end - start)


def written(runs: list[dict[str, Any]]) -> World:
    world = World()
    for number, run in enumerate(runs):
        said = dict(run)
        at = NOW - timedelta(minutes=said.pop("minutes"), seconds=number)
        world.post(said.pop("agent"), number, at, time_taken=None, **{"cost": None, **said})
    world.count()
    return world


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(RUNS, FILTERS)
def test_any_combination_of_filters_gives_the_exact_answer(runs: list[dict[str, Any]], said: dict[str, Any]) -> None:
    with clock.frozen_at(NOW):
        world, filters = written(runs), filters_of(dict(said))

        assert performance(world).analytics(filters) == by_hand(world, filters)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(RUNS, FILTERS)
def test_figures_are_the_same_when_there_are_too_many_runs_to_read(
    runs: list[dict[str, Any]], said: dict[str, Any]
) -> None:
    with clock.frozen_at(NOW), pytest.MonkeyPatch.context() as patch:
        world, filters = written(runs), filters_of(dict(said))
        patch.setattr(service, "MOST_RUNS_READ", -1)
        expected = by_hand(world, filters)
        if not rules.rollups_hold(filters):
            with pytest.raises(Unprocessable, match="narrow the window"):
                performance(world).analytics(filters)
            return

        found = performance(world).analytics(filters)

        known = {name: split for name, split in found.model_dump().items() if split is not None}
        assert known == {name: figure for name, figure in expected.model_dump().items() if name in known}


def test_a_strand_nobody_knows_registers_itself(now: None) -> None:
    world = World()

    run = performance(world).track(record())

    assert world.registry.agent("test-strand").project == "tracked"
    assert (run.version, run.status, run.duration_ms, run.task_type) == ("unversioned", "completed", 1000, "test-type")


def test_a_strand_that_nobody_knows_has_not_worked_yet(now: None) -> None:
    figures = performance(World()).analytics(PerformanceFilters(strand_id="nobody"))

    assert (figures.total_tasks, figures.by_strand) == (0, {})


def test_the_figures_of_one_record_are_its_own(now: None) -> None:
    world = World()
    performance(world).track(record())
    world.count()

    figures = performance(world).analytics(PerformanceFilters(strand_id="test-strand"))

    assert (figures.total_tasks, figures.avg_quality_score) == (1, 90)


def test_without_runs_counts_are_zero_and_means_unknown(now: None) -> None:
    figures = performance(World()).analytics(PerformanceFilters())

    assert (figures.total_tasks, figures.total_cost, figures.total_tokens) == (0, 0, 0)
    assert figures.success_rate is figures.avg_execution_time is figures.p95_execution_time is None
    assert (figures.by_strand, figures.by_task_type, figures.by_user, figures.time_series) == ({}, {}, {}, ())


@pytest.mark.parametrize(
    ("told", "quality", "satisfaction"),
    [
        ({"success_rate": 1.0, "quality_score": 0, "user_satisfaction": 0}, 0.0, None),
        ({"success_rate": 0.0, "quality_score": 0, "user_satisfaction": 0}, None, None),
        ({"success_rate": 0.0, "quality_score": 30, "user_satisfaction": 2.5}, 30.0, 2.5),
    ],
)
def test_a_zero_that_means_not_measured_is_not_measured(
    told: dict[str, Any], quality: float | None, satisfaction: float | None, now: None
) -> None:
    run = rules.run_of(record(**told))

    assert (run.quality_score, run.user_satisfaction) == (quality, satisfaction)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2026, 1, 3)), st.integers(1, 10**7))  # noqa: DTZ001
def test_a_window_is_its_whole_hours_and_its_edges(start: datetime, seconds: int) -> None:
    window = rules.Span(start, start + timedelta(seconds=seconds))
    inner = rules.whole_hours(window)

    parts = sorted([*rules.edges(window), *([inner] if inner else [])], key=lambda span: span.start)

    assert parts[0].start == window.start
    assert parts[-1].end == window.end
    assert all(before.end == after.start for before, after in pairwise(parts))
    assert all(edge.end - edge.start < timedelta(hours=2) for edge in rules.edges(window))


def record(**told: Any) -> PerformanceRecord:
    metrics = {"execution_time": 1000, "token_usage": 500, "cost": 0.01, "success_rate": 1.0, "quality_score": 90}
    return PerformanceRecord.model_validate(
        {
            "strand_id": "test-strand",
            "user_id": "test-user",
            "task_id": "test-task",
            "task_type": "test-type",
            "metrics": {**metrics, "user_satisfaction": 5.0, "timestamp": clock.to_text(NOW), **told},
        }
    )
