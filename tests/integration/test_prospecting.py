"""The built-in agents at work on one stream: discovery, then scores, as tasks and on record as runs."""

from datetime import timedelta

import pytest

from tests.support.steps import COMPANIES, STREAMS
from tests.support.tasks import tasks_of
from watchbill.execution import rules
from watchbill.streams.service import StreamService

GOAL = {"industry": ["SaaS"], "location": ["UK"], "employee_count": {"min": 10, "max": 500}}
FITTING = {"industry": "SaaS", "country": "UK", "employee_count": 50}


@pytest.fixture
def tasks(service, key, channels, monkeypatch):
    """An organisation whose agent `worker` is one of ours, with some companies."""
    tasks = tasks_of(service, key, monkeypatch)
    companies = [{"name": f"Fit {n}", "website": f"fit{n}.example", **FITTING} for n in range(3)]
    companies += [{"name": "Unknown"}, {"name": "Elsewhere", **FITTING, "country": "France"}]
    tasks.post(COMPANIES, {"companies": companies})
    return tasks


def stream_of(tasks, **target):
    return tasks.post(STREAMS, {"name": "s", "goal_criteria": GOAL, "target_metrics": target})["id"]


def run(tasks, agent_type, stream_id, **settings):
    """What a task of an agent on a stream brings."""
    tasks.set(runtime={"kind": "builtin"}, agent_type=agent_type, **settings)
    made = tasks.make(payload={"stream_id": stream_id})
    tasks.go_on()
    task = tasks.get(f"/api/tasks/{made['id']}")
    assert task["status"] == "completed", task["error"]
    return task["output"]


def items_of(tasks, stream_id):
    return tasks.get(f"{STREAMS}/{stream_id}/items")["items"]


def test_the_bot_adds_what_fits_until_the_target_is_met_and_nothing_twice(tasks):
    stream_id = stream_of(tasks, companies_to_find=2, min_quality_score=4.0)

    first = run(tasks, "opportunity_bot", stream_id)
    again = run(tasks, "opportunity_bot", stream_id)

    assert first == {
        "companies_found": 4,
        "items_created": 2,
        "qualified_count": 3,
        "avg_quality_score": 4.4,
        "high_quality_count": 3,
    }
    assert again["items_created"] == 0
    items = items_of(tasks, stream_id)
    assert [(item["name"], item["scores"]["quality"]) for item in items] == [("Fit 0", 4.4), ("Fit 1", 4.4)]
    (latest, _) = tasks.get("/api/v1/agents/worker/runs")
    assert (latest["status"], latest["items_processed"]) == ("completed", 2)


def test_the_bot_looks_at_twice_as_many_as_it_is_to_find(tasks):
    assert run(tasks, "opportunity_bot", stream_of(tasks, companies_to_find=1))["companies_found"] == 2


def test_what_was_noticed_of_a_company_comes_along_when_it_fits_well_and_is_not_over(tasks):
    active = {"type": "funding_round", "title": "raised", "strength": "strong", "confidence": 0.9}
    over = active | {"title": "long ago", "expires_at": "2020-01-01T00:00:00Z"}
    for name in ("fit", "unknown"):
        for company in tasks.get(f"{COMPANIES}?name={name}")["items"]:
            change = {"signals": [active, over]}
            tasks.service.request("PATCH", f"{COMPANIES}/{company['id']}", change, key=tasks.key)
    stream_id = stream_of(tasks, companies_to_find=4, min_quality_score=3.0)

    run(tasks, "opportunity_bot", stream_id)

    told = {item["name"]: [signal["source"] for signal in item["signals"]] for item in items_of(tasks, stream_id)}
    assert told == {"Fit 0": ["raised"], "Fit 1": ["raised"], "Fit 2": ["raised"], "Unknown": []}


def test_a_bot_that_died_after_it_added_half_of_its_finds_adds_the_other_half(tasks, monkeypatch):
    stream_id = stream_of(tasks, companies_to_find=3)
    add = StreamService.add

    def half(self, stream_id, wishes):
        monkeypatch.setattr(StreamService, "add", add)
        add(self, stream_id, wishes[:1])
        raise ConnectionError("the network is gone")

    monkeypatch.setattr(StreamService, "add", half)
    monkeypatch.setattr(rules, "FIRST_BACKOFF", timedelta(0))

    brought = run(tasks, "opportunity_bot", stream_id)

    assert brought["items_created"] == 3
    assert len(items_of(tasks, stream_id)) == 3


