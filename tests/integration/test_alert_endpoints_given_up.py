"""An endpoint that gives up, or fails every attempt: its subscription is disabled, and the others are told."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.integration.client.server import Reply
from tests.support.alert_steps import EVERYTHING, deliver, deliveries, mails, tell
from tests.support.alerting import another_critical
from tests.support.bus import Bus, bodies
from tests.support.receiver import receiving
from tests.support.steps import SUBSCRIPTIONS, get, subscribe
from watchbill.platform.clock import frozen_at

pytestmark = pytest.mark.usefixtures("hasty")
BROKEN = Reply(500, b"out of order")


def test_an_endpoint_that_is_gone_is_disabled_at_once_and_the_others_are_told(service, key, topic):
    bus = Bus(service)
    with receiving(afterwards=Reply(410)) as gone, receiving() as other:
        lost = subscribe(service, key, target=gone.url, kinds=EVERYTHING)
        subscribe(service, key, target=other.url, kinds=["subscription-disabled"])
        subscribe(service, key, channel="email", target="ops@example.com", kinds=["subscription-disabled"])
        bus.settle()
        tell(service)
        deliver(service)
        told = bus.settle()
        deliver(service)

    shown = get(service, key, f"{SUBSCRIPTIONS}/{lost['id']}")
    assert (shown["enabled"], shown["disabled_reason"]) == (False, "the endpoint answered 410 Gone")
    assert len(gone.seen) == 1
    assert [(seen.json["type"], seen.json["data"]["subscription"]) for seen in other.seen] == [
        ("subscription-disabled", lost["id"])
    ]
    assert ["Alerts to http" in mail.subject for mail in mails()] == [True]
    assert [event["detail-type"] for event in told] == ["subscription_disabled"]
    assert [json.loads(json.loads(body)["Message"])["type"] for body in bodies(topic)] == [
        "critical-performance",
        "subscription-disabled",
    ]


def test_no_secret_is_in_an_event_a_message_or_an_answer(service, key, topic):
    bus = Bus(service)
    with receiving(afterwards=Reply(410)) as gone:
        lost = subscribe(service, key, target=f"{gone.url}/t0k3n?key=k3y", kinds=EVERYTHING)
        tell(service)
        deliver(service)
        told = bus.settle()

    public = [json.dumps(told), *bodies(topic), json.dumps([seen.json for seen in gone.seen])]
    assert len(told) == 1
    for text in public:
        assert not any(word in text for word in (lost["secret"], lost["secret"][6:], "t0k3n", "k3y"))


def test_an_endpoint_that_fails_every_attempt_is_disabled_and_enabling_starts_anew(service, key):
    with receiving(BROKEN, BROKEN, BROKEN, BROKEN) as receiver:
        subscription = subscribe(service, key, target=receiver.url)
        address = f"{SUBSCRIPTIONS}/{subscription['id']}"
        tell(service)
        deliver(service)
        disabled = get(service, key, address)
        enabled = service.request("PATCH", address, {"enabled": True}, key=key).json
        tell(service, detail=another_critical("anomaly-2"))
        deliver(service)

    assert disabled["disabled_reason"].startswith("all 4 attempts at a delivery failed")
    assert (enabled["enabled"], enabled["disabled_reason"]) == (True, None)
    states = [delivery["state"] for delivery in deliveries(service, key, subscription)]
    assert sorted(states) == ["delivered", "failed"]


def test_a_late_copy_of_a_failure_does_not_disable_what_was_enabled_again(service, key):
    with receiving(BROKEN, BROKEN, BROKEN, BROKEN) as receiver:
        subscription = subscribe(service, key, target=receiver.url)
        address = f"{SUBSCRIPTIONS}/{subscription['id']}"
        tell(service)
        deliver(service)
        with frozen_at(datetime.now(UTC) + timedelta(minutes=1)):
            service.request("PATCH", address, {"enabled": True}, key=key)
        tell(service)
        deliver(service)

    assert get(service, key, address)["enabled"] is True
    assert len(receiver.seen) == 4


def test_what_people_do_with_subscriptions_is_no_news(service, key):
    bus = Bus(service)
    subscription = subscribe(service, key)
    address = f"{SUBSCRIPTIONS}/{subscription['id']}"
    for enabled in (False, True):
        service.request("PATCH", address, {"enabled": enabled}, key=key)
    service.request("POST", f"{address}/secret", {}, key=key)
    service.request("DELETE", address, key=key)

    assert bus.settle() == []
