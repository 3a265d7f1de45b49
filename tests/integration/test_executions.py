"""Executions: what agents were asked to do, newest first, by agent, stream, campaign and status, a page at a time."""

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.steps import get, make_runnable, register
from tests.support.tasks import tasks_of
from watchbill.execution import history
from watchbill.execution.models import NewTask, Origin
from watchbill.platform import clock
from watchbill.platform.clock import frozen_at
from watchbill.platform.functions import Invoked
from watchbill.runs.models import Trigger
from watchbill.services import services

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
ALL = "/api/executions"
STREAM = "01JSTREAM0000000000000000A"


@pytest.fixture
def time():
    """What happens does so at noon, and later when the stack is told so."""
    with ExitStack() as stack:
        stack.enter_context(frozen_at(NOW))
        yield stack


@pytest.fixture
def tasks(service, key, channels, time, monkeypatch):
    tasks = tasks_of(service, key, monkeypatch)
    register(service, key, "other")
    make_runnable(service, key, "other")
    return tasks


def make(agent="worker", stream=None, at=NOW, campaign=None, **wish):
    """A task as a workflow makes it; its id."""
    goal = {"goal": 1} if stream else None
    origin = Origin(trigger=Trigger.MANUAL, stream_id=stream, campaign_id=campaign, goal_context=goal)
    with frozen_at(at):
        task = NewTask(agent_id=agent, task_type="research", **wish)
        return services("demo").tasks.create(task, origin).id


def listed(tasks, query=""):
    return [each["id"] for each in tasks.get(f"{ALL}{query}")["items"]]


def every_page(tasks, query):
    """The pages of a list of one at a time, to its end."""
    cursor, found = "", []
    while cursor is not None:
        page = tasks.get(f"{ALL}?limit=1{query}" + (f"&cursor={cursor}" if cursor else ""))
        found.append([each["id"] for each in page["items"]])
        cursor = page["next_cursor"]
    return found


def test_an_execution_says_who_did_what_for_how_long_at_which_cost_and_what_came_out(tasks, time):
    output = {"companies_found": 12, "best": "Acme", "all": ["Acme"]}

    def work():
        time.enter_context(frozen_at(NOW + timedelta(seconds=2.5)))
        return Invoked({"output": output, "metrics": {"cost": 0.5}})

    tasks.agent.answers = [work]
    task = make(stream=STREAM, payload={"limit": 3})
    tasks.go_on()

    (shown,) = tasks.get(ALL)["items"]

    assert (shown["id"], shown["agent_name"], shown["stream_id"], shown["trigger"]) == (
        task,
        "worker",
        STREAM,
        "manual",
    )
    assert (shown["status"], shown["metrics"]["cost"], shown["error"]) == ("completed", 0.5, None)
    assert shown["results_summary"] == {"companies_found": 12, "best": "Acme"}
    assert shown["duration_ms"] == 2_500

    detail = tasks.get(f"{ALL}/{task}")
    assert (detail["input_data"], detail["output_data"], detail["goal_context"]) == ({"limit": 3}, output, {"goal": 1})
    assert detail.items() >= shown.items()


def test_what_waits_is_queued_and_a_failure_says_why(tasks):
    error = {"type": "BadInput", "message": "no topic", "retryable": False}
    tasks.agent.afterwards = Invoked({"error": error})
    failed = make()
    tasks.go_on()
    waiting = make(at=NOW + timedelta(minutes=1))

    first, second = tasks.get(ALL)["items"]

    assert (first["id"], first["status"], first["started_at"], first["duration_ms"]) == (waiting, "queued", None, None)
    assert (second["id"], second["status"], second["error"]) == (failed, "failed", error)


def test_the_newest_come_first_over_months_a_page_at_a_time(tasks):
    made = [make(at=NOW - timedelta(days=days)) for days in (80, 40, 40, 9, 0)]

    in_order = [task for page in every_page(tasks, "") for task in page]

    assert sorted(in_order[2:4]) == sorted(made[1:3])
    assert [in_order[0], in_order[1], in_order[4]] == [made[4], made[3], made[0]]


