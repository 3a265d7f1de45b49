"""The four cards of the dashboard, as the specification words them, at frozen instants."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.steps import get, post_run, prepare
from watchbill.platform.clock import frozen_at, to_text

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)


@pytest.fixture(autouse=True)
def agent(service, key):
    """An agent with a version."""
    prepare(service, key)


def record(service, key, *created, **fields):
    """Post one run for each instant, at that instant."""
    for instant in created:
        with frozen_at(instant):
            post_run(service, key, created=to_text(instant), **fields)


def cards_at(service, key, instant):
    service.settle()
    with frozen_at(instant):
        return {card["title"]: card for card in get(service, key, "/api/v1/ui/stats")}


def card_at(service, key, instant, title):
    card = cards_at(service, key, instant)[title]
    return card["value"], card["change"], card["trend"], card["raw"]


def test_a_service_without_runs_shows_four_cards_of_nothing(service, key):
    with frozen_at(NOON):
        cards = get(service, key, "/api/v1/ui/stats")

    assert cards == [
        {
            "title": "Active Agents",
            "value": "0",
            "change": "0% from last week",
            "icon": "Bot",
            "trend": "neutral",
            "raw": 0,
        },
        {
            "title": "Total Runs Today",
            "value": "0",
            "change": "0% from yesterday",
            "icon": "Activity",
            "trend": "neutral",
            "raw": 0,
        },
        {
            "title": "Avg Response Time",
            "value": "0.0s",
            "change": "0% from last hour",
            "icon": "Clock",
            "trend": "neutral",
            "raw": 0,
        },
        {
            "title": "Total Cost Today",
            "value": "$0.00",
            "change": "0% from yesterday",
            "icon": "DollarSign",
            "trend": "neutral",
            "raw": 0,
        },
    ]


def test_every_card_is_complete_and_every_sign_is_printed(service, key):
    prepare(service, key, "second")
    record(service, key, NOON - WEEK - HOUR, NOON - DAY - HOUR, status="completed", cost=100, time_taken=9)
    record(service, key, NOON - timedelta(minutes=90), cost=1, time_taken=3.7)
    record(service, key, *[NOON - timedelta(minutes=30)] * 2, cost=61.225, time_taken=3.2)
    record(service, key, NOON - HOUR, agent="second")

    assert list(cards_at(service, key, NOON).values()) == [
        {
            "title": "Active Agents",
            "value": "2",
            "change": "+1 from last week",
            "icon": "Bot",
            "trend": "up",
            "raw": 2,
        },
        {
            "title": "Total Runs Today",
            "value": "4",
            "change": "+300% from yesterday",
            "icon": "Activity",
            "trend": "up",
            "raw": 4,
        },
        {
            "title": "Avg Response Time",
            "value": "3.2s",
            "change": "-0.5s from last hour",
            "icon": "Clock",
            "trend": "down",
            "raw": 3.2,
        },
        {
            "title": "Total Cost Today",
            "value": "$123.45",
            "change": "+23% from yesterday",
            "icon": "DollarSign",
            "trend": "up",
            "raw": 123.45,
        },
    ]


def test_figures_that_fell_are_shown_with_their_minus(service, key):
    prepare(service, key, "second")
    record(service, key, NOON - WEEK, agent="second")
    record(service, key, NOON - WEEK, NOON - DAY - HOUR, NOON - DAY - 2 * HOUR, cost=2)
    record(service, key, NOON - HOUR, cost=1)
    prepare(service, key, "third")
    record(service, key, NOON - WEEK - HOUR, agent="third")

    cards = cards_at(service, key, NOON + timedelta(minutes=1))

    changes = {title: (card["change"], card["trend"]) for title, card in cards.items()}
    assert changes == {
        "Active Agents": ("-2 from last week", "down"),
        "Total Runs Today": ("-50% from yesterday", "down"),
        "Avg Response Time": ("0% from last hour", "neutral"),
        "Total Cost Today": ("-75% from yesterday", "down"),
    }


def test_a_figure_that_did_not_change_is_neutral(service, key):
    record(service, key, NOON - DAY - HOUR, NOON - HOUR, cost=1.5)

    assert card_at(service, key, NOON, "Total Runs Today") == ("1", "0% from yesterday", "neutral", 1)
    assert card_at(service, key, NOON, "Total Cost Today") == ("$1.50", "0% from yesterday", "neutral", 1.5)


def test_a_figure_with_nothing_before_it_is_neutral(service, key):
    record(service, key, NOON - timedelta(minutes=5), cost=1.5, time_taken=2)

    cards = cards_at(service, key, NOON)

    assert {card["change"].split(" ")[0] for card in cards.values() if card["title"] != "Active Agents"} == {"0%"}
    assert {card["trend"] for card in cards.values() if card["title"] != "Active Agents"} == {"neutral"}


def test_thousands_are_set_apart(service, key):
    runs = [{"created": to_text(NOON - HOUR), "status": "completed", "cost": 1234.567} for _ in range(1_000)]
    with frozen_at(NOON - HOUR):
        service.request("POST", "/api/v1/agents/my-agent/versions/1.0.2/runs", {"runs": runs}, key=key)

    assert card_at(service, key, NOON, "Total Runs Today")[0] == "1,000"
    assert card_at(service, key, NOON, "Total Cost Today")[::3] == ("$1,234,567.00", 1_234_567)


@pytest.mark.parametrize(
    ("before_noon", "active"),
    [(timedelta(), 1), (47 * HOUR, 1), (48 * HOUR, 1), (48 * HOUR + timedelta(minutes=1), 0), (WEEK, 0)],
)
def test_an_agent_is_active_for_48_hours(service, key, before_noon, active):
    record(service, key, NOON - before_noon)

    assert card_at(service, key, NOON, "Active Agents")[3] == active


@pytest.mark.parametrize(
    ("before_noon", "active"),
    [
        (WEEK - timedelta(minutes=1), 0),
        (WEEK + timedelta(minutes=1), 1),
        (WEEK + 48 * HOUR - timedelta(minutes=1), 1),
        (WEEK + 48 * HOUR + timedelta(minutes=1), 0),
    ],
)
def test_last_week_is_the_48_hours_one_week_earlier(service, key, before_noon, active):
    record(service, key, NOON - before_noon)

    change = f"{-active} from last week" if active else "0% from last week"
    assert card_at(service, key, NOON, "Active Agents") == ("0", change, "down" if active else "neutral", 0)


def test_an_agent_that_runs_often_is_one_agent(service, key):
    record(service, key, NOON, NOON - HOUR, NOON - WEEK, NOON - WEEK - HOUR)

    assert card_at(service, key, NOON, "Active Agents") == ("1", "0% from last week", "neutral", 1)


@pytest.mark.parametrize(
    ("zone", "midnight"),
    [
        ("UTC", "2026-03-10T00:00:00+00:00"),
        ("Asia/Kolkata", "2026-03-09T18:30:00+00:00"),
        ("Asia/Kathmandu", "2026-03-09T18:15:00+00:00"),
        ("America/New_York", "2026-03-10T04:00:00+00:00"),
        ("Pacific/Kiritimati", "2026-03-10T10:00:00+00:00"),
    ],
)
def test_today_begins_at_midnight_of_the_organisations_zone(service, key, zone, midnight):
    service.request("PATCH", "/api/organisation", {"time_zone": zone}, key=key)
    begins = datetime.fromisoformat(midnight)

    record(service, key, begins - timedelta(minutes=1), cost=10)
    record(service, key, begins, begins + timedelta(minutes=1), cost=1)

    assert card_at(service, key, NOON, "Total Runs Today")[3] == 2
    assert card_at(service, key, NOON, "Total Cost Today")[3] == 2


def test_a_day_on_which_the_clock_changes_begins_at_its_own_midnight(service, key):
    # In New York 2026-03-08 begins at 05:00 UTC and has 23 hours; the 9th begins at 04:00 UTC.
    service.request("PATCH", "/api/organisation", {"time_zone": "America/New_York"}, key=key)
    now = datetime(2026, 3, 9, 16, tzinfo=UTC)
    record(service, key, datetime(2026, 3, 8, 4, 59, tzinfo=UTC), datetime(2026, 3, 9, 3, 59, tzinfo=UTC), cost=100)
    record(service, key, datetime(2026, 3, 8, 5, tzinfo=UTC), datetime(2026, 3, 8, 15, 59, tzinfo=UTC), cost=1)
    record(service, key, datetime(2026, 3, 9, 4, tzinfo=UTC), now, cost=2)

    assert card_at(service, key, now, "Total Runs Today") == ("2", "0% from yesterday", "neutral", 2)
    assert card_at(service, key, now, "Total Cost Today") == ("$4.00", "+100% from yesterday", "up", 4)


def test_today_so_far_is_compared_with_yesterday_so_far(service, key):
    record(service, key, NOON - DAY - HOUR, NOON - DAY + HOUR, NOON - DAY + 2 * HOUR, cost=1)
    record(service, key, NOON - HOUR, NOON - 2 * HOUR, cost=1)

    assert card_at(service, key, NOON, "Total Runs Today") == ("2", "+100% from yesterday", "up", 2)
    assert card_at(service, key, NOON, "Total Cost Today") == ("$2.00", "+100% from yesterday", "up", 2)


def test_the_last_hour_is_compared_with_the_hour_before_it(service, key):
    record(service, key, NOON - timedelta(minutes=30), time_taken=1)
    record(service, key, NOON - timedelta(minutes=90), time_taken=4)
    record(service, key, NOON - timedelta(minutes=150), time_taken=100)

    assert card_at(service, key, NOON, "Avg Response Time") == ("1.0s", "-3.0s from last hour", "down", 1)


def test_the_last_hour_is_sixty_minutes_not_the_hour_of_the_clock(service, key):
    now = NOON + timedelta(minutes=20)
    record(service, key, now - timedelta(minutes=50), time_taken=2)
    record(service, key, now - timedelta(minutes=70), time_taken=1)

    assert card_at(service, key, now, "Avg Response Time") == ("2.0s", "+1.0s from last hour", "up", 2)


def test_runs_without_a_duration_or_an_end_do_not_enter_the_mean(service, key):
    record(service, key, NOON, time_taken=2)
    record(service, key, NOON)
    record(service, key, NOON, status="running", time_taken=50)
    record(service, key, NOON, status="cancelled", time_taken=50)

    assert card_at(service, key, NOON, "Avg Response Time")[::3] == ("2.0s", 2)


def test_runs_without_a_cost_cost_nothing_and_runs_of_every_status_count(service, key):
    for status in ("queued", "running", "completed", "failed", "timeout", "cancelled"):
        record(service, key, NOON, status=status)

    assert card_at(service, key, NOON, "Total Runs Today")[0] == "6"
    assert card_at(service, key, NOON, "Total Cost Today")[::3] == ("$0.00", 0)


def test_a_run_counts_in_the_hour_it_happened_in_not_in_the_one_it_arrived_in(service, key):
    with frozen_at(NOON):
        post_run(service, key, created=to_text(NOON - 2 * DAY), cost=5)

    assert card_at(service, key, NOON, "Total Runs Today")[0] == "0"


def test_sums_of_money_are_exact(service, key):
    for _ in range(10):
        record(service, key, NOON, cost=0.1)

    assert card_at(service, key, NOON, "Total Cost Today")[3] == 1
