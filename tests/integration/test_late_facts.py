"""What comes later about a run: its end, tokens, a cost, a rating, a quality score."""

import pytest

from tests.support.steps import AGENT, get, post_run, prepare


@pytest.fixture(autouse=True)
def agent(service, key):
    """An agent with a version."""
    prepare(service, key)


@pytest.fixture
def running(service, key):
    """A run under way."""
    return post_run(service, key, status="running", started_at="2023-08-01T12:00:01Z")


def amend(service, key, run, **facts):
    return service.request("PATCH", f"/api/v1/agents/{AGENT}/runs/{run['run_id']}", facts, key=key)


def test_late_facts_are_added_and_the_rest_stays(service, key, running):
    facts = {
        "status": "failed",
        "completed_at": "2023-08-01T12:00:05.000Z",
        "tokens": {"input": 1, "output": 2, "total": 3, "cache_read": None, "cache_write": None, "reasoning": None},
        "cost": 0.75,
        "quality_score": 60.5,
        "user_satisfaction": 3,
        "summary": "it broke",
        "error": {"type": "IOError", "message": "disk"},
        "output": [1, 2],
    }

    answer = amend(service, key, running, **facts)

    expected = running | facts | {"time_taken": "4s", "duration_ms": 4_000}
    assert (answer.status, answer.json) == (200, expected)
    assert get(service, key, f"/api/v1/agents/{AGENT}/runs/{running['run_id']}") == expected


def test_facts_that_came_one_by_one_are_all_kept(service, key, running):
    amend(service, key, running, cost=1)
    amend(service, key, running, user_satisfaction=5)

    run = amend(service, key, running, status="completed", time_taken="2s").json

    assert (run["cost"], run["user_satisfaction"], run["status"], run["duration_ms"]) == (1, 5, "completed", 2_000)


def test_a_fact_may_be_corrected(service, key, running):
    amend(service, key, running, cost=1)

    assert amend(service, key, running, cost=0.5).json["cost"] == 0.5


def test_the_figures_follow_what_came_later(service, key, running):
    service.settle()

    amend(service, key, running, status="completed", time_taken="2s", cost=0.5)
    service.settle()

    (row,) = get(service, key, "/api/v1/ui/agent_versions")
    assert (row["totalRuns"], row["avgRuntime"], row["successRate"], row["spend"]) == (1, 2, 100, 0.5)


@pytest.mark.parametrize("end", ["completed", "failed", "timeout", "cancelled"])
@pytest.mark.parametrize("before", ["queued", "running"])
def test_a_run_that_is_over_cannot_be_under_way_again(service, key, end, before):
    run = post_run(service, key, status=end)

    answer = amend(service, key, run, status=before)

    assert answer.status == 422
    assert answer.json["detail"] == f"the run is {end}; it cannot become {before} again"
    assert get(service, key, f"/api/v1/agents/{AGENT}/runs/{run['run_id']}") == run


def test_a_run_cannot_end_before_it_began(service, key, running):
    answer = amend(service, key, running, completed_at="2023-08-01T12:00:00Z")

    assert answer.status == 422
    assert "before it began" in answer.json["detail"]


@pytest.mark.parametrize("facts", [{}, {"cost": None}, {"status": None, "tokens": None}])
def test_a_change_that_says_nothing_is_refused(service, key, running, facts):
    answer = amend(service, key, running, **facts)

    assert answer.status == 400
    assert "nothing to change" in answer.json["detail"]


@pytest.mark.parametrize("field", ["created", "id", "initiator", "tools", "run_id"])
def test_what_a_run_is_cannot_be_changed(service, key, running, field):
    answer = amend(service, key, running, **{field: "x"})

    assert (answer.status, answer.json["errors"][0]["path"]) == (400, field)


@pytest.mark.parametrize("run_id", ["nobody", "01M7WZKV895BDM0PH8XPJH049N", "x#y"])
def test_an_unknown_run_cannot_be_changed(service, key, run_id):
    answer = amend(service, key, {"run_id": run_id}, cost=1)

    assert answer.status == 404
