"""Who did what, and when: written down before it is done, by every route and page that changes something."""

import importlib
import json
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from infra.declarations import Api
from infra.functions import FUNCTIONS
from tests.support.local_table import every_item
from tests.support.pages import Visitor
from tests.support.routes import PUBLIC
from tests.support.service import API_FUNCTIONS
from tests.support.steps import (
    A_BUDGET,
    A_SUBSCRIPTION,
    BUDGETS,
    SUBSCRIPTIONS,
    get,
    issue_key,
    made,
    post_run,
    prepare,
)
from watchbill.audit import service as audit
from watchbill.audit.store import AuditStore
from watchbill.platform.clock import frozen_at
from watchbill.platform.http import Unaudited

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
AUDIT = "/api/audit"


@pytest.fixture
def key(service):
    with frozen_at(NOON - timedelta(days=60)):
        return service.organisation("demo")


def log(service, key, query=""):
    return get(service, key, f"{AUDIT}{query}")["items"]


def newest(service, key):
    return log(service, key, "?limit=1")[0]


def test_an_entry_says_who_did_what_to_what_and_how_it_ended(service, key):
    with frozen_at(NOON):
        issued = made(service.request("POST", "/api/keys", {"name": "ci", "scopes": ["read"]}, key=key))
        entry = newest(service, key)

    (operator,) = [one["id"] for one in get(service, key, "/api/keys")["items"] if one["name"] == "operator"]
    assert len(entry.pop("id")) == 26
    assert entry == {
        "at": "2026-03-10T12:00:00.000Z",
        "actor": {"kind": "key", "key_id": operator, "name": "operator"},
        "action": "identity.issue_key",
        "resource": "/api/keys",
        "outcome": "done",
        "status": 201,
        "made": issued["id"],
        "request_id": "request-1",
    }


def test_the_name_of_a_key_outlives_it(service, key):
    with frozen_at(NOON):
        short = issue_key(service, key, "admin")
        service.request("PATCH", "/api/organisation", {"name": "New"}, key=short)
        (key_id,) = [one["id"] for one in get(service, key, "/api/keys")["items"] if one["name"] == "narrow"]
        service.request("DELETE", f"/api/keys/{key_id}", key=key)
        (changed, *_) = log(service, key, "?actor=narrow")
        to_the_key = log(service, key, f"?resource={key_id}")

    assert (changed["action"], changed["actor"]["key_id"]) == ("identity.change_organisation", key_id)
    assert [one["action"] for one in to_the_key] == ["identity.revoke_key", "identity.issue_key"]


def test_nothing_that_was_sent_or_answered_in_confidence_is_in_the_log(service, key, channels):
    with frozen_at(NOON):
        issued = made(service.request("POST", "/api/keys", {"name": "ci", "scopes": ["read"]}, key=key))
        wish = A_SUBSCRIPTION | {"target": "http://127.0.0.1:9/confidential"}
        subscribed = made(service.request("POST", SUBSCRIPTIONS, wish, key=key))

    kept = json.dumps([item for item in every_item() if "#AUDIT#" in item["pk"]["S"]], default=str)
    assert issued["id"] in kept
    assert not [secret for secret in (key, issued["secret"], subscribed["secret"], "confidential") if secret in kept]


def test_who_is_refused_is_in_the_log_and_a_stranger_is_not(service, key):
    with frozen_at(NOON):
        reader = issue_key(service, key, "read")
        before = len(log(service, key))
        assert service.request("POST", BUDGETS, A_BUDGET, key=reader).status == 403
        assert service.request("POST", BUDGETS, A_BUDGET, key=None).status == 401
        assert service.request("POST", BUDGETS, A_BUDGET, key="wb_demo_" + "a" * 43).status == 401
        found = log(service, key)

    assert len(found) == before + 1
    assert (found[0]["actor"]["name"], found[0]["outcome"], found[0]["status"]) == ("narrow", "refused", 403)


def test_reading_and_the_records_of_agents_are_not_in_the_log(service, key):
    with frozen_at(NOON):
        prepare(service, key)
        before = log(service, key)
        post_run(service, key, id=1)
        get(service, key, "/api/keys")

        assert log(service, key) == before


