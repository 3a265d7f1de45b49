"""API keys: issued once with their secret, listed without it, revoked for good; and the organisation they act for."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.steps import get, issue_key, made
from watchbill.platform.clock import frozen_at

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def test_a_key_is_issued_with_its_secret(service, key):
    with frozen_at(NOW):
        answer = service.request("POST", "/api/keys", {"name": "ci", "scopes": ["read", "ingest", "read"]}, key=key)

    issued = answer.json
    assert answer.status == 201
    assert issued["secret"].startswith("wb_demo_")
    assert {name: issued[name] for name in ("name", "scopes", "created_at")} == {
        "name": "ci",
        "scopes": ["ingest", "read"],
        "created_at": "2026-03-10T12:00:00.000Z",
    }


def test_keys_are_listed_newest_first_and_without_their_secrets(service, key):
    issued = []
    for minute, name in enumerate(["first", "second"]):
        with frozen_at(datetime.now(UTC) + timedelta(minutes=1 + minute)):
            issued.append(made(service.request("POST", "/api/keys", {"name": name, "scopes": ["read"]}, key=key)))

    listed = get(service, key, "/api/keys")

    assert listed["next_cursor"] is None
    assert [item["name"] for item in listed["items"]] == ["second", "first", "operator"]
    assert listed["items"][1] == {name: value for name, value in issued[0].items() if name != "secret"}


def test_a_revoked_key_is_refused_and_the_others_go_on(service, key):
    first, second = issue_key(service, key, "read"), issue_key(service, key, "read")
    assert service.request("GET", "/api/v1/agents", key=first).status == 200
    key_id = get(service, key, "/api/keys")["items"][1]["id"]

    answer = service.request("DELETE", f"/api/keys/{key_id}", key=key)

    assert (answer.status, answer.text) == (204, "")
    refused, works = (service.request("GET", "/api/v1/agents", key=secret).status for secret in (first, second))
    assert sorted([refused, works]) == [200, 401]
    assert key_id not in [item["id"] for item in get(service, key, "/api/keys")["items"]]


def test_a_key_may_revoke_itself(service, key):
    (item,) = get(service, key, "/api/keys")["items"]

    assert service.request("DELETE", f"/api/keys/{item['id']}", key=key).status == 204
    assert service.request("GET", "/api/keys", key=key).status == 401


def test_a_key_cannot_be_revoked_twice(service, key):
    issue_key(service, key, "read")
    key_id = get(service, key, "/api/keys")["items"][0]["id"]
    service.request("DELETE", f"/api/keys/{key_id}", key=key)

    answer = service.request("DELETE", f"/api/keys/{key_id}", key=key)

    assert answer.status == 404
    assert answer.json["detail"] == f"there is no key '{key_id}'"


def test_provisioning_again_leaves_the_organisation_and_issues_another_key(service, key):
    service.request("PATCH", "/api/organisation", {"name": "Mine", "time_zone": "Europe/Madrid"}, key=key)

    second = service.organisation("demo", "Asia/Tokyo")

    organisation = get(service, second, "/api/organisation")
    assert (organisation["name"], organisation["time_zone"]) == ("Mine", "Europe/Madrid")
    assert get(service, key, "/api/organisation") == organisation
    assert len(get(service, second, "/api/keys")["items"]) == 2


def test_provisioning_answers_the_organisation_and_a_key_with_every_scope(service):
    answer = service.invoke("provision", {"organisation": "acme", "name": "Acme", "time_zone": "Asia/Kolkata"})

    assert answer["organisation"].keys() == {"id", "name", "time_zone", "created_at"}
    assert answer["organisation"]["time_zone"] == "Asia/Kolkata"
    assert answer["key"]["scopes"] == ["admin", "execute", "ingest", "read"]
    assert get(service, answer["key"]["secret"], "/api/organisation") == answer["organisation"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"name": "New"}, ("New", "UTC")),
        ({"time_zone": "Europe/Madrid"}, ("demo", "Europe/Madrid")),
        ({"name": "New", "time_zone": "Asia/Kolkata"}, ("New", "Asia/Kolkata")),
    ],
)
def test_an_organisation_is_changed_in_what_the_change_names(service, key, change, expected):
    answer = service.request("PATCH", "/api/organisation", change, key=key)

    assert (answer.status, answer.json["name"], answer.json["time_zone"]) == (200, *expected)
    assert get(service, key, "/api/organisation") == answer.json
