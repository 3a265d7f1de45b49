"""Agents on a schedule: kept in EventBridge Scheduler as their settings say; what fires becomes a task, once."""

import json
from datetime import UTC, datetime, timedelta

import boto3
import pytest

from tests.support.channels import received
from tests.support.local_table import ENVIRONMENT
from tests.support.steps import register
from tests.support.tasks import tasks_of
from watchbill.platform import aws, scheduler, settings
from watchbill.platform.clock import frozen_at
from watchbill.platform.queue import Queue
from watchbill.platform.scheduler import SCHEDULED_TIME
from watchbill.services import services

NOW = datetime(2026, 3, 28, 12, tzinfo=UTC)
AGENT = "/api/v1/agents/worker"
GROUP = ENVIRONMENT[settings.SCHEDULE_GROUP]


@pytest.fixture
def tasks(service, key, channels, monkeypatch):
    with frozen_at(NOW):
        yield tasks_of(service, key, monkeypatch)


def entries():
    """What the scheduler holds, by name."""
    client = boto3.client("scheduler")
    names = sorted(one["Name"] for one in client.list_schedules(GroupName=GROUP)["Schedules"])
    return [client.get_schedule(GroupName=GROUP, Name=name) for name in names]


def held():
    return [(one["ScheduleExpression"], one["ScheduleExpressionTimezone"]) for one in entries()]


def fire(at):
    """Let everything the scheduler holds come at an instant."""
    for entry in entries():
        body = entry["Target"]["Input"].replace(SCHEDULED_TIME, f"{at:%Y-%m-%dT%H:%M:%SZ}")
        url = ENVIRONMENT[settings.QUEUE_URL + Queue.FIRINGS.upper()]
        boto3.client("sqs").send_message(QueueUrl=url, MessageBody=body)


def made(tasks):
    """The tasks there are."""
    return tasks.get("/api/tasks")["items"]


def schedule(tasks, text, **more):
    tasks.set(schedule_cron=text, **more)
    tasks.go_on()


def test_what_the_scheduler_holds_follows_the_settings(tasks):
    schedule(tasks, "0 9 * * *", time_zone="Europe/London")
    (entry,) = entries()
    assert held() == [("cron(0 9 * * ? *)", "Europe/London")]
    assert entry["FlexibleTimeWindow"] == {"Mode": "OFF"}
    assert entry["Target"]["Arn"] == ENVIRONMENT[settings.FIRINGS_ARN]
    assert entry["Target"]["RoleArn"] == ENVIRONMENT[settings.SCHEDULE_ROLE_ARN]
    assert entry["Target"]["DeadLetterConfig"] == {"Arn": ENVIRONMENT[settings.FIRINGS_DEAD_LETTERS_ARN]}

    schedule(tasks, "0 9 1 * MON")
    assert held() == [("cron(0 9 1 * ? *)", "Europe/London"), ("cron(0 9 ? * 2 *)", "Europe/London")]

    schedule(tasks, "rate(2 hours)")
    assert held() == [("rate(2 hours)", "Europe/London")]
    assert entries()[0]["StartDate"] == NOW + timedelta(hours=2)

    for off, on in (({"is_active": False}, {"is_active": True}), ({"is_paused": True}, {"is_paused": False})):
        tasks.set(**off)
        tasks.go_on()
        assert held() == []

        tasks.set(**on)
        tasks.go_on()
        assert len(held()) == 1

    schedule(tasks, None)
    assert held() == []


def test_an_agent_says_when_it_comes_next(tasks):
    assert tasks.get(AGENT)["next_run_at"] is None

    tasks.set(schedule_cron="0 9 * * *", time_zone="Europe/London")
    assert tasks.get(AGENT)["next_run_at"] == "2026-03-29T08:00:00.000Z"

    tasks.set(is_active=False)
    assert tasks.get(AGENT)["next_run_at"] is None


def test_what_fires_is_done_as_a_task_and_is_on_record(tasks):
    schedule(tasks, "0 9 * * *", time_zone="Europe/London")
    at = datetime(2026, 3, 29, 8, tzinfo=UTC)

    with frozen_at(at + timedelta(seconds=40)):
        fire(at)
        tasks.go_on()

    (task,) = made(tasks)
    assert (task["status"], task["trigger"], task["scheduled_for"]) == ("completed", "scheduled", tasks_time(at))
    assert tasks.agent.tasks == [task["id"]]
    (run,) = tasks.get(f"{AGENT}/runs")
    assert (run["trigger"], run["task_id"], run["user_id"]) == ("scheduled", task["id"], "system")


def test_a_firing_that_arrives_again_and_two_entries_that_fire_at_once_make_one_task(tasks):
    schedule(tasks, "0 9 30 * MON")
    at = datetime(2026, 3, 30, 9, tzinfo=UTC)
    assert len(held()) == 2

    with frozen_at(at):
        fire(at)
        fire(at + timedelta(seconds=30))
        tasks.go_on()

    assert len(made(tasks)) == len(tasks.agent.tasks) == 1


def test_a_time_that_the_clock_shows_twice_makes_one_task(tasks):
    schedule(tasks, "30 1 * * *", time_zone="Europe/London")
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)

    for at in (first, first + timedelta(hours=1)):
        with frozen_at(at):
            fire(at)
            tasks.go_on()

    assert len(tasks.agent.tasks) == 1