def test_nothing_is_done_of_which_no_note_can_be_taken(service, key, monkeypatch):
    with frozen_at(NOON), monkeypatch.context() as broken:
        broken.setattr(AuditStore, "put", throttled)
        answer = service.request("POST", "/api/keys", {"name": "ci", "scopes": ["read"]}, key=key)

    assert (answer.status, answer.headers["Content-Type"]) == (429, "application/problem+json")
    assert [one["name"] for one in get(service, key, "/api/keys")["items"]] == ["operator"]


def test_what_is_done_stays_done_when_its_end_cannot_be_noted_and_the_log_says_that_nobody_knows(
    service, key, monkeypatch, caplog
):
    put = AuditStore.put
    with frozen_at(NOON), monkeypatch.context() as broken:
        broken.setattr(AuditStore, "put", lambda *args: throttled() if args[1].status else put(*args))
        answer = service.request("POST", "/api/keys", {"name": "ci", "scopes": ["read"]}, key=key)
    with frozen_at(NOON):
        entry = newest(service, key)

    assert answer.status == 201
    assert (entry["action"], entry["outcome"], entry["status"]) == ("identity.issue_key", "unknown", None)
    assert "how something ended could not be written down" in caplog.text


def test_a_handler_that_dies_leaves_an_entry_that_says_that_it_failed(service, key, monkeypatch):
    from watchbill.identity.service import IdentityService

    def die(*_):
        raise ZeroDivisionError

    with frozen_at(NOON), monkeypatch.context() as broken:
        broken.setattr(IdentityService, "issue_key", die)
        with pytest.raises(ZeroDivisionError):
            service.request("POST", "/api/keys", {"name": "ci", "scopes": ["read"]}, key=key)
    with frozen_at(NOON):
        entry = newest(service, key)

    assert (entry["outcome"], entry["status"]) == ("failed", 500)


def test_the_log_is_read_in_pages_over_months_newest_first(service, key):
    for days in (1, 20, 40):
        with frozen_at(NOON - timedelta(days=days)):
            service.request("PATCH", "/api/organisation", {"name": f"before {days}"}, key=key)
    with frozen_at(NOON):
        whole = log(service, key)
        pages, address = [], f"{AUDIT}?limit=1"
        while address:
            page = get(service, key, address)
            pages += page["items"]
            address = f"{AUDIT}?limit=1&cursor={page['next_cursor']}" if page["next_cursor"] else None
        since = log(service, key, "?from=2026-02-01T00:00:00Z&to=2026-03-01T00:00:00Z")

    assert [one["at"][:10] for one in whole] == ["2026-03-09", "2026-02-18", "2026-01-29", "2026-01-09"]
    assert pages == whole
    assert since == [whole[1]]


def test_what_is_rare_is_looked_for_in_steps(service, key, monkeypatch):
    monkeypatch.setattr(audit, "MOST_LOOKED_AT", 3)
    with frozen_at(NOON):
        service.request("POST", "/api/keys", {"name": "ci", "scopes": ["read"]}, key=key)
        for i in range(4):
            service.request("PATCH", "/api/organisation", {"name": f"name {i}"}, key=key)
        first = get(service, key, f"{AUDIT}?action=identity.issue_key")
        second = get(service, key, f"{AUDIT}?action=identity.issue_key&cursor={first['next_cursor']}")

    assert first["items"] == []
    assert [one["action"] for one in second["items"]] == ["identity.issue_key"]


def test_an_entry_is_kept_as_long_as_the_organisation_says(service, key):
    with frozen_at(NOON):
        service.request("PATCH", "/api/analytics/configuration", {"auditRetentionDays": 30}, key=key)
        service.request("PATCH", "/api/organisation", {"name": "later"}, key=key)
    kept = [item for item in every_item() if "#AUDIT#2026-03" in item["pk"]["S"]]

    days = {item["action"]["S"]: (int(item["expires_at"]["N"]) - NOON.timestamp()) / 86_400 for item in kept}
    assert days == {"configuration.change_configuration": 400, "identity.change_organisation": 30}


