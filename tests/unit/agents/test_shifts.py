"""Shifts of the work of agents: what changed for a week is found, and neither noise, week-ends nor one bad day is."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from random import Random

import pytest

from watchbill.agents.shifts import Work, shifts
from watchbill.agents.significance import RATE, score
from watchbill.agents.trends import Direction, Source, Trend, TrendKind
from watchbill.analytics.models import Cell, Measure

DAYS, RECENT = 35, 7
Runs = Callable[[int, Random], Cell]


def cell(runs: int, failed: int = 0, cost: str | float = 0.02, duration: int = 1_000) -> Cell:
    """A day's runs, each of the same cost and duration."""
    sums = {
        Measure.RUNS: runs,
        Measure.COMPLETED: runs - failed,
        Measure.FAILED: failed,
        Measure.COST: Decimal(str(cost)) * runs,
        Measure.COSTED: runs,
        Measure.DURATION_MS: duration * runs,
        Measure.TIMED: runs,
    }
    return Cell({measure: amount for measure, amount in sums.items() if amount})


def usual(day: int, draw: Random, times: float = 1.0) -> Cell:
    """A day of an agent that is busy on weekdays; what it does varies, more than chance alone would have it."""
    runs = round((50 if day % 7 < 5 else 8) * draw.lognormvariate(0, 0.3) * times)
    failed = sum(draw.random() < 0.05 for _ in range(runs))
    return cell(runs, failed, round(draw.lognormvariate(-4, 0.2), 5), round(draw.lognormvariate(7, 0.2)))


def work(days: Runs, seed: int = 1, name: str = "ana") -> Work:
    draw = Random(seed)
    return Work(name, f"agent:{name}", [days(day, draw) for day in range(DAYS)])


def found(*works: Work) -> list[Trend]:
    return shifts(works, RECENT).trends


def lately(change: Callable[[Cell], Cell]) -> Runs:
    """Days as usual, and what becomes of the last week's."""
    return lambda day, draw: change(usual(day, draw)) if day >= DAYS - RECENT else usual(day, draw)


def times(cell: Cell, factor: int, *measures: Measure) -> Cell:
    return Cell({measure: amount * (factor if measure in measures else 1) for measure, amount in cell.sums.items()})


def failing(day: Cell) -> Cell:
    """Of a day's runs half failed."""
    half = int(day[Measure.RUNS]) // 2
    return Cell({**day.sums, Measure.FAILED: half, Measure.COMPLETED: int(day[Measure.RUNS]) - half})


def test_agents_that_go_on_as_usual_make_a_trend_less_often_than_is_stated() -> None:
    worlds = 200
    claims = [bool(found(*(work(usual, 100 * seed + n, str(n)) for n in range(5)))) for seed in range(worlds)]

    assert sum(claims) <= worlds * RATE


@pytest.mark.parametrize(
    ("change", "kind", "direction"),
    [
        (lambda day: times(day, 3, *Measure), TrendKind.VOLUME, Direction.UP),
        (lambda _: Cell(), TrendKind.VOLUME, Direction.DOWN),
        (lambda day: times(day, 2, Measure.COST), TrendKind.COST, Direction.UP),
        (lambda day: times(day, 2, Measure.DURATION_MS), TrendKind.DURATION, Direction.UP),
        (lambda day: times(day, 2, Measure.COSTED), TrendKind.COST, Direction.DOWN),
        (failing, TrendKind.FAILURES, Direction.UP),
    ],
    ids=["volume up", "stopped", "dearer", "slower", "cheaper", "failing"],
)
def test_what_changed_for_a_week_is_found(change, kind, direction) -> None:
    (trend,) = found(work(lately(change)), work(usual, 2, "bo"))

    assert (trend.name, trend.kind, trend.direction, trend.source) == ("ana", kind, direction, Source.RUNS)
    assert trend.evidence == ("agent:ana",)
    assert trend.score >= score(RATE)


def test_figures_are_of_all_runs_of_the_days() -> None:
    def days(day: int, _: Random) -> Cell:
        return cell(30, cost="0.04", failed=3) if day >= DAYS - RECENT else cell(10, cost="0.01")

    told = {trend.kind: (trend.recent, trend.baseline, trend.change) for trend in found(work(days))}

    assert told == {
        TrendKind.VOLUME: (30.0, 10.0, 200.0),
        TrendKind.COST: (0.04, 0.01, 300.0),
        TrendKind.FAILURES: (0.1, 0.0, None),
    }


@pytest.mark.parametrize(
    "days",
    [
        lambda day, draw: cell(500, 500, 9, 90_000) if day == DAYS - 1 else usual(day, draw),
        lambda day, _: cell(0) if day % 7 > 4 else cell(50),
        lambda day, _: cell(110 if day >= DAYS - RECENT else 100),
        lambda day, _: cell(40) if day >= DAYS - RECENT else cell(0),
        lambda day, _: cell(40) if day >= DAYS - RECENT - 2 else cell(0),
        lambda day, _: cell(1) if day % 7 == 0 else cell(0),
    ],
    ids=["one bad day", "week-ends", "a tenth more", "newborn", "two days older", "once a week"],
)
def test_what_is_no_trend_is_none(days: Runs) -> None:
    assert found(work(days)) == []


def test_what_is_cheaper_on_most_days_but_dearer_by_the_run_is_not_told_either_way() -> None:
    def days(day: int, _: Random) -> Cell:
        return cell(10, cost="0.05" if day >= DAYS - RECENT else "0.12")

    def with_a_large_cheap_day(day: int, draw: Random) -> Cell:
        return cell(100_000, cost="0.001") if day == 3 else days(day, draw)

    assert [trend.kind for trend in found(work(days))] == [TrendKind.COST]
    assert TrendKind.COST not in [trend.kind for trend in found(work(with_a_large_cheap_day))]


def test_the_same_runs_by_agent_and_by_task_type_are_one_trend() -> None:
    ana = work(lately(lambda day: times(day, 3, *Measure)))

    (trend,) = found(ana, Work("research", "task_type:research", ana.days))

    assert (trend.name, trend.evidence) == ("ana", ("agent:ana", "task_type:research"))


@pytest.mark.parametrize(
    ("works", "lacking"),
    [
        ([], "there are no runs"),
        ([Work("ana", "agent:ana", [cell(0)] * DAYS)], "there are no runs"),
        ([work(lambda day, _: cell(5 if day > DAYS - 3 else 0))], "the runs are of too few days to tell from chance"),
        ([work(usual)], None),
    ],
    ids=["nobody", "nothing", "too little", "enough"],
)
def test_what_is_missing_is_said(works: Sequence[Work], lacking: str | None) -> None:
    assert shifts(works, RECENT).lacking == lacking


def test_a_cost_that_is_not_known_is_not_nothing() -> None:
    def days(day: int, _: Random) -> Cell:
        return cell(10, cost=0) if day >= DAYS - RECENT else cell(10, cost="0.01")

    def unknown(day: int, draw: Random) -> Cell:
        known = days(day, draw)
        return known if day < DAYS - RECENT else times(known, 0, Measure.COSTED)

    assert [trend.kind for trend in found(work(days))] == [TrendKind.COST]
    assert found(work(unknown)) == []
