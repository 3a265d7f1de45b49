"""The dashboard's table of agent versions: one row each, also without runs, with figures of all time."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.steps import announce, get, post_run, prepare, register
from watchbill.platform.clock import frozen_at, to_text

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def rows_at(service, key, instant=NOON):
    service.settle()
    with frozen_at(instant):
        return get(service, key, "/api/v1/ui/agent_versions")


def record(service, key, *statuses, created=NOON, **fields):
    with frozen_at(NOON):
        for status in statuses:
            post_run(service, key, status=status, created=to_text(created), **fields)


def test_a_version_without_runs_has_a_row_of_nulls_and_zeros(service, key):
    agent = register(service, key)
    announce(service, key, cluster="123", tools=["a", "b"], models=["m"], deployment="prod")

    assert rows_at(service, key) == [
        {
            "id": agent,
            "name": "my-agent",
            "project": "my-project",
            "status": "idle",
            "lastSeen": None,
            "version": "1.0.2",
            "avgRuntime": None,
            "successRate": None,
            "totalRuns": 0,
            "spend": 0,
            "tools": ["a", "b"],
            "models": ["m"],
            "cluster": "123",
            "deployment": "prod",
        }
    ]


def test_a_version_with_runs_shows_their_figures(service, key):
    agent = prepare(service, key)
    record(service, key, "completed", time_taken="5m30s", cost=0.1)
    record(service, key, "failed", time_taken="2m10s", cost=0.05, created=NOON - timedelta(hours=1))
    record(service, key, "completed", time_taken="20s", cost=0.0012)

    (row,) = rows_at(service, key)

    assert row["id"] == agent
    assert (row["status"], row["lastSeen"]) == ("active", "2026-03-10T12:00:00.000Z")
    assert (row["avgRuntime"], row["successRate"], row["totalRuns"]) == (160, 66.7, 3)
    assert row["spend"] == 0.1512


def test_rows_are_in_the_order_of_agents_and_their_newest_versions(service, key):
    prepare(service, key, "b", "1.9.0", "1.10.0")
    prepare(service, key, "a", "2")

    assert [(row["name"], row["version"]) for row in rows_at(service, key)] == [
        ("a", "2"),
        ("b", "1.10.0"),
        ("b", "1.9.0"),
    ]


def test_versions_have_figures_of_their_own(service, key):
    prepare(service, key, "my-agent", "1", "2")
    record(service, key, "completed", version="1", cost=1)
    record(service, key, "failed", "failed", version="2", cost=2)

    rows = rows_at(service, key)

    figures = [(row["version"], row["totalRuns"], row["successRate"], row["spend"]) for row in rows]
    assert figures == [("2", 2, 0, 4), ("1", 1, 100, 1)]


def test_runs_without_a_version_have_a_row_behind_the_versions(service, key):
    prepare(service, key)
    record(service, key, "completed", version="unversioned")

    assert [(row["version"], row["totalRuns"]) for row in rows_at(service, key)] == [("1.0.2", 0), ("unversioned", 1)]


@pytest.mark.parametrize(
    ("statuses", "rate"),
    [
        (["completed"], 100),
        (["failed"], 0),
        (["timeout"], 0),
        (["completed", "failed", "timeout"], 33.3),
        (["completed", "cancelled", "queued", "running"], 100),
        (["cancelled", "queued", "running"], None),
    ],
)
def test_only_runs_that_were_judged_enter_the_success_rate(service, key, statuses, rate):
    prepare(service, key)
    record(service, key, *statuses)

    (row,) = rows_at(service, key)

    assert (row["successRate"], row["totalRuns"]) == (rate, len(statuses))


def test_runs_without_a_duration_do_not_enter_the_mean(service, key):
    prepare(service, key)
    record(service, key, "completed", "failed")
    record(service, key, "completed", time_taken=0)
    record(service, key, "completed", time_taken=3)

    (row,) = rows_at(service, key)

    assert row["avgRuntime"] == 1.5


@pytest.mark.parametrize(("hours", "status"), [(48, "active"), (48.02, "idle"), (0, "active")])
def test_a_version_is_active_for_48_hours(service, key, hours, status):
    prepare(service, key)
    record(service, key, "completed")

    (row,) = rows_at(service, key, NOON + timedelta(hours=hours))

    assert (row["status"], row["lastSeen"]) == (status, "2026-03-10T12:00:00.000Z")


def test_last_seen_does_not_move_back_with_an_older_run(service, key):
    prepare(service, key)
    record(service, key, "completed")
    service.settle()

    record(service, key, "completed", created=NOON - timedelta(days=9))

    (row,) = rows_at(service, key)
    assert (row["lastSeen"], row["totalRuns"]) == ("2026-03-10T12:00:00.000Z", 2)


def test_figures_of_all_time_reach_back_for_years(service, key):
    prepare(service, key)
    record(service, key, "completed", created=NOON - timedelta(days=2_000), cost=1)
    record(service, key, "completed", cost=2)

    (row,) = rows_at(service, key)

    assert (row["totalRuns"], row["spend"]) == (2, 3)


def test_an_agent_that_changed_its_project_keeps_its_figures(service, key):
    prepare(service, key)
    record(service, key, "completed")
    service.request("PATCH", "/api/v1/agents/my-agent", {"project": "moved"}, key=key)

    (row,) = rows_at(service, key)

    assert (row["project"], row["totalRuns"]) == ("moved", 1)


def test_a_sum_of_costs_may_be_more_than_any_one_may_be(service, key):
    prepare(service, key)
    record(service, key, *["completed"] * 4, cost=10**9)

    (row,) = rows_at(service, key)

    assert row["spend"] == 4 * 10**9
