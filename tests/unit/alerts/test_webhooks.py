"""Signatures as receivers verify them, and what answers mean."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from tests.support.alerting import NOW, SECRET, Endpoint, an_order
from tests.support.open_sealer import SIGNINGS
from watchbill.alerts import webhooks
from watchbill.alerts.models import Ending
from watchbill.platform import signing
from watchbill.platform.calls import Answer, retry_after
from watchbill.platform.clock import frozen_at
from watchbill.platform.sealed_signing import SealedSigning
from watchbill.platform.signing import Signing

BODY = '{"type":"test"}'
NEW, NEWER = signing.new_secret(), signing.new_secret()


def now():
    # The library that verifies compares with the machine's clock.
    return datetime.now(UTC)


def answer(status, body=b"", **headers):
    return Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, body, complete=True)


def test_a_secret_holds_256_random_bits():
    secrets = {signing.new_secret() for _ in range(100)}

    assert len(secrets) == 100
    assert {len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) for secret in secrets} == {32}


def test_what_is_signed_is_verified_with_the_secret_and_with_no_other():
    headers = signing.headers(Signing(SECRET), "delivery-1", BODY, now())

    assert Webhook(SECRET).verify(BODY, headers) == {"type": "test"}
    assert headers["webhook-id"] == "delivery-1"
    with pytest.raises(WebhookVerificationError):
        Webhook(signing.new_secret()).verify(BODY, headers)


@pytest.mark.parametrize("forged", [{"webhook-id": "delivery-2"}, {"webhook-timestamp": "1700000000"}])
def test_what_was_signed_cannot_be_changed(forged):
    headers = signing.headers(Signing(SECRET), "delivery-1", BODY, now())

    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(BODY, headers | forged)
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(BODY + " ", headers)


def rotated(kept: SealedSigning, secret: str, overlap_hours: int) -> SealedSigning:
    return SIGNINGS.rotated("sub-1", kept, secret, overlap_hours, now())


@pytest.mark.parametrize("kept", [SIGNINGS.kept("sub-1", SECRET), SealedSigning(SECRET)], ids=["sealed", "in clear"])
def test_after_a_rotation_both_secrets_verify_until_the_old_one_ends(kept):
    new = rotated(kept, NEW, 24)

    before, after = (
        signing.headers(SIGNINGS.opened("sub-1", new, at), "delivery-1", BODY, at)
        for at in (now(), now() + timedelta(hours=24))
    )

    for secret in (SECRET, NEW):
        assert Webhook(secret).verify(BODY, before)
    assert len(before["webhook-signature"].split(" ")) == 2
    assert len(after["webhook-signature"].split(" ")) == 1
    assert not {SECRET, NEW} & {new.secret, new.former}


def test_a_leaked_secret_is_replaced_at_once():
    new = SIGNINGS.opened("sub-1", rotated(SIGNINGS.kept("sub-1", SECRET), NEW, 0), now())

    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(BODY, signing.headers(new, "delivery-1", BODY, now()))


def test_a_secret_before_the_last_is_forgotten():
    twice = SIGNINGS.opened("sub-1", rotated(rotated(SIGNINGS.kept("sub-1", SECRET), NEW, 24), NEWER, 24), now())

    assert (twice.secret, twice.former) == (NEWER, NEW)


def test_secrets_are_not_shown_when_somebody_prints_them():
    kept = rotated(SealedSigning(SECRET), NEW, 24)

    assert not any(
        secret in repr(one) for secret in (SECRET, NEW) for one in (kept, SIGNINGS.opened("sub-1", kept, NOW))
    )


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_any_2xx_is_a_success(status):
    assert webhooks.outcome_of(answer(status, b"whatever"), NOW).delivered


@pytest.mark.parametrize("status", [100, 199, 300, 301, 304, 400, 401, 404, 422, 500, 503])
def test_anything_else_is_a_failure_that_is_tried_again(status):
    outcome = webhooks.outcome_of(answer(status, b"no\x00t now"), NOW)

    assert (outcome.delivered, outcome.ending) == (False, None)
    assert (outcome.attempt.status, outcome.attempt.error) == (status, "no t now")


def test_of_what_an_endpoint_says_the_beginning_is_kept():
    assert len(webhooks.outcome_of(answer(500, b"x" * 5_000), NOW).attempt.error) == 300


def test_410_means_that_the_endpoint_wants_no_more():
    assert webhooks.outcome_of(answer(410), NOW).ending is Ending.GONE


@pytest.mark.parametrize(("status", "waited"), [(429, 120), (503, 120), (500, 0), (404, 0)])
def test_only_who_is_busy_may_ask_for_time(status, waited):
    assert webhooks.outcome_of(answer(status, retry_after="120"), NOW).retry_after == waited


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0),
        (" 90 ", 90),
        ("999999999999999999", 999_999_999),
        ("Mon, 15 Jun 2026 12:02:00 GMT", 120),
        ("Mon, 15 Jun 2026 14:02:00 +0200", 120),
        ("Mon, 15 Jun 2026 11:00:00 GMT", 0),
        ("-5", 0),
        ("1.5", 0),
        ("soon", 0),
        ("", 0),
        ("١٢", 0),
        ("Mon, 99 Jun 2026 12:02:00 GMT", 0),
    ],
)
def test_a_time_to_wait_is_read_in_both_of_its_forms(text, seconds):
    assert retry_after(text, NOW) == seconds


def test_a_repeat_has_the_same_id_and_body_and_a_new_time():
    endpoint, order = Endpoint(), an_order()

    for minute in range(2):
        with frozen_at(NOW + timedelta(minutes=minute)):
            webhooks.send(endpoint, "https://hooks.example.com/", Signing(SECRET), order)

    first, second = endpoint.sent
    assert (first.headers["webhook-id"], first.body) == (second.headers["webhook-id"], second.body)
    assert int(second.headers["webhook-timestamp"]) - int(first.headers["webhook-timestamp"]) == 60
