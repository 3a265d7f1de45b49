"""The check of an agent: what is found, stored and resolved, and what is not."""

from datetime import timedelta

import pytest

from tests.support.agent_hours import AGENT, FAULT, at, dear, hours, recent, together
from tests.support.watched import NAME, Watched
from watchbill.anomalies.figures import Hours, Work
from watchbill.anomalies.models import Severity
from watchbill.platform.clock import frozen_at
from watchbill.platform.errors import NotFound

WEEK = timedelta(days=7)
YEAR = timedelta(days=366)


def watched(found: Hours, **wishes: str) -> Watched:
    """An organisation whose agent has worked so."""
    demo = Watched(**wishes)
    demo.register()
    demo.count(found)
    return demo


def check_hourly(demo: Watched, first: int, last: int) -> None:
    """Check the agent at the end of each of these hours."""
    for index in range(first, last + 1):
        demo.check(at(index))


def test_an_anomaly_is_found_once_and_its_whole_life_is_in_the_table() -> None:
    demo = watched(hours(FAULT + 12, dear))
    check_hourly(demo, FAULT - 2, FAULT + 1)
    (open_one,) = demo.service.open_ones()
    check_hourly(demo, FAULT + 2, FAULT + 12)

    (anomaly,) = demo.stored.values()
    assert (anomaly.type, anomaly.severity, anomaly.strand_id) == ("cost", Severity.CRITICAL, AGENT)
    assert (anomaly.affected_component, anomaly.task_type) == (NAME, "research")
    assert (anomaly.window_start, anomaly.detected_at) == (at(FAULT), at(FAULT + 1))
    assert (anomaly.resolved, anomaly.resolved_at) == (True, at(FAULT + 5))
    assert (open_one.id, open_one.resolved) == (anomaly.id, False)
    assert demo.service.open_ones() == []


def test_a_second_check_of_the_same_hours_writes_nothing() -> None:
    demo = watched(hours(FAULT + 2, dear))
    demo.check(at(FAULT + 2))
    before = dict(demo.items)

    demo.check(at(FAULT + 2))
    demo.check(at(FAULT - 30))

    assert demo.items == before


def test_an_hour_that_is_not_over_is_not_judged_by_a_check() -> None:
    demo = watched(hours(FAULT + 1, dear))

    with frozen_at(at(FAULT) + timedelta(minutes=59)):
        demo.service.check(AGENT, at(FAULT + 1))

    assert demo.stored == {}


def test_healthy_weeks_with_a_season_raise_no_alarm() -> None:
    for seed, time_zone in ((11, "UTC"), (12, "America/Los_Angeles")):
        demo = watched(hours(6 * 168, seed=seed), time_zone=time_zone)
        for day in range(28, 43):
            demo.check(at(24 * day))

        assert demo.stored == {}


def test_the_first_monday_of_an_agent_is_no_flood_and_a_flood_later_is_one() -> None:
    new = watched(recent(hours(FAULT + 2), 60))
    old = watched(hours(FAULT + 2, lambda i, work: work._replace(runs=200) if i >= FAULT else work))

    for demo in (new, old):
        demo.check(at(FAULT + 2))

    assert new.stored == {}
    assert [one.type for one in old.stored.values()] == ["volume"]


def test_two_task_types_are_not_compared_with_each_other() -> None:
    def slow_one_begins(index: int, work: Work) -> Work | None:
        return work._replace(duration=60_000.0, cost=2.0, quality=50.0) if index >= FAULT else None

    demo = watched(together(hours(FAULT + 30), hours(FAULT + 30, slow_one_begins, task_type="crawl")))

    demo.check(at(FAULT + 30))

    assert demo.stored == {}


def test_a_baseline_of_zero_gives_finite_figures() -> None:
    demo = watched(hours(FAULT + 3, lambda i, work: work._replace(cost=0.0 if i < FAULT else 0.5)))

    demo.check(at(FAULT + 3))

    (anomaly,) = demo.stored.values()
    assert (anomaly.expected_value, anomaly.current_value, anomaly.deviation) == (0.0, 0.5, 100.0)


def test_one_failed_run_of_one_is_no_alarm() -> None:
    def one_an_hour(index: int, work: Work) -> Work:
        return work._replace(runs=1, finished=1, failed=int(index == 100), timed=1, costed=1, rated=1)

    demo = watched(hours(110, one_an_hour))

    demo.check(at(110))

    assert demo.stored == {}


def test_an_agent_that_runs_rarely_and_always_fails_is_found() -> None:
    def every_third_hour(index: int, work: Work) -> Work | None:
        failed = int(index >= 120)
        return work._replace(runs=1, finished=1, failed=failed, timed=1, costed=1, rated=1) if index % 3 == 0 else None

    demo = watched(hours(150, every_third_hour))

    demo.check(at(150))

    (anomaly,) = [one for one in demo.stored.values() if one.type == "error-rate"]
    assert (anomaly.severity, anomaly.resolved) == (Severity.CRITICAL, False)


def test_an_anomaly_lasts_over_hours_without_a_run_and_with_too_few_to_tell() -> None:
    def slow_and_soon_rare(index: int, work: Work) -> Work | None:
        if index < FAULT:
            return work
        slow = work._replace(duration=work.duration * 2.2)
        return slow if index < FAULT + 3 else None if index % 2 else slow._replace(runs=1, timed=1, finished=1)

    demo = watched(hours(FAULT + 12, slow_and_soon_rare))

    demo.check(at(FAULT + 12))

    (anomaly,) = [one for one in demo.stored.values() if one.type == "latency"]
    assert not anomaly.resolved


