"""From an event to an endpoint, over the wire: signed webhooks, their repeats, and how deliveries are shown."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from standardwebhooks import WebhookVerificationError

from tests.integration.client.server import Reply
from tests.support.alert_steps import EVERYTHING, deliver, deliveries, mails, tell
from tests.support.alerting import AN_ANOMALY, REPORT, another_critical
from tests.support.bus import bodies
from tests.support.local_table import every_item, everything
from tests.support.receiver import hanging, receiving, talking
from tests.support.steps import SUBSCRIPTIONS, get, made, subscribe
from watchbill import services
from watchbill.alerts import webhooks
from watchbill.alerts.store import AlertStore
from watchbill.platform import settings, signing
from watchbill.platform.clock import frozen_at
from watchbill.platform.sealed_signing import SealedSigning
from watchbill.platform.table import Table

pytestmark = pytest.mark.usefixtures("hasty")
BROKEN = Reply(500, b"out of order")


def test_a_critical_anomaly_arrives_signed(service, key):
    with receiving() as receiver:
        subscription = subscribe(service, key, target=receiver.url)
        tell(service)
        deliver(service)

    (payload,) = receiver.verified(subscription["secret"])
    assert payload["type"] == "critical-performance"
    assert payload["data"] == {"strandId": AN_ANOMALY["strandId"], "anomalies": [AN_ANOMALY]}
    (request,) = receiver.seen
    assert (request.method, request.headers["content-type"]) == ("POST", "application/json")
    (delivery,) = deliveries(service, key, subscription)
    assert (delivery["id"], delivery["kind"], delivery["state"]) == (
        request.headers["webhook-id"],
        "critical-performance",
        "delivered",
    )
    ((status, error),) = [(attempt["status"], attempt["error"]) for attempt in delivery["attempts"]]
    assert (status, error, delivery["next_attempt_at"], delivery["reason"]) == (204, None, None, None)


def test_a_secret_that_is_kept_in_clear_signs_and_is_sealed_when_its_owner_changes_something(service, key):
    with receiving() as receiver:
        subscription = subscribe(service, key, target=receiver.url)
        secret = signing.new_secret()
        AlertStore(Table("demo")).change(
            subscription["id"], lambda there: replace(there, signing=SealedSigning(secret))
        )
        assert secret in everything()
        tell(service)
        deliver(service)
        service.request("PATCH", f"{SUBSCRIPTIONS}/{subscription['id']}", {"description": "us"}, key=key)
        tell(service, detail=another_critical("anomaly-2"))
        deliver(service)

    assert len(receiver.verified(secret)) == 2
    assert secret not in everything()


def test_one_that_is_kept_in_clear_signs_for_a_while_beside_the_one_that_takes_its_place(service, key):
    with receiving() as receiver:
        subscription = subscribe(service, key, target=receiver.url)
        old = signing.new_secret()
        AlertStore(Table("demo")).change(subscription["id"], lambda there: replace(there, signing=SealedSigning(old)))
        new = made(service.request("POST", f"{SUBSCRIPTIONS}/{subscription['id']}/secret", {}, key=key))["secret"]
        tell(service)
        deliver(service)

    assert len(receiver.verified(old)) == len(receiver.verified(new)) == 1
    assert not any(secret in everything() for secret in (old, new))


def test_nobody_else_could_have_signed_it(service, key):
    with receiving() as receiver:
        subscribe(service, key, target=receiver.url)
        tell(service)
        deliver(service)

    with pytest.raises(WebhookVerificationError):
        receiver.verified(signing.new_secret())


def test_only_who_asked_for_a_kind_is_told_of_it(service, key):
    with receiving() as critical, receiving() as daily, receiving() as paused:
        subscribe(service, key, target=critical.url, kinds=["critical-performance"])
        subscribe(service, key, target=daily.url, kinds=["daily-summary"])
        off = subscribe(service, key, target=paused.url, kinds=EVERYTHING)
        service.request("PATCH", f"{SUBSCRIPTIONS}/{off['id']}", {"enabled": False}, key=key)
        tell(service)
        tell(service, "report_generated", REPORT)
        tell(service, "report_generated", REPORT | {"id": "event-9", "scheduled": False})
        deliver(service)

    assert [[seen.json["type"] for seen in each.seen] for each in (critical, daily, paused)] == [
        ["critical-performance"],
        ["daily-summary"],
        [],
    ]


def test_another_organisation_is_not_told(service, key):
    other = service.organisation("other")
    with receiving() as ours, receiving() as theirs:
        subscribe(service, key, target=ours.url)
        subscribe(service, other, target=theirs.url)
        tell(service)
        deliver(service)

    assert (len(ours.seen), len(theirs.seen)) == (1, 0)


def test_an_event_that_comes_again_is_delivered_once(service, key, topic):
    with receiving() as receiver:
        subscribe(service, key, target=receiver.url)
        for _ in range(3):
            tell(service)
        deliver(service)
        tell(service)
        deliver(service)

    assert len(receiver.seen) == 1
    assert len(list(bodies(topic))) == 1


def test_what_fails_is_tried_again_until_it_succeeds_under_one_id(service, key):
    with receiving(BROKEN, BROKEN) as receiver:
        subscription = subscribe(service, key, target=receiver.url)
        tell(service)
        deliver(service)

    assert len(receiver.seen) == 3
    assert len(set(receiver.ids)) == 1
    assert len(receiver.verified(subscription["secret"])) == 3
    (delivery,) = deliveries(service, key, subscription)
    assert [(attempt["status"], attempt["error"]) for attempt in delivery["attempts"]] == [
        (500, "out of order"),
        (500, "out of order"),
        (204, None),
    ]


def test_a_redirect_is_a_failure_and_leads_nowhere(service, key):
    with receiving() as elsewhere, receiving(afterwards=Reply(302, b"", {"Location": elsewhere.url})) as receiver:
        subscription = subscribe(service, key, target=receiver.url)
        tell(service)
        deliver(service)

    assert (len(receiver.seen), len(elsewhere.seen)) == (4, 0)
    assert deliveries(service, key, subscription)[0]["state"] == "failed"


def test_an_endpoint_that_hangs_has_failed(service, key, monkeypatch):
    monkeypatch.setattr(webhooks, "ATTEMPT_SECONDS", 0.1)
    with talking(hanging) as url:
        subscription = subscribe(service, key, target=url)
        tell(service)
        deliver(service)

    (delivery,) = deliveries(service, key, subscription)
    errors = {attempt["error"] for attempt in delivery["attempts"]}
    assert (delivery["state"], errors) == ("failed", {"the time was up before an answer was complete"})
    assert all(100 <= attempt["duration_ms"] < 5_000 for attempt in delivery["attempts"])


def test_a_huge_answer_is_not_read(service, key):
    with receiving(afterwards=Reply(200, b"x" * 10_000_000)) as receiver:
        subscription = subscribe(service, key, target=receiver.url)
        tell(service)
        deliver(service)

    assert deliveries(service, key, subscription)[0]["state"] == "delivered"


def test_an_address_that_has_moved_inside_is_not_called(service, key, monkeypatch):
    with receiving() as receiver:
        subscription = subscribe(service, key, target=receiver.url)
        monkeypatch.delenv(settings.PRIVATE_TARGETS)
        settings.settings.cache_clear()
        services.forget()
        tell(service)
        deliver(service)

    (delivery,) = deliveries(service, key, subscription)
    assert receiver.seen == []
    assert {attempt["error"] for attempt in delivery["attempts"]} == {"an address begins with https://"}


def test_after_a_rotation_both_secrets_verify_what_is_sent(service, key):
    with receiving() as receiver:
        subscription = subscribe(service, key, target=receiver.url)
        address = f"{SUBSCRIPTIONS}/{subscription['id']}/secret"
        rotated = made(service.request("POST", address, {}, key=key))
        tell(service)
        deliver(service)

    for secret in (subscription["secret"], rotated["secret"]):
        assert len(receiver.verified(secret)) == 1


def test_a_test_message_arrives_as_alerts_do(service, key):
    with receiving() as receiver:
        subscription = subscribe(service, key, target=receiver.url)
        answer = service.request("POST", f"{SUBSCRIPTIONS}/{subscription['id']}/test", key=key)
        deliver(service)

    assert answer.status == 202
    (payload,) = receiver.verified(subscription["secret"])
    assert (payload["type"], payload["data"]["subscription"]) == ("test", subscription["id"])
    assert receiver.ids == [answer.json["delivery"]]
    (shown,) = get(service, key, answer.json["deliveries"])["items"]
    assert (shown["id"], shown["kind"], shown["state"]) == (answer.json["delivery"], "test", "delivered")


def test_a_test_is_tried_once_also_at_what_is_disabled(service, key):
    with receiving(afterwards=BROKEN) as receiver:
        subscription = subscribe(service, key, target=receiver.url)
        service.request("PATCH", f"{SUBSCRIPTIONS}/{subscription['id']}", {"enabled": False}, key=key)
        service.request("POST", f"{SUBSCRIPTIONS}/{subscription['id']}/test", key=key)
        deliver(service)

    assert len(receiver.seen) == 1


def test_a_test_by_mail_arrives(service, key):
    subscription = subscribe(service, key, channel="email", target="ops@example.com")

    service.request("POST", f"{SUBSCRIPTIONS}/{subscription['id']}/test", key=key)
    deliver(service)

    assert [mail.subject for mail in mails()] == ["[Watchbill] A test of alerts"]


def test_deliveries_are_shown_newest_first_in_pages(service, key):
    with receiving() as receiver:
        with frozen_at(datetime(2026, 3, 10, tzinfo=UTC)):
            subscription = subscribe(service, key, target=receiver.url)
        for day in range(11, 16):
            with frozen_at(datetime(2026, 3, day, tzinfo=UTC)):
                tell(service, detail=another_critical(f"anomaly-{day}"))
                deliver(service)
    address, days = f"{SUBSCRIPTIONS}/{subscription['id']}/deliveries?limit=2", []

    cursor = ""
    while cursor is not None:
        page = get(service, key, f"{address}&cursor={cursor}" if cursor else address)
        days.append([item["created_at"][8:10] for item in page["items"]])
        cursor = page["next_cursor"]

    assert days == [["15", "14"], ["13", "12"], ["11"]]


def test_a_cursor_of_another_subscriptions_deliveries_is_refused(service, key):
    with receiving() as receiver:
        first, second = (subscribe(service, key, target=f"{receiver.url}/{name}") for name in "ab")
        for event in ("event-1", "event-2"):
            tell(service, detail=another_critical(event))
        deliver(service)
    page = get(service, key, f"{SUBSCRIPTIONS}/{first['id']}/deliveries?limit=1")

    address = f"{SUBSCRIPTIONS}/{second['id']}/deliveries?limit=1&cursor={page['next_cursor']}"

    assert service.request("GET", address, key=key).status == 400


def test_what_is_kept_of_deliveries_expires(service, key):
    with receiving() as receiver:
        subscribe(service, key, target=receiver.url)
        tell(service)
        deliver(service)

    days = {
        item["sk"]["S"].split("#")[0][:4]: (int(item["expires_at"]["N"]) - datetime.now(UTC).timestamp()) / 86_400
        for item in every_item()
        if "#DELIVERIES#" in item["pk"]["S"] or item["sk"]["S"] == "NOTICE"
    }
    assert sorted(round(each) for each in days.values()) == [14, 30]
