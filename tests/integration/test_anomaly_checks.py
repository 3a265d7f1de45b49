"""Checks over the real table: what is written together, and two checks of an agent at once."""

from tests.support.agent_hours import AGENT, FAULT, at, dear, hours, recent
from tests.support.watched import Watched
from watchbill.anomalies.store import AnomalyStore
from watchbill.platform.table import Table


def demo_with_a_fault():
    """An organisation with an agent whose costs are three times the usual for four hours."""
    demo = Watched(Table("demo"))
    demo.register()
    demo.count(recent(hours(FAULT + 12, dear)))
    return demo


def test_an_anomaly_is_open_in_the_table_until_it_is_resolved(cloud):
    demo = demo_with_a_fault()

    demo.check(at(FAULT + 2))
    assert [(one.type, one.resolved) for one in demo.service.open_ones()] == [("cost", False)]
    demo.check(at(FAULT + 8))

    assert demo.service.open_ones() == []
    (anomaly,) = demo.service.between(at(0), at(FAULT + 8))
    assert (anomaly.strand_id, anomaly.resolved_at) == (AGENT, at(FAULT + 5))
    assert demo.service.between(at(0), at(FAULT + 8), ["other"]) == []


def test_two_checks_at_once_store_what_one_would(cloud, monkeypatch):
    demo, other = demo_with_a_fault(), Watched(Table("demo"))
    demo.check(at(FAULT))
    read = AnomalyStore.watch

    def read_while_the_other_checks(store, agent_id, consistent=False):
        found = read(store, agent_id, consistent)
        monkeypatch.setattr(AnomalyStore, "watch", read)
        other.check(at(FAULT + 2))
        return found

    monkeypatch.setattr(AnomalyStore, "watch", read_while_the_other_checks)
    demo.check(at(FAULT + 6))

    (anomaly,) = demo.service.between(at(0), at(FAULT + 6))
    assert (anomaly.window_start, anomaly.window_end) == (at(FAULT), at(FAULT + 4))
    assert demo.service.agents_to_check() == []
