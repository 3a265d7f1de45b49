"""Acknowledging: who knows of an anomaly and since when is kept through its life, and changes nothing of it."""

import pytest

from tests.support.agent_hours import AGENT, FAULT, at, dear, hours, recent
from tests.support.watched import Watched
from watchbill.anomalies.episodes import Episode, Series, place_of
from watchbill.anomalies.models import AnomalyType, Judgement, Severity, Window
from watchbill.anomalies.store import AnomalyStore
from watchbill.platform.clock import frozen_at
from watchbill.platform.errors import Conflict, NotFound, Unprocessable


@pytest.fixture
def demo():
    demo = Watched()
    demo.register()
    demo.count(recent(hours(FAULT + 12, dear)))
    demo.check(at(FAULT + 2))
    return demo


def acknowledge(demo, hour=FAULT + 2, key="key-1", anomaly=None):
    with frozen_at(at(hour)):
        return demo.service.acknowledge(anomaly or next(iter(demo.stored)), key)


def knower(anomaly):
    return anomaly.acknowledged_at, anomaly.acknowledged_by


def test_an_open_anomaly_is_acknowledged_wherever_it_is_shown(demo):
    known = acknowledge(demo)

    assert knower(known) == (at(FAULT + 2), "key-1")
    with frozen_at(at(FAULT + 2)):
        shown = [*demo.service.open_ones(), *demo.service.between(at(0), at(FAULT + 2)), *demo.stored.values()]
        assert [*shown, *demo.shown(at(FAULT + 2), at(FAULT) - at(0))] == [known] * 4


def test_what_is_found_later_and_its_end_forget_nobody_who_knows(demo):
    acknowledge(demo)
    unknown = Watched()
    unknown.register()
    unknown.count(recent(hours(FAULT + 12, dear)))

    for hour in (FAULT + 3, FAULT + 4, FAULT + 8):
        demo.check(at(hour))
    unknown.check(at(FAULT + 8))

    (after,) = demo.stored.values()
    (otherwise,) = unknown.stored.values()
    assert (after.resolved, *knower(after)) == (True, at(FAULT + 2), "key-1")
    assert after.model_copy(update={"acknowledged_at": None, "acknowledged_by": None}) == otherwise


def test_who_said_it_first_is_kept(demo):
    acknowledge(demo)
    before = dict(demo.items)

    again = acknowledge(demo, FAULT + 3, "key-2")

    assert knower(again) == (at(FAULT + 2), "key-1")
    assert demo.items == before


def test_a_check_that_comes_between_is_not_undone(demo, monkeypatch):
    read = AnomalyStore.watch

    def read_while_it_is_checked(store, agent_id, consistent=False):
        found = read(store, agent_id, consistent)
        monkeypatch.setattr(AnomalyStore, "watch", read)
        demo.check(at(FAULT + 3))
        return found

    monkeypatch.setattr(AnomalyStore, "watch", read_while_it_is_checked)
    known = acknowledge(demo, FAULT + 3)

    assert (known.window_end, known.acknowledged_by) == (at(FAULT + 3), "key-1")


def test_what_is_over_or_was_never_judged_is_not_acknowledged(demo):
    fresh = Watched()
    fresh.register()
    fresh.count(recent(hours(FAULT + 12, dear)))
    (unjudged,) = fresh.shown(at(FAULT + 2), at(FAULT) - at(0))
    demo.check(at(FAULT + 8))

    with pytest.raises(Unprocessable, match="is over"):
        acknowledge(demo, FAULT + 9)
    with pytest.raises(Conflict, match="no check has judged"):
        acknowledge(fresh, anomaly=unjudged.id)


@pytest.mark.parametrize(
    "nobody", ["x", f"{AGENT}.cost.research.20260202T0900", f"{AGENT}.cost.research.20261399T9999"]
)
def test_what_there_is_not_is_not_acknowledged(demo, nobody):
    with pytest.raises(NotFound):
        acknowledge(demo, anomaly=nobody)


@pytest.mark.parametrize("task_type", ["", "research", "a/b", "a b?#%", "x" * 200, "ünïcode"])
def test_an_identity_is_part_of_an_address_and_tells_its_place(task_type):
    window = Window(at(3), at(4))
    judged = Judgement(AnomalyType.COST, window, Severity.LOW, "dear")
    series = Series(AGENT, AnomalyType.COST, task_type)

    identity = Episode(series, at(3), at(4), Severity.LOW, judged).identity

    assert place_of(identity) == (AGENT, at(3))
    assert len(identity) <= 200
    assert not set(identity) & set('/%#? "')
