"""The clock of the local stack starts the hourly check and the daily report; what they say arrives everywhere, once."""

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from infra.local.aws import client
from infra.local.processes import wait_until
from tests.support.emulated_alerts import Alerts
from tests.support.receiver import receiving
from tests.support.running_stack import where_it_is_noon
from tests.support.steps import SUBSCRIPTIONS

ORGANISATION = "scheduled"
SCHEDULES = ("anomaly_check", "daily_report")
SOON = 150
"""Seconds: a schedule of a minute has come by then, and cold functions and queues have done their work."""

USUAL_HOURS = 40
KINDS = ("critical-performance", "daily-summary")
CONFIGURATION = "/api/analytics/configuration"


@pytest.fixture(scope="module")
def every_minute(stack):
    """Both schedules, shortened to a minute for as long as this module runs."""
    events = client(stack.settings, "events")
    names = [f"watchbill-development-{name}" for name in SCHEDULES]
    before = {name: events.describe_rule(Name=name)["ScheduleExpression"] for name in names}
    for name in names:
        events.put_rule(Name=name, ScheduleExpression="rate(1 minute)")
    yield before
    for name, expression in before.items():
        events.put_rule(Name=name, ScheduleExpression=expression)


@pytest.fixture(scope="module")
def us(caller):
    """An organisation whose agent has failed at everything in the last whole hour, after days of good work."""
    us = caller(ORGANISATION)
    us.prepare("watched", "1")
    us.prepare("well", "1")
    last_hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    runs = [
        run(last_hour - timedelta(hours=hours), minute, "completed")
        for hours in range(1, USUAL_HOURS)
        for minute in range(0, 60, 12)
    ]
    runs += [run(last_hour, minute, "failed") for minute in range(0, 60, 4)]
    us.post("/api/v1/agents/watched/versions/1/runs", {"runs": runs})
    well = [made | {"status": "completed"} for made in runs]
    us.post("/api/v1/agents/well/versions/1/runs", {"runs": well})
    return us


def run(hour, minute, status):
    created = (hour + timedelta(minutes=minute)).isoformat()
    return {"created": created, "status": status, "time_taken": "2s", "cost": 0.01, "task_type": "research"}


def test_the_schedules_are_the_hour_s_and_each_hour_s_for_the_day(every_minute):
    assert every_minute == {
        "watchbill-development-anomaly_check": "cron(5 * * * ? *)",
        "watchbill-development-daily_report": "cron(0 * * * ? *)",
    }


def test_a_critical_anomaly_and_the_daily_report_arrive_by_the_clock_alone(stack, us, every_minute):
    alerts = Alerts(stack)
    alerts.subscribe_to_topic("e2e-schedules")
    zone = ZoneInfo(us.get("/api/organisation")["time_zone"])
    assert str(zone) == where_it_is_noon()
    hour = datetime.now(zone).hour
    us.call("PATCH", CONFIGURATION, {"reportHour": hour}).raise_for_status()
    with receiving() as receiver:
        hook = subscribe(us, "webhook", receiver.url)
        subscribe(us, "email", "watch@example.com")
        assert wait_until(lambda: len(receiver.seen) >= 2, SOON), receiver.seen
        assert wait_until(lambda: len(alerts.mails_to("watch@example.com")) >= 2, SOON)
        assert wait_until(lambda: all(alerts.published(ORGANISATION, kind) for kind in KINDS), SOON)

    told = {payload["type"]: payload["data"] for payload in receiver.verified(hook["secret"])}
    assert set(told) == {"critical-performance", "daily-summary"}
    (anomaly,) = told["critical-performance"]["anomalies"]
    assert (anomaly["type"], anomaly["severity"], anomaly["resolved"]) == ("error-rate", "critical", False)
    assert [one["id"] for one in us.get("/api/analytics/anomalies?strandId=watched")] == [anomaly["id"]]
    assert us.get("/api/analytics/anomalies?strandId=well") == []
    assert us.get("/api/analytics/strands/watched/health")["status"] == "critical"
    assert us.get("/api/analytics/strands/well/health")["status"] == "healthy"
    subjects = sorted(mail["Subject"] for mail in alerts.mails_to("watch@example.com"))
    assert len(subjects) == 2
    assert "Critical error-rate anomaly: watched" in subjects[0]
    for kind in KINDS:
        (message,) = alerts.published(ORGANISATION, kind)
        assert json.loads(message["Message"])["type"] == kind


def test_the_daily_report_is_of_yesterday_and_made_once_however_often_the_clock_strikes(us):
    (report,) = us.get("/api/analytics/reports?type=daily-summary")["items"]
    zone = ZoneInfo(us.get("/api/organisation")["time_zone"])
    midnight = datetime.now(zone).replace(hour=0, minute=0, second=0, microsecond=0)

    assert report["scheduled"] is True
    assert datetime.fromisoformat(report["period"]["end"]) == midnight.astimezone(UTC)
    assert datetime.fromisoformat(report["period"]["start"]) == (midnight - timedelta(days=1)).astimezone(UTC)
    page = us.call("GET", f"/api/analytics/reports/{report['id']}", headers={"Accept": "text/html"})
    assert page.headers["Content-Type"].startswith("text/html")
    assert "<svg" in page.text


def subscribe(us, channel, target):
    return us.post(SUBSCRIPTIONS, {"channel": channel, "target": target, "kinds": list(KINDS)})
