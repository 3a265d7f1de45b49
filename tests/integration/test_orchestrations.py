"""Agents that work together: each behind those it comes after, and what came of all of them said once."""

from datetime import timedelta

import pytest

from tests.support.bus import Bus
from tests.support.channels import received
from tests.support.tasks import FUNCTION, message, tasks_of
from watchbill.platform import clock
from watchbill.platform.clock import frozen_at
from watchbill.platform.functions import Invoked
from watchbill.platform.queue import Queue

ORCHESTRATE, ORCHESTRATIONS = "/api/admin/orchestrate", "/api/admin/orchestrations"
BAD = Invoked({"error": {"type": "BadInput", "message": "cannot be read", "retryable": False}})
LATE = Invoked("it did not answer in time", "Timeout")


@pytest.fixture
def tasks(service, key, channels, monkeypatch):
    """Three agents of the organisation's own, all of them the same function."""
    tasks = tasks_of(service, key, monkeypatch)
    for name in ("first", "second", "third"):
        tasks.post(f"/api/v1/agents/{name}/register", {"project": "p"})
        change = {"runtime": {"kind": "lambda", "function": FUNCTION}, "max_retries": 1}
        assert service.request("PATCH", f"/api/v1/agents/{name}", change, key=key).status == 200
    return tasks


def chain(**more):
    return {
        "agents": ["first", {"agent": "second", "after": ["first"]}, {"agent": "third", "after": ["second"]}],
        "params": {"message": "hello", "context": {"sessionId": "s"}},
        **more,
    }


def ended(tasks, orchestration):
    return tasks.get(f"{ORCHESTRATIONS}/{orchestration['orchestrationId']}")


def told(bus, kind):
    """What the bus was told, each once however often."""
    found = {event["detail"]["id"]: event["detail"] for event in bus.settle() if event["detail-type"] == kind}
    return list(found.values())


def test_agents_work_one_behind_the_other_and_what_each_brought_is_there(service, tasks):
    bus = Bus(service)
    begun = tasks.post(ORCHESTRATE, chain())
    tasks.agent.answers = [Invoked({"output": {"n": number}}) for number in range(3)]
    before = ended(tasks, begun)
    tasks.go_on()
    after = ended(tasks, begun)

    assert [one["agent"] for one in begun["tasks"]] == ["first", "second", "third"]
    assert (before["status"], before["sessionId"], before["agents"][2]["after"]) == ("running", "s", ["second"])
    assert after["status"] == "completed"
    assert [(one["agent"], one["status"], one["result"]) for one in after["agents"]] == [
        ("first", "completed", {"n": 0}),
        ("second", "completed", {"n": 1}),
        ("third", "completed", {"n": 2}),
    ]
    assert tasks.agent.tasks == [one["taskId"] for one in begun["tasks"]]
    assert tasks.agent.seen[1]["payload"] == {"message": "hello", "context": {"sessionId": "s"}}
    assert tasks.agent.seen[2]["upstream"] == {begun["tasks"][1]["agentId"]: {"n": 1}}
    (completed,) = told(bus, "orchestration_completed")
    assert (completed["status"], completed["session_id"]) == ("completed", "s")


def test_an_agent_that_fails_makes_it_partial_and_says_which_and_why(service, tasks):
    bus = Bus(service)
    anyway = {"agent": "second", "after": ["first"], "triggerRule": "all_done"}
    begun = tasks.post(ORCHESTRATE, {"agents": ["first", anyway], "sessionId": "s"})
    tasks.agent.answers = [BAD]
    tasks.go_on()
    after = ended(tasks, begun)

    assert after["status"] == "partial"
    assert [(one["agent"], one["status"]) for one in after["agents"]] == [("first", "failed"), ("second", "completed")]
    assert after["agents"][0]["error"]["message"] == "cannot be read"
    (completed,) = told(bus, "orchestration_completed")
    assert [(one["agent"], one["status"]) for one in completed["agents"]] == [
        ("first", "failed"),
        ("second", "completed"),
    ]


