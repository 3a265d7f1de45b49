"""Announcing versions of an agent, and their order, which is that of versions and not of text."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.steps import announce, get, register
from watchbill.platform.clock import frozen_at

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
VERSIONS = "/api/v1/agents/my-agent/versions"
BODY = {
    "version": "1.0.2",
    "cluster": "123",
    "tools": ["tool1", "tool2"],
    "models": ["model1", "model2"],
    "deployment": "prod",
}


@pytest.fixture
def agent(service, key):
    """The id of an agent without versions."""
    return register(service, key)


def announced_in_order(service, key, *versions):
    for i, version in enumerate(versions):
        with frozen_at(NOW + timedelta(minutes=i)):
            announce(service, key, version=version)
    return [version["version"] for version in get(service, key, VERSIONS)]


def test_a_new_version_is_answered_as_it_is_announced(service, key, agent):
    with frozen_at(NOW):
        answer = service.request("POST", VERSIONS, BODY, key=key)

    assert answer.status == 201
    assert answer.json == BODY | {"agent_id": agent, "created_at": "2026-03-10T12:00:00.000Z"}


def test_a_version_is_found_by_the_agents_id_and_by_its_name(service, key, agent):
    version = service.request("POST", f"/api/v1/agents/{agent}/versions", BODY, key=key).json

    assert get(service, key, f"/api/v1/agents/{agent}/versions/1.0.2") == version
    assert get(service, key, f"{VERSIONS}/1.0.2") == version


def test_a_version_needs_no_more_than_its_name(service, key, agent):
    version = announce(service, key, version="2")

    assert (version["tools"], version["models"]) == ([], [])
    assert get(service, key, f"{VERSIONS}/2") == version


def test_a_version_announced_twice_is_a_conflict(service, key, agent):
    first = announce(service, key)

    answer = service.request("POST", VERSIONS, BODY, key=key)

    assert answer.status == 409
    assert answer.json["detail"] == "agent 'my-agent' has a version '1.0.2' already"
    assert get(service, key, f"{VERSIONS}/1.0.2") == first


def test_agents_have_versions_of_their_own(service, key, agent):
    register(service, key, "other")
    announce(service, key)

    announce(service, key, agent="other")

    assert len(get(service, key, "/api/v1/agents/other/versions")) == 1


@pytest.mark.parametrize(("method", "body"), [("POST", BODY), ("GET", None)])
def test_an_unknown_agent_has_no_versions(service, key, method, body):
    answer = service.request(method, "/api/v1/agents/nobody/versions", body, key=key)

    assert answer.status == 404


def test_an_unknown_version_is_not_found(service, key, agent):
    answer = service.request("GET", f"{VERSIONS}/9.9.9", key=key)

    assert answer.status == 404
    assert answer.json["detail"] == "agent 'my-agent' has no version '9.9.9'"


def test_versions_sort_as_versions(service, key, agent):
    order = announced_in_order(service, key, "1.10.0", "1.9.0", "2.0.0rc1", "2.0.0", "v1.9.5")

    assert order == ["2.0.0", "2.0.0rc1", "1.10.0", "v1.9.5", "1.9.0"]


def test_names_that_are_no_versions_come_last_the_latest_first(service, key, agent):
    order = announced_in_order(service, key, "blue", "1.0", "amber")

    assert order == ["1.0", "amber", "blue"]


def test_versions_that_are_equal_as_versions_sort_by_time(service, key, agent):
    order = announced_in_order(service, key, "1.0", "1.0.0", "v1")

    assert order == ["v1", "1.0.0", "1.0"]


@pytest.mark.parametrize("version", ["2026 Q1", "β-2", "🚢", "x" * 200])
def test_a_version_is_found_by_any_name_it_may_have(service, key, agent, version):
    announce(service, key, version=version)

    assert get(service, key, f"{VERSIONS}/{version}")["version"] == version
