"""Tasks that depend on others: they start when those have ended, are given what those brought, or are called off."""

import pytest

from tests.support.bus import Bus
from tests.support.channels import received
from tests.support.tasks import tasks_of
from watchbill.platform.functions import Invoked
from watchbill.platform.queue import Queue

BAD = Invoked({"error": {"type": "BadInput", "message": "cannot be read", "retryable": False}})


@pytest.fixture
def tasks(service, key, channels, monkeypatch):
    return tasks_of(service, key, monkeypatch)


def of(tasks, task):
    return tasks.get(f"/api/tasks/{task['id']}")


def test_a_task_starts_when_those_it_depends_on_have_completed_and_is_given_what_they_brought(tasks):
    first = tasks.make()
    then = tasks.make(depends_on=[first["id"]])
    why = tasks.get(f"/api/tasks/{then['id']}/why")
    listed = [task["id"] for task in tasks.get("/api/tasks?status=pending")["items"]]
    tasks.agent.answers = [Invoked({"output": {"found": 3}})]
    tasks.go_on()

    assert why["reasons"] == [
        {
            "hold": "waiting_for_tasks",
            "reason": f"it waits for task '{first['id']}' of agent 'worker' (pending)",
            "until": None,
            "ahead": None,
        }
    ]
    assert listed == [first["id"], then["id"]]
    assert tasks.agent.tasks == [first["id"], then["id"]]
    assert tasks.agent.seen[1]["upstream"] == {first["agent_id"]: {"found": 3}}
    assert of(tasks, then)["status"] == "completed"
    assert tasks.get(f"/api/executions/{then['id']}")["upstream"] == {first["agent_id"]: first["id"]}


def test_what_depends_on_a_failure_is_called_off_with_all_that_depends_on_it_and_says_why(tasks):
    failing = tasks.make(max_retries=0)
    then = tasks.make(depends_on=[failing["id"]])
    last, anyway = (tasks.make(depends_on=[then["id"]], trigger_rule=rule) for rule in ("all_success", "all_done"))
    tasks.agent.answers = [BAD]
    tasks.go_on()

    assert [of(tasks, one)["status"] for one in (failing, then, last, anyway)] == [
        "failed",
        "cancelled",
        "cancelled",
        "completed",
    ]
    assert of(tasks, then)["error"] == {
        "type": "DependencyFailed",
        "message": f"it depends on task '{failing['id']}' of agent 'worker', which failed: cannot be read",
        "retryable": False,
    }
    assert tasks.agent.tasks == [failing["id"], anyway["id"]]
    assert tasks.agent.seen[1]["upstream"] == {}


def test_what_was_called_off_for_a_failure_can_be_sent_again_behind_it(service, key, tasks):
    failing = tasks.make(max_retries=0)
    tasks.agent.answers = [BAD]
    tasks.go_on()
    then = tasks.make(depends_on=[failing["id"]])
    refused = service.request("POST", f"/api/tasks/{then['id']}/retry", key=key)
    tasks.post(f"/api/tasks/{failing['id']}/retry")
    again = tasks.post(f"/api/tasks/{then['id']}/retry")
    tasks.go_on()

    assert (then["status"], then["error"]["type"]) == ("cancelled", "DependencyFailed")
    assert (refused.status, "send that one again first" in refused.text) == (422, True)
    assert (again["status"], again["waits_for"], again["error"]) == ("pending", [failing["id"]], None)
    assert of(tasks, then)["status"] == "completed"


def test_a_task_cannot_depend_on_what_is_not_there(service, key, tasks):
    wish = {"agent_id": "worker", "task_type": "t", "depends_on": ["nothing"]}
    answer = service.request("POST", "/api/tasks", wish, key=key)

    assert answer.status == 404
    assert "there is no task 'nothing' to depend on" in answer.text


def test_what_waits_goes_on_also_when_every_message_of_the_ending_was_lost(service, tasks, monkeypatch):
    monkeypatch.setattr("watchbill.execution.releasing.Dependents.followed", lambda *_: [])
    first = tasks.make()
    then = tasks.make(depends_on=[first["id"]])
    tasks.post(f"/api/tasks/{first['id']}/cancel")
    service.stream.records()
    received(Queue.DISPATCH)
    service.invoke("due", {})
    service.invoke("dispatcher", received(Queue.DISPATCH))

    assert of(tasks, then)["status"] == "cancelled"


def test_all_that_happens_to_a_session_s_task_is_told_with_its_agent_s_name(service, tasks):
    bus = Bus(service)
    told = {"name": "halfway", "data": {"of": 2}}
    tasks.agent.answers = [Invoked({"output": 1, "events": [told]})]
    task = tasks.make(session_id="s")
    tasks.go_on()

    seen = {event["detail"]["id"]: event for event in bus.settle() if event["detail"].get("task_id") == task["id"]}
    assert sorted(event["detail-type"] for event in seen.values()) == [
        "custom_event",
        "execution_completed",
        "execution_started",
    ]
    for event in seen.values():
        assert event["detail"]["agent_name"] == "worker"
        assert event["detail"]["session_id"] == "s"
