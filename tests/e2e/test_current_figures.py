"""What was written is to be seen in every view within two seconds."""

from datetime import UTC, datetime

import pytest

AGENT = "/api/v1/agents/busy"
RUNS = f"{AGENT}/versions/1.0.0/runs"


@pytest.fixture(scope="module")
def us(caller):
    """An organisation with one agent and version."""
    us = caller("figures")
    us.prepare("busy", "1.0.0")
    return us


def a_run(**fields):
    return {"created": datetime.now(UTC).isoformat(), "status": "completed", "cost": 0.5, "time_taken": 2, **fields}


def cards(us):
    return {card["title"]: card["raw"] for card in us.get("/api/v1/ui/stats")}


def row(us):
    return us.get("/api/v1/ui/agent_versions")[0]


def test_a_run_is_in_every_view_within_two_seconds(us, soon):
    before, runs_before = cards(us), row(us)["totalRuns"]

    run = us.post(RUNS, a_run(id="first"))

    assert us.get(f"{AGENT}/runs/{run['run_id']}") == run
    assert us.get(f"{AGENT}/runs")[0] == us.get(RUNS)[0] == run
    soon(lambda: row(us)["totalRuns"] == runs_before + 1)
    soon(lambda: us.get("/api/v1/ui/recent_activity")[0]["id"] == "first")
    soon(lambda: cards(us)["Total Runs Today"] == before["Total Runs Today"] + 1)
    assert cards(us)["Total Cost Today"] == before["Total Cost Today"] + 0.5
    assert cards(us)["Active Agents"] == 1
    assert (row(us)["status"], row(us)["lastSeen"]) == ("active", run["created"])


def test_what_comes_later_is_in_every_view_within_two_seconds(us, soon):
    run = us.post(RUNS, a_run(id="late", status="running", cost=None, time_taken=None))
    soon(lambda: us.get("/api/v1/ui/recent_activity")[0]["action"] == "started run")
    spent = row(us)["spend"]

    us.call("PATCH", f"{AGENT}/runs/{run['run_id']}", {"status": "failed", "cost": 2}).raise_for_status()

    soon(lambda: row(us)["spend"] == spent + 2)
    assert us.get("/api/v1/ui/recent_activity")[0]["action"] == "failed run"
    assert row(us)["successRate"] < 100


def test_a_batch_of_a_thousand_is_counted_once_however_often_it_is_posted(us, soon):
    before = row(us)["totalRuns"]
    batch = {"runs": [a_run(id=f"batch-{i}") for i in range(1_000)]}

    answers = [us.post(RUNS, batch) for _ in range(2)]

    assert answers[0] == answers[1]
    assert len(answers[0]["accepted"]) == 1_000
    soon(lambda: row(us)["totalRuns"] >= before + 1_000)
    assert row(us)["totalRuns"] == before + 1_000


def test_a_list_of_many_runs_is_read_to_its_end(us):
    seen, path = [], f"{AGENT}/runs?limit=300"
    while path:
        answer = us.call("GET", path).raise_for_status()
        seen += answer.json()
        path = answer.links.get("next", {}).get("url")

    assert len(seen) == len({run["run_id"] for run in seen}) == row(us)["totalRuns"]
    assert [run["created"] for run in seen] == sorted((run["created"] for run in seen), reverse=True)
