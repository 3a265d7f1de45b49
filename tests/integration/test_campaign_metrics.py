"""An agent's metrics for campaigns: what its runs mean and what was posted, newest first, in pages."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.bad_requests import NO_CURSOR
from tests.support.campaigns import A_POST, RUNNING, SEED, a_run_for, go_on_while_waiting
from tests.support.channels import make_channels
from tests.support.local_table import function_environment, mocked_aws
from tests.support.service import Service
from tests.support.steps import a_campaign
from tests.support.tasks import tasks_of
from watchbill.platform.clock import frozen_at
from watchbill.platform.functions import Invoked

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def tasks():
    """An organisation with an agent that runs for campaigns, made once: here they are only asked about."""
    with function_environment(), mocked_aws(), pytest.MonkeyPatch.context() as patch:
        make_channels()
        service = Service()
        tasks = tasks_of(service, service.organisation("demo"), patch)
        go_on_while_waiting(tasks, patch)
        yield tasks


def metrics(tasks, query=""):
    return tasks.get(f"{RUNNING}/metrics?{query}")


def seen(tasks, query=""):
    """What a query finds, page by page: the name and the instant of each."""
    found, cursor = [], ""
    while cursor is not None:
        page = metrics(tasks, f"{query}{cursor and '&cursor=' + cursor}")
        assert page["count"] == len(page["data"])
        found.append([(one["name"], one["timestamp"][11:19]) for one in page["data"]])
        cursor = page["nextCursor"]
    return found


@pytest.fixture(scope="module")
def history(tasks):
    """Two runs for the agent's own campaign and between them one for another, a metric posted; one for none."""
    other = a_campaign(tasks.service, tasks.key, status="DRAFT")
    for minute, body in enumerate([SEED, {**A_POST, "campaignId": other}, A_POST]):
        with frozen_at(NOW + timedelta(minutes=minute)):
            if minute == 1:
                tasks.agent.answers = [Invoked({"output": 1, "metrics": {"trends_detected": 0}})]
            data = a_run_for(tasks, body)["data"]
            tasks.go_on()
    with frozen_at(NOW + timedelta(minutes=1, seconds=30)):
        agent = tasks.get("/api/v1/agents/worker")["id"]
        tasks.post("/api/metrics", {"name": "revenue", "value": 5, "agentId": agent, "campaignId": data["campaignId"]})
    with frozen_at(NOW + timedelta(minutes=4)):
        tasks.make()
        tasks.go_on()
    return data["campaignId"], other


def test_an_agent_s_metrics_are_its_runs_for_campaigns_and_what_was_posted_newest_first(tasks, history):
    # The campaigns it has, as they are now, come first.
    (_, *after), _ = seen(tasks), history
    page = metrics(tasks)["data"]

    assert [one["name"] for one in page[:2]] == ["CAMPAIGN_PERFORMANCE"] * 2
    assert {one["campaignId"] for one in page[:2]} == set(history)
    assert [(one["name"], one["timestamp"][14:19]) for one in page[2:]] == [
        ("AGENT_EXECUTION_TIME", "02:00"),
        ("AGENT_SUCCESS_RATE", "02:00"),
        ("revenue", "01:30"),
        ("AGENT_EXECUTION_TIME", "01:00"),
        ("AGENT_SUCCESS_RATE", "01:00"),
        ("TREND_DETECTION", "01:00"),
        ("AGENT_EXECUTION_TIME", "00:00"),
        ("AGENT_SUCCESS_RATE", "00:00"),
        ("TOKEN_USAGE", "00:00"),
    ]
    assert after == []


@pytest.mark.usefixtures("history")
@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 11])
def test_pages_of_any_size_show_each_of_them_once(tasks, limit):
    window = "startDate=2026-03-01T00:00:00Z"
    (whole,) = seen(tasks, window)

    pages = seen(tasks, f"{window}&limit={limit}")

    assert [one for page in pages for one in page] == whole
    assert all(len(page) == limit for page in pages[:-1])


def test_they_are_found_by_campaign_by_name_and_by_time(tasks, history):
    own, other = history

    assert [one["value"] for one in metrics(tasks, f"campaignId={other}&name=AGENT_SUCCESS_RATE")["data"]] == [1]
    (tokens,) = metrics(tasks, "name=TOKEN_USAGE")["data"]
    assert (tokens["value"], tokens["campaignId"], tokens["metadata"]["model"]) == (2550, own, "gpt-4")
    assert tasks.get(f"/api/executions/{tokens['executionId']}")["campaign_id"] == own
    ((_, time),) = seen(tasks, "name=TREND_DETECTION")[0]
    assert time == "12:01:00"
    between = "startDate=2026-03-10T12:01:00Z&endDate=2026-03-10T12:02:00Z"
    assert [name for name, _ in seen(tasks, between)[0]] == [
        "revenue",
        "AGENT_EXECUTION_TIME",
        "AGENT_SUCCESS_RATE",
        "TREND_DETECTION",
    ]
    (posted,) = metrics(tasks, "name=revenue")["data"]
    assert (posted["value"], posted["campaignId"]) == (5, own)


def test_what_a_campaign_came_to_is_a_metric_of_it(tasks, history):
    own, _ = history

    (metric,) = metrics(tasks, f"name=CAMPAIGN_PERFORMANCE&campaignId={own}")["data"]

    assert (metric["value"], metric["unit"], metric["campaignId"]) == (1, "ratio", own)
    assert (metric["metadata"]["runs"], metric["metadata"]["cost"]) == (2, 0.1425)


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_the_smallest_pages_begin_with_what_campaigns_came_to_and_go_on(tasks, history, limit):
    own, _ = history
    pages = seen(tasks, f"campaignId={own}&limit={limit}")

    assert all(len(page) == limit for page in pages[:-1])
    named = [name for page in pages for name, _ in page if name != "CAMPAIGN_PERFORMANCE"]
    assert named == [name for name, _ in seen(tasks, f"campaignId={own}")[0][1:]]
    assert len(metrics(tasks, f"name=CAMPAIGN_PERFORMANCE&limit={limit}")["data"]) == min(limit, 2)


def test_of_an_unknown_campaign_nothing_is_found(tasks):
    for more in ("", "&name=CAMPAIGN_PERFORMANCE", "&startDate=2026-01-01T00:00:00Z", "&name=revenue"):
        query = f"campaignId=none{more}"
        answer = tasks.service.request("GET", f"{RUNNING}/metrics?{query}", key=tasks.key)
        assert answer.status == 404


@pytest.mark.usefixtures("history")
def test_with_very_many_other_runs_a_page_ends_early_and_goes_on(tasks, monkeypatch):
    monkeypatch.setattr("watchbill.campaigns.measuring.MOST_LOOKED_AT", 2)
    pages = seen(tasks, "name=TOKEN_USAGE")

    assert pages[0] == []
    assert [one for page in pages for one in page] == [("TOKEN_USAGE", "12:00:00")]


@pytest.mark.usefixtures("history")
def test_a_cursor_of_another_list_is_refused(tasks):
    cursor = metrics(tasks, "limit=1&startDate=2026-03-01T00:00:00Z")["nextCursor"]

    for query in (f"limit=1&cursor={cursor}", f"name=TOKEN_USAGE&cursor={cursor}", "cursor=x"):
        answer = tasks.service.request("GET", f"{RUNNING}/metrics?{query}", key=tasks.key)
        assert answer.status == 400
        assert NO_CURSOR in answer.json["detail"]