def test_what_is_done_on_the_page_is_in_the_log_under_the_names_that_the_api_has_for_it(service, key):
    with frozen_at(NOON):
        visitor = Visitor().sign_in(key)
        visitor.get("/dashboard/keys")
        visitor.post("/dashboard/keys", name="by hand", scopes="read")
        visitor.post("/dashboard/keys/unknown/revoke")
        visitor.post("/dashboard/sign-out")
        found = log(service, key, "?from=2026-03-01T00:00:00Z")

    assert [(one["action"], one["outcome"]) for one in reversed(found)] == [
        ("dashboard.sign_in", "done"),
        ("identity.issue_key", "done"),
        ("identity.revoke_key", "refused"),
        ("dashboard.sign_out", "done"),
    ]
    assert {one["actor"]["kind"] for one in found} == {"session"}


def test_the_page_shows_the_log_by_what_its_address_asks_for(service, key):
    with frozen_at(NOON):
        service.request("PATCH", "/api/organisation", {"name": "New"}, key=key)
        visitor = Visitor().sign_in(key)
        whole = visitor.get("/dashboard/audit")
        asked = visitor.get(
            "/dashboard/audit?actor=operator&action=identity&first=2026-03-10&last=2026-03-10&resource="
        )
        none = visitor.get("/dashboard/audit?last=2026-03-09&actor=nobody")
        reader = Visitor().sign_in(issue_key(service, key, "read"))
        refused = reader.get("/dashboard/audit")

    actions = [[cell.text for cell in shown.all("//tbody/tr/td[2]")] for shown in (whole, asked)]
    assert actions == [
        ["dashboard.sign_in", "identity.change_organisation", "identity.provision"],
        ["identity.change_organisation"],
    ]
    assert "None that is asked for." in none.words
    assert refused.status == 403
    assert "/dashboard/audit" not in reader.get("/dashboard").text


def test_whoever_cannot_be_noted_as_signed_in_is_not(service, key, monkeypatch):
    with frozen_at(NOON), monkeypatch.context() as broken:
        broken.setattr(AuditStore, "put", throttled)
        visitor = Visitor()
        answer = visitor.post("/dashboard/sign-in", key=key)

    assert answer.status == 429
    assert visitor.cookies == {}


def test_two_organisations_do_not_see_what_the_other_did(service, key):
    with frozen_at(NOON):
        other = service.organisation("other")
        service.request("PATCH", "/api/organisation", {"name": "other"}, key=other)

        assert "identity.change_organisation" not in [one["action"] for one in log(service, key)]
        cursor = get(service, other, f"{AUDIT}?limit=1")["next_cursor"]
        assert service.request("GET", f"{AUDIT}?limit=1&cursor={cursor}", key=key).status == 400


def routes_of(function):
    app = importlib.import_module(f"functions.{function}.handler").app
    return app, [route for route in app._static_routes + app._dynamic_routes if route.method != "GET"]


@pytest.mark.parametrize("function", API_FUNCTIONS)
def test_whatever_changes_something_is_in_the_log_or_says_why_not(function):
    app, changing = routes_of(function)
    audited = app.audited()
    for route in changing:
        reasons = [one.why for one in route.middlewares if isinstance(one, Unaudited)]
        where = (route.method, route.path)
        assert (where in audited) != bool(reasons) or where in PUBLIC
    assert not audited or app.trail is not None


def test_functions_whose_deeds_are_in_the_log_may_write_it():
    declared = {function.name: function for function in FUNCTIONS if isinstance(function.trigger, Api)}
    writing = [name for name in API_FUNCTIONS if routes_of(name)[0].audited()] + ["dashboard"]

    assert len(writing) > 20
    assert [name for name in writing if not {"PutItem", "Query"} <= set(declared[name].table)] == []


def test_on_the_page_only_what_the_api_does_without_is_not_in_the_log():
    pages = importlib.import_module("functions.dashboard.handler").PAGES
    posts = [page for module in pages for page in module.pages.all if page.method == "POST"]
    known = {action for name in API_FUNCTIONS for action in routes_of(name)[0].audited().values()}

    assert {page.action for page in posts if page.action} - known == {"dashboard.sign_out"}
    assert {page.path for page in posts if page.action is None} == {
        "/dashboard/sign-in",  # whoever signs in is noted once it is known who they are
        "/dashboard/live-ticket",
        "/dashboard/tasks",
        "/dashboard/chat",
        "/dashboard/chat/<session>",
    }


def throttled(*_):
    error = {"Code": "ProvisionedThroughputExceededException", "Message": "slow down"}
    raise ClientError({"Error": error}, "PutItem")  # type: ignore[arg-type]
