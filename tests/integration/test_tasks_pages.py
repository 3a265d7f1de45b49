"""The pages of tasks: lanes, one task, dead letters, the runner."""

import pytest

from tests.support.pages import Visitor, words_of
from tests.support.tasks import tasks_of
from watchbill.platform.functions import Invoked

HOSTILE = "<img src=x onerror=alert(1)>"
BROKEN = Invoked({"error": {"type": "BadInput", "message": "no topic", "retryable": False}})


@pytest.fixture
def tasks(service, key, channels, monkeypatch):
    return tasks_of(service, key, monkeypatch)


def stop_runner(tasks):
    tasks.post("/api/agents/task-runner", {"action": "stop"})


def fail(tasks, number):
    tasks.agent.answers = [BROKEN] * number
    made = [tasks.make(task_type=f"draft-{number}")["id"] for number in range(number)]
    tasks.go_on()
    return made


def lanes(shown):
    """What each lane holds, in words."""
    found = shown.all("//section[contains(@class, 'lane')]")
    return {words_of(lane.find("h2")): [words_of(one) for one in lane.xpath(".//li")] for lane in found}


def test_without_tasks_every_lane_is_empty_and_nothing_has_failed(visitor, channels):
    shown = visitor.get("/dashboard/tasks")

    assert list(lanes(shown)) == ["Ready", "Later", "In flight", "Completed", "Failed", "Cancelled"]
    assert not any(lanes(shown).values())
    assert "no task has failed for good" in visitor.get("/dashboard/tasks/dead-letters").words
    assert "There is no agent yet" in visitor.get("/dashboard/tasks/new").words


def test_every_task_is_in_the_lane_where_it_is(tasks, visitor):
    tasks.agent.answers = [BROKEN]
    tasks.make(task_type="broken")
    tasks.go_on()
    tasks.make(task_type="done")
    tasks.go_on()
    tasks.make(task_type="flying")
    tasks.start_only()
    stop_runner(tasks)
    off = tasks.make(task_type="off")
    tasks.post(f"/api/tasks/{off['id']}/cancel")
    tasks.make(task_type="tomorrow", scheduled_for="2199-01-01T00:00:00Z")
    tasks.make(task_type="urgent", priority=9)
    tasks.make(task_type=HOSTILE.replace("/", ""), priority=1)

    shown = visitor.get("/dashboard/tasks")

    assert lanes(shown) == {
        "Ready": ["urgent worker priority 9 · made moments ago", f"{HOSTILE} worker priority 1 · made moments ago"],
        "Later": ["tomorrow worker priority 5 · from 1 Jan 2199, 00:00 UTC"],
        "In flight": ["flying queued worker priority 5 · made moments ago"],
        "Completed": ["done worker priority 5 · attempt 1 · moments ago"],
        "Failed": ["broken worker priority 5 · attempt 1 · moments ago BadInput: no topic"],
        "Cancelled": ["off worker priority 5 · moments ago"],
    }
    assert not shown.all("//img")


def test_the_filter_is_in_the_address_also_of_what_comes_by_itself(tasks, visitor):
    tasks.make(task_type="draft")
    tasks.make(task_type="research")

    drafts = visitor.get("/dashboard/tasks?task_type=draft&agent_id=worker&status=")
    (live,) = drafts.all("//div[@data-rooms='tasks']/@hx-get")

    assert len(lanes(drafts)["Ready"]) == 1
    assert lanes(visitor.get(live)) == lanes(drafts)
    assert live == "/dashboard/parts/tasks?task_type=draft&agent_id=worker"
    assert visitor.get("/dashboard/tasks?agent_id=nobody").status == 404
    assert visitor.get("/dashboard/tasks?status=lost").status == 400


def test_a_list_of_a_status_goes_on_page_by_page(tasks, visitor):
    for number in range(3):
        tasks.make(task_type=f"draft-{number}", priority=9 - number)

    first = visitor.get("/dashboard/parts/tasks?status=pending&limit=2")
    (there,) = first.all("//a[@rel='next']/@href")
    second = visitor.get(there)

    rows = [[words_of(row) for row in shown.all("//tbody/tr/th")] for shown in (first, second)]
    assert rows == [["draft-0", "draft-1"], ["draft-2"]]
    assert there.startswith("/dashboard/tasks?status=pending&limit=2&cursor=")


def test_a_task_says_why_it_waits_and_can_be_called_off(tasks, visitor):
    stop_runner(tasks)
    made = tasks.make(payload={"topic": HOSTILE})

    shown = visitor.get(f"/dashboard/tasks/{made['id']}")
    called_off = visitor.post(f"/dashboard/tasks/{made['id']}/cancel")

    assert "runner stopped The task runner is stopped." in shown.words
    assert HOSTILE in shown.words
    assert shown.all("//div[@data-rooms='tasks']/@hx-get") == [f"/dashboard/parts/tasks/{made['id']}"]
    assert "The task was called off." in called_off.words
    assert tasks.get(f"/api/tasks/{made['id']}")["status"] == "cancelled"
    assert visitor.post(f"/dashboard/tasks/{made['id']}/cancel").status == 422


