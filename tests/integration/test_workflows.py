"""Agents of a stream follow each other: chains to their end, joins once, failures to a stop, the clock once a day."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.local_table import every_item
from tests.support.tasks import tasks_of
from tests.support.workflows import workflow_of
from watchbill.platform.clock import frozen_at
from watchbill.platform.functions import Invoked

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
GOAL = {"goal_criteria": {"industry": ["SaaS"]}, "target_metrics": {"companies_to_find": 5}}
FAILURE = Invoked({"error": {"type": "BadInput", "message": "no", "retryable": False}})


@pytest.fixture
def stream(service, key, channels, monkeypatch):
    return workflow_of(tasks_of(service, key, monkeypatch), "bot", "enricher", "scorer", "writer", **GOAL)


@pytest.fixture
def chain(stream):
    stream.assign_chain("bot", "enricher", "scorer")
    return stream


def states(stream):
    return {name: node["state"] for name, node in stream.nodes().items()}


def test_one_call_runs_a_chain_of_three_to_its_end_each_with_what_the_one_before_brought(chain):
    chain.tasks.agent.answers = [Invoked({"output": {"step": step}}) for step in (1, 2, 3)]

    answer = chain.execute("bot", execution_config={"depth": 2})
    chain.tasks.go_on()

    assert (answer.status, answer.json["message"]) == (201, "Agent execution queued successfully")
    assert answer.json["execution"]["status"] == "queued"
    done = chain.executions()
    assert [each["agent_name"] for each in done] == ["bot", "enricher", "scorer"]
    assert [each["trigger"] for each in done] == ["manual", "dependent", "dependent"]
    assert {each["status"] for each in done} == {"completed"}
    assert done[0]["id"] == answer.json["execution"]["id"]
    first, second, third = chain.tasks.agent.seen
    assert (first["payload"], first["upstream"]) == ({"depth": 2}, {})
    assert second["upstream"] == {done[0]["agent_id"]: {"step": 1}}
    assert third["upstream"] == {done[1]["agent_id"]: {"step": 2}}
    assert {each["stream_id"] for each in chain.tasks.agent.seen} == {chain.id}
    assert third["goal_context"]["goal_criteria"]["industry"] == ["SaaS"]
    assert third["goal_context"]["target_metrics"] == {"companies_to_find": 5}
    assert chain.agent("scorer")["total_executions"] == chain.agent("scorer")["successful_executions"] == 1


def test_a_workflow_says_where_everybody_is_as_it_goes_on(chain):
    before = states(chain)
    seen = []
    chain.tasks.agent.afterwards = lambda: seen.append(states(chain)) or Invoked({"output": 1})

    chain.execute("bot")
    queued = states(chain)
    chain.tasks.go_on()

    assert before == {"bot": "idle", "enricher": "waiting", "scorer": "waiting"}
    assert queued == before | {"bot": "queued"}
    assert seen == [
        {"bot": "running", "enricher": "waiting", "scorer": "waiting"},
        {"bot": "completed", "enricher": "running", "scorer": "waiting"},
        {"bot": "completed", "enricher": "completed", "scorer": "running"},
    ]
    assert set(states(chain).values()) == {"completed"}
    shown = chain.tasks.get(f"{chain.address}/workflow")
    assert [(edge["source"], edge["target"]) for edge in shown["edges"]] == [
        (shown["nodes"][number]["agent_id"], shown["nodes"][number + 1]["agent_id"]) for number in (0, 1)
    ]
    assert shown["nodes"][2]["last_execution"]["status"] == "completed"


def test_who_waits_for_two_is_started_once_both_have_completed_not_by_the_first(stream):
    joined = {"agent_id": "writer", "auto_execute": True, "depends_on_agent_ids": ["bot", "enricher"]}
    stream.assign({"agent_id": "bot"}, {"agent_id": "enricher"}, joined)

    stream.execute("bot")
    stream.tasks.go_on()
    assert [each["agent_name"] for each in stream.executions()] == ["bot"]
    assert stream.nodes()["writer"]["waiting_for"] == ["enricher"]
    stream.execute("enricher")
    stream.tasks.go_on()

    assert [each["agent_name"] for each in stream.executions()] == ["bot", "enricher", "writer"]
    assert len(stream.tasks.agent.seen[-1]["upstream"]) == 2


def test_a_failure_starts_nobody_is_named_by_all_behind_it_and_goes_on_when_it_is_sent_again(chain):
    chain.tasks.agent.answers = [FAILURE]
    failed = chain.execute("bot").json["execution"]["id"]
    chain.tasks.go_on()

    assert states(chain) == {"bot": "failed", "enricher": "blocked", "scorer": "blocked"}
    assert chain.nodes()["scorer"]["blocked_by"] == ["bot"]
    assert (chain.agent("bot")["total_executions"], chain.agent("bot")["successful_executions"]) == (1, 0)

    chain.tasks.post(f"/api/tasks/{failed}/retry")
    chain.tasks.go_on()

    assert set(states(chain).values()) == {"completed"}
    assert [each["agent_name"] for each in chain.executions()] == ["bot", "enricher", "scorer"]
    assert (chain.agent("bot")["total_executions"], chain.agent("bot")["successful_executions"]) == (2, 1)


def test_an_urgent_chain_stays_urgent_and_no_step_outranks_the_one_before(chain):
    chain.execute("bot")
    chain.tasks.go_on()

    priorities = [chain.tasks.get(f"/api/tasks/{each['id']}")["priority"] for each in chain.executions()]
    assert priorities == [5, 5, 5]


def test_an_agent_is_not_executed_before_what_it_depends_on_unless_forced(chain):
    refused = chain.execute("scorer")
    forced = chain.execute("scorer", force_execute=True)
    chain.tasks.go_on()

    assert refused.status == 422
    assert refused.json["detail"] == (
        "agent 'scorer' depends on agents that have not completed on the stream: 'enricher'"
    )
    assert forced.status == 201
    assert [each["agent_name"] for each in chain.executions()] == ["scorer"]


def test_an_agent_is_executed_with_the_latest_outputs_of_what_it_depends_on(chain):
    chain.tasks.agent.answers = [Invoked({"output": number}) for number in (1, 2, 3)]
    chain.execute("bot")
    chain.tasks.go_on()

    assert chain.execute("enricher").status == 201
    chain.tasks.go_on()

    by_hand = [event for event in chain.tasks.agent.seen if event["upstream"]][2]
    assert list(by_hand["upstream"].values()) == [1]


@pytest.mark.parametrize("what", ["assignment", "agent"])
def test_what_is_not_active_is_not_executed_unless_forced(chain, what):
    address = "/api/v1/agents/bot" if what == "agent" else f"{chain.address}/agents/bot"
    switched = chain.tasks.service.request("PATCH", address, {"is_active": False}, key=chain.tasks.key)
    assert switched.status == 200

    refused = chain.execute("bot")

    assert refused.status == 422
    assert refused.json["detail"].startswith("agent 'bot' is not active")
    assert states(chain)["bot"] == "inactive"
    assert chain.execute("bot", force_execute=True).status == 201


def test_an_agent_that_is_not_run_from_here_is_not_executed(stream):
    stream.tasks.post("/api/v1/agents/elsewhere/register", {"project": "p"})
    stream.assign({"agent_id": "elsewhere"})

    answer = stream.execute("elsewhere", force_execute=True)

    assert (answer.status, "no runtime" in answer.text) == (422, True)


def test_messages_that_come_again_start_nobody_twice(chain, monkeypatch):
    consumed = []
    invoke = chain.tasks.service.invoke

    def remembered(function, event):
        if function == "workflow_worker":
            consumed.append(event)
        return invoke(function, event)

    monkeypatch.setattr(chain.tasks.service, "invoke", remembered)
    chain.execute("bot")
    chain.tasks.go_on()
    for event in reversed(consumed):
        invoke("workflow_worker", event)
    chain.tasks.go_on()

    assert [each["agent_name"] for each in chain.executions()] == ["bot", "enricher", "scorer"]
    assert chain.agent("enricher")["total_executions"] == 1


def test_the_clock_starts_a_daily_agent_once_a_day_and_others_follow_it(stream):
    with frozen_at(NOON):
        stream.assign(
            {"agent_id": "bot", "auto_execute": True, "execution_frequency": "daily"},
            {"agent_id": "enricher", "auto_execute": True, "depends_on_agent_ids": ["bot"]},
        )
    for hours in (6, 12, 13, 20):
        with frozen_at(NOON + timedelta(hours=hours)):
            stream.tasks.service.invoke("due", {})
            stream.tasks.go_on()

    with frozen_at(NOON + timedelta(hours=21)):
        done = sorted((each["agent_name"], each["trigger"]) for each in stream.executions())
        assert done == [("bot", "scheduled"), ("enricher", "dependent")]
        assert stream.agent("bot")["next_due"] == "2026-03-12T00:00:00.000Z"


def test_a_stream_s_insights_know_its_agents(chain):
    chain.tasks.agent.afterwards = FAILURE
    for _ in range(10):
        chain.execute("bot")
    chain.tasks.go_on()

    told = chain.tasks.get(f"{chain.address}/insights")["items"]

    assert "0 of 10 executions of 'bot' succeeded" in str(told)


def test_a_removed_stream_leaves_no_agents(chain):
    chain.ask("PATCH", "/agents/bot", {"execution_frequency": "daily"})
    assert chain.ask("DELETE", "").status == 204

    chain.tasks.go_on()

    assert [item for item in every_item() if "#WORKFLOW#" in item["pk"]["S"] or "#DUEAGENTS" in item["pk"]["S"]] == []


def test_a_paused_stream_is_not_started_by_the_clock(stream):
    with frozen_at(NOON):
        stream.ask("POST", "/agents", {"agent_id": "bot", "auto_execute": True, "execution_frequency": "weekly"})
        assert stream.agent("bot")["next_due"] == "2026-03-16T00:00:00.000Z"
        assert stream.ask("PATCH", "", {"goal_status": "paused"}).status == 200
    with frozen_at(NOON + timedelta(days=7)):
        stream.tasks.service.invoke("due", {})
        stream.tasks.go_on()

        assert stream.executions() == []
        assert stream.agent("bot")["next_due"] == "2026-03-23T00:00:00.000Z"
