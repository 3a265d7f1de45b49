"""Agents that run for campaigns: which one, with what comes of it, one run at a time, and stopped."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Lock

import pytest

from tests.support.bus import Bus
from tests.support.campaigns import A_POST, RUNNING, SEED, go_on_while_waiting
from tests.support.campaigns import a_run_for as run
from tests.support.steps import CAMPAIGNS, a_campaign
from tests.support.tasks import tasks_of
from watchbill.campaigns.executions import RunWish
from watchbill.execution.happenings import TaskEventType
from watchbill.platform import aws, clock
from watchbill.platform.clock import frozen_at
from watchbill.platform.functions import Invoked
from watchbill.services import services

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
HAPPENINGS = frozenset(TaskEventType)
GONE_WRONG = Invoked({"error": {"type": "BadInput", "message": "no topic", "retryable": False}})


@pytest.fixture
def tasks(service, key, channels, monkeypatch):
    """An agent that is a user's function; whoever waits lets everything happen that follows by itself."""
    tasks = tasks_of(service, key, monkeypatch)
    go_on_while_waiting(tasks, monkeypatch)
    return tasks


def one_call_at_a_time(monkeypatch):
    """Let threads meet between their calls of DynamoDB, inside which the one of this process does not bear it."""
    client, turn = aws.dynamodb(), Lock()
    call = client._make_api_call

    def in_turn(*arguments):
        with turn:
            return call(*arguments)

    monkeypatch.setattr(client, "_make_api_call", in_turn)


def campaigns(tasks):
    return tasks.get(CAMPAIGNS)["items"]


class TestWhichCampaign:
    def test_the_first_run_makes_the_agent_s_campaign_and_the_next_one_is_for_it_too(self, tasks):
        tasks.service.request("PATCH", "/api/v1/agents/worker", {"type": "CONTENT_CREATOR"}, key=tasks.key)
        first, second = run(tasks), run(tasks)

        (made,) = campaigns(tasks)
        assert first["data"]["campaignId"] == second["data"]["campaignId"] == made["id"]
        assert (made["name"], made["status"], made["campaignType"]) == (
            "worker Campaign",
            "ACTIVE",
            "CONTENT_MARKETING",
        )
        assert made["agents"] == [first["data"]["metrics"][0]["agentId"]]

    def test_a_given_campaign_is_the_one_and_the_agent_is_linked_to_it(self, tasks):
        own, given = run(tasks)["data"]["campaignId"], a_campaign(tasks.service, tasks.key)

        assert run(tasks, {**A_POST, "campaignId": given})["data"]["campaignId"] == given

        linked = tasks.get(f"{CAMPAIGNS}/{given}")
        assert len(linked["agents"]) == 1
        listed = tasks.get(f"{RUNNING}/campaigns")
        assert (listed["status"], listed["count"]) == ("success", 2)
        assert [one["id"] for one in listed["data"]] == [given, own]
        first = tasks.get(f"{RUNNING}/campaigns?limit=1")
        rest = tasks.get(f"{RUNNING}/campaigns?limit=1&cursor={first['nextCursor']}")
        assert ([one["id"] for one in first["data"]], [one["id"] for one in rest["data"]]) == ([given], [own])
        assert rest["nextCursor"] is None

    def test_the_campaign_in_the_configuration_counts_where_none_is_given(self, tasks):
        one, other = (a_campaign(tasks.service, tasks.key, name=name) for name in ("one", "other"))
        configured = {"config": {"topic": "x", "campaignId": one}}

        assert run(tasks, configured)["data"]["campaignId"] == one
        assert run(tasks, {**configured, "campaignId": other})["data"]["campaignId"] == other
        assert tasks.agent.seen[0]["payload"] == {"topic": "x"}

    def test_an_active_campaign_comes_before_a_scheduled_one_and_the_one_changed_last_before_others(self, tasks):
        for name, status in [("old", "ACTIVE"), ("new", "ACTIVE"), ("planned", None), ("ended", "COMPLETED")]:
            a_campaign(tasks.service, tasks.key, name=name, status=status, agents=["worker"])
        ids = {one["name"]: one["id"] for one in campaigns(tasks)}

        assert run(tasks)["data"]["campaignId"] == ids["new"]
        tasks.service.request("PATCH", f"{CAMPAIGNS}/{ids['old']}", {"description": "changed"}, key=tasks.key)
        assert run(tasks)["data"]["campaignId"] == ids["old"]
        for name in ("old", "new"):
            tasks.service.request("PATCH", f"{CAMPAIGNS}/{ids[name]}", {"status": "PAUSED"}, key=tasks.key)
        assert run(tasks)["data"]["campaignId"] == ids["planned"]

    def test_twenty_first_runs_at_once_make_one_campaign(self, tasks, monkeypatch):
        one_call_at_a_time(monkeypatch)
        tasks.set(concurrency=20)
        runner = services("demo").campaign_runner
        wish = RunWish.model_validate(A_POST)

        with ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(lambda _: runner.run("worker", wish, wait=0), range(20)))

        assert len({answer.data.execution_id for answer in answers}) == 20
        (made,) = campaigns(tasks)
        assert {answer.data.campaign_id for answer in answers} == {made["id"]}

    def test_a_campaign_that_is_removed_while_a_run_begins_is_not_run_for(self, tasks, monkeypatch):
        own = run(tasks)["data"]["campaignId"]
        runner, drafted = services("demo").campaign_runner, services("demo").tasks.drafted

        def meanwhile(*wish):
            tasks.service.request("DELETE", f"{CAMPAIGNS}/{own}", key=tasks.key)
            return drafted(*wish)

        monkeypatch.setattr(runner._tasks, "drafted", meanwhile)

        assert run(tasks)["data"]["campaignId"] != own
        assert own not in [one["id"] for one in campaigns(tasks)]

    def test_an_unknown_agent_or_campaign_is_not_found_and_nothing_is_made(self, tasks):
        answer = tasks.service.request("POST", "/api/agents/campaign/nobody/run", A_POST, key=tasks.key)

        assert answer.status == 404
        assert run(tasks, {**A_POST, "campaignId": "none"}, status=404)["error"] == "there is no campaign 'none'"
        assert (campaigns(tasks), tasks.get("/api/tasks")["items"]) == ([], [])

    def test_an_archived_campaign_takes_no_new_agent(self, tasks):
        archived = a_campaign(tasks.service, tasks.key, status="ARCHIVED")

        assert "archived" in run(tasks, {"campaignId": archived}, status=422)["error"]


