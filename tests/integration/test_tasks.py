"""Tasks through the routes: made, started in their order, worked on, tried again, called off, explained, counted."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.channels import received
from tests.support.steps import get, make_runnable
from tests.support.tasks import tasks_of
from watchbill.execution import service
from watchbill.platform import queue
from watchbill.platform.clock import frozen_at
from watchbill.platform.functions import Invoked
from watchbill.platform.queue import MessagesNotSent, Queue
from watchbill.services import services

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
RUNNER = "/api/agents/task-runner"


@pytest.fixture
def tasks(service, key, channels, monkeypatch):
    return tasks_of(service, key, monkeypatch)


def test_a_task_is_done_and_its_run_is_recorded(tasks):
    tasks.agent.afterwards = Invoked(
        {"output": {"found": 3}, "metrics": {"cost": 0.25, "tokens": {"input": 10, "output": 5}, "items_processed": 3}}
    )
    made = tasks.make(payload={"topic": "sails"}, priority=7)
    assert (made["status"], made["priority"], made["retry_count"]) == ("pending", 7, 0)

    tasks.go_on()

    done = tasks.get(f"/api/tasks/{made['id']}")
    assert (done["status"], done["output"], done["attempt"]) == ("completed", {"found": 3}, 1)
    assert tasks.agent.seen[0]["payload"] == {"topic": "sails"}
    (run,) = tasks.get("/api/v1/agents/worker/runs")
    assert (run["status"], run["task_id"], run["trigger"]) == ("completed", made["id"], "api")
    assert (run["cost"], run["tokens"]["total"], run["items_processed"]) == (0.25, 15, 3)
    assert (run["input"], run["output"]) == ({"topic": "sails"}, {"found": 3})


def test_a_run_is_there_as_soon_as_its_task_is_made(tasks):
    made = tasks.make()

    (run,) = tasks.get("/api/v1/agents/worker/runs")
    assert (run["status"], run["task_id"]) == ("queued", made["id"])


def test_with_one_slot_tasks_start_by_priority_then_age_and_a_new_urgent_one_next(tasks):
    tasks.service.request("PATCH", "/api/analytics/configuration", {"maxConcurrentTasks": 1}, key=tasks.key)
    urgent = []
    tasks.agent.answers = [lambda: urgent.append(tasks.make(priority=10)["id"]) or Invoked({"output": 1})]
    made = [tasks.make(priority=priority)["id"] for priority in (1, 9, 5, 9, 3)]

    tasks.go_on()

    in_order = [made[number] for number in (1, 3, 2, 4, 0)]
    assert tasks.agent.tasks == [in_order[0], *urgent, *in_order[1:]]


def test_a_failure_is_tried_again_and_a_success_after_it_counts(tasks):
    tasks.agent.answers = [Invoked({"errorMessage": "not now"}, "Unhandled")]
    made = tasks.make()

    tasks.go_on()
    retrying = tasks.get(f"/api/tasks/{made['id']}")
    assert (retrying["status"], retrying["retry_count"]) == ("retrying", 1)
    assert retrying["error"] == {"type": "Unhandled", "message": "not now", "retryable": True}

    work_again(tasks, made, seconds=1)
    done = tasks.get(f"/api/tasks/{made['id']}")
    assert (done["status"], done["attempt"], done["error"]) == ("completed", 2, None)


def test_a_reported_failure_is_a_failure_not_a_success(tasks):
    error = {"type": "BadInput", "message": "no topic", "retryable": False}
    tasks.agent.afterwards = Invoked({"error": error, "metrics": {"cost": 0.5}})
    made = tasks.make()

    tasks.go_on()

    failed = tasks.get(f"/api/tasks/{made['id']}")
    assert (failed["status"], failed["error"], failed["retry_count"]) == ("failed", error, 0)
    assert failed["error_message"] == "no topic"
    (run,) = tasks.get("/api/v1/agents/worker/runs")
    assert (run["status"], run["error"]["type"], run["cost"]) == ("failed", "BadInput", 0.5)
    assert [task["id"] for task in tasks.get("/api/tasks/dead-letters")["items"]] == [made["id"]]


def test_what_every_attempt_cost_is_in_the_run(tasks):
    tasks.agent.answers = [
        Invoked({"error": {"type": "Busy", "message": "m"}, "metrics": {"cost": 0.1, "tokens": {"input": 7}}}),
        Invoked({"output": 1, "metrics": {"cost": 0.2, "tokens": {"input": 5, "output": 1}}}),
    ]
    made = tasks.make()
    tasks.go_on()
    work_again(tasks, made, seconds=1)

    (run,) = tasks.get("/api/v1/agents/worker/runs")
    assert (run["status"], run["cost"], run["tokens"]["total"], run["attempt"]) == ("completed", 0.3, 13, 2)


def test_why_a_task_waits_is_the_dispatcher_s_own_reason(tasks):
    tasks.post(RUNNER, {"action": "stop"})
    made = tasks.make()
    tasks.go_on()

    why = tasks.get(f"/api/tasks/{made['id']}/why")
    assert (why["starts"], [each["hold"] for each in why["reasons"]]) == (False, ["runner_stopped"])

    tasks.set(is_active=False)
    tasks.post(RUNNER, {"action": "start"})
    (reason,) = tasks.get(f"/api/tasks/{made['id']}/why")["reasons"]
    assert (reason["hold"], reason["reason"]) == ("agent_inactive", "its agent is not active")


def test_a_runner_that_is_stopped_says_so_lets_running_tasks_end_and_starts_none(tasks):
    assert tasks.get(RUNNER)["runner"] == {
        "status": "running",
        "polling_interval": 60_000,
        "max_concurrent_tasks": 3,
    }
    tasks.agent.answers = [lambda: tasks.post(RUNNER, {"action": "stop"}) and Invoked({"output": 1})]
    first = tasks.make()
    tasks.go_on()
    second = tasks.make()
    tasks.go_on()

    assert tasks.get(RUNNER)["runner"]["status"] == "stopped"
    assert tasks.get(f"/api/tasks/{first['id']}")["status"] == "completed"
    assert tasks.get(f"/api/tasks/{second['id']}")["status"] == "pending"

    tasks.post(RUNNER, {"action": "start"})
    tasks.go_on()
    assert tasks.get(RUNNER)["runner"]["status"] == "running"
    assert tasks.get(f"/api/tasks/{second['id']}")["status"] == "completed"


def test_the_counts_add_up(tasks):
    tasks.agent.answers = [
        Invoked({"output": 1}),
        Invoked({"error": {"type": "Bad", "message": "m", "retryable": False}}),
    ]
    tasks.make()
    tasks.make()
    tasks.go_on()
    tasks.post(RUNNER, {"action": "stop"})
    tasks.make()
    cancelled = tasks.make()
    tasks.post(f"/api/tasks/{cancelled['id']}/cancel")
    tasks.go_on()

    report = tasks.get(RUNNER)
    stats = report["stats"]
    assert stats == {"pending": 1, "processing": 0, "completed": 1, "failed": 1, "cancelled": 1, "total": 4}
    assert len(report["recent_tasks"]) == 4


def test_the_runner_shows_the_twenty_newest_tasks_wherever_they_are(tasks):
    with frozen_at(NOW):
        tasks.make()
        tasks.go_on()
    made = []
    for second in range(1, 22):
        with frozen_at(NOW + timedelta(seconds=second)):
            later = {"scheduled_for": "2026-04-01T00:00:00Z"} if second == 21 else {}
            made.append(tasks.make(**later)["id"])

    with frozen_at(NOW + timedelta(minutes=1)):
        assert [task["id"] for task in tasks.get(RUNNER)["recent_tasks"]] == made[:0:-1]


def test_a_cancelled_task_is_not_started_and_can_be_sent_again(tasks):
    tasks.post(RUNNER, {"action": "stop"})
    made = tasks.make()
    tasks.post(f"/api/tasks/{made['id']}/cancel")
    tasks.post(RUNNER, {"action": "start"})
    tasks.go_on()
    assert tasks.agent.tasks == []
    again = tasks.service.request("POST", f"/api/tasks/{made['id']}/cancel", {}, key=tasks.key)
    assert (again.status, "cancelled already" in again.json["detail"]) == (422, True)

    tasks.post(f"/api/tasks/{made['id']}/retry")
    tasks.go_on()

    assert tasks.get(f"/api/tasks/{made['id']}")["status"] == "completed"


def test_a_task_that_is_called_off_while_its_agent_is_at_work_stays_called_off(tasks):
    made = tasks.make()
    called_off = lambda: tasks.post(f"/api/tasks/{made['id']}/cancel") and Invoked({"output": 1})  # noqa: E731
    tasks.agent.answers = [called_off]
    tasks.go_on()

    task = tasks.get(f"/api/tasks/{made['id']}")
    assert (task["status"], task["output"], tasks.agent.tasks) == ("cancelled", None, [made["id"]])
    (run,) = tasks.get("/api/v1/agents/worker/runs")
    assert run["status"] == "cancelled"
    assert tasks.get(RUNNER)["stats"]["processing"] == 0


def test_a_function_that_does_not_answer_in_its_agent_s_time_has_timed_out(tasks):
    tasks.set(max_retries=0)
    tasks.agent.answers = [Invoked("it did not answer in time", "Timeout")]
    made = tasks.make()
    tasks.go_on()

    task = tasks.get(f"/api/tasks/{made['id']}")
    assert (task["status"], task["error_message"]) == ("failed", "it did not answer in time")
    (run,) = tasks.get("/api/v1/agents/worker/runs")
    assert run["status"] == "timeout"


def test_all_dead_letters_are_sent_again_at_once(tasks):
    tasks.agent.answers = [Invoked({"error": {"type": "Bad", "message": "m", "retryable": False}})] * 3
    made = [tasks.make()["id"] for _ in range(3)]
    tasks.go_on()
    assert len(tasks.get("/api/tasks/dead-letters")["items"]) == 3

    answer = tasks.post("/api/tasks/dead-letters/redrive")
    tasks.go_on()

    assert (sorted(answer["redriven"]), answer["more"]) == (sorted(made), False)
    assert {task["status"] for task in tasks.get("/api/tasks")["items"]} == {"completed"}
    assert tasks.get("/api/tasks/dead-letters")["items"] == []


def test_a_scheduled_task_starts_when_its_time_has_come_and_not_before(tasks):
    with frozen_at(NOW):
        made = tasks.make(scheduled_for="2026-03-10T12:30:00Z")
        tasks.go_on()
        (reason,) = tasks.get(f"/api/tasks/{made['id']}/why")["reasons"]
        assert (reason["hold"], reason["until"]) == ("scheduled", "2026-03-10T12:30:00.000Z")
    with frozen_at(NOW + timedelta(minutes=30)):
        tasks.service.invoke("due", {})
        tasks.go_on()
        assert tasks.get(f"/api/tasks/{made['id']}")["status"] == "completed"


def test_a_task_whose_message_was_lost_is_sent_again(tasks):
    with frozen_at(NOW):
        made = tasks.make()
        tasks.start_only()
        assert tasks.get(f"/api/tasks/{made['id']}")["status"] == "queued"
    with frozen_at(NOW + timedelta(minutes=6)):
        tasks.service.invoke("due", {})
        tasks.go_on()
        assert tasks.get(f"/api/tasks/{made['id']}")["status"] == "completed"


def test_a_task_starts_and_ends_without_waiting_for_the_stream(tasks):
    tasks.service.request("PATCH", "/api/analytics/configuration", {"maxConcurrentTasks": 1}, key=tasks.key)
    made = [tasks.make()["id"] for _ in range(3)]

    for function, to in [("dispatcher", Queue.DISPATCH), ("task_worker", Queue.TASKS)] * 3:
        assert tasks.service.invoke(function, received(to)) == {"batchItemFailures": []}

    assert [tasks.get(f"/api/tasks/{one}")["status"] for one in made] == ["completed"] * 3
    assert not received(Queue.DISPATCH)["Records"], "nothing waits, and nobody is asked to look"


@pytest.mark.parametrize("lost", [Queue.DISPATCH, Queue.TASKS])
def test_a_task_whose_sender_died_behind_its_commit_is_sent_on_by_the_stream(tasks, monkeypatch, lost):
    def send(to, messages, delay=0):
        if to is not lost:
            sent(to, messages, 0)

    sent = queue.send
    monkeypatch.setattr(queue, "send", send)
    made = tasks.make()
    if lost is Queue.TASKS:
        tasks.service.invoke("dispatcher", received(Queue.DISPATCH))
    monkeypatch.setattr(queue, "send", lambda to, messages, *_: sent(to, messages))
    tasks.go_on()

    assert tasks.get(f"/api/tasks/{made['id']}")["status"] == "completed"
    assert tasks.agent.tasks == [made["id"]]


def test_a_task_is_made_though_the_queue_takes_no_message(tasks, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(queue, "send", raising(MessagesNotSent("the queue is full")))
        made = tasks.make()
    tasks.go_on()

    assert tasks.get(f"/api/tasks/{made['id']}")["status"] == "completed"


def test_what_is_sent_twice_is_worked_on_once(tasks):
    made = tasks.make()
    tasks.service.invoke("dispatcher", received(Queue.DISPATCH))
    event = received(Queue.TASKS)
    twice = {"Records": [*event["Records"], *({**one, "messageId": "again"} for one in event["Records"])]}

    assert tasks.service.invoke("task_worker", twice) == {"batchItemFailures": []}

    assert tasks.agent.tasks == [made["id"]]


def test_a_task_that_nobody_was_told_of_is_found_by_the_minute(tasks):
    made = tasks.make()
    received(Queue.DISPATCH)
    tasks.service.stream.records()
    tasks.go_on()
    assert tasks.get(f"/api/tasks/{made['id']}")["status"] == "pending"

    tasks.service.invoke("due", {})
    tasks.go_on()

    assert tasks.get(f"/api/tasks/{made['id']}")["status"] == "completed"


def test_a_message_that_comes_twice_is_worked_on_once(tasks):
    made = tasks.make()
    tasks.go_on()

    assert services("demo").worker.work(made["id"]) is None
    assert tasks.agent.tasks == [made["id"]]


def test_lists_are_in_the_order_tasks_start_in_paged_and_of_an_agent(tasks):
    tasks.post(RUNNER, {"action": "stop"})
    tasks.post("/api/v1/agents/other/register", {"project": "p"})
    make_runnable(tasks.service, tasks.key, "other")
    made = [tasks.make(priority=priority)["id"] for priority in (5, 8, 5, 10)]
    other = tasks.make(agent_id="other", priority=9)["id"]
    in_order = [made[3], other, made[1], made[0], made[2]]

    listed, cursor = [], ""
    while cursor is not None:
        page = tasks.get(f"/api/tasks?status=pending&limit=2{cursor and f'&cursor={cursor}'}")
        listed += [task["id"] for task in page["items"]]
        cursor = page["next_cursor"]
    assert listed == in_order
    assert [task["id"] for task in tasks.get("/api/tasks?agent_id=other")["items"]] == [other]
    assert tasks.get("/api/tasks?status=completed")["items"] == []


def test_a_list_of_a_type_that_is_rare_comes_in_pages_that_may_be_empty(tasks, monkeypatch):
    tasks.post(RUNNER, {"action": "stop"})
    made = [tasks.make(task_type=kind)["id"] for kind in ("common", "common", "common", "rare", "rare", "common")]
    monkeypatch.setattr(service, "MOST_SCANNED", 2)

    pages, cursor = [], ""
    while cursor is not None:
        page = tasks.get(f"/api/tasks?task_type=rare{cursor and f'&cursor={cursor}'}")
        pages.append([task["id"] for task in page["items"]])
        cursor = page["next_cursor"]

    assert pages == [[], [made[3]], [made[4]], []]


def test_a_task_of_an_agent_nobody_knows_is_refused(tasks):
    answer = tasks.service.request("POST", "/api/tasks", {"agent_id": "nobody", "task_type": "t"}, key=tasks.key)

    assert answer.status == 404
    assert tasks.service.request("GET", "/api/tasks/none", key=tasks.key).status == 404
    assert get(tasks.service, tasks.key, "/api/tasks")["items"] == []


def test_an_agent_that_runs_elsewhere_is_given_no_task(tasks):
    tasks.post("/api/v1/agents/elsewhere/register", {"project": "p"})
    wish = {"agent_id": "elsewhere", "task_type": "t"}

    answer = tasks.service.request("POST", "/api/tasks", wish, key=tasks.key)

    assert (answer.status, "has no runtime" in answer.json["detail"]) == (422, True)


def test_an_agent_that_lost_its_runtime_fails_its_tasks_and_says_so(tasks):
    made = tasks.make()
    tasks.set(runtime=None)
    tasks.go_on()

    failed = tasks.get(f"/api/tasks/{made['id']}")
    assert (failed["status"], failed["error"]["message"]) == ("failed", "the agent has no runtime any more")


def work_again(tasks, made, seconds):
    """Deliver the task's message again after so many seconds."""
    due = datetime.now(UTC) + timedelta(seconds=seconds + 1)
    with frozen_at(due):
        services("demo").worker.work(made["id"])
        tasks.go_on()


def raising(error):
    def refuse(*_, **__):
        raise error

    return refuse
