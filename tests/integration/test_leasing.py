"""Tasks that a process of the user's leases, through the routes: the whole way, its limits, and a change of runtime."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.steps import issue_key
from tests.support.tasks import FUNCTION, tasks_of
from watchbill.platform.clock import frozen_at
from watchbill.platform.queue import Queue

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
PULL, LAMBDA = {"kind": "pull"}, {"kind": "lambda", "function": FUNCTION}


@pytest.fixture
def tasks(service, key, channels, monkeypatch):
    tasks = tasks_of(service, key, monkeypatch)
    tasks.set(runtime=PULL)
    return tasks


def lease(tasks, **wish):
    return tasks.post("/api/tasks/lease", wish)["tasks"]


def test_a_leased_task_is_done_its_run_recorded_and_the_next_one_offered(tasks):
    made = tasks.make(payload={"topic": "sails"}, priority=7)
    tasks.go_on()
    (reason,) = tasks.get(f"/api/tasks/{made['id']}/why")["reasons"]
    assert (reason["hold"], reason["reason"]) == ("waiting_for_worker", "it waits for a worker that leases it")

    (leased,) = lease(tasks, agent_ids=["worker"], task_types=["research"], worker="desk", lease_seconds=30)
    assert (leased["id"], leased["payload"], leased["attempt"]) == (made["id"], {"topic": "sails"}, 1)
    assert lease(tasks) == []
    assert tasks.get(f"/api/tasks/{made['id']}")["worker"] == "desk"
    token = {"lease_token": leased["lease_token"]}
    heard = tasks.post(f"/api/tasks/{made['id']}/heartbeat", token | {"lease_seconds": 60})
    assert (heard["status"], heard["cancelled"], heard["lease_until"] > leased["lease_until"]) == (
        "processing",
        False,
        True,
    )
    metrics = {"cost": 0.25, "tokens": {"input": 10, "output": 5}}
    done = token | {"output": {"found": 3}, "metrics": metrics}
    first, again = (tasks.post(f"/api/tasks/{made['id']}/complete", done) for _ in range(2))
    tasks.go_on()

    assert first == again == tasks.get(f"/api/tasks/{made['id']}")
    assert (first["status"], first["output"]) == ("completed", {"found": 3})
    (run,) = tasks.get("/api/v1/agents/worker/runs")
    assert (run["status"], run["output"], run["cost"], run["tokens"]["total"]) == ("completed", {"found": 3}, 0.25, 15)
    assert tasks.agent.tasks == []
    assert tasks.get("/api/agents/task-runner")["stats"]["completed"] == 1


def test_a_failure_is_offered_again_and_what_all_attempts_cost_is_in_the_run(tasks):
    with frozen_at(NOW):
        made = tasks.make()
        (first,) = lease(tasks)
        error = {"type": "Busy", "message": "later"}
        failed = {"lease_token": first["lease_token"], "error": error, "metrics": {"cost": 0.1}}
        waiting = tasks.post(f"/api/tasks/{made['id']}/fail", failed)
        assert (waiting["status"], waiting["retry_count"], waiting["error"]["type"]) == ("pending", 1, "Busy")
        (reason,) = tasks.get(f"/api/tasks/{made['id']}/why")["reasons"]
        assert (reason["hold"], reason["until"]) == ("scheduled", "2026-03-10T12:00:01.000Z")
    with frozen_at(NOW + timedelta(seconds=1)):
        (second,) = lease(tasks)
        done = {"lease_token": second["lease_token"], "metrics": {"cost": 0.2}}
        tasks.post(f"/api/tasks/{made['id']}/complete", done)
        tasks.go_on()

    (run,) = tasks.get("/api/v1/agents/worker/runs")
    assert (run["status"], run["cost"], run["attempt"]) == ("completed", 0.3, 2)


def test_a_worker_that_died_keeps_no_slot_and_its_task_is_offered_again(tasks):
    tasks.service.request("PATCH", "/api/analytics/configuration", {"maxConcurrentTasks": 1}, key=tasks.key)
    with frozen_at(NOW):
        first, second = tasks.make(priority=9), tasks.make(max_retries=0)
        lease(tasks, lease_seconds=30)
        assert lease(tasks) == []
    with frozen_at(NOW + timedelta(seconds=31)):
        tasks.service.invoke("due", {})
        tasks.go_on()
        assert tasks.get(f"/api/tasks/{first['id']}")["error"]["type"] == "Lost"
        assert [task["attempt"] for task in lease(tasks)] == [2]
        assert tasks.get(f"/api/tasks/{second['id']}")["status"] == "pending"


def test_a_lease_that_is_lost_answers_409_and_says_to_whom(tasks):
    with frozen_at(NOW):
        made = tasks.make()
        (first,) = lease(tasks, worker="first", lease_seconds=30)
    with frozen_at(NOW + timedelta(seconds=31)):
        lease(tasks, worker="second")
        late = {"lease_token": first["lease_token"]}
        answers = [
            tasks.service.request("POST", f"/api/tasks/{made['id']}/{step}", late | more, key=tasks.key)
            for step, more in (
                ("heartbeat", {}),
                ("complete", {}),
                ("release", {}),
                ("fail", {"error": {"type": "e", "message": "m"}}),
            )
        ]

    assert [answer.status for answer in answers] == [409] * 4
    assert all("worker 'second' (attempt 2) has it now" in answer.json["detail"] for answer in answers)


def test_a_cancelled_task_is_told_to_its_worker_whose_word_counts_no_more(tasks):
    made = tasks.make()
    (leased,) = lease(tasks)
    token = {"lease_token": leased["lease_token"]}
    tasks.post(f"/api/tasks/{made['id']}/cancel")

    assert tasks.post(f"/api/tasks/{made['id']}/heartbeat", token)["cancelled"] is True
    late = tasks.service.request("POST", f"/api/tasks/{made['id']}/complete", token, key=tasks.key)
    assert (late.status, "it is cancelled" in late.json["detail"]) == (409, True)


def test_tasks_go_on_when_their_agent_s_runtime_changes_under_them(tasks):
    tasks.set(runtime=LAMBDA)
    made = tasks.make()
    tasks._stream()
    tasks._queue(Queue.DISPATCH)
    assert tasks.get(f"/api/tasks/{made['id']}")["status"] == "queued"

    tasks.set(runtime=PULL)
    tasks.go_on()
    assert (tasks.get(f"/api/tasks/{made['id']}")["status"], tasks.agent.tasks) == ("pending", [])

    (leased,) = lease(tasks)
    tasks.set(runtime=LAMBDA)
    other = tasks.make()
    tasks.go_on()
    assert tasks.agent.tasks == [other["id"]]
    done = tasks.post(f"/api/tasks/{made['id']}/complete", {"lease_token": leased["lease_token"], "output": "mine"})
    assert (done["status"], done["output"]) == ("completed", "mine")


def test_a_worker_of_an_agent_whose_tasks_are_not_leased_is_told_what_to_do(tasks):
    tasks.set(runtime=LAMBDA)

    refused = tasks.service.request("POST", "/api/tasks/lease", {"agent_ids": ["worker"]}, key=tasks.key)
    unknown = tasks.service.request("POST", "/api/tasks/lease", {"agent_ids": ["nobody"]}, key=tasks.key)

    assert (refused.status, 'give it the runtime {"kind": "pull"}' in refused.json["detail"]) == (422, True)
    assert unknown.status == 404


def test_only_where_no_lambda_function_waits_an_attempt_may_take_longer_than_one_lives(tasks):
    tasks.set(timeout=86_400)

    answer = tasks.service.request("PATCH", "/api/v1/agents/worker", {"runtime": LAMBDA}, key=tasks.key)

    assert (answer.status, "at most 840 seconds for an attempt" in answer.json["detail"]) == (422, True)
    made = tasks.make()
    (leased,) = lease(tasks)
    assert (leased["id"], leased["timeout"]) == (made["id"], 86_400)


def test_leasing_needs_the_scope_execute(tasks):
    reading = issue_key(tasks.service, tasks.key, "read")

    assert tasks.service.request("POST", "/api/tasks/lease", {}, key=reading).status == 403
