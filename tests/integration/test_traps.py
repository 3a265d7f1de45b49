"""The traps seen in the wild, each told as what went wrong there and does not here."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.steps import AGENT, RUNS, a_run, announce, get, post_run, prepare
from watchbill.platform.clock import frozen_at, to_text

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)


@pytest.fixture(autouse=True)
def agent(service, key):
    """An agent with a version."""
    prepare(service, key)


def row(service, key):
    service.settle()
    (row,) = get(service, key, "/api/v1/ui/agent_versions")
    return row


def cards_at(service, key, instant):
    service.settle()
    with frozen_at(instant):
        return {card["title"]: card for card in get(service, key, "/api/v1/ui/stats")}


def record(service, key, *created, **fields):
    for instant in created:
        with frozen_at(instant):
            post_run(service, key, created=to_text(instant), **fields)


def test_a_single_run_is_not_refused_because_its_body_was_read_before(service, key):
    # One handler read the body to see whether it is a batch, and then read it again, empty, as a run.
    for headers in ({}, {"Idempotency-Key": "read once more"}):
        for raw in (json.dumps(a_run(id=1)), json.dumps(a_run(id=1)).encode()):
            answer = service.request("POST", RUNS, key=key, raw=raw, headers=headers)
            assert (answer.status, answer.json["id"]) == (201, 1)

    assert len(get(service, key, RUNS)) == 1


@pytest.mark.parametrize("word", ["failed", "failure", "error", "timeout", "timed_out"])
def test_failed_is_not_counted_as_success(service, key, word):
    # Every status that was not "running" counted as success.
    post_run(service, key, status="completed")
    post_run(service, key, status=word)

    assert row(service, key)["successRate"] == 50


def test_a_duration_in_words_does_not_break_the_averages(service, key):
    # "5m30s" was read as a number, and became 0, 5, or an error that left the averages as they were.
    post_run(service, key, time_taken="5m30s")
    post_run(service, key, time_taken="30s")

    assert row(service, key)["avgRuntime"] == 180


def test_a_duration_that_cannot_be_read_is_refused_and_not_zero(service, key):
    post_run(service, key, time_taken="30s")

    assert service.request("POST", RUNS, a_run(time_taken="5 minutes"), key=key).status == 400
    assert row(service, key)["avgRuntime"] == 30


def test_a_batch_posted_twice_does_not_double_the_totals(service, key):
    # A client that timed out sent its batch again, and every figure doubled.
    batch = {"runs": [a_run(id=i, cost=1) for i in range(10)]}
    for _ in range(2):
        service.request("POST", RUNS, batch, key=key)
        service.settle()

    figures = row(service, key)
    assert (figures["totalRuns"], figures["spend"]) == (10, 10)
    assert len(get(service, key, RUNS)) == 10
    assert len(get(service, key, "/api/v1/ui/recent_activity")) == 10


def test_today_so_far_is_not_held_against_all_of_yesterday(service, key):
    # Every morning began with "-90% from yesterday".
    record(service, key, NOON - DAY - HOUR, *(NOON - DAY + i * HOUR for i in range(1, 10)), cost=1)
    record(service, key, NOON - HOUR, cost=1)

    cards = cards_at(service, key, NOON)

    assert cards["Total Runs Today"]["change"] == "0% from yesterday"
    assert cards["Total Cost Today"]["change"] == "0% from yesterday"


def test_a_window_that_is_compared_with_does_not_contain_the_current_one(service, key):
    # "Last week" meant the last seven days, today among them, so that the change was never more than a little.
    record(service, key, NOON - HOUR, NOON - timedelta(minutes=30), time_taken=10, cost=1)

    cards = cards_at(service, key, NOON + timedelta(minutes=1))

    assert {title: card["change"] for title, card in cards.items()} == {
        "Active Agents": "+1 from last week",
        "Total Runs Today": "0% from yesterday",
        "Avg Response Time": "0% from last hour",
        "Total Cost Today": "0% from yesterday",
    }


@pytest.mark.parametrize(("before", "now", "sign", "trend"), [(1, 3, "+", "up"), (3, 1, "-", "down")])
def test_no_card_loses_its_sign_or_its_plain_number(service, key, before, now, sign, trend):
    # Falling figures were printed without their minus, and "raw" was left out when it was 0.
    for i in range(3):
        prepare(service, key, f"agent-{i}")
    for i in range(before):
        record(service, key, NOON - WEEK - HOUR, agent=f"agent-{i}")
        record(service, key, NOON - DAY - HOUR, agent="agent-0", cost=1)
    record(service, key, NOON - timedelta(minutes=90), agent="agent-0", time_taken=before)
    for i in range(now):
        record(service, key, NOON - timedelta(minutes=30), agent=f"agent-{i}", time_taken=now, cost=1)

    cards = cards_at(service, key, NOON).values()

    assert [(card["change"][0], card["trend"]) for card in cards] == [(sign, trend)] * 4
    assert [card["raw"] for card in cards] == [now, now + 1, now, now]


def test_a_card_of_nothing_has_its_plain_number_too(service, key):
    assert [card["raw"] for card in cards_at(service, key, NOON).values()] == [0, 0, 0, 0]


def test_versions_are_not_sorted_as_text(service, key):
    # 1.9.0 stood above 1.10.0, and the dashboard showed last year's version first.
    for version in ("1.9.0", "1.10.0", "1.2.0"):
        announce(service, key, version=version)
    expected = ["1.10.0", "1.9.0", "1.2.0", "1.0.2"]

    listed = get(service, key, f"/api/v1/agents/{AGENT}/versions")
    shown = get(service, key, "/api/v1/ui/agent_versions")

    assert [version["version"] for version in listed] == expected
    assert [row["version"] for row in shown] == expected