def test_an_agent_that_stops_is_found_silent_until_it_runs_again() -> None:
    demo = watched(hours(FAULT + 60, lambda i, work: None if FAULT <= i < FAULT + 40 else work))

    check_hourly(demo, FAULT, FAULT + 45)

    (anomaly,) = demo.stored.values()
    assert (anomaly.type, anomaly.task_type, anomaly.current_value) == ("silence", None, 0.0)
    assert (anomaly.resolved, anomaly.resolved_at) == (True, at(FAULT + 41))


def test_an_agent_silent_for_four_weeks_is_retired_with_all_its_anomalies() -> None:
    demo = watched(hours(FAULT + 2, dear))
    for day in range(1, 31):
        demo.check(at(FAULT + 2) + timedelta(days=day))

    assert {one.type for one in demo.stored.values()} == {"cost", "silence"}
    assert all(one.resolved for one in demo.stored.values())
    with frozen_at(at(FAULT + 2) + timedelta(days=30)):
        assert demo.service.agents_to_check() == []


def test_agents_are_checked_that_worked_in_the_last_week_or_have_an_open_anomaly() -> None:
    demo = watched(hours(FAULT + 2, dear))
    demo.count(hours(FAULT + 2, seed=2), "1" * 24)
    demo.check(at(FAULT + 2))

    with frozen_at(at(FAULT + 2) + timedelta(days=6)):
        assert demo.service.agents_to_check() == ["1" * 24, AGENT]
    with frozen_at(at(FAULT + 2) + timedelta(days=8)):
        assert demo.service.agents_to_check() == [AGENT]


def test_where_detection_is_off_nothing_is_found_and_what_was_found_is_still_listed() -> None:
    demo = watched(hours(FAULT + 20, dear))
    demo.check(at(FAULT + 2))
    before = dict(demo.items)
    demo.switch_off()

    demo.check(at(FAULT + 10))

    assert {key: demo.items[key] for key in before} == before
    (listed,) = demo.shown(at(FAULT + 10), WEEK)
    assert not listed.resolved


def test_runs_that_come_late_correct_their_hour_but_it_is_not_judged_again() -> None:
    demo = watched(hours(FAULT + 2))
    demo.check(at(FAULT + 1))
    demo.count(hours(FAULT + 1, dear))
    demo.check(at(FAULT + 2))

    assert demo.stored == {}
    with frozen_at(at(FAULT + 2)):
        assert demo.remembered.hours[at(FAULT)]["research"].cost > 0.05


def test_an_agent_that_is_checked_for_the_first_time_has_its_last_week_judged() -> None:
    demo = watched(hours(FAULT + 150, dear))
    demo.check(at(FAULT + 150))
    late = watched(hours(FAULT + 200, dear))
    late.check(at(FAULT + 200))

    assert [one.resolved for one in demo.stored.values()] == [True]
    assert late.stored == {}


def test_what_is_asked_shows_what_a_check_will_find_and_writes_nothing() -> None:
    demo = watched(hours(FAULT + 2, dear))
    demo.check(at(FAULT - 1))
    before = dict(demo.items)

    (running,) = demo.shown(at(FAULT) + timedelta(minutes=40), WEEK)
    (unjudged,) = demo.shown(at(FAULT + 2), WEEK)

    assert demo.items == before
    demo.check(at(FAULT + 2))
    (stored,) = demo.shown(at(FAULT + 2), WEEK)
    assert running.id == unjudged.id == stored.id
    assert (unjudged, unjudged.resolved) == (stored, False)


def test_the_running_hour_may_open_an_anomaly_but_resolves_none() -> None:
    demo = watched(hours(FAULT + 6, dear))
    demo.check(at(FAULT + 5))

    (still,) = demo.shown(at(FAULT + 5) + timedelta(minutes=30), WEEK)
    (resolved,) = demo.shown(at(FAULT + 6), WEEK)

    assert not still.resolved
    assert resolved.resolved


def test_a_timeframe_leaves_out_what_was_over_before_it() -> None:
    demo = watched(hours(FAULT + 60, dear))
    demo.check(at(FAULT + 60))

    assert demo.shown(at(FAULT + 60), timedelta(hours=24)) == []
    assert len(demo.shown(at(FAULT + 60), timedelta(hours=56))) == 1
    assert len(demo.shown(at(FAULT + 60), YEAR)) == 1


def test_a_strand_without_data_has_no_anomalies_and_an_unknown_one_is_not_found() -> None:
    demo = Watched()
    demo.register()

    assert demo.shown(at(FAULT), WEEK) == []
    with pytest.raises(NotFound):
        demo.shown(at(FAULT), WEEK, "nobody")


def test_of_more_task_types_than_there_is_room_for_the_others_are_one() -> None:
    several = [hours(60, seed=number, task_type=f"type-{number}") for number in range(9)]
    demo = watched(together(*several))

    demo.check(at(60))

    assert set(demo.remembered.hours[at(59)]) >= {"~"}
    assert len({name for works in demo.remembered.hours.values() for name in works}) == 7
