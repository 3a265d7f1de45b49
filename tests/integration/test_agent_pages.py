"""The pages of agents: the list, one agent with its versions, and its runs."""

from urllib.parse import quote

import pytest

from tests.support.pages import Visitor, words_of
from tests.support.steps import announce, register
from watchbill.platform import clock
from watchbill.reports.words import UNKNOWN

HOSTILE = "<img src=x onerror=alert(1)>"


def report(service, key, agent, version, count, failed=0, **fields):
    told = {"created": clock.to_text(clock.now()), "duration_ms": 1_200, "cost": 0.25, "models": ["m-1"], **fields}
    runs = [{**told, "id": f"{version}-{n}", "status": "failed" if n < failed else "completed"} for n in range(count)]
    address = f"/api/v1/agents/{quote(agent, safe='')}/versions/{version}/runs"
    assert service.request("POST", address, {"runs": runs}, key=key).status == 201
    service.settle()


def rows_of(shown):
    return [words_of(row) for row in shown.all("//tbody/tr")]


def test_without_agents_it_says_how_one_is_registered(visitor):
    shown = visitor.get("/dashboard/agents")

    assert "No agents yet" in shown.words
    assert "/api/v1/agents/my-agent/register" in shown.words


def test_every_agent_is_listed_with_its_figures_and_can_be_looked_for(service, key, visitor):
    of_writer = register(service, key, "writer", "letters")
    announce(service, key, "writer", "1")
    report(service, key, "writer", "1", 4, failed=1)
    register(service, key, HOSTILE, "other")

    shown, found = visitor.get("/dashboard/agents"), visitor.get("/dashboard/agents?name=WRI&project=letters")

    assert len(rows_of(shown)) == 2
    (row,) = rows_of(found)
    assert row.startswith("writer critical")
    assert row.endswith("4 75.0% 1.2 s 1.2 s $1.00 letters elsewhere 1")
    assert found.all("//tbody//th/a/@href") == [f"/dashboard/agents/{of_writer}"]
    assert HOSTILE in shown.words
    assert not shown.all("//img")
    assert "No agent has this in its name" in visitor.get("/dashboard/agents?name=nobody").words


def test_the_list_goes_on_where_a_page_ends(service, key, visitor, monkeypatch):
    for name in ("a", "b", "c"):
        register(service, key, name)
    monkeypatch.setattr("watchbill.dashboard.pages.agents._ON_A_PAGE", 2)

    first = visitor.get("/dashboard/agents?project=my-project")
    (address,) = first.all("//a[@rel='next']/@href")
    last = visitor.get(address)

    assert [row.split()[0] for row in rows_of(first) + rows_of(last)] == ["a", "b", "c"]
    assert not last.all("//a[@rel='next']")


def test_an_agent_that_has_not_worked_is_shown(service, key, visitor):
    register(service, key, "writer")

    shown = visitor.get("/dashboard/agents/writer")

    assert shown.status == 200
    (part,) = shown.all("//span[@hx-trigger]/@hx-get")
    assert visitor.get(part).words == "unknown No performance data available"
    assert "Nothing was done in this time" in shown.words
    assert "There is nothing to compare: the agent has 0 versions" in shown.words
    assert "No run yet" in shown.words


def test_the_two_newest_versions_that_worked_are_compared_unless_others_are_asked_for(service, key, visitor):
    register(service, key, "writer")
    for version, failed in (("1.9", 0), ("1.10", 20), ("2.0", None)):
        announce(service, key, "writer", version)
        if failed is not None:
            report(service, key, "writer", version, 40, failed)

    shown = visitor.get("/dashboard/agents/writer")
    turned = visitor.get("/dashboard/agents/writer?left=1.10&right=1.9&range=7d")

    assert shown.all("//select[@name='right']/option[@selected]/text()") == ["1.10"]
    assert shown.all("//select[@name='left']/option[@selected]/text()") == ["1.9"]
    (verdict,) = shown.all("//p[@class='verdict']")
    assert verdict.text == "1.10 is worse in success than 1.9. Nothing else differs by more than chance."
    success = next(words_of(row) for row in shown.all("//section[@aria-labelledby='compared']//tbody/tr"))
    assert success.startswith(
        "Success 100.0% 91.2% to 100.0% · 40 runs 50.0% 35.2% to 64.8% · 40 runs worse 50.0 points"
    )
    assert "1.9 is better in success than 1.10" in turned.words
    assert turned.all("//nav[@class='ranges']/a[@aria-current]/text()") == ["7d"]
    assert visitor.get("/dashboard/agents/writer?left=9&right=1.9").status == 404


