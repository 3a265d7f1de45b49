"""The campaign agent, as tasks: the plan, the campaign and the calendar that it leaves, once whatever happens."""

from datetime import UTC, datetime

import pytest

from tests.support.bedrock import filling, saying
from tests.support.bus import Bus
from tests.support.sockets import gateway_of
from tests.support.steps import CAMPAIGNS, EVENTS, get
from tests.support.tasks import tasks_of
from watchbill.calendar.store import CalendarStore
from watchbill.platform.clock import frozen_at
from watchbill.platform.table import Changed
from watchbill.services import services

NOVA = "amazon.nova-lite-v1:0"
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
WISH = {
    "title": "Primavera",
    "objective": "brand awareness",
    "targetChannels": ["instagram", "facebook"],
    "duration": 14,
    "contentTypes": ["video", "post"],
    "tone": "cercano",
    "budget": 300,
    "startDate": "2026-03-20T00:00:00Z",
    "sessionId": "s-1",
    "language": "es",
}
TALK = {
    "message": "Quiero vender más zapatillas este mes",
    "language": "es",
    "context": {
        "business": "zapatería",
        "objective": "más ventas",
        "channels": ["tiktok"],
        "preferences": {"contentTypes": ["Vídeos", "historias"], "tone": None, "timezone": "Europe/Madrid"},
    },
    "entities": {
        "channels": [],
        "media": ["video"],
        "dates": [{"text": "en abril", "start": "2026-04-01", "end": "2026-04-14"}],
        "duration": None,
        "budget": {"amount": 100, "currency": "EUR"},
        "audience": "corredoras",
        "product": "zapatillas rojas",
    },
}


@pytest.fixture(autouse=True)
def at_noon():
    with frozen_at(NOW):
        yield


@pytest.fixture
def tasks(service, key, channels, model_service, monkeypatch):
    """An organisation with an agent `worker`, which makes one attempt."""
    tasks = tasks_of(service, key, monkeypatch)
    tasks.set(runtime={"kind": "builtin"}, agent_type="campaign-agent", max_retries=0)
    return tasks


def done(tasks, **payload):
    """A task of the agent, as it is in the end."""
    made = tasks.make(payload=payload)
    tasks.go_on()
    return tasks.get(f"/api/tasks/{made['id']}")


def planned(service, key, campaign):
    """The events of a campaign's content, and of its milestones."""
    events = get(service, key, f"{EVENTS}?campaignId={campaign}&limit=500")["items"]
    return [one for one in events if one["type"] == "content_publish"], [
        one for one in events if one["type"] != "content_publish"
    ]


def test_a_plan_leaves_a_campaign_and_its_calendar(service, key, tasks):
    task = done(tasks, **WISH)
    plan = task["output"]
    campaign = get(service, key, f"{CAMPAIGNS}/{plan['campaignId']}")
    content, milestones = planned(service, key, campaign["id"])

    assert (plan["title"], plan["status"], plan["engine"], plan["notes"]) == ("Primavera", "planned", "template", [])
    assert (plan["strategy"]["type"], plan["strategy"]["postingFrequency"]) == ("brand_awareness", 10)
    assert plan["metrics"] == {
        "estimatedReach": 40_000,
        "estimatedEngagement": 2_000,
        "budget": 300,
        "contentCount": 20,
        "channelsCount": 2,
        "basedOn": {"reach": "default", "engagement": "default", "budget": "default"},
    }
    assert (campaign["name"], campaign["budget"], campaign["agents"]) == ("Primavera", 300, [task["agent_id"]])
    dates = ("2026-03-20T00:00:00.000Z", "2026-04-03T00:00:00.000Z")
    assert (campaign["startDate"], campaign["endDate"]) == (plan["startDate"], plan["endDate"]) == dates
    assert [one["eventId"] for one in plan["contentCalendar"]] == [one["id"] for one in content]
    assert [one["content"]["text"] for one in content] == [one["description"] for one in content]
    for milestone in milestones:
        reminded = [(one["minutes"], one["type"]) for one in milestone["reminders"]]
        assert reminded == [(60, "notification"), (60, "email"), (60, "webhook")]
    assert [one["type"] for one in milestones] == ["campaign_milestone", "review", "campaign_milestone", "analysis"]
    assert [one["startTime"][:16] for one in milestones] == [
        "2026-03-20T10:00",
        "2026-03-27T10:00",
        "2026-04-03T10:00",
        "2026-04-05T10:00",
    ]
    assert {one["sessionId"] for one in (*content, *milestones)} == {"s-1"}
    first = content[0]
    assert (first["startTime"], first["metadata"]["channels"]) == (
        "2026-03-20T12:00:00.000Z",
        ["instagram", "facebook"],
    )
    assert {one["metadata"]["contentType"] for one in content} == {"video", "post"}