def test_those_of_a_campaign_whoever_was_executed_for_it(tasks):
    ours = make("worker", campaign="spring")
    theirs = make("other", STREAM, at=NOW + timedelta(seconds=1), campaign="spring")
    make("worker", STREAM, campaign="summer")

    with frozen_at(NOW + timedelta(minutes=1)):
        assert every_page(tasks, "&campaign_id=spring") == [[theirs], [ours]]
        assert listed(tasks, f"?campaign_id=spring&stream_id={STREAM}") == [theirs]
        assert listed(tasks, "?campaign_id=spring&agent_id=worker&status=queued") == [ours]


def test_those_of_an_agent_and_those_of_a_stream(tasks):
    ours = make("worker", STREAM)
    theirs = make("other", STREAM, at=NOW + timedelta(seconds=1))
    elsewhere = make("worker", at=NOW + timedelta(seconds=2))

    with frozen_at(NOW + timedelta(minutes=1)):
        assert listed(tasks, "?agent_id=worker") == [elsewhere, ours]
        assert listed(tasks, f"?stream_id={STREAM}") == [theirs, ours]
        assert listed(tasks, f"?stream_id={STREAM}&agent_id=other") == [theirs]
        assert listed(tasks, "?stream_id=unknown") == []
    assert tasks.service.request("GET", f"{ALL}?agent_id=nobody", key=tasks.key).status == 404


@pytest.mark.parametrize("scope", ["", "&agent_id=worker", f"&stream_id={STREAM}"])
def test_those_of_a_status_in_any_list(tasks, scope):
    answers = {"failed": Invoked({"error": {"type": "BadInput", "message": "m", "retryable": False}})}
    answers["timeout"] = Invoked({"error": {"type": "Timeout", "message": "m", "retryable": False}})
    answers["completed"] = Invoked({"output": 1})
    made = {}
    for number, (status, answer) in enumerate(answers.items()):
        tasks.agent.answers = [answer]
        made[status] = make(stream=STREAM, at=NOW - timedelta(seconds=20 - number))
        tasks.go_on()
    made["cancelled"] = make(stream=STREAM, at=NOW - timedelta(seconds=2))
    tasks.post(f"/api/tasks/{made['cancelled']}/cancel")
    made["queued"] = make(stream=STREAM, at=NOW - timedelta(seconds=1))

    assert {status: listed(tasks, f"?status={status}{scope}") for status in made} == {
        status: [task] for status, task in made.items()
    }
    assert listed(tasks, f"?status=success{scope}") == [made["completed"]]


@pytest.mark.parametrize("scope", ["", "&agent_id=worker", f"&stream_id={STREAM}", "&campaign_id=spring"])
def test_what_is_being_worked_on_newest_first(tasks, scope):
    made = [make(stream=STREAM, at=NOW + timedelta(seconds=number), campaign="spring") for number in range(3)]
    seen = []

    def look():
        seen.append(every_page(tasks, f"&status=running{scope}"))
        assert listed(tasks, "?status=running&campaign_id=summer") == []
        return Invoked({"output": 1})

    tasks.agent.answers = [look]
    tasks.go_on()

    assert seen == [[[task] for task in reversed(made)]], "all of a batch are worked on at once, and listed a page each"
    assert listed(tasks, f"?status=running{scope}") == []


def test_looking_for_a_status_costs_no_more_than_a_bounded_page_and_goes_on_with_the_cursor(tasks, monkeypatch):
    monkeypatch.setattr(history, "MOST_LOOKED_AT", 2)
    cancelled = make()
    tasks.post(f"/api/tasks/{cancelled}/cancel")
    for number in range(5):
        make(at=NOW + timedelta(seconds=1 + number))

    with frozen_at(NOW + timedelta(minutes=1)):
        pages = every_page(tasks, "&agent_id=worker&status=cancelled")

    assert [page for page in pages if page] == [[cancelled]]
    assert len(pages) >= 3


def test_a_month_s_end_lies_within_the_list_that_a_page_goes_on_with(tasks):
    old = make(at=NOW - timedelta(days=30))
    new = make(at=NOW)

    cursor = tasks.get(f"{ALL}?limit=1")["next_cursor"]
    with frozen_at(NOW + timedelta(days=30)):
        newest = make(at=clock.now())
        page = get(tasks.service, tasks.key, f"{ALL}?limit=2&cursor={cursor}")

    assert [each["id"] for each in page["items"]] == [old]
    assert new != newest
