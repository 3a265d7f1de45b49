"""Registering agents, finding them again by id or name, and changing them."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.steps import get, register
from watchbill.platform.clock import frozen_at
from watchbill.registry.rules import RESERVED_NAMES

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
REGISTER = "/api/v1/agents/my-agent/register"
BODY = {"name": "my-agent", "project": "my-project"}

RUNTIME = {"kind": "lambda", "function": "watchbill-agent-scout"}
USUAL = {
    "agent_type": None,
    "runtime": None,
    "configuration": {},
    "is_active": True,
    "is_paused": False,
    "max_retries": 3,
    "timeout": 300,
    "concurrency": None,
    "schedule_cron": None,
    "time_zone": "UTC",
    "next_run_at": None,
}


def test_a_new_agent_is_answered_as_it_is_registered(service, key):
    with frozen_at(NOW):
        answer = service.request("POST", REGISTER, BODY | {"type": "scout"}, key=key)

    assert answer.status == 201
    agent_id = answer.json.pop("id")
    assert re.fullmatch("[0-9a-f]{24}", agent_id)
    assert answer.json == {
        "id": agent_id,
        "name": "my-agent",
        "project": "my-project",
        "type": "scout",
        "created_at": "2026-03-10T12:00:00.000Z",
        "updated_at": "2026-03-10T12:00:00.000Z",
    }


def test_registering_the_same_agent_again_answers_the_agent_there_is(service, key):
    first = service.request("POST", REGISTER, BODY, key=key)

    again = service.request("POST", REGISTER, BODY, key=key)

    assert (again.status, again.json) == (200, first.json)
    assert get(service, key, "/api/v1/agents") == [first.json]


def test_a_name_taken_by_another_project_is_a_conflict(service, key):
    first = service.request("POST", REGISTER, BODY, key=key)

    other = service.request("POST", REGISTER, BODY | {"project": "another"}, key=key)

    assert other.status == 409
    assert "'my-project'" in other.json["detail"]
    assert get(service, key, "/api/v1/agents/my-agent").items() >= first.json.items()


@pytest.mark.parametrize("body", [{"name": "", "project": "p"}, {"project": "p"}])
def test_an_empty_name_in_the_body_means_the_name_in_the_address(service, key, body):
    answer = service.request("POST", REGISTER, body, key=key)

    assert (answer.status, answer.json["name"]) == (201, "my-agent")


def test_a_body_that_names_another_agent_than_the_address_is_refused(service, key):
    answer = service.request("POST", REGISTER, BODY | {"name": "your-agent"}, key=key)

    assert answer.status == 400
    assert "'my-agent'" in answer.json["detail"]
    assert "'your-agent'" in answer.json["detail"]
    assert get(service, key, "/api/v1/agents") == []


@pytest.mark.parametrize("name", sorted(RESERVED_NAMES))
def test_a_name_that_is_part_of_other_addresses_is_reserved(service, key, name):
    answer = service.request("POST", f"/api/v1/agents/{name}/register", {"project": "p"}, key=key)

    assert answer.status == 400
    assert f"'{name}' is reserved" in answer.json["detail"]


@pytest.mark.parametrize("name", ["My Agent", "Übersetzer", "监视", "a:b@c", "🤖", "a%b".replace("%", "~"), "x" * 200])
def test_an_agent_is_found_by_any_name_it_may_have(service, key, name):
    agent_id = register(service, key, name)

    assert get(service, key, f"/api/v1/agents/{name}")["id"] == agent_id


def test_an_agent_is_found_when_the_address_is_not_decoded_on_the_way(service, key):
    agent_id = register(service, key, "my agent")

    assert get(service, key, "/api/v1/agents/my%20agent")["id"] == agent_id


def test_an_agent_is_found_by_its_id(service, key):
    agent_id = register(service, key)

    assert get(service, key, f"/api/v1/agents/{agent_id}")["name"] == "my-agent"


def test_an_id_wins_over_a_name_that_looks_like_one(service, key):
    agent_id = register(service, key, "first")
    register(service, key, agent_id)

    assert get(service, key, f"/api/v1/agents/{agent_id}")["name"] == "first"


def test_an_agent_named_like_an_id_is_found_by_that_name(service, key):
    name = "0123456789abcdef01234567"
    agent_id = register(service, key, name)

    assert get(service, key, f"/api/v1/agents/{name}")["id"] == agent_id


@pytest.mark.parametrize("reference", ["nobody", "0123456789abcdef01234567", "MY-AGENT"])
def test_an_unknown_agent_is_not_found(service, key, reference):
    register(service, key)

    answer = service.request("GET", f"/api/v1/agents/{reference}", key=key)

    assert answer.status == 404
    assert answer.json["detail"] == f"there is no agent '{reference}'"


def test_a_change_sets_what_it_names_and_leaves_the_rest(service, key):
    with frozen_at(NOW):
        agent = service.request("POST", REGISTER, BODY, key=key).json
    with frozen_at(NOW + timedelta(hours=1)):
        changed = service.request("PATCH", "/api/v1/agents/my-agent", {"type": "scout"}, key=key)

    expected = agent | {"type": "scout", "updated_at": "2026-03-10T13:00:00.000Z"}
    assert (changed.status, changed.json) == (200, USUAL | expected | {"secret": None})
    assert get(service, key, f"/api/v1/agents/{agent['id']}") == USUAL | expected
    assert get(service, key, "/api/v1/agents") == [expected]


def test_how_an_agent_is_run_is_set_part_by_part(service, key):
    register(service, key)
    address = "/api/v1/agents/my-agent"
    service.request("PATCH", address, {"runtime": RUNTIME}, key=key)
    service.request("PATCH", address, {"concurrency": 2, "timeout": 60}, key=key)

    changed = service.request("PATCH", address, {"concurrency": None, "configuration": {"a": [1]}}, key=key).json

    expected = USUAL | {
        "runtime": RUNTIME,
        "timeout": 60,
        "configuration": {"a": [1]},
    }
    assert {name: changed[name] for name in USUAL} == expected
    assert get(service, key, address) | {"secret": None} == changed


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"runtime": {"kind": "cloud"}}, "runtime"),
        ({"runtime": {"kind": "lambda", "function": "somebody-else-s"}}, "function"),
        ({"runtime": {"kind": "lambda"}}, "function"),
        ({"timeout": 0}, "timeout"),
        ({"timeout": 86_401}, "timeout"),
        ({"concurrency": 0}, "concurrency"),
        ({"max_retries": 11}, "max_retries"),
        ({"configuration": {"a": "x" * 20_000}}, "16,000 bytes"),
        ({"is_active": None}, "is_active"),
    ],
)
def test_an_agent_that_could_not_be_run_so_is_refused(service, key, wrong, named):
    register(service, key)

    answer = service.request("PATCH", "/api/v1/agents/my-agent", wrong, key=key)

    assert answer.status == 400
    assert named in answer.text


@pytest.mark.parametrize("change", [{}, {"project": None}, {"type": None, "project": None}])
def test_a_change_of_nothing_is_refused(service, key, change):
    register(service, key)

    answer = service.request("PATCH", "/api/v1/agents/my-agent", change, key=key)

    assert answer.status == 400
    assert "project or type" in answer.json["detail"]


def test_an_unknown_agent_cannot_be_changed(service, key):
    answer = service.request("PATCH", "/api/v1/agents/nobody", {"project": "p"}, key=key)

    assert answer.status == 404
