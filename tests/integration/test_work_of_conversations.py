"""What messages bring about, from the message to the final reply: agents at work, failures, and what is told of it."""

import pytest

from tests.support.bus import Bus
from tests.support.sockets import gateway_of
from tests.support.steps import a_session, get, make_runnable
from tests.support.tasks import tasks_of
from watchbill.conversations.models import CHAT_AGENT
from watchbill.platform.functions import Invoked

SESSION, HISTORY = "/api/sessions/a-session", "/api/chat/a-session"
BAD = Invoked({"error": {"type": "BadInput", "message": "no channel answers", "retryable": False}})
GOOD = Invoked({"output": {"trends": []}})


@pytest.fixture
def tasks(service, key, channels, monkeypatch):
    """What makes tasks go on, with agents of the organisation's own under the names that conversations ask for."""
    tasks = tasks_of(service, key, monkeypatch)
    for name in ("trend-scanner", "post-scheduler"):
        tasks.post(f"/api/v1/agents/{name}/register", {"project": "p"})
        make_runnable(service, key, name)
    return tasks


def say(tasks, message="Haz un post en Instagram sobre nuestro café"):
    return a_session(tasks.service, tasks.key, message)


def test_what_is_asked_for_is_done_and_answered_in_the_end(tasks):
    begun = say(tasks)
    assert (begun["status"], len(begun["taskIds"])) == ("processing", 2)

    tasks.go_on()

    scanned, scheduled = tasks.agent.seen
    assert scanned["payload"]["topic"] == "café"
    assert (scheduled["payload"]["channels"], list(scheduled["upstream"].values())) == (["instagram"], [{"done": True}])
    reply, first, said = get(tasks.service, tasks.key, HISTORY)["items"]
    assert (reply["status"], reply["answers"], reply["orchestrationId"]) == ("completed", 1, begun["orchestrationId"])
    assert reply["message"].startswith("Listo: la publicación sobre café.")
    assert {one["agent"]: one["result"] for one in reply["results"]} == {
        "trend-scanner": {"done": True},
        "post-scheduler": {"done": True},
    }
    assert (first["status"], said["role"]) == ("processing", "user")
    (run,) = get(tasks.service, tasks.key, f"/api/v1/agents/{CHAT_AGENT}/runs")
    assert (run["status"], run["output"]) == ("completed", reply["message"])
    session = get(tasks.service, tasks.key, SESSION)
    assert (session["activeAgents"], {task["status"] for task in session["tasks"]}) == ([], {"completed"})


@pytest.mark.parametrize(
    ("answers", "status", "told", "run"),
    [
        ([BAD, GOOD], "partial", "He podido hacer una parte de la publicación", "completed"),
        ([BAD, BAD], "failed", "No he podido hacer la publicación", "failed"),
    ],
)
def test_agents_that_fail_are_named_with_the_reason_and_the_others_go_on(tasks, answers, status, told, run):
    tasks.agent.answers = list(answers)
    say(tasks)

    tasks.go_on()

    reply, *_ = get(tasks.service, tasks.key, HISTORY)["items"]
    assert (reply["status"], reply["message"].startswith(told)) == (status, True)
    assert "trend-scanner ha fallado: no channel answers" in reply["message"]
    assert len(tasks.agent.seen) == 2
    assert get(tasks.service, tasks.key, f"/api/v1/agents/{CHAT_AGENT}/runs")[0]["status"] == run


def test_a_message_that_comes_while_agents_work_is_answered_and_so_is_the_first_one_after_it(tasks):
    say(tasks)
    say(tasks, "gracias")

    tasks.go_on()

    said = [(one["number"], one["answers"], one["status"]) for one in get(tasks.service, tasks.key, HISTORY)["items"]]
    assert said[:2] == [(5, 1, "completed"), (4, 3, "completed")]


def test_all_of_it_is_told_live_in_order(tasks, monkeypatch):
    gateway, bus = gateway_of(tasks.service, monkeypatch), Bus(tasks.service)
    socket = gateway.open(tasks.key)
    socket.say("join_session", sessionId="a-session")
    begun = say(tasks)

    tasks.go_on()
    for event in bus.settle():
        gateway.tell(event)

    # The stream was read twice: what comes again has the number that it had.
    told = list({one["seq"]: one for one in socket.events()}.values())
    steps = [(one["event"], one["data"].get("agent"), one["data"].get("type")) for one in told]
    assert steps[0][0] == "decision_made"
    assert [step[1:] for step in steps if step[0] == "agent_update"] == [
        ("trend-scanner", "agent_started"),
        ("trend-scanner", "agent_completed"),
        ("post-scheduler", "agent_started"),
        ("post-scheduler", "agent_completed"),
    ]
    assert [one["event"] for one in told].count("chat_response") == 1
    last = told[-1]
    assert (last["event"], last["data"]["messageId"]) == ("chat_response", begun["messageId"])
    assert last["data"]["reply"].startswith("Listo")
    assert [one["seq"] for one in told] == list(range(1, len(told) + 1))


def test_an_agent_that_cannot_run_is_said_so_at_once(tasks):
    answer = tasks.service.request(
        "PATCH", "/api/v1/agents/post-scheduler", {"runtime": None, "agent_type": None}, key=tasks.key
    )
    assert answer.status == 200, answer.text

    refused = say(tasks)

    assert (refused["status"], refused["taskIds"]) == ("failed", [])
    assert "post-scheduler" in refused["reply"]