def test_a_task_that_failed_shows_its_end_and_can_be_sent_again(tasks, visitor):
    (failed,) = fail(tasks, 1)

    shown = visitor.get(f"/dashboard/tasks/{failed}")
    again = visitor.post(f"/dashboard/tasks/{failed}/retry")
    tasks.go_on()

    assert "Why it failed BadInput : no topic" in shown.words
    assert "execution failed" in shown.words
    assert "The task was sent again." in again.words
    assert '"done": true' in visitor.get(f"/dashboard/parts/tasks/{failed}").text.replace("&#34;", '"')


def test_dead_letters_are_sent_again_some_or_all(tasks, visitor):
    failed = fail(tasks, 4)
    page = visitor.get("/dashboard/tasks/dead-letters")

    none = visitor.post("/dashboard/tasks/dead-letters")
    one = visitor.post("/dashboard/tasks/dead-letters", task_ids=failed[0])
    two = visitor.post("/dashboard/tasks/dead-letters", task_ids=failed[1:3])
    rest = visitor.post("/dashboard/tasks/dead-letters", all="true")

    assert words_of(page.all("//tbody/tr")[0]).startswith("draft-3 worker BadInput : no topic 1 ")
    told = [shown.all("//p[@role='status']/text()")[0] for shown in (none, one, two, rest)]
    assert told == [f"{number} sent again." for number in ("0 tasks were", "1 task was", "2 tasks were", "1 task was")]
    assert tasks.get("/api/tasks?status=pending")["items"][3]["id"] in failed


def test_the_runner_is_stopped_and_started(tasks, visitor):
    stopped = visitor.post("/dashboard/tasks/runner", action="stop")
    was = tasks.get("/api/agents/task-runner")["runner"]["status"]
    visitor.post("/dashboard/tasks/runner", action="start")

    assert "Nothing starts while the runner is stopped" in stopped.words
    assert (was, tasks.get("/api/agents/task-runner")["runner"]["status"]) == ("stopped", "running")


def test_a_task_is_made_of_what_was_filled_in(tasks, visitor):
    filled = {"agent_id": "worker", "task_type": "draft", "priority": "8", "payload": '{"topic": "sails"}'}

    shown = visitor.post("/dashboard/tasks", **filled)

    made = tasks.get(f"/api/tasks/{shown.path.rsplit('/', 1)[1]}")
    assert (made["priority"], made["payload"]) == (8, {"topic": "sails"})


@pytest.mark.parametrize(
    ("payload", "told"),
    [("{", "this is not JSON"), ("[1]", "this must be a JSON object"), ("[" * 5_000, "this is not JSON")],
    ids=["broken", "a list", "deep"],
)
def test_input_that_is_not_an_object_is_refused_in_place(tasks, visitor, payload, told):
    filled = {"agent_id": "worker", "task_type": "draft", "payload": payload}

    shown = visitor.post("/dashboard/tasks", {"hx-request": "true"}, **filled)

    assert (shown.status, told in shown.words) == (400, True)
    assert "<html" not in shown.text


def test_who_may_only_look_sees_no_button_and_changes_nothing(service, key, tasks):
    reader = service.request("POST", "/api/keys", {"name": "reader", "scopes": ["read"]}, key=key).json["secret"]
    (failed,) = fail(tasks, 1)
    visitor = Visitor().sign_in(reader)

    for address in ("/dashboard/tasks", "/dashboard/tasks/dead-letters", f"/dashboard/tasks/{failed}"):
        assert visitor.get(address).all("//main//form[@method='post']//button") == []
    for address in ("tasks", "tasks/runner", "tasks/dead-letters", f"tasks/{failed}/retry", f"tasks/{failed}/cancel"):
        assert visitor.post(f"/dashboard/{address}", action="stop", all="true").status == 403
    visitor.csrf = "0" * 64
    assert visitor.post(f"/dashboard/tasks/{failed}/retry").status == 403


def test_who_may_execute_does_not_control_the_runner(service, key, tasks):
    made = service.request("POST", "/api/keys", {"name": "executor", "scopes": ["read", "execute"]}, key=key).json
    visitor = Visitor().sign_in(made["secret"])

    assert [words_of(one) for one in visitor.get("/dashboard/tasks").all("//main//button")] == ["Show"]
    assert visitor.post("/dashboard/tasks/runner", action="stop").status == 403
    assert tasks.get("/api/agents/task-runner")["runner"]["status"] == "running"


def test_nobody_sees_the_tasks_of_others(service, tasks, visitor):
    (failed,) = fail(tasks, 1)
    other = Visitor().sign_in(service.organisation("other"))

    assert other.get(f"/dashboard/tasks/{failed}").status == 404
    assert other.post(f"/dashboard/tasks/{failed}/retry").status == 404
    assert not any(lanes(other.get("/dashboard/tasks")).values())
    assert "no page at so long an address" in visitor.get(f"/dashboard/tasks/{'x' * 3_000}").words
