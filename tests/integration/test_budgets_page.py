"""The page of budgets: what is spent, what is held, and models whose price nobody knows."""

import pytest

from tests.support.pages import Visitor, words_of
from tests.support.tasks import tasks_of
from tests.support.telemetry import agent, call, export

HOSTILE = "<img src=x onerror=alert(1)>"
BUDGETS = "/dashboard/budgets"


@pytest.fixture
def world(service, key, channels, monkeypatch):
    return tasks_of(service, key, monkeypatch)


def spend(service, key, cost):
    told = {"successRate": 1, "executionTime": 100, "cost": cost}
    body = {"strandId": "my-agent", "userId": HOSTILE, "taskId": "1", "taskType": "hello", "metrics": told}
    assert service.request("POST", "/api/analytics/performance", body, key=key).status == 201
    service.settle()


def rows(shown):
    return [words_of(row) for row in shown.all("//table[.//th='Spent']/tbody/tr")]


def test_a_budget_is_set_shown_changed_and_removed(service, key, visitor):
    visitor.get(BUDGETS)
    spend(service, key, 3)
    set_ = visitor.post(BUDGETS, scope="user", subject=HOSTILE, period="day", limit="2.50")

    assert HOSTILE in rows(set_)[0]
    assert not set_.all("//img")
    assert "$3.00 of $2.50, 120.0% held 0 tasks until" in rows(set_)[0]
    (bar,) = set_.all("//*[contains(@class, 'bar held')]")
    assert [rect.get("width") for rect in bar] == ["100", "100.0", ".6"]
    (change,) = set_.all("//form[contains(@action, '/limit')]/@action")
    changed = visitor.post(change, limit="10")
    assert "$3.00 of $10.00, 30.0% ok nothing" in rows(changed)[0]
    (remove,) = changed.all("//form[contains(@action, '/remove')]/@action")
    assert "There is no budget" in visitor.post(remove).words


@pytest.mark.parametrize(
    ("typed", "status"), [({"limit": "none"}, 400), ({"limit": "0"}, 400), ({"scope": "agent", "subject": "who"}, 404)]
)
def test_what_is_no_budget_is_not_set(visitor, typed, status):
    visitor.get(BUDGETS)

    shown = visitor.post(BUDGETS, **{"scope": "organisation", "period": "month", "limit": "5"} | typed)

    assert shown.status == status
    assert rows(visitor.get(BUDGETS)) == []


def test_what_holds_is_brought_alone_when_it_changes(service, key, visitor):
    spend(service, key, 1)
    service.request("POST", "/api/budgets", {"scope": "organisation", "period": "month", "limit": 5}, key=key)

    shown = visitor.get("/dashboard/parts/budgets", **{"hx-request": "true"})

    assert "$1.00 of $5.00, 20.0%" in shown.words
    assert "<html" not in shown.text


def test_who_lacks_the_scope_sees_budgets_and_changes_none(service, key):
    there = service.request(
        "POST", "/api/budgets", {"scope": "organisation", "period": "day", "limit": 5}, key=key
    ).json
    reader = service.request("POST", "/api/keys", {"name": "reader", "scopes": ["read"]}, key=key).json
    visitor = Visitor().sign_in(reader["secret"])

    shown = visitor.get(BUDGETS)

    assert len(rows(shown)) == 1
    assert not shown.all("//main//form")
    for address in (BUDGETS, f"{BUDGETS}/{there['id']}/limit", f"{BUDGETS}/{there['id']}/remove"):
        assert visitor.post(address, scope="organisation", period="month", limit="9").status == 403
    for address in ("/dashboard/prices", "/dashboard/prices/reprice"):
        assert visitor.post(address, model="m", input="1", output="1").status == 403


def test_another_organisation_s_budget_is_not_found(service, visitor):
    other = service.organisation("other")
    wish = {"scope": "organisation", "period": "day", "limit": 5}
    theirs = service.request("POST", "/api/budgets", wish, key=other).json

    visitor.get(BUDGETS)

    assert visitor.post(f"{BUDGETS}/{theirs['id']}/limit", limit="9").status == 404
    assert visitor.post(f"{BUDGETS}/{theirs['id']}/remove").status == 404


def test_models_without_a_price_are_shown_and_priced(key, visitor, world):
    house = {"gen_ai__provider__name": "house", "gen_ai__request__model": "house-1"}
    assert export(world.service, key, [agent(), call(tokens=(1_000_000, 0), **house)]).status == 200
    world.go_on()
    assert "house-1 1" in visitor.get(BUDGETS).words

    stated = visitor.post("/dashboard/prices", model="house-1", input="0.5", output="1.5")
    visitor.post("/dashboard/prices/reprice")
    world.go_on()

    assert "The price of house-1 is known." in stated.words
    assert [run["cost"] for run in world.get("/api/v1/agents/writer/runs")] == [0.5]
    assert "the price of every model that was called is known" in visitor.get(BUDGETS).words
