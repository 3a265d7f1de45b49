"""A run posted again is the same run: copies, older ones and reordered ones end in one record and one figure."""

from datetime import UTC, datetime
from itertools import permutations

import pytest

from tests.support.steps import AGENT, RUNS, a_run, get, post_run, prepare
from watchbill.platform.clock import frozen_at


@pytest.fixture(autouse=True)
def agent(service, key):
    """An agent with a version."""
    prepare(service, key)


def only_run(service, key):
    (run,) = get(service, key, RUNS)
    return run


def row(service, key):
    service.settle()
    (row,) = get(service, key, "/api/v1/ui/agent_versions")
    return row


def test_a_run_posted_twice_is_answered_the_same_and_stored_once(service, key):
    first = post_run(service, key, id=7, cost=0.5, time_taken="2s")

    again = post_run(service, key, id=7, cost=0.5, time_taken="2s")

    assert again == first
    assert only_run(service, key) == first


def test_a_run_posted_twice_changes_no_figure(service, key):
    post_run(service, key, id=7, cost=0.5, time_taken="2s")
    before = row(service, key)

    post_run(service, key, id=7, cost=0.5, time_taken="2s")

    assert row(service, key) == before
    assert before["totalRuns"] == 1


def test_a_clients_id_as_text_and_as_a_number_is_the_same_run(service, key):
    first = post_run(service, key, id=7)

    assert post_run(service, key, id="7")["run_id"] == first["run_id"]


def test_runs_without_an_id_are_different_runs(service, key):
    post_run(service, key)
    post_run(service, key)

    assert len(get(service, key, RUNS)) == 2


def test_one_id_under_two_versions_is_two_runs(service, key):
    service.request("POST", f"/api/v1/agents/{AGENT}/versions", {"version": "2"}, key=key)

    first, second = post_run(service, key, id=7), post_run(service, key, version="2", id=7)

    assert first["run_id"] != second["run_id"]


def test_a_batch_posted_twice_doubles_nothing(service, key):
    batch = {"runs": [a_run(id=i, cost=0.25, time_taken=i) for i in range(30)]}
    first = service.request("POST", RUNS, batch, key=key)
    before = row(service, key)

    again = service.request("POST", RUNS, batch, key=key)

    assert (again.status, again.json) == (201, first.json)
    assert row(service, key) == before
    assert (before["totalRuns"], before["spend"]) == (30, 7.5)


def test_the_end_of_a_run_is_taken_in_from_a_later_copy(service, key):
    post_run(service, key, id=7, status="running")

    post_run(service, key, id=7, status="completed", time_taken="3s", cost=1)

    run = only_run(service, key)
    assert (run["status"], run["duration_ms"], run["cost"]) == ("completed", 3_000, 1)


@pytest.mark.parametrize("stale", ["queued", "running"])
def test_an_older_copy_never_takes_back_a_final_status(service, key, stale):
    post_run(service, key, id=7, status="failed", time_taken="3s")

    answered = post_run(service, key, id=7, status=stale, time_taken="1s")

    assert (answered["status"], answered["duration_ms"]) == ("failed", 3_000)
    assert only_run(service, key) == answered


def test_a_copy_never_takes_back_a_fact_that_came_later(service, key):
    run = post_run(service, key, id=7, status="completed", cost=1, quality_score=10)
    later = {"user_satisfaction": 4, "quality_score": 80, "cost": 2, "summary": "better"}
    service.request("PATCH", f"/api/v1/agents/{AGENT}/runs/{run['run_id']}", later, key=key)

    post_run(service, key, id=7, status="completed", cost=1, quality_score=10)

    found = only_run(service, key)
    assert {name: found[name] for name in later} == later


def test_a_later_fact_given_before_the_copy_that_ends_the_run_is_kept(service, key):
    run = post_run(service, key, id=7, status="running")
    service.request("PATCH", f"/api/v1/agents/{AGENT}/runs/{run['run_id']}", {"user_satisfaction": 5}, key=key)

    post_run(service, key, id=7, status="completed")

    found = only_run(service, key)
    assert (found["status"], found["user_satisfaction"]) == ("completed", 5)


def test_the_order_in_which_copies_arrive_does_not_matter(service, key):
    copies = [
        {"status": "queued", "initiator": "ann"},
        {"status": "running", "started_at": "2023-08-01T12:00:01Z", "cost": 0.1},
        {"status": "completed", "time_taken": "4s", "cost": 0.3, "tools": ["a"]},
        {"status": "completed", "time_taken": "5s", "attempt": 2},
    ]

    with frozen_at(datetime(2023, 8, 1, 13, tzinfo=UTC)):
        for i, order in enumerate(permutations(copies)):
            for copy in order:
                post_run(service, key, id=i, **copy)
    service.settle()

    ours = ("run_id", "id")
    runs = [{name: value for name, value in run.items() if name not in ours} for run in get(service, key, RUNS)]
    assert len(runs) == 24
    assert all(run == runs[0] for run in runs)
    assert row(service, key)["totalRuns"] == 24
    assert row(service, key)["spend"] == pytest.approx(24 * 0.3)


def test_a_run_moved_to_a_later_time_is_listed_and_counted_once(service, key):
    post_run(service, key, id=7, created="2023-08-01T12:00:00Z")

    post_run(service, key, id=7, created="2023-08-02T09:00:00Z")
    post_run(service, key, id=7, created="2023-08-01T12:00:00Z")

    assert only_run(service, key)["created"] == "2023-08-02T09:00:00.000Z"
    figures = row(service, key)
    assert (figures["totalRuns"], figures["lastSeen"]) == (1, "2023-08-02T09:00:00.000Z")
