"""An event on the bus of the local stack arrives at a webhook, in an inbox and at the topic, each of them verified."""

import json

import pytest

from infra.local.processes import wait_until
from tests.integration.client.server import Reply
from tests.support.alerting import AN_ANOMALY, CRITICAL, REPORT
from tests.support.emulated_alerts import Alerts
from tests.support.receiver import receiving
from tests.support.steps import SUBSCRIPTIONS

ORGANISATION = "alerted"
EVERYTHING = ["critical-performance", "daily-summary", "subscription-disabled"]
ARRIVAL_SECONDS = 60
"""Cold functions, and endpoints that are tried again after 1, 2, 5 and 10 seconds."""


@pytest.fixture(scope="module")
def us(caller):
    """An organisation of its own."""
    return caller(ORGANISATION)


@pytest.fixture(scope="module")
def alerts(stack):
    """The stack's alerts, with the topic subscribed to."""
    alerts = Alerts(stack)
    alerts.subscribe_to_topic("e2e-alerts")
    return alerts


def subscribe(us, channel, target, kinds=EVERYTHING):
    return us.post(SUBSCRIPTIONS, {"channel": channel, "target": target, "kinds": kinds})


def critical(anomaly):
    return CRITICAL | {"organisation": ORGANISATION, "anomaly": AN_ANOMALY | {"id": anomaly}}


def test_a_critical_anomaly_arrives_at_all_three_also_when_an_endpoint_fails_first(us, alerts):
    with receiving(Reply(500), Reply(503)) as receiver:
        hook = subscribe(us, "webhook", receiver.url)
        subscribe(us, "email", "critical@example.com", ["critical-performance"])
        for _ in range(2):
            alerts.tell("anomaly_critical", critical("e2e-1"))
        address = f"{SUBSCRIPTIONS}/{hook['id']}/deliveries"
        delivered = lambda: [each["state"] for each in us.get(address)["items"]] == ["delivered"]  # noqa: E731
        assert wait_until(delivered, ARRIVAL_SECONDS), us.get(address)
        assert wait_until(lambda: alerts.mails_to("critical@example.com"), ARRIVAL_SECONDS)
        assert wait_until(lambda: alerts.published(ORGANISATION, "critical-performance"), ARRIVAL_SECONDS)

    payloads = receiver.verified(hook["secret"])
    assert [payload["data"]["strandId"] for payload in payloads] == [AN_ANOMALY["strandId"]] * 3
    assert len(set(receiver.ids)) == 1
    (delivery,) = us.get(address)["items"]
    assert [attempt["status"] for attempt in delivery["attempts"]] == [500, 503, 204]
    (mail,) = alerts.mails_to("critical@example.com")
    assert mail["Source"] == "watchbill@example.com"
    assert mail["Subject"] == "[Watchbill] Critical latency anomaly: ana"
    assert AN_ANOMALY["description"] in mail["BodyText"]
    assert AN_ANOMALY["description"] in mail["BodyHtml"]
    (message,) = alerts.published(ORGANISATION, "critical-performance")
    assert json.loads(message["Message"]) == payloads[0]
    attributes = {name: attribute["Value"] for name, attribute in message["MessageAttributes"].items()}
    assert (attributes["type"], attributes["severity"]) == ("critical-performance", "critical")


def test_a_daily_summary_arrives_at_all_three(us, alerts):
    report = us.post("/api/analytics/reports", {"reportType": "daily-summary"})
    told = REPORT | {"organisation": ORGANISATION, "report_id": report["id"], "title": report["title"]}
    with receiving() as receiver:
        hook = subscribe(us, "webhook", receiver.url, ["daily-summary"])
        subscribe(us, "email", "daily@example.com", ["daily-summary"])
        alerts.tell("report_generated", told)
        assert wait_until(lambda: receiver.seen, ARRIVAL_SECONDS)
        assert wait_until(lambda: alerts.mails_to("daily@example.com"), ARRIVAL_SECONDS)
        published = lambda: alerts.published(ORGANISATION, "daily-summary")  # noqa: E731
        assert wait_until(published, ARRIVAL_SECONDS)

    (payload,) = receiver.verified(hook["secret"])
    assert payload["data"]["reportId"] == report["id"]
    (mail,) = alerts.mails_to("daily@example.com")
    assert mail["Subject"] == f"[Watchbill] {report['title']}"
    assert "What stands out" in mail["BodyText"]
    assert json.loads(published()[0]["Message"]) == payload


def test_an_endpoint_that_is_gone_is_disabled_and_whoever_asked_is_told_by_mail(us, alerts):
    with receiving(afterwards=Reply(410)) as gone:
        hook = subscribe(us, "webhook", gone.url, ["critical-performance"])
        subscribe(us, "email", "operator@example.com", ["subscription-disabled"])
        alerts.tell("anomaly_critical", critical("e2e-2"))
        assert wait_until(lambda: alerts.mails_to("operator@example.com"), ARRIVAL_SECONDS)

    shown = us.get(f"{SUBSCRIPTIONS}/{hook['id']}")
    assert (shown["enabled"], shown["disabled_reason"]) == (False, "the endpoint answered 410 Gone")
    (mail,) = alerts.mails_to("operator@example.com")
    assert "410 Gone" in mail["BodyText"]
    assert len(gone.seen) == 1


def test_a_test_message_arrives(us):
    with receiving() as receiver:
        hook = subscribe(us, "webhook", receiver.url, ["daily-summary"])
        answer = us.call("POST", f"{SUBSCRIPTIONS}/{hook['id']}/test")
        assert wait_until(lambda: receiver.seen, ARRIVAL_SECONDS)

    assert answer.status_code == 202
    assert receiver.ids == [answer.json()["delivery"]]
    assert [payload["type"] for payload in receiver.verified(hook["secret"])] == ["test"]


def test_what_serves_credentials_is_refused_on_this_machine_too(us):
    wish = {"channel": "webhook", "target": "http://169.254.169.254/latest/meta-data/", "kinds": ["daily-summary"]}

    answer = us.call("POST", SUBSCRIPTIONS, wish)

    assert answer.status_code == 422
    assert "link-local" in answer.json()["detail"]