def test_a_conversation_s_words_make_a_campaign(service, key, tasks):
    plan = done(tasks, **TALK)["output"]
    content, milestones = planned(service, key, plan["campaignId"])

    assert plan["title"] == "Campaña: zapatillas rojas"
    assert (plan["strategy"]["type"], plan["strategy"]["targetAudience"]) == ("lead_generation", "corredoras")
    assert (plan["startDate"], plan["metrics"]["contentCount"], plan["metrics"]["budget"]) == (
        "2026-03-31T22:00:00.000Z",
        7,
        175,
    )
    assert plan["notes"] == ["no se tuvo en cuenta el presupuesto en EUR: los presupuestos son en USD"]
    assert {one["metadata"]["contentType"] for one in content} == {"video", "story"}
    assert {one["timeZone"] for one in content} == {"Europe/Madrid"}
    assert milestones[0]["title"] == "Lanzamiento: Campaña: zapatillas rojas"


def test_an_attempt_that_died_is_gone_on_with_and_nothing_is_made_twice(service, key, tasks, monkeypatch):
    tasks.set(max_retries=2)
    create, transactions = CalendarStore.create_together, []

    def dies(store, events):
        transactions.append(len(events))
        if len(transactions) == 2:
            raise Changed(None)
        create(store, events)

    monkeypatch.setattr(CalendarStore, "create_together", dies)
    made = tasks.make(payload=WISH | {"duration": 30})
    tasks.go_on()
    with frozen_at(datetime(2026, 3, 30, 12, tzinfo=UTC)):
        services("demo").worker.work(made["id"])
        task = tasks.get(f"/api/tasks/{made['id']}")

    assert (task["status"], task["attempt"]) == ("completed", 2)
    assert len(get(service, key, CAMPAIGNS)["items"]) == 1
    content, milestones = planned(service, key, task["output"]["campaignId"])
    assert (len(content), len(milestones), transactions[0]) == (43, 4, 16)
    assert content[0]["startTime"] == "2026-03-20T12:00:00.000Z"
    assert [one["eventId"] for one in task["output"]["contentCalendar"]] == [
        one["id"] for one in content[: len(task["output"]["contentCalendar"])]
    ]


def test_a_session_is_told_step_by_step(service, key, tasks, monkeypatch):
    gateway = gateway_of(service, monkeypatch)
    person = gateway.open(key)
    person.say("join_session", sessionId="s-1")
    bus = Bus(service)

    tasks.make(payload=WISH, session_id="s-1")
    tasks.go_on()
    gateway.tell(*bus.settle())

    steps = {event["seq"]: event["data"]["step"] for event in person.events() if event["event"] == "campaign_update"}
    assert list(steps.values()) == ["strategy_created", "content_calendar_created", "campaign_completed"]


def test_a_model_s_words_are_the_plan_s_and_what_it_may_not_say_is_not_asked(service, key, tasks, model_service):
    said = {
        "approach": "Every day a shoe.",
        "key_messages": ["Red is fast"],
        "target_audience": "Runners",
        "engagement_tactics": ["Ask"],
        "topics": ["One", "Two", "Three"],
    }
    model_service.replies = [filling(**said)]
    tasks.set(configuration={"model": NOVA})

    plan = done(tasks, **WISH)["output"]

    assert (plan["engine"], plan["strategy"]["approach"]) == ("language_model", "Every day a shoe.")
    assert plan["contentCalendar"][1]["title"] == "Publicación: Two"
    assert plan["strategy"]["type"] == "brand_awareness"


def test_without_an_answer_that_can_be_used_templates_take_its_place_and_say_so(tasks, model_service):
    model_service.replies = [saying("I would rather not"), saying("No")]
    tasks.set(configuration={"model": NOVA})

    plan = done(tasks, **WISH)["output"]

    assert plan["engine"] == "template"
    assert "gave no answer that can be used" in plan["notes"][0]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"duration": 366}, "duration: "),
        ({"targetChannels": ["cinema"]}, "targetChannels.0: "),
        ({"budget": -1}, "budget: "),
        ({"startDate": "soon"}, "startDate"),
        ({"timeZone": "Mars"}, "timeZone: "),
    ],
)
def test_what_is_wrong_about_a_wish_is_said_with_its_place(tasks, wrong, said):
    task = done(tasks, **WISH | wrong)

    assert (task["status"], task["error"]["retryable"]) == ("failed", False)
    assert task["error"]["message"].startswith(said)
