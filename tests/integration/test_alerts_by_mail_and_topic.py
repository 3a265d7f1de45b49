"""From an event to an inbox, and to whatever is subscribed to the topic."""

import json

import boto3
import pytest

from tests.integration.client.server import Reply
from tests.support.alert_steps import deliver, deliveries, mails, tell
from tests.support.alerting import AN_ANOMALY, CRITICAL, REPORT
from tests.support.bus import bodies
from tests.support.steps import SUBSCRIPTIONS, get, made, subscribe
from watchbill.platform import aws, ids

pytestmark = pytest.mark.usefixtures("hasty")
BROKEN = Reply(500, b"out of order")


def test_a_critical_anomaly_is_mailed(service, key):
    subscription = subscribe(service, key, channel="email", target="ops@example.com")

    tell(service)
    deliver(service)

    (mail,) = mails()
    assert mail.subject == "[Watchbill] Critical latency anomaly: ana"
    assert mail.destinations["ToAddresses"] == ["ops@example.com"]
    assert mail.source == "watchbill@example.com"
    assert AN_ANOMALY["description"] in mail.body
    (delivery,) = deliveries(service, key, subscription)
    assert (delivery["state"], delivery["attempts"][0]["status"]) == ("delivered", None)


def test_a_daily_summary_is_mailed_with_its_page(service, key):
    subscribe(service, key, channel="email", target="ops@example.com", kinds=["daily-summary"])
    wish = {"reportType": "daily-summary"}
    report = made(service.request("POST", "/api/analytics/reports", wish, key=key))
    sent = []
    aws.ses().meta.events.register("provide-client-params.sesv2.SendEmail", lambda params, **_: sent.append(params))

    tell(service, "report_generated", REPORT | {"report_id": report["id"], "title": report["title"]})
    deliver(service)

    (mail,) = mails()
    assert mail.subject == f"[Watchbill] {report['title']}"
    (page,) = sent[0]["Content"]["Simple"]["Attachments"]
    assert page["FileName"].startswith("daily-summary-")
    assert report["title"].encode() in page["RawContent"]
    assert {tag["Name"]: tag["Value"] for tag in sent[0]["EmailTags"]} == {
        "organisation": "demo",
        "kind": "daily-summary",
    }


def test_a_mail_that_ses_refuses_has_failed_with_its_reason_and_costs_nothing(service, key):
    subscription = subscribe(service, key, channel="email", target="ops@example.com")
    boto3.client("sesv2").delete_email_identity(EmailIdentity="watchbill@example.com")

    tell(service)
    deliver(service)

    (delivery,) = deliveries(service, key, subscription)
    assert (delivery["state"], delivery["reason"], len(delivery["attempts"])) == ("failed", "rejected", 1)
    assert "MessageRejected" in delivery["attempts"][0]["error"]
    assert get(service, key, f"{SUBSCRIPTIONS}/{subscription['id']}")["enabled"] is True


def test_a_mail_that_ses_has_no_room_for_now_is_sent_later(service, key):
    subscription = subscribe(service, key, channel="email", target="ops@example.com")
    calls = []

    def throttle(**_):
        calls.append(1)
        if len(calls) <= 2:
            refusal = {"Error": {"Code": "TooManyRequestsException", "Message": "slow down"}}
            raise aws.ClientError(refusal | {"ResponseMetadata": {"HTTPStatusCode": 429}}, "SendEmail")

    aws.ses().meta.events.register("before-call.sesv2.SendEmail", throttle)
    tell(service)
    deliver(service)

    (delivery,) = deliveries(service, key, subscription)
    assert [attempt["error"] for attempt in delivery["attempts"]] == [
        "TooManyRequestsException: slow down",
        "TooManyRequestsException: slow down",
        None,
    ]
    assert len(mails()) == 1


def test_the_topic_is_told_with_attributes_to_filter_by(service, key, topic):
    tell(service)

    (body,) = bodies(topic)
    message = json.loads(body)
    assert message["Subject"] == "Critical latency anomaly: ana (demo)"
    assert json.loads(message["Message"])["data"]["strandId"] == AN_ANOMALY["strandId"]
    attributes = {name: attribute["Value"] for name, attribute in message["MessageAttributes"].items()}
    assert attributes == {
        "organisation": "demo",
        "type": "critical-performance",
        "severity": "critical",
        "event": ids.derived_id("critical", "anomaly-1"),
    }


def test_a_subject_is_short_and_plain_whatever_an_agent_is_called(service, key, topic):
    anomaly = AN_ANOMALY | {"affectedComponent": "Ñandú " * 40}

    tell(service, detail=CRITICAL | {"anomaly": anomaly})

    (body,) = bodies(topic)
    subject = json.loads(body)["Subject"]
    assert len(subject) == 100
    assert subject.isascii()
    assert subject.startswith("Critical latency anomaly: ?and? ?and?")


def test_a_topic_that_fails_is_told_when_the_event_comes_again(service, key, topic, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(aws.sns(), "publish", lambda **_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            tell(service)

    tell(service)

    assert len(list(bodies(topic))) == 1