def test_the_scoring_agent_rates_orders_and_prioritises(tasks):
    stream_id = stream_of(tasks, companies_to_find=3)
    run(tasks, "opportunity_bot", stream_id)
    worst = items_of(tasks, stream_id)[0]
    tasks.post(f"{STREAMS}/{stream_id}/items", {"name": "By hand", "metadata": {"industry": "SaaS"}})
    better = items_of(tasks, stream_id)[2]
    change = {"phone": "1", "email": "a@b.example", "description": "x", "region": "London", "technologies": ["Go"]}
    tasks.service.request("PATCH", f"{COMPANIES}/{better['company_id']}", change, key=tasks.key)

    brought = run(tasks, "scoring_agent", stream_id)

    items = items_of(tasks, stream_id)
    assert [item["name"] for item in items] == [better["name"], worst["name"], "Fit 1", "By hand"]
    # All criteria; of nine things name, website, industry, headcount and four more; 20% growth, technologies.
    assert items[0]["scores"]["quality"] == round(2 + 8 / 9 + 2 / 5, 2)
    assert items[1]["scores"]["quality"] == round(2 + 4 / 9 + 1 / 5, 2)
    assert items[3]["scores"]["quality"] == round(2 / 3 + 2 / 9, 2)
    assert [item["priority"] for item in items] == ["medium", "low", "low", "low"]
    qualities = [item["scores"]["quality"] for item in items]
    assert brought == {
        "items_updated": 4,
        "avg_quality_score": round(sum(qualities) / 4, 2),
        "high_quality_count": 0,
    }
    before = {item["id"]: item["revision"] for item in items}
    run(tasks, "scoring_agent", stream_id)
    assert {item["id"]: item["revision"] for item in items_of(tasks, stream_id)} == before


def test_a_chain_of_agents_finds_enriches_rates_and_recommends(tasks):
    stream_id = stream_of(tasks, companies_to_find=3, min_quality_score=4.0)
    first, *others = tasks.get(f"{COMPANIES}?name=fit")["items"]
    ana = {"name": "Ana", "role": "CEO", "email": "ana@fit.example"}
    # Without websites nobody is asked over the network, and a description has them qualify all the same.
    for company in (first, *others):
        change = {"website": None, "description": "x", "revenue": 1, "contacts": [ana] if company is first else None}
        tasks.service.request("PATCH", f"{COMPANIES}/{company['id']}", change, key=tasks.key)

    brought = {
        agent_type: run(tasks, agent_type, stream_id)
        for agent_type in ("opportunity_bot", "enrichment_agent", "scoring_agent", "relationship_agent")
    }

    counts = [brought["opportunity_bot"]["items_created"]]
    counts += [brought[agent_type]["items_updated"] for agent_type in ("enrichment_agent", "scoring_agent")]
    assert counts == [3, 3, 3]
    recommendations = brought["relationship_agent"]["recommendations"]
    assert [(one["order"], (one["who"] or {}).get("name")) for one in recommendations] == [
        (1, "Ana"),
        (2, None),
        (3, None),
    ]
    assert {one["item_id"] for one in recommendations} == {item["id"] for item in items_of(tasks, stream_id)}


@pytest.mark.parametrize("agent_type", ["opportunity_bot", "scoring_agent", "enrichment_agent", "relationship_agent"])
def test_a_task_about_no_stream_fails_at_once_and_says_so(tasks, agent_type):
    tasks.set(runtime={"kind": "builtin"}, agent_type=agent_type)
    for payload, says in (({}, "about no stream"), ({"stream_id": "none"}, "there is no stream 'none'")):
        made = tasks.make(payload=payload)
        tasks.go_on()

        task = tasks.get(f"/api/tasks/{made['id']}")
        assert (task["status"], task["retry_count"]) == ("failed", 0)
        assert says in task["error"]["message"]
