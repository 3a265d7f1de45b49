"""Subscriptions to alerts: made with a secret shown once, listed, changed, rotated, removed."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.local_table import every_item, everything
from tests.support.steps import A_SUBSCRIPTION, SUBSCRIPTIONS, get, made, subscribe
from watchbill import services
from watchbill.platform import settings
from watchbill.platform.clock import frozen_at

pytestmark = pytest.mark.usefixtures("channels")
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
MAIL = {"channel": "email", "target": "ops@example.com", "kinds": ["daily-summary"]}


@pytest.fixture
def on_aws(monkeypatch, key):
    """A deployment that may not call private addresses, and sends no e-mail."""
    monkeypatch.delenv(settings.PRIVATE_TARGETS)
    monkeypatch.delenv(settings.ALERT_SENDER)
    settings.settings.cache_clear()
    services.forget()


def refused(service, key, **fields):
    answer = service.request("POST", SUBSCRIPTIONS, A_SUBSCRIPTION | fields, key=key)
    assert answer.headers["Content-Type"] == "application/problem+json"
    return answer.status, answer.json["detail"]


def change(service, key, subscription, **fields):
    return service.request("PATCH", f"{SUBSCRIPTIONS}/{subscription['id']}", fields, key=key)


def test_a_webhook_is_subscribed_with_a_secret_of_256_bits(service, key):
    with frozen_at(NOW):
        issued = subscribe(service, key, kinds=["daily-summary", "critical-performance"], description="On call")

    assert len(base64.b64decode(issued["secret"].removeprefix("whsec_"), validate=True)) == 32
    assert {name: value for name, value in issued.items() if name not in ("id", "secret")} == {
        "channel": "webhook",
        "target": "http://127.0.0.1:9/hook",
        "kinds": ["critical-performance", "daily-summary"],
        "description": "On call",
        "enabled": True,
        "disabled_reason": None,
        "created_at": "2026-03-10T12:00:00.000Z",
        "updated_at": "2026-03-10T12:00:00.000Z",
    }


def test_an_e_mail_address_is_subscribed_without_a_secret(service, key):
    assert subscribe(service, key, **MAIL)["secret"] is None


def test_the_secret_is_shown_once(service, key):
    issued = subscribe(service, key)
    shown = {name: value for name, value in issued.items() if name != "secret"}

    assert get(service, key, f"{SUBSCRIPTIONS}/{issued['id']}") == shown
    assert get(service, key, SUBSCRIPTIONS) == {"items": [shown], "next_cursor": None}
    assert "secret" not in change(service, key, issued, description="x").json


def test_a_repeat_under_one_idempotency_key_keeps_the_secret_to_itself(service, key):
    first, again = (
        made(service.request("POST", SUBSCRIPTIONS, A_SUBSCRIPTION, key=key, headers={"Idempotency-Key": "once"}))
        for _ in range(2)
    )
    kept = [item for item in every_item() if "#IDEMPOTENCY#" in item["pk"]["S"]]

    assert again == {**first, "secret": None}
    assert first["secret"] not in json.dumps(kept)


def test_subscriptions_are_listed_newest_first(service, key):
    for minute in range(3):
        with frozen_at(NOW + timedelta(minutes=minute)):
            subscribe(service, key, target=f"http://127.0.0.1:9/{minute}")

    assert [item["target"][-1] for item in get(service, key, SUBSCRIPTIONS)["items"]] == ["2", "1", "0"]


def test_the_same_target_is_subscribed_once(service, key):
    there = subscribe(service, key)

    answer = service.request("POST", SUBSCRIPTIONS, A_SUBSCRIPTION | {"kinds": ["daily-summary"]}, key=key)

    assert answer.status == 409
    assert answer.json["detail"] == f"subscription '{there['id']}' tells this target already; change its kinds instead"
    assert change(service, key, subscribe(service, key, **MAIL), target="dev@example.com").status == 200
    assert change(service, key, there, target=there["target"], enabled=True).status == 200


def test_an_organisation_has_at_most_50_subscriptions(service, key):
    for number in range(50):
        subscribe(service, key, target=f"http://127.0.0.1:9/{number}")

    assert refused(service, key) == (422, "an organisation has at most 50 subscriptions; remove one first")


@pytest.mark.usefixtures("on_aws")
@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("http://example.com/", "begins with https://"),
        ("https://127.0.0.1/", "127.0.0.1 is a loopback address"),
        ("https://localhost/", "is a loopback address"),
        ("https://10.0.0.1/", "10.0.0.1 is private"),
        ("https://192.168.1.1/", "192.168.1.1 is private"),
        ("https://169.254.169.254/", "169.254.169.254 is link-local"),
        ("https://[::1]/", "::1 is a loopback address"),
        ("https://1.1.1.1:25/", "port 25 is another service's"),
    ],
)
def test_on_aws_an_address_that_is_not_of_the_public_internet_is_refused(service, key, target, why):
    status, detail = refused(service, key, target=target)

    assert status == 422
    assert why in detail


@pytest.mark.usefixtures("on_aws")
def test_a_public_address_is_taken(service, key):
    assert subscribe(service, key, target="https://1.1.1.1/hook")["target"] == "https://1.1.1.1/hook"


@pytest.mark.usefixtures("on_aws")
def test_without_a_sender_no_e_mail_can_be_subscribed(service, key):
    assert refused(service, key, **MAIL) == (
        422,
        "this deployment sends no e-mail: its stage has no alert_sender",
    )


def test_a_subscription_is_changed_in_what_the_change_names(service, key):
    with frozen_at(NOW):
        before = subscribe(service, key)
    del before["secret"]

    with frozen_at(NOW + timedelta(hours=1)):
        answer = change(service, key, before, kinds=["daily-summary"], target="http://127.0.0.1:9/new")

    changed = {"kinds": ["daily-summary"], "target": "http://127.0.0.1:9/new", "updated_at": "2026-03-10T13:00:00.000Z"}
    assert answer.json == before | changed
    assert get(service, key, f"{SUBSCRIPTIONS}/{before['id']}") == answer.json


@pytest.mark.parametrize(
    ("target", "status"), [("http://169.254.169.254/", 422), ("nonsense", 400), ("ops@example.com", 400)]
)
def test_a_target_is_looked_at_when_it_is_changed_too(service, key, target, status):
    issued = subscribe(service, key)

    assert change(service, key, issued, target=target).status == status
    assert get(service, key, f"{SUBSCRIPTIONS}/{issued['id']}")["target"] == issued["target"]


def test_a_subscription_is_disabled_and_enabled_by_hand_without_a_reason(service, key):
    issued = subscribe(service, key)

    assert change(service, key, issued, enabled=False).json["enabled"] is False
    assert change(service, key, issued, description="Paused").json["enabled"] is False
    enabled = change(service, key, issued, enabled=True).json
    assert (enabled["enabled"], enabled["disabled_reason"], enabled["description"]) == (True, None, "Paused")


def test_a_removed_subscription_is_gone(service, key):
    issued = subscribe(service, key)
    address = f"{SUBSCRIPTIONS}/{issued['id']}"

    assert service.request("DELETE", address, key=key).status == 204

    for method, path, body in (
        ("GET", "", None),
        ("PATCH", "", {"enabled": True}),
        ("DELETE", "", None),
        ("POST", "/secret", {}),
        ("POST", "/test", None),
        ("GET", "/deliveries", None),
    ):
        answer = service.request(method, address + path, body, key=key)
        assert (answer.status, answer.json["detail"]) == (404, f"there is no subscription '{issued['id']}'")


def test_a_rotated_secret_is_new_and_the_old_one_is_not_shown_again(service, key):
    issued = subscribe(service, key)
    address = f"{SUBSCRIPTIONS}/{issued['id']}/secret"

    with frozen_at(NOW):
        rotated = made(service.request("POST", address, {}, key=key))

    assert rotated["secret"] != issued["secret"]
    assert issued["id"] in everything()
    assert not any(secret in everything() for secret in (issued["secret"], rotated["secret"]))
    assert {**rotated, "secret": issued["secret"], "updated_at": issued["updated_at"]} == issued


def test_an_e_mail_subscription_has_no_secret_to_rotate(service, key):
    issued = subscribe(service, key, **MAIL)

    answer = service.request("POST", f"{SUBSCRIPTIONS}/{issued['id']}/secret", {}, key=key)

    assert (answer.status, answer.json["detail"]) == (
        422,
        "only webhooks are signed: this subscription is told by e-mail",
    )
