"""The demo's story: the same whenever it is told, believable, and within what the API takes."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples.demo import cast, story
from examples.demo.story import Story
from watchbill_client import NewRun

NOW = datetime(2026, 11, 20, 16, 40, 12, tzinfo=UTC)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001

RunsOf = dict[tuple[str, str], dict[str, NewRun]]


def told(chapters_of: Story) -> RunsOf:
    """Runs by agent and version, and within them by id."""
    return {
        (chapter.agent.name, chapter.version): {str(run.id): run for run in chapter.runs}
        for chapter in chapters_of.chapters()
    }


def all_runs(of: Story) -> list[tuple[cast.Agent, NewRun]]:
    return [(chapter.agent, run) for chapter in of.chapters() for run in chapter.runs]


@pytest.fixture(scope="module")
def month() -> list[tuple[cast.Agent, NewRun]]:
    return all_runs(Story(NOW))


@settings(max_examples=20, deadline=None)
@given(now=moments, seed=st.integers(0, 1_000), days=st.integers(1, 40))
def test_the_same_seed_and_moment_tell_the_same_story(now: datetime, seed: int, days: int) -> None:
    assert told(Story(now, seed, days, runs=300)) == told(Story(now, seed, days, runs=300))


@settings(max_examples=30, deadline=None)
@given(now=moments, later=st.timedeltas(timedelta(0), timedelta(days=9)))
def test_told_later_the_past_is_the_same_except_that_what_was_under_way_has_ended(
    now: datetime, later: timedelta
) -> None:
    first, again = told(Story(now, runs=400)), told(Story(now + later, runs=400))
    begins = datetime.combine(Story(now + later).dates()[0], datetime.min.time(), UTC)

    for key, runs in first.items():
        for run_id, run in runs.items():
            if run.created >= begins and run.status != "running":
                assert again[key][run_id] == run
            elif run.created >= begins:
                assert again[key][run_id].created == run.created
    ended = [run for runs in again.values() for run in runs.values() if run.completed_at]
    assert all(run.completed_at <= now + later for run in ended if run.completed_at)


@settings(max_examples=20, deadline=None)
@given(now=moments, fewer=st.integers(1, 400), more=st.integers(0, 400))
def test_asking_for_more_runs_adds_to_the_story_and_changes_nothing(now: datetime, fewer: int, more: int) -> None:
    short, long = told(Story(now, runs=fewer)), told(Story(now, runs=fewer + more))

    for key, runs in short.items():
        assert runs.items() <= long[key].items()


@settings(max_examples=40, deadline=None)
@given(now=moments)
def test_any_thirty_days_have_one_slow_day_one_costly_day_and_one_to_three_versions(now: datetime) -> None:
    dates = Story(now).dates()
    agents = {agent.name: agent for agent in cast.AGENTS}

    assert sum(story.is_slow_day(agents[story.SLOW_AGENT], day) for day in dates) == 1
    assert sum(story.is_costly_day(agents[story.COSTLY_AGENT], day) for day in dates) == 1
    for agent in cast.AGENTS:
        assert 1 <= len({story.version_on(agent, day) for day in dates}) <= 3


@given(days=st.dates(date(2025, 1, 1), date(2045, 1, 1)), later=st.integers(0, 400))
def test_versions_only_go_up(days: date, later: int) -> None:
    for agent in cast.AGENTS:
        before, after = (
            [int(part) for part in story.version_on(agent, day).split(".")]
            for day in (days, days + timedelta(days=later))
        )
        assert before <= after


@settings(max_examples=25, deadline=None)
@given(now=moments, seed=st.integers(0, 1_000))
def test_every_run_is_within_what_the_api_takes(now: datetime, seed: int) -> None:
    for agent, run in all_runs(Story(now, seed, runs=300)):
        assert run.created <= now
        assert run.completed_at is None or run.created <= run.completed_at <= now
        assert run.duration_ms is None or 0 <= run.duration_ms <= agent.timeout_ms
        assert run.cost is None or (run.cost >= 0 and run.cost == run.cost.quantize(Decimal("1e-10")))
        assert run.quality_score is None or 0 <= run.quality_score <= 100
        assert run.user_satisfaction is None or 1 <= run.user_satisfaction <= 5
        assert len(run.model_dump_json(exclude_none=True)) < 1_024
        assert set(run.tools) <= set(agent.tools)
        assert run.tools


def test_ids_are_unique_within_an_agent() -> None:
    ids_of: dict[str, list[str]] = defaultdict(list)
    for agent, run in all_runs(Story(NOW, runs=3_000)):
        ids_of[agent.name].append(str(run.id))

    assert all(len(ids) == len(set(ids)) for ids in ids_of.values())


def test_other_seeds_tell_other_stories_under_other_ids() -> None:
    first, second = (dict.fromkeys(str(run.id) for _, run in all_runs(Story(NOW, seed, runs=300))) for seed in (7, 8))

    assert not first.keys() & second.keys()


def test_a_month_has_about_the_runs_that_were_asked_for(month: list[tuple[cast.Agent, NewRun]]) -> None:
    assert 11_400 <= len(month) <= 12_600
    assert {run.created.date() for _, run in month} == set(Story(NOW).dates())
    assert len({agent.name for agent, _ in month}) == len(cast.AGENTS) == 7


def test_work_follows_the_day_and_the_week(month: list[tuple[cast.Agent, NewRun]]) -> None:
    office = [run.created for agent, run in month if agent.rhythm == "office"]
    clock = [run.created for agent, run in month if agent.rhythm == "clock"]

    weekend = sum(at.weekday() >= 5 for at in office)
    assert weekend < 0.1 * len(office)
    assert sum(9 <= at.hour < 17 for at in office) > 0.6 * len(office)
    by_hour = [sum(at.hour == hour for at in clock) for hour in range(24)]
    assert max(by_hour) < 1.5 * min(by_hour)


def test_some_runs_fail_in_every_way(month: list[tuple[cast.Agent, NewRun]]) -> None:
    by_status: dict[str, list[NewRun]] = defaultdict(list)
    for _, run in month:
        by_status[run.status].append(run)

    assert by_status.keys() == {"completed", "failed", "timeout", "cancelled", "running"}
    assert 0.02 < len(by_status["failed"]) / len(month) < 0.08
    assert 2 <= len(by_status["running"]) <= 8
    assert all(run.error and run.error.type for run in by_status["failed"] + by_status["timeout"])
    assert all(run.quality_score is None for run in by_status["failed"])
    assert all(run.cost is None and run.duration_ms is None for run in by_status["running"])


@settings(max_examples=25, deadline=None)
@given(now=moments)
def test_a_few_runs_are_always_under_way(now: datetime) -> None:
    assert 1 <= sum(run.status == "running" for _, run in all_runs(Story(now, days=2, runs=800))) <= 12


def test_a_cost_follows_from_the_tokens_and_the_models_price(month: list[tuple[cast.Agent, NewRun]]) -> None:
    for _, run in month:
        if run.tokens and run.tokens.input and run.tokens.output is not None:
            assert run.cost == cast.MODELS[run.models[0]].cost(run.tokens.input, run.tokens.output)


def test_the_slow_day_is_four_times_as_slow(month: list[tuple[cast.Agent, NewRun]]) -> None:
    slow: list[int] = []
    usual: list[int] = []
    for agent, run in month:
        if agent.name == story.SLOW_AGENT and run.status == "completed" and run.duration_ms:
            (slow if story.is_slow_day(agent, run.created.date()) else usual).append(run.duration_ms)

    assert 3 < median(slow) / median(usual) < 5


def test_the_costly_day_is_costly(month: list[tuple[cast.Agent, NewRun]]) -> None:
    costly: list[Decimal] = []
    usual: list[Decimal] = []
    for agent, run in month:
        if agent.name == story.COSTLY_AGENT and run.cost is not None:
            (costly if story.is_costly_day(agent, run.created.date()) else usual).append(run.cost)

    assert median(costly) > 20 * median(usual)


def test_the_ratings_and_scores_are_on_some_runs_only(month: list[tuple[cast.Agent, NewRun]]) -> None:
    completed = [run for _, run in month if run.status == "completed"]

    assert 0.2 < sum(run.quality_score is not None for run in completed) / len(completed) < 0.6
    assert 0.05 < sum(run.user_satisfaction is not None for run in completed) / len(completed) < 0.3
    assert len({run.user_id for run in completed}) == len(cast.PEOPLE) + 1
