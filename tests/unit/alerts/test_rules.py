"""What becomes of a delivery, decision by decision."""

from datetime import timedelta

import pytest

from tests.support.alerting import NOW
from watchbill.alerts import rules
from watchbill.alerts.models import TEST, Attempt, DeliveryState, Ending, Kind, Outcome
from watchbill.alerts.rules import LEASE, Claimed, Early, Ended, Progress
from watchbill.platform import settings

DELAYS = tuple(map(float, settings.STANDARD_WEBHOOK_DELAYS.split(",")))
KIND = Kind.CRITICAL_PERFORMANCE


def attempt(at=NOW, **fields):
    return Attempt(at=at, duration_ms=1, **fields)


def failed(ending, *ats):
    return Progress(DeliveryState.FAILED, tuple(attempt(at) for at in ats or (NOW,)), ending=ending)


def never(_):
    return False


@pytest.mark.parametrize("state", [DeliveryState.DELIVERED, DeliveryState.FAILED])
def test_a_delivery_that_has_ended_is_not_claimed(state):
    assert rules.claim(Progress(state), NOW) == Ended()


def test_a_new_delivery_is_claimed_with_a_lease():
    assert rules.claim(Progress(), NOW) == Claimed(Progress(leased_until=NOW + LEASE))


def test_a_delivery_that_is_leased_is_early_until_the_lease_has_ended():
    leased = Progress(leased_until=NOW + timedelta(seconds=90))

    assert rules.claim(leased, NOW) == Early(90)
    assert rules.claim(leased, NOW + timedelta(seconds=89.5)) == Early(1)
    assert isinstance(rules.claim(leased, NOW + timedelta(seconds=90)), Claimed)


def test_a_delivery_that_is_not_due_is_early():
    assert rules.claim(Progress(due_at=NOW + timedelta(hours=20)), NOW) == Early(20 * 3600)


def test_failures_are_tried_again_on_the_schedule_of_standard_webhooks_and_then_no_more():
    progress, now, waits = Progress(), NOW, []
    for _ in DELAYS:
        outcome = Outcome(attempt(now, status=500))
        progress = rules.after(progress, outcome, DELAYS, now, "delivery-1")
        waits.append((progress.due_at - now).total_seconds() if progress.due_at else None)
        now = progress.due_at or now

    assert waits[-1] is None
    assert all(delay <= wait <= 1.1 * delay for delay, wait in zip(DELAYS[1:], waits[:-1], strict=True))
    assert (progress.state, progress.ending, len(progress.attempts)) == (DeliveryState.FAILED, Ending.EXHAUSTED, 10)
    assert timedelta(days=3) < now - NOW < timedelta(days=4)


def test_deliveries_that_failed_together_are_not_tried_again_together():
    outcome = Outcome(attempt(status=500))
    progress = Progress(attempts=(attempt(), attempt()))

    due = {rules.after(progress, outcome, DELAYS, NOW, f"delivery-{i}").due_at for i in range(50)}

    assert len(due) > 40


@pytest.mark.parametrize(("asked", "waited"), [(0, 5), (3, 5), (60, 60), (7_200, 7_200), (10**9, 86_400)])
def test_who_asks_for_time_is_given_it_up_to_a_day(asked, waited):
    progress = rules.after(Progress(), Outcome(attempt(status=429), retry_after=asked), DELAYS, NOW, "delivery-1")

    assert waited <= (progress.due_at - NOW).total_seconds() <= 1.1 * waited


def test_a_success_ends_a_delivery_and_its_lease():
    leased = Progress(attempts=(attempt(status=500),), leased_until=NOW)

    done = rules.after(leased, Outcome(attempt(status=204), delivered=True), DELAYS, NOW, "delivery-1")

    assert done == Progress(DeliveryState.DELIVERED, (attempt(status=500), attempt(status=204)))


@pytest.mark.parametrize("ending", [Ending.GONE, Ending.REJECTED])
def test_a_failure_for_good_ends_a_delivery(ending):
    outcome = Outcome(attempt(), ending=ending)

    assert rules.after(Progress(), outcome, DELAYS, NOW, "delivery-1").ending is ending


@pytest.mark.parametrize("outcome", [Outcome(attempt(), delivered=True), Outcome(attempt())])
def test_what_has_ended_stays_as_it_is(outcome):
    assert rules.after(failed(Ending.CANCELLED), outcome, DELAYS, NOW, "delivery-1") is None
    assert rules.cancelled(Progress(DeliveryState.DELIVERED)) is None


def test_a_delivery_that_exhausts_its_attempts_ends_the_subscription_when_none_succeeded_meanwhile():
    progress = failed(Ending.EXHAUSTED, NOW, NOW + timedelta(days=3))
    asked = []

    reason = rules.disabling(progress, KIND, NOW, lambda since: asked.append(since))

    assert reason == "all 2 attempts at a delivery failed, and no other delivery succeeded meanwhile"
    assert asked == [NOW]
    assert rules.disabling(progress, KIND, NOW, lambda _: True) is None


def test_an_endpoint_that_is_gone_ends_the_subscription_whatever_succeeded():
    assert rules.disabling(failed(Ending.GONE), KIND, NOW, lambda _: True) == "the endpoint answered 410 Gone"


@pytest.mark.parametrize("ending", [Ending.REJECTED, Ending.CANCELLED, None])
def test_what_is_not_the_endpoints_fault_costs_nothing(ending):
    assert rules.disabling(failed(ending), KIND, NOW, never) is None


@pytest.mark.parametrize("ending", [Ending.GONE, Ending.EXHAUSTED])
def test_a_test_costs_nothing(ending):
    assert rules.disabling(failed(ending), TEST, NOW, never) is None


@pytest.mark.parametrize("ending", [Ending.GONE, Ending.EXHAUSTED])
def test_failures_from_before_a_subscription_was_enabled_again_cost_nothing(ending):
    assert rules.disabling(failed(ending), KIND, NOW + timedelta(seconds=1), never) is None


@pytest.mark.parametrize(
    "address", ["me@example.com", "me+alerts@mail.example.co.uk", "o'neil@example.com", "1@2.io", "a.b_c@x-y.example"]
)
def test_a_mail_address_is_one(address):
    assert rules.is_mail_address(address)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "me",
        "me@",
        "@example.com",
        "me@example",
        "me@-example.com",
        "me@example-.com",
        "me@example..com",
        ".me@example.com",
        "me.@example.com",
        "me@example.com\n",
        "me@example.com,you@example.com",
        "<me@example.com>",
        '"me"@example.com',
        "me@[127.0.0.1]",
        "me@exämple.com",
        f"{'m' * 243}@example.com",
    ],
)
def test_what_only_resembles_one_is_none(text):
    assert not rules.is_mail_address(text)
