"""What agents did and cost over a day, a week and a month, from runs that were posted, at a frozen instant."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.steps import get, post_run, prepare
from watchbill.analytics import fleet
from watchbill.platform import aws
from watchbill.platform.clock import frozen_at, to_text

NOW = datetime(2026, 3, 10, 12, 30, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ADDRESS = "/api/agents/analytics"
NOTHING = {
    "executions": 0,
    "completed": 0,
    "failed": 0,
    "timeout": 0,
    "cancelled": 0,
    "success_rate": None,
    "avg_duration_ms": None,
    "p95_duration_ms": None,
    "avg_quality_score": None,
    "tokens": 0,
    "cost": 0,
    "items_processed": 0,
    "content_produced": 0,
}


@pytest.fixture
def record(service, key):
    """Posts a run of an agent at an instant."""
    known = set()

    def post(agent, created, **fields):
        with frozen_at(NOW):
            if agent not in known:
                prepare(service, key, agent)
                known.add(agent)
            post_run(service, key, agent, created=to_text(created), **fields)

    return post


@pytest.fixture
def figures(service, key):
    """The answer for a range."""

    def ask(asked=None):
        service.settle()
        with frozen_at(NOW):
            return get(service, key, ADDRESS + (f"?range={asked}" if asked else ""))

    return ask


def test_nothing_done_is_shown_as_nothing_and_no_rate_is_made_up(figures):
    answer = figures()

    assert answer["overview"] == NOTHING | {"active_agents": 0}
    assert (answer["range"], answer["start"], answer["end"]) == (
        "24h",
        "2026-03-09T13:00:00.000Z",
        "2026-03-10T13:00:00.000Z",
    )
    assert answer["agents"] == answer["errors"]["by_agent"] == answer["cost"]["by_agent"] == []
    assert answer["errors"]["error_rate"] is answer["cost"]["avg_per_execution"] is None
    assert [point["executions"] for point in answer["time_series"]] == [0] * 24


def test_agents_add_up_to_the_overview_and_each_has_its_part(record, figures):
    record("ana", NOW - HOUR, status="completed", cost=3, time_taken=2, tokens={"input": 10, "output": 5})
    record("ana", NOW - HOUR, status="failed", cost=1, time_taken=4)
    record("ana", NOW - 2 * HOUR, status="timeout")
    record("bob", NOW - HOUR, status="completed", content_produced=2, items_processed=7)

    answer = figures("24h")

    overview, rows = answer["overview"], {row["name"]: row for row in answer["agents"]}
    assert (overview["executions"], overview["active_agents"], overview["success_rate"]) == (4, 2, 0.5)
    assert (overview["cost"], overview["tokens"], overview["avg_duration_ms"]) == (4, 15, 3_000)
    assert [row["name"] for row in answer["agents"]] == ["ana", "bob"]
    assert (rows["ana"]["executions"], rows["ana"]["failed"], rows["ana"]["timeout"]) == (3, 1, 1)
    assert (rows["bob"]["content_produced"], rows["bob"]["items_processed"]) == (2, 7)
    summed = ("executions", "completed", "failed", "timeout", "cancelled", "tokens", "cost", "content_produced")
    assert {name: sum(row[name] for row in answer["agents"]) for name in summed} == {
        name: overview[name] for name in summed
    }


def test_errors_are_counted_by_agent_the_most_first(record, figures):
    record("ana", NOW - HOUR, status="failed")
    for status in ("failed", "timeout", "completed", "cancelled"):
        record("bob", NOW - HOUR, status=status)
    record("eva", NOW - HOUR, status="completed")

    errors = figures()["errors"]

    assert (errors["failed"], errors["timeout"], errors["error_rate"]) == (2, 1, 0.6)
    assert [(one["name"], one["failed"], one["timeout"]) for one in errors["by_agent"]] == [
        ("bob", 1, 1),
        ("ana", 1, 0),
    ]


def test_costs_are_split_by_agent_and_what_is_not_known_enters_no_mean(record, figures):
    record("ana", NOW - HOUR, status="completed", cost=3, tokens={"input": 10, "output": 5})
    record("bob", NOW - HOUR, status="completed", cost=1)
    record("bob", NOW - HOUR, status="completed")

    cost = figures()["cost"]

    assert (cost["total"], cost["executions_with_cost"], cost["avg_per_execution"]) == (4, 2, 2)
    assert (cost["tokens_input"], cost["tokens_output"]) == (10, 5)
    assert [(one["name"], one["cost"], one["share"]) for one in cost["by_agent"]] == [
        ("ana", 3, 0.75),
        ("bob", 1, 0.25),
    ]


@pytest.mark.parametrize(
    ("asked", "points", "first", "before"),
    [
        ("24h", 24, NOW - 23 * HOUR, NOW - 24 * HOUR),
        ("7d", 7, NOW - 6 * DAY, NOW - 7 * DAY),
        ("30d", 30, NOW - 29 * DAY, NOW - 30 * DAY),
    ],
)
def test_a_range_begins_with_its_first_hour_or_day_and_ends_with_the_running_one(
    record, figures, asked, points, first, before
):
    for created in (before, first, NOW):
        record("ana", created, status="completed")

    answer = figures(asked)

    executions = [point["executions"] for point in answer["time_series"]]
    assert executions == [1] + [0] * (points - 2) + [1]
    assert answer["overview"]["executions"] == 2
    assert answer["time_series"][0]["timestamp"] == answer["start"]


def test_an_agent_that_did_nothing_in_the_range_is_not_shown(record, figures):
    record("ana", NOW - 3 * DAY, status="completed")
    record("bob", NOW, status="completed")

    assert [row["name"] for row in figures("24h")["agents"]] == ["bob"]
    assert [row["name"] for row in figures("7d")["agents"]] == ["ana", "bob"]


def test_so_many_agents_are_shown_those_that_worked_last_and_the_overview_is_of_all(record, figures, monkeypatch):
    monkeypatch.setattr(fleet, "MOST_AGENTS", 1)
    record("ana", NOW - 2 * HOUR, status="completed")
    record("bob", NOW - HOUR, status="completed")

    answer = figures()

    assert [row["name"] for row in answer["agents"]] == ["bob"]
    assert (answer["overview"]["executions"], answer["overview"]["active_agents"]) == (2, 2)


def test_what_is_read_follows_from_the_window_and_the_agents_and_not_from_the_runs(record, figures):
    read = []

    def note(parsed, **_):
        read.extend([*parsed.get("Items", ()), *([parsed["Item"]] if "Item" in parsed else ())])

    def items_read():
        figures("7d")  # lets what was recorded be counted
        read.clear()
        figures("7d")
        return len(read)

    aws.dynamodb().meta.events.register("after-call.dynamodb", note)
    record("ana", NOW - HOUR, status="completed")
    few = items_read()
    for _ in range(20):
        record("ana", NOW - HOUR, status="failed")

    assert items_read() == few > 0