@pytest.mark.parametrize(
    ("settings_now", "late"),
    [
        ({"is_active": False}, timedelta()),
        ({"is_paused": True}, timedelta()),
        ({"schedule_cron": None}, timedelta()),
        ({"schedule_cron": "0 10 * * *"}, timedelta()),
        ({"time_zone": "Asia/Kathmandu"}, timedelta()),
        ({}, timedelta(days=1, minutes=11)),
    ],
)
def test_a_firing_that_is_no_longer_meant_makes_no_task(tasks, settings_now, late):
    schedule(tasks, "0 9 * * *")
    at = datetime(2026, 3, 29, 9, tzinfo=UTC)
    fire(at)

    with frozen_at(at + late):
        if settings_now:
            tasks.set(**settings_now)
        tasks.go_on()

    assert made(tasks) == []


def test_a_firing_that_is_late_makes_its_task_unless_the_next_has_come_too(tasks):
    schedule(tasks, "0 9 * * *")
    at = datetime(2026, 3, 29, 9, tzinfo=UTC)
    fire(at)

    with frozen_at(at + timedelta(hours=23)):
        tasks.go_on()

    assert [task["scheduled_for"] for task in made(tasks)] == [tasks_time(at)]


def test_settings_that_change_while_they_are_kept_are_what_stays(tasks, monkeypatch):
    put, meanwhile = scheduler.put, ["0 10 * * *", "0 11 * * *"]

    def changing(entry):
        if meanwhile:
            tasks.set(schedule_cron=meanwhile.pop(0))
        put(entry)

    monkeypatch.setattr(scheduler, "put", changing)
    tasks.set(schedule_cron="0 9 * * *")

    services("demo").schedules.keep(tasks.get(AGENT)["id"])

    assert held() == [("cron(0 11 * * ? *)", "UTC")]


def test_messages_that_come_late_twice_or_in_another_order_change_nothing(tasks):
    tasks.set(schedule_cron="0 9 * * *")
    tasks.set(schedule_cron="0 10 * * *")
    (agent, keep) = tasks.get(AGENT)["id"], services("demo").schedules.keep
    for _ in range(3):
        keep(agent)
        assert held() == [("cron(0 10 * * ? *)", "UTC")]


def test_a_scheduler_that_is_asked_too_often_is_asked_again(tasks, monkeypatch):
    refused = aws.ClientError({"Error": {"Code": "ThrottlingException", "Message": "slower"}}, "UpdateSchedule")
    tasks.set(schedule_cron="0 9 * * *")
    with monkeypatch.context() as patch:
        patch.setattr(scheduler, "put", lambda _: (_ for _ in ()).throw(refused))
        tasks.service.invoke("outbox", {"Records": tasks.service.stream.records()})
        event = received(Queue.SCHEDULES)
        answer = tasks.service.invoke("schedule_worker", event)
    assert [one["itemIdentifier"] for one in answer["batchItemFailures"]] == [event["Records"][0]["messageId"]]

    assert tasks.service.invoke("schedule_worker", event) == {"batchItemFailures": []}
    assert held() == [("cron(0 9 * * ? *)", "UTC")]


def test_the_daily_check_brings_back_what_was_lost(tasks):
    schedule(tasks, "0 9 * * *")
    (entry,) = entries()
    boto3.client("scheduler").delete_schedule(Name=entry["Name"], GroupName=GROUP)

    tasks.service.invoke("schedule_check", {})
    tasks.go_on()

    assert [one["Name"] for one in entries()] == [entry["Name"]]


def test_only_a_change_of_the_schedule_asks_for_it_to_be_kept(tasks):
    schedule(tasks, "0 9 * * *")

    tasks.set(timeout=60)
    tasks.service.invoke("outbox", {"Records": tasks.service.stream.records()})

    assert received(Queue.SCHEDULES) == {"Records": []}


@pytest.mark.parametrize(
    ("change", "status", "says"),
    [
        ({"schedule_cron": "0 25 * * *"}, 400, "the hour '25': '25' is no hour; it takes 0-23"),
        ({"schedule_cron": "at nine"}, 400, "is no schedule"),
        ({"time_zone": "Europe/Atlantis"}, 400, "is not a time zone"),
        ({"schedule_cron": "0 9 31 2 *"}, 422, "never comes"),
        ({"schedule_cron": "0 9 1 1 ? 2020"}, 422, "never comes"),
        ({"schedule_cron": "0 9 * * *", "runtime": None}, 422, "an agent without a runtime"),
    ],
)
def test_a_schedule_that_cannot_be_kept_is_refused_with_what_is_wrong(tasks, change, status, says):
    answer = tasks.service.request("PATCH", AGENT, change, key=tasks.key)

    assert answer.status == status
    assert says in json.dumps(answer.json, ensure_ascii=False)
    assert tasks.get(AGENT)["schedule_cron"] is None


def test_a_runtime_cannot_be_taken_from_an_agent_with_a_schedule(tasks):
    tasks.set(schedule_cron="0 9 * * *")

    assert tasks.service.request("PATCH", AGENT, {"runtime": None}, key=tasks.key).status == 422


def test_a_schedule_that_has_come_for_the_last_time_stays_and_other_things_change(tasks):
    schedule(tasks, "0 13 28 3 ? 2026")

    with frozen_at(NOW + timedelta(days=1)):
        tasks.set(timeout=60)
        assert tasks.get(AGENT)["next_run_at"] is None


def test_agents_of_two_organisations_with_one_name_have_schedules_of_their_own(tasks, service):
    theirs = service.organisation("other")
    register(service, theirs, "worker")
    for key, text in ((tasks.key, "0 9 * * *"), (theirs, "0 10 * * *")):
        change = {"schedule_cron": text, "agent_type": "scout_agent"}
        assert service.request("PATCH", AGENT, change, key=key).status == 200
    tasks.go_on()

    assert sorted(held()) == [("cron(0 10 * * ? *)", "UTC"), ("cron(0 9 * * ? *)", "UTC")]


def tasks_time(at):
    return f"{at:%Y-%m-%dT%H:%M:%S}.000Z"
