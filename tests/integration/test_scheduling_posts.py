"""The post-scheduler: content becomes events of the calendar, each once, however often its task is attempted."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.support.steps import made
from tests.support.tasks import tasks_of
from watchbill.agents.post_scheduler import PostScheduler
from watchbill.execution.models import Task
from watchbill.platform import clock
from watchbill.platform.clock import frozen_at
from watchbill.registry.models import AgentSettings
from watchbill.services import services

EVENTS = "/api/calendar/events"
TODAY = "2026-03-27T12:00:00.000Z"
IN_MADRID = {"context": {"preferences": {"timezone": "Europe/Madrid"}}}


@pytest.fixture
def tasks(service, key, channels, monkeypatch):
    """An organisation, on a Friday, whose agent `worker` schedules posts."""
    with frozen_at(clock.from_text(TODAY)):
        tasks = tasks_of(service, key, monkeypatch)
        tasks.set(runtime={"kind": "builtin"}, agent_type="post-scheduler", max_retries=0)
        yield tasks


def done(tasks, **wish):
    made = tasks.make(**wish)
    tasks.go_on()
    return tasks.get(f"/api/tasks/{made['id']}")


def planned(tasks):
    return tasks.get(f"{EVENTS}?from=2026-03-01T00:00:00Z&to=2026-06-01T00:00:00Z")["items"]


def test_content_is_planned_for_each_channel_at_its_hour_on_the_user_s_clock_and_that_is_told(tasks):
    payload = {"content": "Hola a todos", "channels": ["linkedin", "Instagram"], "campaignId": "spring", **IN_MADRID}

    task = done(tasks, payload=payload, session_id="s-1")

    events = planned(tasks)
    assert [(one["startTime"], one["metadata"]["channels"]) for one in events] == [
        ("2026-03-27T17:00:00.000Z", ["instagram"]),
        ("2026-03-30T07:00:00.000Z", ["linkedin"]),
    ]
    for event in events:
        assert (event["type"], event["description"], event["sessionId"]) == ("content_publish", "Hola a todos", "s-1")
        assert event["content"]["text"] == "Hola a todos"
        assert (event["timeZone"], event["metadata"]["campaignId"]) == ("Europe/Madrid", "spring")
    assert {one["id"] for one in task["output"]["events"]} == {one["id"] for one in events}
    assert (task["output"]["contentFrom"], task["output"]["campaignId"]) == ("payload", "spring")
    (told,) = [event for event in task["events"] if event["name"] == "content_scheduled"]
    assert [one["channels"] for one in told["data"]["events"]] == [["linkedin"], ["instagram"]]


def test_an_asked_time_is_kept_and_a_day_that_the_message_names_too(tasks):
    done(tasks, payload={"content": "a", "time": "2026-04-01T08:30", "channels": ["twitter", "tiktok"], **IN_MADRID})
    named = {"dates": [{"text": "el 2 de abril", "start": "2026-04-02", "end": "2026-04-02"}], "channels": ["tiktok"]}
    done(tasks, payload={"content": "b", "entities": named, **IN_MADRID})

    assert [(one["startTime"], one["metadata"]["channels"]) for one in planned(tasks)] == [
        ("2026-04-01T06:30:00.000Z", ["twitter", "tiktok"]),
        ("2026-04-02T17:00:00.000Z", ["tiktok"]),
    ]


def test_what_a_script_says_in_short_goes_out_when_the_script_is_written(tasks, service, key):
    tasks.post("/api/v1/agents/scripts/register", {"project": "p"})
    settings = {"runtime": {"kind": "builtin"}, "agent_type": "video-scriptor"}
    assert service.request("PATCH", "/api/v1/agents/scripts", settings, key=key).status == 200
    payload = {"product": "aceite", "language": "es", "platform": "tiktok"}
    script = tasks.make(agent_id="scripts", payload=payload)

    task = done(tasks, payload={"channels": ["tiktok"]}, depends_on=[script["id"]])

    (event,) = planned(tasks)
    output = tasks.get(f"/api/tasks/{script['id']}")["output"]
    assert (event["title"], event["description"]) == (output["title"], output["shortVersion"])
    assert event["content"]["text"] == output["shortVersion"]
    assert (event["metadata"]["contentType"], task["output"]["contentFrom"]) == ("video", "script")


def test_without_content_a_post_is_made_from_templates_and_says_so(tasks):
    output = done(tasks, payload={"language": "es", "entities": {"product": "aceite de oliva"}})["output"]

    assert output["contentFrom"] == "template"
    assert output["content"] == (
        "Una pregunta sobre aceite de oliva: ¿tú qué harías? Cuéntanoslo en los comentarios y compártelo."
    )
    (event,) = planned(tasks)
    assert (event["startTime"], event["metadata"]["channels"]) == ("2026-03-28T10:00:00.000Z", [])


def agent():
    return PostScheduler(AgentSettings(), services("demo").calendar, lambda: "Europe/Madrid")


def attempt(payload, upstream, told, task_id="t-1"):
    at = clock.from_text(TODAY)
    task = Task(id=task_id, agent_id="a", org_id="demo", task_type="post", payload=payload, created_at=at)
    return agent().run(task, upstream, told.append).output


def test_a_second_attempt_plans_nothing_again_even_when_the_hour_has_passed_meanwhile(tasks):
    payload = {"content": "Hola", "channels": ["instagram", "tiktok"]}
    first = attempt(payload, {}, told := [])

    with frozen_at(clock.from_text(TODAY) + timedelta(hours=6)):
        second = attempt(payload, {}, told)

    assert second == first
    assert len(planned(tasks)) == 2
    assert [event.name for event in told] == ["content_scheduled"] * 2


def test_content_fills_what_a_campaign_has_planned_for_it_and_plans_nothing_besides(tasks, service, key):
    wish = {
        "title": "Vídeo 1",
        "type": "content_publish",
        "startTime": "2026-04-03T10:00:00Z",
        "metadata": {"campaignId": "spring", "channels": ["youtube"], "contentType": "video"},
    }
    event_id = made(service.request("POST", EVENTS, wish, key=key))["id"]
    plan = [{"eventId": "gone", "contentType": "post"}, {"eventId": event_id, "contentType": "video"}]
    upstream = {
        "campaign": {"campaignId": "spring", "contentCalendar": plan},
        "scriptor": {"title": "Aceite", "shortVersion": "Míralo."},
        "failed": None,
    }

    outputs = [attempt({"channels": ["tiktok"]}, upstream, []) for _ in range(2)]

    (event,) = planned(tasks)
    assert (event["id"], event["title"], event["description"]) == (event_id, "Vídeo 1", "Míralo.")
    assert event["metadata"] == wish["metadata"] | {"contentId": "t-1", "assignedAgent": None}
    assert [one["events"][0]["id"] for one in outputs] == [event_id] * 2
    assert outputs[0]["campaignId"] == "spring"


def test_another_task_fills_the_next_event_and_not_what_somebody_has_filled(tasks, service, key):
    wish = {"title": "Post", "type": "content_publish", "startTime": "2026-04-03T10:00:00Z"}
    plan = [{"eventId": made(service.request("POST", EVENTS, wish, key=key))["id"]} for _ in range(2)]
    upstream = {"campaign": {"campaignId": "spring", "contentCalendar": plan}}

    for task_id, text in (("t-1", "Uno"), ("t-2", "Dos"), ("t-3", "Tres")):
        attempt({"content": text, "channels": ["youtube"]}, upstream, [], task_id)

    filled = {one["id"]: one["description"] for one in planned(tasks)}
    assert [filled.pop(item["eventId"]) for item in plan] == ["Uno", "Dos"]
    assert list(filled.values()) == ["Tres"]


def test_a_plan_whose_event_is_gone_gets_an_event_of_its_own(tasks):
    upstream = {"campaign": {"campaignId": "spring", "contentCalendar": [{"eventId": "gone"}]}}

    attempt({"content": "Hola", "channels": ["youtube"]}, upstream, [])

    (event,) = planned(tasks)
    assert event["metadata"]["campaignId"] == "spring"
    assert clock.from_text(event["startTime"]).astimezone(ZoneInfo("Europe/Madrid")).hour == 17
