"""Tasks that fail for good: the event and the alert of it, dead letters, and what an agent cannot read."""

from datetime import timedelta

import pytest

from tests.support.alert_steps import deliver
from tests.support.bus import Bus
from tests.support.receiver import receiving
from tests.support.steps import subscribe
from tests.support.tasks import dead_letter, tasks_of
from watchbill.platform import clock
from watchbill.platform.clock import frozen_at
from watchbill.platform.functions import Invoked

BAD = Invoked({"error": {"type": "BadInput", "message": "cannot be read", "retryable": False}})


@pytest.fixture
def tasks(service, key, channels, monkeypatch):
    return tasks_of(service, key, monkeypatch)


def test_a_task_that_fails_for_good_is_an_event_once_and_one_that_is_tried_again_is_none(service, tasks):
    bus = Bus(service)
    tasks.agent.answers = [Invoked({"error": {"type": "Busy", "message": "later"}}), BAD]
    with frozen_at(clock.now()):
        tried, failed = tasks.make(max_retries=1), tasks.make(max_retries=0, priority=1)
        tasks.go_on()

    # The stream is read twice here; what it tells twice has one id.
    told = list(
        {event["detail"]["id"]: event for event in bus.settle() if event["detail-type"] == "task_failed"}.values()
    )
    assert tasks.get(f"/api/tasks/{tried['id']}")["status"] == "retrying"
    assert [event["detail"]["task_id"] for event in told] == [failed["id"]]
    assert told[0]["detail"]["error"] == {"type": "BadInput", "message": "cannot be read", "retryable": False}


def test_the_failures_of_an_agent_alarm_once_an_hour(service, key, tasks):
    bus = Bus(service)
    with receiving() as endpoint:
        subscribe(service, key, target=endpoint.url, kinds=["task-failed"])
        tasks.agent.afterwards = BAD
        made = [tasks.make()["id"] for _ in range(3)]
        tasks.go_on()
        bus.settle()
        deliver(service)

    (told,) = [seen.json for seen in endpoint.seen]
    assert told["type"] == "task-failed"
    assert told["data"]["taskId"] in made
    assert told["data"]["error"]["message"] == "cannot be read"


def test_a_task_whose_message_was_put_aside_has_failed_and_gives_its_slot_back(service, key, tasks):
    service.request("PATCH", "/api/analytics/configuration", {"maxConcurrentTasks": 1}, key=key)
    lost, next_one = tasks.make(priority=9), tasks.make()
    tasks.start_only()

    assert service.invoke("dead_letters", dead_letter(lost["id"])) == {"batchItemFailures": []}

    failed = tasks.get(f"/api/tasks/{lost['id']}")
    assert (failed["status"], failed["error"]["type"]) == ("failed", "Lost")
    tasks.go_on()
    assert tasks.get(f"/api/tasks/{next_one['id']}")["status"] == "completed"
    assert [task["id"] for task in tasks.get("/api/tasks/dead-letters")["items"]] == [lost["id"]]


def test_a_task_that_a_worker_has_is_not_put_aside_before_its_lease_is_over(service, tasks):
    made = tasks.make()
    answers = []
    tasks.agent.answers = [
        lambda: answers.append(service.invoke("dead_letters", dead_letter(made["id"]))) or Invoked({"output": 1})
    ]

    tasks.go_on()

    assert answers == [{"batchItemFailures": [{"itemIdentifier": "m"}]}]
    assert tasks.get(f"/api/tasks/{made['id']}")["status"] == "completed"
    with frozen_at(clock.now() + timedelta(days=1)):
        assert service.invoke("dead_letters", dead_letter(made["id"])) == {"batchItemFailures": []}
    assert tasks.get(f"/api/tasks/{made['id']}")["status"] == "completed"


def nested(depth):
    return {"deeper": nested(depth - 1)} if depth else {}


@pytest.mark.parametrize(
    "payload",
    [[1, 2], "text", 7, None, {"text": "x" * 300_000}, nested(40), {"number": 1e400}],
    ids=["list", "text", "number", "null", "300 kB", "nested", "infinite"],
)
def test_a_payload_nobody_could_read_is_refused_with_its_reason_and_others_go_on(service, key, tasks, payload):
    body = {"agent_id": "worker", "task_type": "research", "payload": payload}

    refused = service.request("POST", "/api/tasks", body, key=key)

    assert (refused.status, bool(refused.json["detail"])) == (400, True)
    made = tasks.make()
    tasks.go_on()
    assert tasks.agent.tasks == [made["id"]]


def test_a_payload_of_any_text_reaches_the_agent_as_it_was_sent(tasks):
    odd = {"text": "\x00\x1f\u2028\U0001f6a2 \\u0000", "\x00": "\ud7ff", "empty": [{}, [], "", None]}
    made = tasks.make(payload=odd)

    tasks.go_on()

    assert tasks.agent.seen[0]["payload"] == odd
    assert tasks.get(f"/api/tasks/{made['id']}")["payload"] == odd


def test_a_payload_that_the_agent_cannot_read_fails_at_once_is_kept_and_blocks_nobody(service, key, tasks):
    service.request("PATCH", "/api/analytics/configuration", {"maxConcurrentTasks": 1}, key=key)
    tasks.agent.answers = [BAD]
    poison, other = tasks.make(priority=9, payload={"poison": "\x00"}), tasks.make()

    tasks.go_on()

    failed = tasks.get(f"/api/tasks/{poison['id']}")
    assert (failed["status"], failed["attempt"], failed["payload"]) == ("failed", 1, {"poison": "\x00"})
    assert tasks.get(f"/api/tasks/{other['id']}")["status"] == "completed"
