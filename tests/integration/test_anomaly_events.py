"""What is told of anomalies: that they open, become worse, critical once, and are over; not what each hour adds."""

import pytest

from tests.integration.test_events import Subscriber
from tests.support.agent_hours import AGENT, FAULT, at, hours, recent
from tests.support.watched import Watched
from watchbill.platform.table import Table


def worse_and_worse(index, work):
    """Runs cost 1.7 times the usual, then 2.6 times, then 4 times, each for three hours."""
    step = (index - FAULT) // 3
    return work._replace(cost=0.02 * (1.7, 2.6, 4.0)[step], duration=3000.0) if 0 <= step < 3 else work


@pytest.fixture
def demo(service, key):
    """An organisation with an agent whose costs rise."""
    demo = Watched(Table("demo"))
    demo.register()
    demo.count(recent(hours(FAULT + 14, worse_and_worse), 74))
    demo.check(at(FAULT))
    return demo


@pytest.fixture
def subscriber(service, demo):
    """A subscriber who has heard of everything so far."""
    subscriber = Subscriber(service)
    subscriber.told()
    return subscriber


def kinds(told):
    return [kind.removeprefix("anomaly_") for kind, _ in told]


def test_each_turn_of_an_anomalys_life_is_told_once(demo, subscriber):
    told = []
    for index in range(FAULT + 1, FAULT + 15):
        demo.check(at(index))
        told.append(kinds(subscriber.told()))

    assert [kinds for kinds in told if kinds] == [["opened"], ["changed"], ["changed", "critical"], ["resolved"]]


def test_what_is_told_is_the_anomaly_with_its_strand(demo, subscriber):
    demo.check(at(FAULT + 1))

    ((kind, detail),) = subscriber.told()

    (anomaly,) = demo.service.open_ones()
    assert (kind, detail["strand_id"], detail["organisation"]) == ("anomaly_opened", AGENT, "demo")
    assert detail["anomaly"] == anomaly.model_dump(mode="json", by_alias=True)
    assert (detail["anomaly"]["strandId"], detail["anomaly"]["affectedComponent"]) == (AGENT, "research-strand")


def test_what_became_critical_while_checks_were_missed_is_told_as_such(demo, subscriber):
    demo.check(at(FAULT + 9))

    assert kinds(subscriber.told()) == ["opened", "critical"]


def test_what_was_over_before_anybody_could_be_told_alarms_nobody(demo, subscriber):
    demo.check(at(FAULT + 14))

    assert kinds(subscriber.told()) == ["opened", "resolved"]


def test_what_is_delivered_again_is_told_under_the_same_ids(demo, subscriber):
    demo.check(at(FAULT + 9))
    first = subscriber.told()

    again = subscriber.redelivered()

    assert again == first
    assert len({detail["id"] for _, detail in first}) == 2


def test_a_watch_that_goes_on_is_no_news(demo, subscriber):
    demo.check(at(FAULT + 1))
    subscriber.told()

    demo.check(at(FAULT + 2))

    assert subscriber.told() == []


def test_that_an_anomaly_is_known_is_told_and_that_it_is_critical_all_the_same(demo, subscriber):
    demo.check(at(FAULT + 1))
    subscriber.told()
    (anomaly,) = demo.service.open_ones()

    demo.service.acknowledge(anomaly.id, "key-1")
    demo.service.acknowledge(anomaly.id, "key-2")

    ((kind, detail),) = subscriber.told()
    assert (kind, detail["anomaly"]["acknowledgedBy"]) == ("anomaly_changed", "key-1")
    demo.check(at(FAULT + 9))
    assert "critical" in kinds(subscriber.told())
