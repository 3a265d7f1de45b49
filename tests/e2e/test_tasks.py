"""Tasks on the local stack: made by a request, started, worked on by a user's function, tried again, and on record."""

from datetime import UTC, datetime, timedelta

import pytest

from infra.local.processes import wait_until
from tests.support.users_functions import function_of_a_user

SOON = 60
"""Seconds: cold functions on a busy machine."""
BY_THE_MINUTE = 150
RUNNER = "/api/agents/task-runner"
AGENT = """
def handler(event, context):
    payload = event["payload"]
    if payload.get("fails", 0) >= event["attempt"]:
        raise RuntimeError("not yet")
    if payload.get("bad"):
        return {"error": {"type": "BadInput", "message": "cannot be read", "retryable": False}}
    metrics = {"cost": 0.25, "tokens": {"input": 3, "output": 4}}
    return {"output": {"doubled": 2 * payload["number"]}, "metrics": metrics}
"""


@pytest.fixture(scope="module")
def us(stack, caller):
    """An organisation with an agent that is a user's function."""
    us = caller("tasked")
    us.prepare("doubler", "1")
    with function_of_a_user(stack, "watchbill-agent-doubler", AGENT) as name:
        runtime = {"kind": "lambda", "function": name}
        us.call("PATCH", "/api/v1/agents/doubler", {"runtime": runtime}).raise_for_status()
        yield us


def make(us, number, priority=5, **payload):
    wish = {
        "agent_id": "doubler",
        "task_type": "double",
        "priority": priority,
        "payload": {"number": number, **payload},
    }
    return us.post("/api/tasks", wish)["id"]


def ended(us, task):
    return us.get(f"/api/tasks/{task}")["status"] in ("completed", "failed", "cancelled")


def test_a_task_is_done_by_the_user_s_function_and_its_run_counts(us):
    task = make(us, 21)

    assert wait_until(lambda: ended(us, task), SOON)

    done = us.get(f"/api/tasks/{task}")
    assert (done["status"], done["output"], done["attempt"]) == ("completed", {"doubled": 42}, 1)
    recorded = lambda: us.get("/api/v1/agents/doubler/runs")[0]["status"] == "completed"  # noqa: E731
    assert wait_until(recorded, SOON)
    (run,) = us.get("/api/v1/agents/doubler/runs")
    assert (run["task_id"], run["cost"], run["tokens"]["total"]) == (task, 0.25, 7)
    assert wait_until(lambda: us.get(RUNNER)["stats"]["completed"] == 1, SOON)


def test_a_function_that_raises_is_tried_again_and_one_that_reports_a_bad_input_is_not(us):
    raising, refusing = make(us, 1, fails=2), make(us, 1, bad=True)

    assert wait_until(lambda: ended(us, raising) and ended(us, refusing), SOON)

    done, failed = us.get(f"/api/tasks/{raising}"), us.get(f"/api/tasks/{refusing}")
    assert (done["status"], done["retry_count"], done["attempt"]) == ("completed", 2, 3)
    assert (failed["status"], failed["retry_count"], failed["error"]["type"]) == ("failed", 0, "BadInput")
    assert [task["id"] for task in us.get("/api/tasks/dead-letters")["items"]] == [refusing]


def test_with_one_slot_waiting_tasks_start_by_priority_then_age(us):
    us.call("PATCH", "/api/analytics/configuration", {"maxConcurrentTasks": 1}).raise_for_status()
    us.post(RUNNER, {"action": "stop"})
    made = [make(us, number, priority) for number, priority in enumerate((2, 10, 5, 10, 5))]
    (reason,) = us.get(f"/api/tasks/{made[0]}/why")["reasons"]
    assert reason["hold"] == "runner_stopped"

    us.post(RUNNER, {"action": "start"})
    assert wait_until(lambda: all(ended(us, task) for task in made), SOON)

    begun = sorted(made, key=lambda task: us.get(f"/api/tasks/{task}")["started_at"])
    assert begun == [made[number] for number in (1, 3, 2, 4, 0)]


def test_a_task_for_later_is_started_by_the_clock(us):
    due = datetime.now(UTC) + timedelta(seconds=20)
    wish = {"agent_id": "doubler", "task_type": "double", "payload": {"number": 3}, "scheduled_for": due.isoformat()}
    task = us.post("/api/tasks", wish)["id"]
    assert us.get(f"/api/tasks/{task}/why")["reasons"][0]["hold"] == "scheduled"

    assert wait_until(lambda: ended(us, task), BY_THE_MINUTE)

    done = us.get(f"/api/tasks/{task}")
    assert done["status"] == "completed"
    assert datetime.fromisoformat(done["started_at"]) >= due


def test_a_task_beyond_its_user_s_budget_waits_until_that_is_raised(us):
    budget = us.post("/api/budgets", {"scope": "user", "subject": "eve", "period": "month", "limit": 0.25})
    address = f"/api/budgets/{budget['id']}"
    spending = {"agent_id": "doubler", "task_type": "double", "payload": {"number": 1}, "user_id": "eve"}
    us.post("/api/tasks", spending)
    assert wait_until(lambda: us.get(address)["state"] == "held", SOON)

    waiting = us.post("/api/tasks", spending)["id"]
    (reason,) = us.get(f"/api/tasks/{waiting}/why")["reasons"]
    us.call("PATCH", address, {"limit": 1}).raise_for_status()

    assert (reason["hold"], reason["until"]) == ("budget", budget["ends_at"])
    assert wait_until(lambda: ended(us, waiting), SOON)
    assert wait_until(lambda: us.get(address)["spent"] == 0.5, SOON)
