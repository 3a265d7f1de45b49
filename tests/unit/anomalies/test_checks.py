"""The check of an agent: what is found, stored and resolved, whenever and however often it is made."""

from datetime import timedelta

from tests.support.agent_hours import AGENT, at, hours
from tests.support.watched import NAME, Watched
from watchbill.anomalies.figures import Hours, Work
from watchbill.anomalies.models import Severity

WEEK = timedelta(days=7)
FOUR_WEEKS = 4 * 168
DEAR = FOUR_WEEKS + 10
"""When costs begin to be three times what they were, on a Monday at ten; for four hours."""


def dear(index: int, work: Work) -> Work:
    return work._replace(cost=work.cost * 3) if DEAR <= index < DEAR + 4 else work


def watched(found: Hours) -> Watched:
    demo = Watched()
    demo.register()
    demo.count(found)
    return demo


def test_an_anomaly_is_found_once_and_its_whole_life_is_in_the_table() -> None:
    demo = watched(hours(DEAR + 12, dear))
    for index in range(DEAR - 2, DEAR + 2):
        demo.check(at(index))
    (open_one,) = demo.service.open_ones()
    for index in range(DEAR + 2, DEAR + 12):
        demo.check(at(index))

    (anomaly,) = demo.stored.values()
    assert (anomaly.type, anomaly.severity, anomaly.strand_id) == ("cost", Severity.CRITICAL, AGENT)
    assert (anomaly.affected_component, anomaly.task_type) == (NAME, "research")
    assert (anomaly.window_start, anomaly.detected_at) == (at(DEAR), at(DEAR + 1))
    assert (anomaly.resolved, anomaly.resolved_at) == (True, at(DEAR + 5))
    assert (open_one.id, open_one.resolved) == (anomaly.id, False)
    assert demo.service.open_ones() == []


def test_a_second_check_of_the_same_hours_writes_nothing() -> None:
    demo = watched(hours(DEAR + 2, dear))
    demo.check(at(DEAR + 2))
    before = dict(demo.items)

    demo.check(at(DEAR + 2))
    demo.check(at(DEAR - 30))

    assert demo.items == before
