"""From the clock to whoever is told: the check of each hour and the report of each day, over stream, bus and queues."""

import json

import pytest

from tests.support.agent_hours import AGENT, FAULT, FAULT_HOURS, at, hours, recent
from tests.support.alert_steps import deliver, mails
from tests.support.bus import Bus, bodies, work
from tests.support.receiver import receiving
from tests.support.steps import subscribe
from tests.support.watched import NAME, Watched
from watchbill.platform.clock import frozen_at
from watchbill.platform.queue import Queue
from watchbill.platform.table import Table

pytestmark = pytest.mark.usefixtures("hasty")


def very_dear(index, done):
    """Runs cost ten times as much during the fault."""
    return done._replace(cost=done.cost * 10) if FAULT <= index < FAULT + FAULT_HOURS else done


def check_hour(service, bus, index, times=1):
    """Have the hour that ends then checked so often, and everything happen that follows."""
    with frozen_at(at(index)):
        for _ in range(times):
            service.invoke("anomaly_check", {})
            work(service, "check_worker", Queue.CHECKS)
            bus.settle()


def test_an_episode_of_critical_cost_alarms_once_by_every_channel_however_often_it_is_checked(service, key, topic):
    bus, demo = Bus(service), Watched(Table("demo"))
    demo.register()
    demo.count(recent(hours(FAULT + 12, very_dear)))
    with receiving() as receiver:
        with frozen_at(at(FAULT - 1)):
            hook = subscribe(service, key, target=receiver.url)
            subscribe(service, key, channel="email", target="ops@example.com")
        for index in range(FAULT, FAULT + 10):
            check_hour(service, bus, index, times=2)
            deliver(service)

    (payload,) = receiver.verified(hook["secret"])
    (anomaly,) = payload["data"]["anomalies"]
    assert (payload["type"], payload["data"]["strandId"]) == ("critical-performance", AGENT)
    assert (anomaly["type"], anomaly["severity"], anomaly["affectedComponent"]) == ("cost", "critical", NAME)
    (mail,) = mails()
    assert mail.subject == f"[Watchbill] Critical cost anomaly: {NAME}"
    (message,) = bodies(topic)
    assert json.loads(json.loads(message)["Message"]) == payload


def test_the_summary_of_a_day_is_told_once_however_often_the_clock_strikes(service, key, topic):
    bus = Bus(service)
    with receiving() as receiver:
        with frozen_at(at(0)):
            hook = subscribe(service, key, target=receiver.url, kinds=["daily-summary"])
            subscribe(service, key, channel="email", target="ops@example.com", kinds=["daily-summary"])
        for hour in (6, 7, 7, 8):
            with frozen_at(at(hour)):
                service.invoke("daily_report", {})
                work(service, "report_worker", Queue.REPORTS)
                bus.settle()
            deliver(service)

    (payload,) = receiver.verified(hook["secret"])
    assert payload["type"] == "daily-summary"
    assert payload["data"]["title"] in mails()[0].subject
    assert (len(mails()), len(list(bodies(topic)))) == (1, 1)
