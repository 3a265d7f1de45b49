"""Budgets: who has spent theirs has no further task started, until the period is over or the budget raised."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.alert_steps import deliver
from tests.support.bus import Bus
from tests.support.receiver import receiving
from tests.support.steps import BUDGETS, a_budget, a_campaign, get, post_run, prepare, register, subscribe
from tests.support.tasks import FUNCTION, tasks_of
from watchbill.platform.clock import frozen_at
from watchbill.platform.functions import Invoked

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
MIDNIGHT = "2026-03-11T00:00:00.000Z"


@pytest.fixture
def tasks(service, key, channels, monkeypatch):
    """Tasks of agents that cost 2 USD each."""
    tasks = tasks_of(service, key, monkeypatch)
    tasks.agent.afterwards = Invoked({"output": 1, "metrics": {"cost": 2}})
    return tasks


@pytest.fixture
def at_noon():
    with frozen_at(NOON):
        yield


def standing(tasks, budget):
    found = tasks.get(f"{BUDGETS}/{budget['id']}")
    return found["state"], found["spent"], found["held_tasks"]


def held(tasks, task):
    """Why a task does not start, which must be one reason."""
    (reason,) = tasks.get(f"/api/tasks/{task['id']}/why")["reasons"]
    return reason


def statuses(tasks, *made):
    return [tasks.get(f"/api/tasks/{task['id']}")["status"] for task in made]


def test_an_agent_s_tasks_wait_until_its_day_is_over_and_others_start(service, key, tasks):
    register(service, key, "other")
    runtime = {"runtime": {"kind": "lambda", "function": FUNCTION}}
    service.request("PATCH", "/api/v1/agents/other", runtime, key=key)
    with frozen_at(NOON):
        budget = a_budget(service, key, scope="agent", subject="worker", period="day", limit=2)
        first = tasks.make()
        tasks.go_on()
        waiting, other = tasks.make(), tasks.make(agent_id="other")
        tasks.go_on()

        assert statuses(tasks, first, waiting, other) == ["completed", "pending", "completed"]
        assert standing(tasks, budget) == ("held", 2, 1)
        reason = held(tasks, waiting)
        assert (reason["hold"], reason["until"]) == ("budget", MIDNIGHT)
        assert reason["reason"] == (
            "2 of 2 USD for the day are spent by agent 'worker': "
            "its budget frees at 2026-03-11 00:00 UTC, or when it is raised"
        )
    with frozen_at(NOON + timedelta(hours=12)):
        assert standing(tasks, budget) == ("ok", 0, None)
        service.invoke("due", {})
        tasks.go_on()

        assert statuses(tasks, waiting) == ["completed"]
        # Its run is one of the day on which it was asked for.
        assert standing(tasks, budget) == ("ok", 0, None)


@pytest.mark.usefixtures("at_noon")
@pytest.mark.parametrize("freeing", ["raised", "removed", "corrected"])
def test_what_was_held_starts_by_itself_as_soon_as_there_is_money_again(service, key, tasks, freeing):
    budget = a_budget(service, key, scope="organisation", subject=None, period="month", limit=2)
    tasks.make()
    tasks.go_on()
    waiting = tasks.make()
    tasks.go_on()
    assert statuses(tasks, waiting) == ["pending"]
    assert held(tasks, waiting)["until"] == "2026-04-01T00:00:00.000Z"

    match freeing:
        case "raised":
            changed = service.request("PATCH", f"{BUDGETS}/{budget['id']}", {"limit": 3}, key=key).json
            assert (changed["state"], changed["share"], changed["frees_at"]) == ("ok", 0.6667, None)
        case "removed":
            assert service.request("DELETE", f"{BUDGETS}/{budget['id']}", key=key).status == 204
        case "corrected":
            (spent,) = (run for run in tasks.get("/api/v1/agents/worker/runs") if run["status"] == "completed")
            address = f"/api/v1/agents/worker/runs/{spent['run_id']}"
            assert service.request("PATCH", address, {"cost": 0.5}, key=key).status == 200
    tasks.go_on()

    assert statuses(tasks, waiting) == ["completed"]


@pytest.mark.usefixtures("at_noon")
def test_a_user_s_and_a_campaign_s_tasks_wait_and_nobody_else_s(service, key, tasks):
    campaign = a_campaign(service, key, name="Spring")
    budgets = [
        a_budget(service, key, subject="eve", period="day", limit=5),
        a_budget(service, key, scope="campaign", subject=campaign, period="day", limit=1),
    ]
    post_run(service, key, "worker", "unversioned", created="2026-03-10T01:00:00Z", user_id="eve", cost=5)
    run = {"created": "2026-03-10T02:00:00Z", "campaign_id": campaign, "user_id": "bob", "cost": 1}
    post_run(service, key, "worker", "unversioned", **run)
    tasks.go_on()

    eve_s, bob_s, nobody_s = tasks.make(user_id="eve"), tasks.make(user_id="bob"), tasks.make()
    for_it = tasks.service.request("POST", "/api/agents/campaign/worker/run?wait=0", {"campaignId": campaign}, key=key)
    tasks.go_on()

    assert statuses(tasks, eve_s, bob_s, nobody_s) == ["pending", "completed", "completed"]
    assert held(tasks, eve_s)["reason"].startswith("5 of 5 USD for the day are spent by user 'eve'")
    assert for_it.status == 202, for_it.text
    (campaign_s,) = (task for task in tasks.get("/api/tasks?status=pending")["items"] if task["campaign_id"])
    assert held(tasks, campaign_s)["reason"].startswith("1 of 1 USD for the day are spent by campaign 'Spring'")
    assert [standing(tasks, budget)[2] for budget in budgets] == [1, 1]


@pytest.mark.usefixtures("at_noon")
def test_a_budget_knows_what_was_spent_before_it_was_set_and_each_share_is_told_once(service, key, tasks):
    bus = Bus(service)
    prepare(service, key)
    post_run(service, key, id=1, created="2026-03-01T00:00:00Z", cost=8)
    post_run(service, key, id=2, created="2026-02-28T23:59:59Z", cost=50)
    tasks.go_on()
    with receiving() as endpoint:
        subscribe(service, key, target=endpoint.url, kinds=["budget-warned", "budget-held"])
        budget = a_budget(service, key, scope="organisation", subject=None, limit=10)
        post_run(service, key, id=3, created="2026-03-10T11:59:59Z", cost=2.5)
        tasks.go_on()
        for _ in range(2):
            post_run(service, key, id=4, created="2026-03-10T11:59:59Z", cost=1)
            tasks.go_on()
        # The stream is read twice here; what it tells twice has one id.
        told = list({event["detail"]["id"]: event["detail-type"] for event in bus.settle()}.values())
        deliver(service)

    assert (budget["name"], budget["spent"], budget["state"], budget["share"]) == ("demo", 8, "warned", 0.8)
    assert (told.count("budget_warned"), told.count("budget_held")) == (1, 1)
    warned, full = sorted((seen.json for seen in endpoint.seen), key=lambda message: message["data"]["spent"])
    assert (warned["type"], full["type"]) == ("budget-warned", "budget-held")
    assert full["data"] | {"budgetId": ""} == {
        "budgetId": "",
        "scope": "organisation",
        "subject": None,
        "name": "demo",
        "period": "month",
        "startsAt": "2026-03-01T00:00:00.000Z",
        "endsAt": "2026-04-01T00:00:00.000Z",
        "limit": 10,
        "spent": 10.5,
        "share": 1.05,
    }
    assert standing(tasks, budget)[:2] == ("held", 11.5)


@pytest.mark.usefixtures("at_noon")
def test_one_organisation_s_spending_is_not_another_s(service, key, tasks):
    elsewhere = service.organisation("elsewhere")
    theirs = a_budget(service, elsewhere, scope="organisation", subject=None, limit=1)
    ours = a_budget(service, key, scope="organisation", subject=None, limit=1)
    prepare(service, elsewhere)
    post_run(service, elsewhere, created="2026-03-10T11:00:00Z", cost=1)
    made = tasks.make()
    tasks.go_on()

    assert get(service, elsewhere, f"{BUDGETS}/{theirs['id']}")["state"] == "held"
    assert statuses(tasks, made) == ["completed"]
    assert [item["id"] for item in tasks.get(BUDGETS)["items"]] == [ours["id"]]
    assert service.request("GET", f"{BUDGETS}/{theirs['id']}", key=key).status == 404


@pytest.mark.usefixtures("at_noon")
def test_a_budget_of_a_subject_and_period_is_one(service, key):
    a_budget(service, key, period="day")
    first = a_budget(service, key)
    again = service.request(
        "POST", BUDGETS, {"scope": "user", "subject": "eve", "period": "month", "limit": 1}, key=key
    )

    assert again.status == 409
    assert again.json["detail"] == f"there is such a budget: change its limit with PATCH /api/budgets/{first['id']}"
    assert [item["period"] for item in get(service, key, BUDGETS)["items"]] == ["day", "month"]
