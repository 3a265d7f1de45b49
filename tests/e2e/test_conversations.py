"""A conversation over the wire: said, done by agents, told live and in order, and what is left when it has ended."""

import os
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from tests.support.running_stack import Caller
from tests.support.told import complaints
from tests.support.watching import END_SECONDS, Watcher

FOLDER = Path(__file__).parent
NODE = Path(sys.executable).with_name("node")
SAID = "Create a marketing campaign for Instagram and Facebook"
KNOWN = {
    "negocio": "Tech Startup",
    "objetivo": "brand awareness",
    "canales": ["instagram", "facebook"],
    "preferencias": {"contenido": ["video", "image"], "tono": "professional", "frecuencia": "daily"},
}


@pytest.fixture(scope="module")
def us(stack, caller):
    """Somebody of an organisation that has said nothing yet, at the front door, behind which sockets are."""
    visitor = Caller(stack.url, caller("talkers").key)
    yield visitor
    visitor.close()


@pytest.fixture
def session():
    return f"user-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def watcher(us, session):
    with Watcher(us, session) as watching:
        yield watching


def place(frames, event, **told):
    """Where among what was told an event with these data first comes."""
    return next(
        at for at, frame in enumerate(frames) if frame["event"] == event and told.items() <= frame["data"].items()
    )


def test_a_campaign_is_asked_for_made_by_agents_and_left_with_its_calendar(us, watcher, session):
    answer = us.call("POST", "/api/chat", {"message": SAID, "context": {"sessionId": session, **KNOWN}})
    response = watcher.until("chat_response")

    assert answer.status_code == 202
    assert (answer.json()["status"], answer.json()["sessionId"]) == ("processing", session)
    assert answer.json()["decision"]["intent"] == "campaign"
    frames = sorted(watcher.frames, key=lambda frame: frame["seq"])
    assert [frame["seq"] for frame in frames] == list(range(1, len(frames) + 1))
    for frame in frames:
        assert complaints("session", frame["event"], frame) == []
    decided = place(frames, "decision_made")
    ended = {
        agent: place(frames, "agent_update", type="agent_completed", agent=agent)
        for agent in ("trend-scanner", "video-scriptor", "campaign-agent", "post-scheduler", "analytics-reporter")
    }
    begun = {agent: place(frames, "agent_update", type="agent_started", agent=agent) for agent in ended}
    steps = [
        place(frames, "campaign_update", step=step)
        for step in ("strategy_created", "content_calendar_created", "campaign_completed")
    ]
    assert decided < min(begun.values())
    assert ended["trend-scanner"] < min(begun["video-scriptor"], begun["campaign-agent"])
    assert begun["campaign-agent"] < steps[0] < steps[1] < steps[2] < begun["post-scheduler"]
    assert ended["post-scheduler"] < begun["analytics-reporter"]
    assert place(frames, "chat_response") > max(ended.values())

    plan = next(one["result"] for one in response["results"] if one["agent"] == "campaign-agent")
    campaign = us.get(f"/api/campaigns/{plan['campaignId']}")
    planned = us.get(f"/api/calendar/events?campaignId={plan['campaignId']}&limit=500")["items"]
    published = [event for event in planned if event["type"] == "content_publish"]
    assert campaign["name"]
    assert len(published) >= len(plan["contentCalendar"]) > 0
    assert {channel for event in published for channel in event["metadata"]["channels"]} == {"instagram", "facebook"}
    history = us.get(f"/api/chat/{session}")["items"]
    assert [one["role"] for one in history] == ["assistant", "assistant", "user"]
    assert history[0]["message"] == response["reply"]


def test_the_documented_frontend_runs_with_only_its_import_changed(stack, us):
    command = [NODE, "--import", FOLDER / "as_page.mjs", FOLDER / "frontend_003.mjs"]
    environment = {**os.environ, "STACK_URL": stack.url, "STACK_KEY": us.key}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment) as page:
        told = []
        for line in page.stdout:
            told.append(line)
            if line.startswith("POST /api/chat"):
                body = {"message": "Escribe un post para LinkedIn sobre nuestra cafetería de Sevilla"}
                us.post("/api/chat", body | {"context": {"sessionId": "user-session-123", "negocio": "Café"}})
            if line.startswith("Final response:"):
                break
        page.stdin.close()
        page.wait(END_SECONDS)

    assert "POST /api/chat 202\n" in told
    assert any(line.startswith("Agent progress: ") for line in told)