def test_costs_are_told_by_model_over_the_newest_runs_and_the_experiment_is_told(service, key, visitor):
    register(service, key, "writer")
    for version in ("1", "2"):
        announce(service, key, "writer", version)
    report(service, key, "writer", "1", 3)
    report(service, key, "writer", "2", 1, models=["m-1", "m-2"], cost=None)
    wish = {"name": HOSTILE, "versions": [{"version": "1"}, {"version": "2"}]}
    assert service.request("POST", "/api/v1/agents/writer/experiments", wish, key=key).status == 201

    shown = visitor.get("/dashboard/agents/writer")

    rows = [words_of(row) for row in shown.all("//section[@aria-labelledby='models']//tbody/tr")]
    assert rows == ["m-1 3 $0.75 100.0% $0.25 0", f"m-1 and m-2 1 {UNKNOWN} {UNKNOWN} {UNKNOWN} 0"]
    assert "Of the newest 4 runs" in shown.words
    assert f"Experiment: {HOSTILE}" in shown.words
    assert "too few runs to compare success: 0 of 1 and 0 of 2" in shown.words


def test_runs_are_filtered_by_version_and_status_and_paged(service, key, visitor, monkeypatch):
    register(service, key, "writer")
    for version in ("1", "2"):
        announce(service, key, "writer", version)
    report(service, key, "writer", "1", 2, failed=1, error={"type": "HTTPError", "message": HOSTILE})
    report(service, key, "writer", "2", 3)
    monkeypatch.setattr("watchbill.dashboard.pages.runs._ON_A_PAGE", 2)

    first = visitor.get("/dashboard/agents/writer/runs?version=2")
    (address,) = first.all("//a[@rel='next']/@href")
    rest = visitor.get(address)
    failed = visitor.get("/dashboard/agents/writer/runs?status=failed")

    assert (len(rows_of(first)), len(rows_of(rest))) == (2, 1)
    assert len(rows_of(failed)) == 1
    assert f"HTTPError: {HOSTILE}" in failed.words
    assert "1 run failed of the 5 that were looked at." in failed.words
    (part,) = failed.all("//div[@data-rooms='runs']/@hx-get")
    assert words_of(visitor.get(part).all("//tbody/tr")[0]) == rows_of(failed)[0]
    none = visitor.get("/dashboard/agents/writer/runs?status=timeout")
    assert "No such run among the 5 runs that were looked at" in none.words
    assert visitor.get("/dashboard/agents/writer/runs?status=lost").status == 400


def test_a_status_is_looked_for_in_so_many_runs_and_the_next_page_goes_on(service, key, visitor, monkeypatch):
    register(service, key, "writer")
    announce(service, key, "writer", "1")
    report(service, key, "writer", "1", 6, failed=6)
    monkeypatch.setattr("watchbill.dashboard.pages.runs._READ_AT_ONCE", 2)
    monkeypatch.setattr("watchbill.dashboard.pages.runs._MOST_READ", 4)

    first = visitor.get("/dashboard/agents/writer/runs?status=failed")
    (address,) = first.all("//a[@rel='next']/@href")

    assert "4 runs failed of the 4 that were looked at; the next page looks further back." in first.words
    assert len(rows_of(visitor.get(address))) == 2


@pytest.mark.parametrize("page", ["agents/{}", "agents/{}/runs", "parts/agents/{}/runs", "parts/agents/{}/health"])
def test_another_organisation_s_agent_is_not_there(service, key, page):
    agent_id = register(service, key, "writer")
    stranger = Visitor().sign_in(service.organisation("strangers"))

    assert stranger.get(f"/dashboard/{page.format(agent_id)}").status == 404
    assert "writer" not in stranger.get("/dashboard/agents").words