class TestWhatComesOfIt:
    def test_a_run_is_answered_with_its_result_its_tokens_its_metrics_and_its_events(self, tasks):
        tasks.agent.afterwards = Invoked(
            {"output": {"title": "Sails"}, "metrics": {"content_produced": 1}, "events": [{"name": "drafted"}]}
        )
        answer = run(tasks, SEED)
        data = answer["data"]

        assert (answer["status"], data["title"]) == ("success", "Sails")
        assert data["tokenUsage"] == {"input": 350, "output": 2200, "total": 2550, "model": "gpt-4"}
        metrics = {metric["name"]: metric for metric in data["metrics"]}
        assert set(metrics) == {"AGENT_EXECUTION_TIME", "AGENT_SUCCESS_RATE", "TOKEN_USAGE", "CONTENT_PRODUCTION"}
        assert metrics["AGENT_EXECUTION_TIME"]["value"] == data["executionTime"]
        assert metrics["AGENT_SUCCESS_RATE"]["value"] == 1.0
        assert (metrics["TOKEN_USAGE"]["value"], metrics["CONTENT_PRODUCTION"]["value"]) == (2550, 1)
        assert metrics["TOKEN_USAGE"]["metadata"] == {"input": 350, "output": 2200, "model": "gpt-4"}
        assert [(event["type"], event["name"]) for event in data["events"]] == [
            ("execution_started", None),
            ("custom_event", "drafted"),
            ("execution_completed", None),
        ]
        execution = tasks.get(data["location"])
        assert (execution["id"], execution["status"]) == (data["executionId"], "completed")
        assert (execution["campaign_id"], execution["session_id"]) == (data["campaignId"], data["sessionId"])
        assert [event["type"] for event in execution["events"]] == [event["type"] for event in data["events"]]
        assert tasks.agent.seen[0]["campaign_id"] == data["campaignId"]

    def test_the_tokens_are_stored_with_the_run_and_priced(self, tasks):
        data = run(tasks, SEED)["data"]
        tasks.go_on()

        (stored,) = tasks.get("/api/v1/agents/worker/runs")
        assert (stored["tokens"]["input"], stored["tokens"]["output"], stored["tokens"]["total"]) == (350, 2200, 2550)
        assert (stored["models"], stored["cost"]) == (["gpt-4"], 0.1425)
        assert (stored["campaign_id"], stored["session_id"]) == (data["campaignId"], data["sessionId"])
        assert stored["trigger"] == "api"

    @pytest.mark.parametrize("usage", [{"input": 1, "output": 2}, {"input": 1, "output": 2, "model": "of-our-own"}])
    def test_what_has_no_known_price_costs_what_is_not_known(self, tasks, usage):
        run(tasks, {**A_POST, "tokenUsage": usage})
        tasks.go_on()

        (stored,) = tasks.get("/api/v1/agents/worker/runs")
        assert (stored["tokens"]["total"], stored["cost"]) == (3, None)

    def test_an_agent_s_word_cannot_take_the_place_of_the_run_s_facts(self, tasks):
        tasks.agent.afterwards = Invoked({"output": {"campaignId": "mine", "executionTime": -1, "session_id": "x"}})

        data = run(tasks)["data"]

        assert data["campaignId"] == campaigns(tasks)[0]["id"]
        assert data["executionTime"] >= 0
        assert "session_id" not in data

    def test_what_is_no_object_is_the_result(self, tasks):
        tasks.agent.afterwards = Invoked({"output": ["a", "b"]})

        assert run(tasks)["data"]["result"] == ["a", "b"]

    def test_a_run_that_takes_longer_is_accepted_and_says_where_it_will_be(self, tasks):
        answer = run(tasks, query="?wait=0", status=202)

        assert (answer["status"], answer["data"]["metrics"], answer["data"]["executionTime"]) == ("accepted", [], None)
        tasks.go_on()
        assert tasks.get(answer["data"]["location"])["status"] == "completed"

    def test_a_failed_run_is_answered_with_why_and_its_metrics_reach_the_same_campaign(self, tasks):
        good = run(tasks, SEED)["data"]
        tasks.agent.afterwards = GONE_WRONG
        answer = run(tasks, SEED)
        tasks.go_on()

        assert (answer["status"], answer["data"]["error"]["type"]) == ("failed", "BadInput")
        assert answer["data"]["campaignId"] == good["campaignId"]
        assert {one["name"]: one["value"] for one in answer["data"]["metrics"]}["AGENT_SUCCESS_RATE"] == 0.0
        assert answer["data"]["events"][-1]["type"] == "execution_failed"
        of_campaign = [
            one for one in tasks.get("/api/v1/agents/worker/runs") if one["campaign_id"] == good["campaignId"]
        ]
        assert sorted(one["status"] for one in of_campaign) == ["completed", "failed"]
        assert [one["cost"] for one in of_campaign] == [0.1425, 0.1425]

    def test_a_failure_that_heals_tells_of_its_attempts(self, tasks):
        tasks.agent.answers = [Invoked({"error": {"type": "Busy", "message": "later"}})]
        begun = run(tasks, query="?wait=0", status=202)["data"]
        tasks.go_on()
        with frozen_at(clock.now() + timedelta(seconds=5)):
            services("demo").worker.work(begun["executionId"])

        task = tasks.get(f"/api/tasks/{begun['executionId']}")
        assert [event["type"] for event in task["events"]] == [
            "execution_started",
            "retry_attempt",
            "execution_completed",
        ]

    def test_sent_again_under_one_key_it_is_one_run(self, tasks):
        first = run(tasks, **{"Idempotency-Key": "k"})

        assert run(tasks, **{"Idempotency-Key": "k"}) == first
        assert len(tasks.agent.seen) == 1

    def test_what_happens_in_a_run_is_told_on_the_bus_once(self, tasks):
        bus = Bus(tasks.service)
        tasks.agent.afterwards = Invoked({"output": 1, "events": [{"name": "drafted", "data": {"words": 4}}]})
        data = run(tasks)["data"]
        tasks.go_on()
        # The stream is delivered a second time: the same events come again, under the same ids.
        told = {event["detail"]["id"]: event for event in bus.settle() if event["detail"].get("session_id")}
        told = {event_id: one for event_id, one in told.items() if one["detail-type"] in HAPPENINGS}

        assert [(one["detail-type"], one["detail"]["name"]) for one in told.values()] == [
            ("execution_started", None),
            ("custom_event", "drafted"),
            ("execution_completed", None),
        ]
        assert {one["detail"]["campaign_id"] for one in told.values()} == {data["campaignId"]}
        assert {one["detail"]["task_id"] for one in told.values()} == {data["executionId"]}


