"""What a campaign came to: its runs' figures, whoever posted them, beside its budget; at a cost that does not grow."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from benchmarks.capacity import metered
from tests.support.steps import CAMPAIGNS, METRICS, a_campaign, get, made, post_run, prepare
from watchbill.analytics.models import Dimension, Layout
from watchbill.analytics.rules import Change, contributions
from watchbill.analytics.store import RollupStore
from watchbill.platform import clock
from watchbill.platform.clock import frozen_at
from watchbill.platform.table import Table

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
TOKENS = {"input": 350, "output": 2200}


@pytest.fixture
def at_noon():
    with frozen_at(NOON):
        yield


def performance(service, key, campaign, query=""):
    service.settle()
    return get(service, key, f"{CAMPAIGNS}/{campaign}/performance{query}")


def post(service, key, campaign, agent="my-agent", **facts):
    return post_run(service, key, agent, created=clock.to_text(clock.now()), campaign_id=campaign, **facts)


@pytest.mark.usefixtures("at_noon")
def test_a_campaign_comes_to_what_its_runs_did(service, key):
    ada, zoe = prepare(service, key), prepare(service, key, "zoe")
    campaign = a_campaign(service, key, budget=10, status="ACTIVE")
    done = {"time_taken": "2s", "cost": 2, "tokens": TOKENS, "content_produced": 1, "quality_score": 80}
    post(service, key, campaign, **done, trends_detected=3)
    post(service, key, campaign, **done | {"time_taken": "4s", "quality_score": 90, "items_processed": 5})
    post(service, key, campaign, status="failed", cost=0.5)
    post(service, key, campaign, "zoe", status="timeout", user_satisfaction=4)
    post(service, key, campaign, "zoe", status="cancelled")
    post(service, key, campaign, "zoe", status="running")
    post(service, key, a_campaign(service, key), cost=99)
    post_run(service, key, created=clock.to_text(NOON), cost=99)

    found = performance(service, key, campaign)
    mine, hers = found.pop("agents")

    assert found == {
        "campaignId": campaign,
        "status": "ACTIVE",
        "runs": 6,
        "completed": 2,
        "failed": 1,
        "timeout": 1,
        "cancelled": 1,
        "running": 1,
        "queued": 0,
        "successRate": 0.5,
        "cost": 4.5,
        "runsWithCost": 3,
        "costPerRun": 1.5,
        "tokens": {"input": 700, "output": 4400, "total": 5100},
        "itemsProcessed": 5,
        "contentProduced": 2,
        "trendsDetected": 3,
        "averageDurationMs": 3000,
        "averageQuality": 85,
        "averageSatisfaction": 4,
        "budget": 10,
        "budgetRemaining": 5.5,
        "budgetUsed": 0.45,
        "revenue": None,
        "roi": None,
        "metrics": [],
        "timeSeries": None,
    }
    assert (mine["agentId"], mine["name"], mine["runs"], mine["cost"]) == (ada, "my-agent", 3, 4.5)
    assert (hers["agentId"], hers["name"], hers["runs"], hers["costPerRun"]) == (zoe, "zoe", 3, None)
    assert set(mine) == {*found} - set(OF_A_CAMPAIGN) | {"agentId", "name"}


OF_A_CAMPAIGN = (
    "campaignId",
    "status",
    "budget",
    "budgetRemaining",
    "budgetUsed",
    "revenue",
    "roi",
    "metrics",
    "timeSeries",
)


def test_a_campaign_without_runs_came_to_nothing_and_knows_no_means(service, key):
    found = performance(service, key, a_campaign(service, key, budget=None))

    unknown = ("successRate", "costPerRun", "averageDurationMs", "averageQuality", "averageSatisfaction")
    assert (found["runs"], found["cost"], found["agents"]) == (0, 0, [])
    assert {found[name] for name in (*unknown, "budget", "budgetRemaining", "budgetUsed")} == {None}


@pytest.mark.parametrize(("budget", "remaining", "used"), [(1, -2, 3), (0, -3, None), (None, None, None)])
def test_what_is_left_of_a_budget_may_be_less_than_nothing(service, key, budget, remaining, used):
    prepare(service, key)
    campaign = a_campaign(service, key, budget=budget)
    post(service, key, campaign, cost=3)

    found = performance(service, key, campaign)

    assert (found["budget"], found["budgetRemaining"], found["budgetUsed"]) == (budget, remaining, used)


@pytest.mark.parametrize(
    ("budget", "metrics", "revenue", "roi"),
    [
        (200, [("revenue", "USD", 250)], 250, 25),
        (200, [("Revenue", "usd", 50), ("revenue", "USD", 50)], 100, -50),
        (200, [("revenue", "USD", 0)], 0, -100),
        (200, [("revenue", "EUR", 250), ("revenue", None, 250), ("clicks", "USD", 250)], None, None),
        (None, [("revenue", "USD", 250)], 250, None),
        (0, [("revenue", "USD", 250)], 250, None),
    ],
    ids=["gain", "loss", "nothing", "no-revenue", "no-budget", "a-budget-of-nothing"],
)
def test_what_a_campaign_gained_is_known_when_budget_and_revenue_are(service, key, budget, metrics, revenue, roi):
    campaign = a_campaign(service, key, budget=budget)
    for name, unit, value in metrics:
        posted = {"name": name, "unit": unit, "value": value, "campaignId": campaign, "dimension": "shop"}
        made(service.request("POST", METRICS, posted, key=key))

    found = performance(service, key, campaign)

    assert (found["revenue"], found["roi"]) == (revenue, roi)
    assert found["runs"] == 0
    assert {(one["name"], one["unit"], one["sum"]) for one in found["metrics"]} == set(metrics)
    assert {one["dimension"] for one in found["metrics"]} == {"shop"}


def test_late_facts_of_a_run_and_the_same_run_again_change_what_it_counts_for(service, key):
    prepare(service, key)
    campaign = a_campaign(service, key)
    run = post(service, key, campaign, id=1, cost=3)
    post(service, key, campaign, id=1, cost=3)
    assert performance(service, key, campaign)["cost"] == 3

    service.request("PATCH", f"/api/v1/agents/my-agent/runs/{run['run_id']}", {"cost": 9}, key=key)

    found = performance(service, key, campaign)
    assert (found["runs"], found["cost"], found["agents"][0]["cost"]) == (1, 9, 9)


@pytest.mark.usefixtures("at_noon")
@pytest.mark.parametrize(("asked", "points", "step"), [("24h", 24, 1), ("7d", 7, 24), ("30d", 30, 24)])
def test_a_range_of_time_is_told_by_the_hour_or_day(service, key, asked, points, step):
    prepare(service, key)
    campaign = a_campaign(service, key)
    for ago in (timedelta(0), timedelta(0), points // 2 * step * timedelta(hours=1), timedelta(days=40)):
        with frozen_at(NOON - ago):
            post(service, key, campaign, cost=1, time_taken="2s", tokens=TOKENS, content_produced=2)
    with frozen_at(NOON):
        post(service, key, campaign, status="failed")

    series = performance(service, key, campaign, f"?range={asked}")["timeSeries"]

    assert len(series) == points
    assert [point["runs"] for point in series if point["runs"]] == [1, 3]
    assert series[-1] == {
        "timestamp": "2026-06-01T12:00:00.000Z" if step == 1 else "2026-06-01T00:00:00.000Z",
        "runs": 3,
        "completed": 2,
        "failed": 1,
        "timeout": 0,
        "cost": 2,
        "tokens": 5100,
        "contentProduced": 4,
        "p50DurationMs": pytest.approx(2000, rel=0.01),
        "p95DurationMs": pytest.approx(2000, rel=0.01),
    }


def test_agents_that_are_too_many_to_tell_apart_come_last_together(service, key):
    campaign = a_campaign(service, key)
    store = RollupStore(Table("demo"))
    count(store, campaign, [f"agent-{number % 302}" for number in range(310)])

    found = performance(service, key, campaign)

    assert (found["runs"], len(found["agents"])) == (310, 301)
    assert [found["agents"][-1][name] for name in ("agentId", "name", "runs")] == [None, "others", 2]
    assert [one["runs"] for one in found["agents"][:9]] == [2] * 8 + [1]


def count(store, campaign, agents):
    """Have runs of agents counted for a campaign."""
    deltas = {}
    for number, agent in enumerate(agents):
        run = {
            "agent_id": agent,
            "version": "1",
            "status": "completed" if number % 3 else "failed",
            "created_at": f"2026-06-01T{number % 24:02d}:00:00.000Z",
            "recorded_at": "2026-06-01T12:00:00.000Z",
            "campaign_id": campaign,
            "cost": Decimal("0.0125"),
            "duration_ms": 1000 + number % 100,
            "tokens": {"input": number, "output": 1, "total": number + 1},
        }
        for key, delta in contributions(Change(number, None, run), Layout()).items():
            if key.dimension is Dimension.CAMPAIGN:
                deltas.setdefault(key, []).append((number, delta))
    store.count(deltas, "shard")


def test_what_it_costs_does_not_grow_with_the_number_of_runs(service, key):
    few, many = (a_campaign(service, key, name=name) for name in ("few", "many"))
    for campaign, runs in ((few, 100), (many, 5_000)):
        count(RollupStore(Table("demo")), campaign, [f"agent-{number % 5}" for number in range(runs)])

    costs = []
    for campaign, runs in ((few, 100), (many, 5_000)):
        with metered() as meter:
            assert get(service, key, f"{CAMPAIGNS}/{campaign}/performance")["runs"] == runs
        costs.append(meter.read_units)

    assert costs[0] == costs[1] < 20


def test_of_a_campaign_nobody_knows_there_is_no_performance(service, key):
    assert service.request("GET", f"{CAMPAIGNS}/unknown/performance", key=key).status == 404