def test_when_none_completes_it_has_failed(tasks):
    begun = tasks.post(ORCHESTRATE, chain())
    tasks.agent.answers = [BAD]
    tasks.go_on()

    assert ended(tasks, begun)["status"] == "failed"
    assert [one["error"]["type"] for one in ended(tasks, begun)["agents"]] == [
        "BadInput",
        "DependencyFailed",
        "DependencyFailed",
    ]


def test_an_attempt_that_takes_too_long_is_tried_again_by_the_task_system_before_anything_is_concluded(service, tasks):
    begun = tasks.post(ORCHESTRATE, chain())
    tasks.agent.answers = [LATE]
    tasks.go_on()
    meanwhile = ended(tasks, begun)
    with frozen_at(clock.now() + timedelta(minutes=10)):
        service.invoke("due", {})
        tasks.go_on()

    assert (meanwhile["status"], meanwhile["agents"][0]["status"]) == ("running", "retrying")
    assert ended(tasks, begun)["status"] == "completed"
    assert tasks.agent.tasks == [begun["tasks"][number]["taskId"] for number in (0, 0, 1, 2)]


def test_when_all_are_called_off_it_is_cancelled(tasks):
    begun = tasks.post(ORCHESTRATE, chain())
    tasks.post(f"/api/tasks/{begun['tasks'][0]['taskId']}/cancel")
    tasks.go_on()

    assert ended(tasks, begun)["status"] == "cancelled"
    assert tasks.agent.tasks == []


def test_it_is_concluded_once_however_often_and_late_it_is_told_and_what_is_sent_again_changes_nothing(service, tasks):
    begun = tasks.post(ORCHESTRATE, chain())
    tasks.agent.answers = [BAD]
    tasks.go_on()
    concluded = ended(tasks, begun)
    service.stream.records()
    for _ in range(2):
        again = {"organisation": "demo", "orchestration": begun["orchestrationId"]}
        service.invoke("orchestration_worker", message(again))
    repeated = service.stream.records()
    tasks.post(f"/api/tasks/{begun['tasks'][0]['taskId']}/retry")
    tasks.go_on()
    later = ended(tasks, begun)

    assert repeated == []
    assert (later["status"], later["concludedAt"]) == ("failed", concluded["concludedAt"])
    assert later["agents"][0]["status"] == "completed"
    assert later["agents"][1]["status"] == "cancelled"


def test_a_plan_that_cannot_be_kept_is_refused_before_anything_starts(service, key, tasks):
    wrong = [
        (["first", "nobody"], "there is no agent 'nobody'"),
        (["first", "first"], "is named twice"),
        ([{"agent": "first", "after": ["elsewhere"]}], "is not one of the agents"),
        ([{"agent": "first", "after": ["second"]}, {"agent": "second", "after": ["first"]}], "wait for each other"),
    ]
    for agents, why in wrong:
        answer = service.request("POST", ORCHESTRATE, {"agents": agents}, key=key)
        assert (answer.status, why in answer.text) == (400, True), answer.text

    assert tasks.get(ORCHESTRATIONS)["items"] == []
    assert tasks.get("/api/tasks")["items"] == []
    assert received(Queue.TASKS)["Records"] == []


def test_orchestrations_are_listed_newest_first_in_pages(tasks):
    begun = [tasks.post(ORCHESTRATE, {"agents": ["first"]})["orchestrationId"] for _ in range(3)]
    first = tasks.get(f"{ORCHESTRATIONS}?limit=2")
    then = tasks.get(f"{ORCHESTRATIONS}?limit=2&cursor={first['next_cursor']}")

    assert [one["orchestrationId"] for one in first["items"] + then["items"]] == begun[::-1]
    assert then["next_cursor"] is None


def test_an_agent_that_watchbill_brings_along_is_registered_when_it_is_first_needed(tasks):
    begun = tasks.post(ORCHESTRATE, {"agents": ["trend-agent"]})
    tasks.post(ORCHESTRATE, {"agents": ["trend-agent"]})
    agent = tasks.get("/api/v1/agents/trend-agent")

    assert begun["tasks"][0]["agent"] == "trend-agent"
    assert (agent["project"], agent["agent_type"]) == ("watchbill", "trend_agent")