class TestOneAtATime:
    def test_while_an_agent_runs_it_is_already_running(self, tasks):
        begun = run(tasks, query="?wait=0", status=202)["data"]

        refused = run(tasks, status=409)

        assert refused == {
            "error": f"the agent is running already: execution {begun['executionId']}",
            "status": "already_running",
        }
        tasks.go_on()
        assert run(tasks)["status"] == "success"

    def test_an_agent_may_allow_itself_more(self, tasks):
        tasks.set(concurrency=2)
        for _ in range(2):
            run(tasks, query="?wait=0", status=202)

        assert "2 of 2 executions at a time" in run(tasks, status=409)["error"]

    def test_a_run_whose_worker_died_makes_room_when_its_lease_is_over_and_cannot_come_back(self, tasks):
        tasks.agent.answers = [_die]
        with frozen_at(NOW):
            lost = run(tasks, query="?wait=0", status=202)["data"]["executionId"]
            with pytest.raises(_Died):
                tasks.go_on()
            run(tasks, status=409)
        with frozen_at(NOW + timedelta(seconds=329)):
            run(tasks, status=409)

        with frozen_at(NOW + timedelta(seconds=331)):
            answer = run(tasks)
            services("demo").worker.work(lost)

        assert answer["status"] == "success"
        gone = tasks.get(f"/api/tasks/{lost}")
        assert (gone["status"], gone["error"]["type"], gone["attempt"]) == ("failed", "Lost", 1)

    def test_another_task_of_the_agent_is_not_in_its_way(self, tasks):
        tasks.make()

        assert run(tasks)["status"] == "success"


