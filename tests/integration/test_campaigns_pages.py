"""The pages of campaigns: spend against budget, what was done, and having agents run."""

from datetime import timedelta

import pytest

from tests.support.pages import Visitor, words_of
from tests.support.steps import CAMPAIGNS, a_campaign, post_metric, post_run, prepare
from tests.support.tasks import tasks_of
from watchbill.platform import clock
from watchbill.platform.functions import Invoked
from watchbill.reports.words import UNKNOWN

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def tasks(service, key, channels, monkeypatch):
    return tasks_of(service, key, monkeypatch)


def page_of(campaign):
    return f"/dashboard/campaigns/{campaign}"


def rows(shown, title):
    """The rows of the table with a heading."""
    return [words_of(row) for row in shown.all(f"//table[.//th='{title}']/tbody/tr")]


def facts(shown):
    """What the lists of figures say."""
    return {words_of(one.find("dt")): words_of(one.find("dd")) for one in shown.all("//dl/div")}


def test_a_first_visit_says_how_to_plan_a_campaign(visitor):
    assert "There is no campaign yet" in visitor.get("/dashboard/campaigns").words
    assert "None of those asked for." in visitor.get("/dashboard/campaigns?status=DRAFT").words


def test_campaigns_are_listed_with_what_was_spent_of_their_budgets(service, key, visitor):
    prepare(service, key)
    summer = a_campaign(service, key, name=HOSTILE, status="ACTIVE", budget=2)
    a_campaign(service, key, name="No budget", status="DRAFT", campaignType="SEO", budget=None)
    post_run(service, key, campaign_id=summer, cost=3)
    service.settle()

    shown = visitor.get("/dashboard/campaigns")
    page = visitor.get("/dashboard/campaigns?limit=1")
    (there,) = page.all("//a[@rel='next']/@href")

    assert rows(shown, "Budget") == [
        f"No budget seo draft {UNKNOWN} {UNKNOWN} 0 $0.00 {UNKNOWN} {UNKNOWN}",
        f"{HOSTILE} email active {UNKNOWN} {UNKNOWN} 0 $3.00 $2.00",
    ]
    assert shown.all("//*[local-name()='svg']/@aria-label") == [f"Of the budget of {HOSTILE}: 150.0%"]
    assert not shown.all("//img")
    assert rows(visitor.get(there), "Budget") == rows(shown, "Budget")[1:]
    assert rows(visitor.get("/dashboard/campaigns?type=SEO&status="), "Budget") == rows(shown, "Budget")[:1]
    assert visitor.get("/dashboard/campaigns?type=NONE").status == 400


def test_a_campaign_shows_what_was_done_for_it_by_whom_and_when(service, key, visitor):
    prepare(service, key)
    prepare(service, key, "idle")
    campaign = a_campaign(service, key, name="Summer", status="ACTIVE", budget=2, agents=["idle"])
    for cost, age in ((1, 0), (2.5, 40)):
        made = clock.to_text(clock.now() - timedelta(days=age))
        post_run(service, key, created=made, campaign_id=campaign, cost=cost, content_produced=2, time_taken="2s")
    post_metric(service, key, name="revenue", value=8, unit="USD", campaignId=campaign)
    service.settle()

    shown = visitor.get(page_of(campaign))
    part = visitor.get(*shown.all("//div[@data-rooms='campaigns runs']/@hx-get"))

    assert rows(shown, "Success") == ["my-agent 2 100.0% 4 2.0 s 0 $3.50", "idle linked; it has not run for it yet"]
    told = facts(shown)
    assert (told["Spent"], told["Budget"], told["Over the budget by"]) == ("$3.50 · 175.0%", "$2.00", "$1.50")
    assert (told["Return on investment"], told["Content produced"], told["Mean duration"]) == ("300.0%", "4", "2.0 s")
    assert [chart.text for chart in shown.all("//figcaption")] == ["Runs", "Cost", "Duration", "Content produced"]
    assert shown.all("//figure[figcaption='Content produced']//tbody/tr/td/text()") == ["2"]
    assert facts(part) == told
    assert "Runs that agents reported themselves are in the figures above." in shown.words
    assert visitor.get(f"{page_of(campaign)}?range=1y").status == 400


def test_an_agent_runs_for_a_campaign_and_is_found_among_its_executions(service, key, tasks, visitor):
    campaign, other = a_campaign(service, key, status="ACTIVE"), a_campaign(service, key, status="ACTIVE")
    output = {"title": HOSTILE}
    tasks.agent.answers = [Invoked({"output": output, "metrics": {"content_produced": 1, "cost": 0.5}})]
    visitor.get(page_of(campaign))

    queued = visitor.post(f"{page_of(campaign)}/run", agent="worker", config='{"topic": "sails", "campaignId": 5}')
    refused = visitor.post(f"{page_of(campaign)}/run", {"hx-request": "true"}, agent="worker")
    tasks.go_on()
    shown = visitor.get(page_of(campaign))

    made = tasks.get(f"/api/tasks/{queued.path.rsplit('/', 1)[1]}")
    assert (made["payload"], made["campaign_id"], made["status"]) == ({"topic": "sails"}, campaign, "completed")
    assert (refused.status, "<html" in refused.text) == (409, False)
    (row,) = rows(shown, "Execution")
    assert row.startswith(f"campaign {HOSTILE} worker completed")
    assert row.endswith(" 1 $0.50")
    assert not shown.all("//img")
    assert rows(visitor.get(page_of(other)), "Execution") == []
    (there,) = shown.all("//div[@data-rooms='campaigns tasks']/@hx-get")
    assert rows(visitor.get(there), "Execution") == [row]


def test_who_may_only_look_runs_nobody_and_others_find_nothing(service, key, tasks):
    reader = service.request("POST", "/api/keys", {"name": "reader", "scopes": ["read"]}, key=key).json["secret"]
    looking, other = Visitor().sign_in(reader), Visitor().sign_in(service.organisation("other"))
    campaign = a_campaign(service, key)

    assert looking.get(page_of(campaign)).all("//main//form") == []
    assert looking.post(f"{page_of(campaign)}/run", agent="worker").status == 403
    parts = f"/dashboard/parts/campaigns/{campaign}"
    assert {other.get(address).status for address in (page_of(campaign), parts, f"{parts}/executions")} == {404}
    assert other.post(f"{page_of(campaign)}/run", agent="worker").status == 404
    assert service.request("GET", f"{CAMPAIGNS}/{campaign}", key=key).json["agents"] == []
