"""Spans that are sent become runs of agents, whichever way they come."""

from dataclasses import replace
from typing import Any

import pytest

from tests.support.service import Service
from tests.support.tasks import Tasks, tasks_of
from tests.support.telemetry import agent, call, export, tool

COST = 0.0045
NOW = 1_772_445_600_000


@pytest.fixture
def world(service: Service, key: str, monkeypatch: pytest.MonkeyPatch) -> Tasks:
    return tasks_of(service, key, monkeypatch)


def runs_of(world: Tasks, name: str = "writer") -> list[dict[str, Any]]:
    return world.get(f"/api/v1/agents/{name}/runs")


def test_a_trace_becomes_a_run_with_tokens_tools_and_cost(world: Tasks) -> None:
    answer = export(world.service, world.key, [agent(gen_ai__conversation__id="s1"), call(), tool()])
    assert (answer.status, answer.text) == (200, "")
    (run,) = runs_of(world)
    assert run["status"] == "completed"
    assert run["tokens"] | {} == {**run["tokens"], "input": 1_000, "output": 200, "total": 1_200}
    assert (run["cost"], run["tools"], run["models"], run["session_id"]) == (COST, ["search"], ["gpt-4o"], "s1")
    trace = world.get(f"/api/runs/{run['run_id']}/trace")
    assert [(one["name"], one["depth"], one["kind"]) for one in trace["spans"]] == [
        ("invoke_agent writer", 0, "agent"),
        ("chat gpt-4o", 1, "model"),
        ("execute_tool search", 1, "tool"),
    ]
    assert world.get("/api/sessions/s1/trace")["traces"] == [trace]


def test_an_agent_that_was_met_in_a_trace_is_registered_by_its_team_later(world: Tasks) -> None:
    export(world.service, world.key, [agent(gen_ai__agent__version="2"), call()])
    assert [version["version"] for version in world.get("/api/v1/agents/writer/versions")] == ["2"]

    claimed = world.post("/api/v1/agents/writer/register", {"project": "letters"})

    assert (claimed["project"], world.get("/api/v1/agents/writer")["project"]) == ("letters", "letters")
    taken = world.service.request("POST", "/api/v1/agents/writer/register", {"project": "other"}, key=world.key)
    assert taken.status == 409


def test_a_run_that_was_taken_for_its_childs_is_in_the_list_of_its_own_agent_only(world: Tasks) -> None:
    export(world.service, world.key, [agent("helper", "invoke_agent boss"), call("invoke_agent helper")], begin_ms=NOW)
    (alone,) = runs_of(world, "helper")
    export(world.service, world.key, [replace(agent("boss"), end=2_000)], begin_ms=NOW)

    (boss,), (helper,) = runs_of(world, "boss"), runs_of(world, "helper")
    assert boss["run_id"] == alone["run_id"] == helper["parent_run_id"]
    assert (boss["cost"], helper["cost"]) == (None, COST)