class TestStopping:
    def test_a_stopped_run_is_cancelled_and_its_agent_paused_until_it_is_run_again(self, tasks):
        begun = run(tasks, query="?wait=0", status=202)["data"]["executionId"]
        assert tasks.get(RUNNING)["data"]["status"] == "RUNNING"

        stopped = tasks.post(f"{RUNNING}/stop")

        assert (stopped["status"], stopped["data"]["stopped"]) == ("success", [begun])
        assert (stopped["data"]["status"], stopped["data"]["executions"]) == ("PAUSED", [])
        task = tasks.get(f"/api/tasks/{begun}")
        assert (task["status"], [event["type"] for event in task["events"]]) == ("cancelled", ["stop_requested"])
        (record,) = tasks.get("/api/v1/agents/worker/runs")
        assert record["status"] == "cancelled"
        tasks.go_on()
        assert tasks.agent.seen == []

        assert run(tasks)["status"] == "success"
        assert tasks.get(RUNNING)["data"]["status"] == "COMPLETED"

    def test_while_it_is_paused_nothing_of_it_starts(self, tasks):
        tasks.post(f"{RUNNING}/stop")
        waiting = tasks.make()["id"]
        tasks.go_on()

        (reason,) = tasks.get(f"/api/tasks/{waiting}/why")["reasons"]
        assert reason["hold"] == "agent_paused"
        run(tasks)
        tasks.go_on()
        assert tasks.get(f"/api/tasks/{waiting}")["status"] == "completed"

    def test_who_does_not_run_is_paused_all_the_same_and_twice_is_once(self, tasks):
        assert tasks.post(f"{RUNNING}/stop")["data"]["stopped"] == []
        assert tasks.post(f"{RUNNING}/stop")["data"]["status"] == "PAUSED"

    def test_an_agent_shows_how_it_is_and_when_it_last_ran(self, tasks):
        assert tasks.get(RUNNING)["data"] == {
            "agentId": tasks.get("/api/v1/agents/worker")["id"],
            "name": "worker",
            "type": None,
            "status": "IDLE",
            "lastRunAt": None,
            "executions": [],
        }
        tasks.agent.afterwards = GONE_WRONG
        with frozen_at(NOW):
            run(tasks)
            assert tasks.get(RUNNING)["data"]["status"] == "ERROR"
            assert tasks.get(RUNNING)["data"]["lastRunAt"] == "2026-03-10T12:00:00.000Z"

    def test_an_agent_that_is_not_active_or_has_no_runtime_is_not_run(self, tasks):
        tasks.set(is_active=False)
        assert run(tasks, status=422)["error"] == "agent 'worker' is not active"
        tasks.set(is_active=True, runtime=None)
        assert "has no runtime" in run(tasks, status=422)["error"]
        assert campaigns(tasks) == []


class _Died(BaseException):
    """The process of the worker is gone."""


def _die():
    raise _Died
