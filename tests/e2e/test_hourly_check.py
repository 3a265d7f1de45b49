"""Runs that fail, the schedule that has them checked, and the alert that arrives: the whole way on the local stack."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from infra.local.aws import client
from infra.local.processes import wait_until
from tests.support.emulated_alerts import Alerts
from tests.support.receiver import receiving
from tests.support.steps import PERFORMANCE, SUBSCRIPTIONS

ORGANISATION = "checked"
RULE = "anomaly_check"
OFTEN = "rate(1 minute)"
SCHEDULE_SECONDS = 150
"""Two periods of the shortened schedule, and cold functions."""
HOURS, RUNS, FAILING = 40, 5, 3


@pytest.fixture
def often(stack):
    """The schedule of the check, shortened to a minute."""
    events = client(stack.settings, "events")
    (rule,) = (each for each in events.list_rules()["Rules"] if each["Name"].endswith(RULE))
    events.put_rule(Name=rule["Name"], ScheduleExpression=OFTEN)
    yield
    events.put_rule(Name=rule["Name"], ScheduleExpression=rule["ScheduleExpression"])


@pytest.fixture
def alerts(stack):
    """The stack's alerts, with the topic subscribed to."""
    alerts = Alerts(stack)
    alerts.subscribe_to_topic("e2e-hourly-check")
    return alerts


def work(strand: str, fails: Callable[[int], bool]) -> list[dict]:
    """A strand's records of the hours before this one, some of which fail; hours are counted back from now."""
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    return [
        {
            "strandId": strand,
            "userId": "e2e",
            "taskId": f"{back}-{number}",
            "taskType": "research",
            "metrics": {
                "executionTime": 1000 + 10 * number,
                "successRate": 0 if fails(back) else 1,
                "cost": 0.01,
                "timestamp": (hour - timedelta(hours=back) + timedelta(minutes=5 * number)).isoformat(),
            },
        }
        for back in range(HOURS, 0, -1)
        for number in range(RUNS)
    ]


def test_a_strand_that_begins_to_fail_is_found_by_the_schedule_and_alarms_once(caller, often, alerts):
    us = caller(ORGANISATION)
    with receiving() as receiver:
        hook = us.post(SUBSCRIPTIONS, {"channel": "webhook", "target": receiver.url, "kinds": ["critical-performance"]})
        us.post(SUBSCRIPTIONS, {"channel": "email", "target": "on-call@example.com", "kinds": ["critical-performance"]})
        us.post(PERFORMANCE, {"records": work("healthy", lambda _: False)})
        us.post(PERFORMANCE, {"records": work("failing", lambda back: back <= FAILING)})
        assert wait_until(lambda: len(receiver.seen) > 0, SCHEDULE_SECONDS)
        assert wait_until(lambda: alerts.mails_to("on-call@example.com"), SCHEDULE_SECONDS)
        assert wait_until(lambda: alerts.published(ORGANISATION), SCHEDULE_SECONDS)

    (payload,) = receiver.verified(hook["secret"])
    (anomaly,) = us.get("/api/analytics/anomalies?strandId=failing")
    assert payload["type"] == "critical-performance"
    assert [each["id"] for each in payload["data"]["anomalies"]] == [anomaly["id"]]
    assert (anomaly["type"], anomaly["severity"], anomaly["affectedComponent"]) == ("error-rate", "critical", "failing")
    assert len(alerts.mails_to("on-call@example.com")) == len(alerts.published(ORGANISATION)) == 1
    assert us.get("/api/analytics/anomalies?strandId=healthy") == []
    assert us.get("/api/analytics/strands/failing/health")["status"] == "critical"
