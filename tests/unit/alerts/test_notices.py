"""What an event means to those who are told of it, and the message they get."""

import json

import pytest

from tests.support.alerting import AN_ANOMALY, CRITICAL, NOW, REPORT, a_subscriber, another_critical
from watchbill.alerts import notices
from watchbill.alerts.models import AlertChannel, Kind

SUBSCRIPTION = a_subscriber().subscription
DISABLED = {
    "id": "event-3",
    "organisation": "demo",
    "subscription": "sub-1",
    "channel": "webhook",
    "target": "https://hooks.example.com",
    "kinds": ["daily-summary"],
    "description": None,
    "reason": "the endpoint answered 410 Gone",
}


def message(event_type, detail):
    notice = notices.notice_of(event_type, detail)
    return notices.order(notice, SUBSCRIPTION, NOW).payload


def test_a_critical_anomaly_is_told_with_its_strand_and_the_anomaly():
    payload = message("anomaly_critical", CRITICAL)

    assert (payload["type"], payload["timestamp"]) == ("critical-performance", "2026-06-15T12:00:00.000Z")
    assert payload["data"]["strandId"] == AN_ANOMALY["strandId"]
    (anomaly,) = payload["data"]["anomalies"]
    assert anomaly == AN_ANOMALY


def test_an_episode_that_becomes_critical_again_is_no_other_notice():
    first, again = (notices.notice_of("anomaly_critical", CRITICAL | {"id": name}) for name in ("event-1", "event-9"))
    other = notices.notice_of("anomaly_critical", another_critical("anomaly-2"))

    assert first == again
    assert first.event != other.event


def test_a_scheduled_daily_summary_is_told():
    payload = message("report_generated", REPORT)

    assert payload["type"] == "daily-summary"
    assert payload["data"] == {
        "reportId": "report-1",
        "title": REPORT["title"],
        "period": REPORT["period"],
        "summary": REPORT["summary"],
    }


@pytest.mark.parametrize("other", [{"scheduled": False}, {"type": "cost-analysis"}])
def test_other_reports_are_not_told(other):
    assert notices.notice_of("report_generated", REPORT | other) is None


def test_other_events_are_not_told():
    assert notices.notice_of("runs_recorded", {"id": "event-4"}) is None


def test_a_subscription_that_we_disabled_is_told_of_but_not_told():
    notice = notices.notice_of("subscription_disabled", DISABLED)

    assert (notice.about, notice.kind, notice.severity) == ("sub-1", Kind.SUBSCRIPTION_DISABLED, "warning")
    assert notice.data["reason"] == "the endpoint answered 410 Gone"


def test_what_is_said_of_a_disabled_subscription_proves_nothing_to_its_endpoint():
    item = {
        "id": "sub-1",
        "channel": AlertChannel.WEBHOOK.value,
        "target": "https://user.hooks.example.com:8443/services/T0K3N?key=K3Y",
        "kinds": ["daily-summary"],
        "secret": "whsec_SECRET",
        "former_secret": "whsec_FORMER",
        "disabled_reason": "the endpoint answered 410 Gone",
    }

    said = notices.disabled_data(item)

    assert said["target"] == "https://user.hooks.example.com"
    assert not any(word in json.dumps(said) for word in ("T0K3N", "K3Y", "whsec"))


def test_an_event_that_comes_again_is_the_same_delivery_and_another_subscriptions_is_not():
    notice = notices.notice_of("anomaly_critical", CRITICAL)
    other = a_subscriber(id="sub-2").subscription

    first, again, others = (notices.order(notice, each, NOW) for each in (SUBSCRIPTION, SUBSCRIPTION, other))

    assert first == again
    assert first.delivery != others.delivery


def test_an_order_comes_out_of_the_queue_as_it_went_in():
    order = notices.order(notices.notice_of("anomaly_critical", CRITICAL), SUBSCRIPTION, NOW)

    carried = json.loads(json.dumps(notices.to_message("demo", order)))

    assert notices.from_message(carried) == order
    assert carried["organisation"] == "demo"


def test_a_message_always_fits_into_a_queue():
    anomaly = AN_ANOMALY | {"description": "é" * 10**6, "suggestedActions": ["a" * 10**5] * 10**3}

    payload = message("anomaly_critical", {**CRITICAL, "anomaly": anomaly})

    (shown,) = payload["data"]["anomalies"]
    assert len(shown["description"]) == 2_000
    assert shown["description"].endswith("…")
    assert len(shown["suggestedActions"]) == 20
    assert len(json.dumps(payload)) < 200_000


FAILED = {
    "id": "event-5",
    "task_id": "t1",
    "agent_id": "a1",
    "task_type": "research",
    "priority": 5,
    "attempt": 4,
    "stream_id": None,
    "error": {"type": "Busy", "message": "later", "retryable": True},
    "completed_at": "2026-03-10T12:59:59.999Z",
}


REVOKED = {"id": "e", "platform": "twitter", "account_id": "a", "username": "ana", "reason": "invalid_grant"}
BUDGET = {
    "id": "event-6",
    "budget_id": "b1",
    "mark": "2026-03-10 10",
    "scope": "agent",
    "subject": "a1",
    "name": "writer",
    "period": "day",
    "limit": 10.0,
    "spent": 8.41,
    "share": 0.841,
    "starts_at": "2026-03-10T00:00:00.000Z",
    "ends_at": "2026-03-11T00:00:00.000Z",
}


def test_a_budget_is_one_notice_for_each_share_period_and_limit():
    warned = notices.notice_of("budget_warned", BUDGET)
    again = notices.notice_of("budget_warned", BUDGET | {"id": "event-7", "spent": 9})
    held = notices.notice_of("budget_held", BUDGET)
    tomorrow = notices.notice_of("budget_held", BUDGET | {"mark": "2026-03-11 10"})

    assert warned.event == again.event
    assert len({warned.event, held.event, tomorrow.event}) == 3
    assert (warned.severity, held.severity) == ("warning", "critical")
    assert warned.subject == "The day's budget of agent writer is 84% spent"
    assert held.data["endsAt"] == BUDGET["ends_at"]


def test_the_failures_of_an_agent_s_tasks_are_one_notice_an_hour():
    first = notices.notice_of("task_failed", FAILED)
    again = notices.notice_of("task_failed", FAILED | {"task_id": "t2", "completed_at": "2026-03-10T12:00:00.000Z"})
    later = notices.notice_of("task_failed", FAILED | {"completed_at": "2026-03-10T13:00:00.000Z"})
    other = notices.notice_of("task_failed", FAILED | {"agent_id": "a2"})

    assert first.event == again.event
    assert len({first.event, later.event, other.event}) == 3


@pytest.mark.parametrize(("priority", "severity"), [(8, "warning"), (9, "critical"), (10, "critical")])
def test_the_failure_of_an_urgent_task_is_critical(priority, severity):
    assert notices.notice_of("task_failed", FAILED | {"priority": priority}).severity == severity


def test_an_account_that_has_to_be_connected_again_is_told_but_not_one_that_never_was():
    assert notices.notice_of("oauth_error", REVOKED).kind == Kind.ACCOUNT_REVOKED
    assert notices.notice_of("oauth_error", REVOKED | {"account_id": None}) is None
