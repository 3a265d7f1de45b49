"""The original specification's first example on the local stack: companies from CSV, one call, three agents in turn."""

import pytest

from infra.local.processes import wait_until

SOON = 120
"""Seconds for three tasks: cold functions on a busy machine."""
COMPANIES = """name,website,industry,country,employee_count
Ada Analytics,ada.example,SaaS,UK,42
Brick Works,brick.example,Construction,UK,42
Cloud Nine,cloud.example,SaaS,Ireland,120
Dublin Ledger,ledger.example,FinTech,Ireland,300
Enormous,enormous.example,SaaS,UK,9000
"""
GOAL = {
    "name": "SaaS and FinTech around the Irish Sea",
    "goal_criteria": {
        "industry": ["SaaS", "FinTech"],
        "location": ["UK", "Ireland"],
        "employee_count": {"min": 10, "max": 500},
    },
    "target_metrics": {"companies_to_find": 3, "min_quality_score": 4.0},
}
CHAIN = ("opportunity-bot", "enrichment-agent", "scoring-agent")


@pytest.fixture(scope="module")
def us(caller):
    """An organisation with companies and the three agents."""
    us = caller("discovering")
    for agent in CHAIN:
        us.prepare(agent)
    answer = us.call("POST", "/api/companies", content=COMPANIES, headers={"Content-Type": "text/csv"})
    answer.raise_for_status()
    for agent in CHAIN:
        us.call("PATCH", f"/api/v1/agents/{agent}", {"agent_type": agent.replace("-", "_")}).raise_for_status()
    return us


def assign(us, stream):
    """Three agents, of which the second and third start by themselves, each behind the one before."""
    roles = ("primary", "enrichment", "scoring")
    wishes = [
        {"agent_id": agent, "assignment_role": role, "execution_order": number, "auto_execute": True}
        for number, (agent, role) in enumerate(zip(CHAIN, roles, strict=True), start=1)
    ]
    for before, wish in zip(CHAIN, wishes[1:], strict=False):
        wish["depends_on_agent_ids"] = [before]
    us.post(f"/api/streams/{stream}/agents", {"assignments": wishes})


def states(us, stream):
    return {node["agent_name"]: node["state"] for node in us.get(f"/api/streams/{stream}/workflow")["nodes"]}


def test_one_call_finds_enriches_and_scores_companies(us):
    stream = us.post("/api/streams", GOAL)["id"]
    assign(us, stream)
    assert states(us, stream) == dict(zip(CHAIN, ("idle", "waiting", "waiting"), strict=True))

    answer = us.post(f"/api/streams/{stream}/agents/opportunity-bot/execute", {"execution_config": {}})
    assert answer["message"] == "Agent execution queued successfully"
    done = wait_until(lambda: set(states(us, stream).values()) == {"completed"}, SOON)

    executed = us.get(f"/api/executions?stream_id={stream}")["items"][::-1]
    assert done, executed
    assert [each["agent_name"] for each in executed] == list(CHAIN)
    assert [each["trigger"] for each in executed] == ["manual", "dependent", "dependent"]
    assert executed[0]["results_summary"]["items_created"] == 3
    assert executed[1]["results_summary"]["items_updated"] == 3
    # Nobody answers at the companies' addresses, and there is no key to the register: it says so and invents nothing.
    enriched = us.get(f"/api/executions/{executed[1]['id']}")["output_data"]
    assert "companies_house" in {step["step"] for step in enriched["skipped"]}
    assert executed[2]["results_summary"]["items_updated"] == 3
    items = us.get(f"/api/streams/{stream}/items")["items"]
    assert {item["name"] for item in items} == {"Ada Analytics", "Cloud Nine", "Dublin Ledger"}
    qualities = [item["scores"]["quality"] for item in items]
    assert qualities == sorted(qualities, reverse=True)
    totals = us.get(f"/api/streams/{stream}/agents")["items"]
    assert [(each["total_executions"], each["successful_executions"]) for each in totals[:2]] == [(1, 1)] * 2
