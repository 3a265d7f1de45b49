"""Agents are assigned to streams: once each, never in a circle, all of several or none, and taken off again."""

import pytest

from tests.support.tasks import tasks_of
from tests.support.workflows import workflow_of
from watchbill.services import services


@pytest.fixture
def stream(service, key, channels, monkeypatch):
    return workflow_of(tasks_of(service, key, monkeypatch), "bot", "enricher", "scorer")


def behind(agent, *upstream, **fields):
    return {"agent_id": agent, "depends_on_agent_ids": list(upstream), **fields}


def test_several_at_once_may_depend_on_each_other_and_are_listed_with_nobody_before_one_it_waits_for(stream):
    answer = stream.assign(
        behind("scorer", "enricher", assignment_role="scoring", execution_order=1),
        behind("enricher", "bot", auto_execute=True),
        behind("bot", execution_order=9),
    )

    assert answer.status == 201, answer.text
    assert [each["agent_name"] for each in answer.json["items"]] == ["scorer", "enricher", "bot"]
    listed = stream.tasks.get(f"{stream.address}/agents")["items"]
    assert [each["agent_name"] for each in listed] == ["bot", "enricher", "scorer"]
    bot, enricher, scorer = listed
    assert scorer["depends_on_agent_ids"] == [enricher["agent_id"]]
    assert (scorer["assignment_role"], scorer["is_active"], scorer["auto_execute"]) == ("scoring", True, False)
    assert (enricher["auto_execute"], enricher["execution_frequency"]) == (True, "triggered")
    assert (bot["total_executions"], bot["avg_execution_time_ms"], bot["last_executed_at"]) == (0, None, None)


def test_one_is_answered_by_itself_and_may_be_named_by_its_id(stream):
    agent_id = stream.tasks.get("/api/v1/agents/bot")["id"]

    answer = stream.ask("POST", "/agents", {"agent_id": agent_id})

    assert (answer.status, answer.json["agent_name"], answer.json["stream_id"]) == (201, "bot", stream.id)
    assert stream.agent("bot") == answer.json


def test_an_agent_is_assigned_to_a_stream_once_and_none_of_several_when_one_is(stream):
    stream.assign(behind("bot"))

    answer = stream.assign(behind("enricher"), behind("bot"))

    assert (answer.status, answer.json["detail"]) == (409, "agent 'bot' is assigned to the stream already")
    assert stream.assign(behind("scorer"), behind("scorer")).status == 409
    assert [each["agent_name"] for each in stream.tasks.get(f"{stream.address}/agents")["items"]] == ["bot"]


def test_a_circle_is_refused_and_named_when_it_is_made_and_when_it_is_closed_later(stream):
    at_once = stream.assign(behind("bot", "enricher"), behind("enricher", "bot"))
    stream.assign(behind("bot"), behind("enricher", "bot"), behind("scorer", "enricher"))

    later = stream.ask("PATCH", "/agents/bot", {"depends_on_agent_ids": ["scorer"]})

    assert at_once.status == later.status == 422
    assert "bot → enricher → bot" in at_once.json["detail"] or "enricher → bot → enricher" in at_once.json["detail"]
    assert later.json["detail"].startswith("these agents would wait for each other for ever: ")
    assert stream.agent("bot")["depends_on_agent_ids"] == []


def test_who_is_not_assigned_cannot_be_waited_for_and_is_named(stream):
    answer = stream.assign(behind("enricher", "bot"))
    unknown = stream.assign(behind("enricher", "nobody"))

    detail = "'enricher' depends on 'bot', which is not assigned to the stream"
    assert (answer.status, answer.json["detail"]) == (422, detail)
    assert (unknown.status, "'nobody'" in unknown.json["detail"]) == (422, True)


def test_what_is_not_there_is_not_found(stream):
    assert stream.assign(behind("nobody")).status == 404
    for method, what in (("PATCH", ""), ("DELETE", ""), ("POST", "/execute")):
        body = {"execution_order": 1} if method == "PATCH" else {}
        answer = stream.ask(method, f"/agents/bot{what}", body)
        assert (answer.status, "'bot' is not assigned" in answer.text) == (404, True)
    stream.id = "none"
    for method, what in (("GET", "/agents"), ("POST", "/agents"), ("GET", "/workflow"), ("DELETE", "/agents/bot")):
        assert stream.ask(method, what, behind("bot")).status == 404


def test_an_agent_is_taken_off_when_nobody_depends_on_it(stream):
    stream.assign(behind("bot"), behind("enricher", "bot"), behind("scorer", "bot"))

    refused = stream.ask("DELETE", "/agents/bot")
    for agent in ("enricher", "scorer", "bot"):
        assert refused.status == 422
        assert stream.ask("DELETE", f"/agents/{agent}").status == 204

    assert refused.json["detail"] == "other agents depend on 'bot': 'enricher', 'scorer'"
    assert stream.tasks.get(f"{stream.address}/agents")["items"] == []
    assert stream.assign(behind("bot")).status == 201


def test_a_change_sets_what_it_names_and_leaves_the_rest(stream):
    stream.assign(behind("bot"), behind("enricher", "bot", auto_execute=True))

    answer = stream.ask("PATCH", "/agents/enricher", {"is_active": False, "execution_order": 4})

    assert answer.status == 200
    assert (answer.json["is_active"], answer.json["execution_order"], answer.json["auto_execute"]) == (False, 4, True)
    assert len(answer.json["depends_on_agent_ids"]) == 1
    assert stream.agent("enricher") == answer.json
    assert stream.ask("PATCH", "/agents/enricher", {}).status == 400


def test_the_clock_is_told_of_an_assignment_as_its_frequency_and_the_organisation_s_days_say(stream):
    stream.ask("POST", "/agents", behind("bot", auto_execute=True, execution_frequency="daily"))
    due = stream.agent("bot")["next_due"]

    assert due.endswith("T00:00:00.000Z")
    for change in ({"auto_execute": False}, {"execution_frequency": "on_demand", "auto_execute": True}):
        assert stream.ask("PATCH", "/agents/bot", change).json["next_due"] is None
    assert not services("demo").workflow_follower.overdue()


def test_two_changes_at_once_do_not_close_a_circle(stream, monkeypatch):
    stream.assign(behind("bot"), behind("enricher"))
    store = services("demo").workflows._store
    change, meanwhile = store.change, [("bot", "enricher")]

    def interrupted(*arguments):
        for agent, upstream in [meanwhile.pop()] if meanwhile else []:
            assert stream.ask("PATCH", f"/agents/{agent}", {"depends_on_agent_ids": [upstream]}).status == 200
        change(*arguments)

    monkeypatch.setattr(store, "change", interrupted)
    answer = stream.ask("PATCH", "/agents/enricher", {"depends_on_agent_ids": ["bot"]})

    assert answer.status == 422
    assert "enricher → bot → enricher" in answer.text or "bot → enricher → bot" in answer.json["detail"]
