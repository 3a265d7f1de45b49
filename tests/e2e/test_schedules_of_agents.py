"""An agent with a cron of its own runs by it alone: settings, scheduler, task, the user's function, the run."""

import contextlib
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from infra.local.aws import client
from infra.local.processes import wait_until
from tests.support.users_functions import function_of_a_user

NEXT_MINUTE = 150
"""Seconds: a schedule of a minute has come by then, and cold functions and queues have done their work."""
SOON = 60
GROUP = "watchbill-development"
AGENT = """
def handler(event, context):
    signals = event["configuration"]["signals"]
    return {"output": {"signals_found": len(signals)}, "metrics": {"items_processed": len(signals)}}
"""
CONFIGURATION = {"signals": ["job_posting", "funding_round"], "threshold": 0.7}


@pytest.fixture(scope="module")
def us(stack, caller):
    """An organisation with the agent of the second example of the original specification, as a user's function."""
    us = caller("crew")
    us.prepare("daily-signal-scout", "1")
    with function_of_a_user(stack, "watchbill-agent-scout", AGENT) as name:
        settings = {"runtime": {"kind": "lambda", "function": name}, "configuration": CONFIGURATION}
        change(us, **settings)
        yield us


def change(us, **settings):
    return us.call("PATCH", "/api/v1/agents/daily-signal-scout", settings).raise_for_status().json()


def held(stack):
    """The expressions that the scheduler holds for agents, each with its zone."""
    scheduler = client(stack.settings, "scheduler")
    found = []
    for listed in scheduler.list_schedules(GroupName=GROUP)["Schedules"]:
        # One that is removed between the two questions is not held any more.
        with contextlib.suppress(scheduler.exceptions.ResourceNotFoundException):
            found.append(scheduler.get_schedule(GroupName=GROUP, Name=listed["Name"]))
    return [(one["ScheduleExpression"], one["ScheduleExpressionTimezone"]) for one in found]


def test_an_agent_runs_by_the_minutes_of_its_own_clock(us):
    zone = ZoneInfo("Asia/Kathmandu")
    hour = datetime.now(zone).hour
    # Only hours of Kathmandu, whose clock shows another hour and other minutes than UTC's.
    hours = f"{hour},{(hour + 1) % 24}"
    shown = change(us, schedule_cron=f"* {hours} * * *", time_zone=zone.key)
    assert datetime.fromisoformat(shown["next_run_at"]) - datetime.now(UTC) <= timedelta(minutes=1)

    done = lambda: us.get("/api/tasks?status=completed")["items"]  # noqa: E731
    assert wait_until(done, NEXT_MINUTE)
    change(us, is_active=False)

    task = done()[-1]
    assert (task["trigger"], task["output"]) == ("scheduled", {"signals_found": 2})
    assert task["scheduled_for"] == shown["next_run_at"]
    recorded = lambda: us.get("/api/v1/agents/daily-signal-scout/runs")[-1]  # noqa: E731
    assert wait_until(lambda: recorded()["status"] == "completed", SOON)
    assert (recorded()["trigger"], recorded()["task_id"]) == ("scheduled", task["id"])


def test_the_scheduler_holds_what_the_settings_say(stack, us):
    change(us, is_active=True, schedule_cron="0 9 1 * MON", time_zone="Europe/London")
    told = [("cron(0 9 1 * ? *)", "Europe/London"), ("cron(0 9 ? * 2 *)", "Europe/London")]
    assert wait_until(lambda: sorted(held(stack)) == told, SOON)

    change(us, schedule_cron="0 9 * * *")
    assert wait_until(lambda: held(stack) == [("cron(0 9 * * ? *)", "Europe/London")], SOON)

    change(us, schedule_cron=None)
    assert wait_until(lambda: held(stack) == [], SOON)
