"""Recent activity: the ten newest runs of the organisation."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.steps import get, post_run, prepare
from watchbill.platform.clock import to_text

FIRST = datetime(2023, 8, 1, 12, tzinfo=UTC)
ACTIVITY = "/api/v1/ui/recent_activity"


@pytest.fixture(autouse=True)
def agent(service, key):
    """An agent with a version."""
    prepare(service, key)


def recent(service, key):
    service.settle()
    return get(service, key, ACTIVITY)


def at(minutes):
    return to_text(FIRST + timedelta(minutes=minutes))


def test_nothing_has_happened_yet(service, key):
    assert recent(service, key) == []


def test_a_run_is_shown_as_the_specification_words_it(service, key):
    post_run(service, key, id=12345, created=at(0), status="completed", time_taken="5.5s", cost=0.1)

    assert recent(service, key) == [
        {
            "id": 12345,
            "agent": "my-agent",
            "action": "completed run",
            "status": "completed",
            "time": "2023-08-01T12:00:00.000Z",
            "duration": 5.5,
            "cost": 0.1,
        }
    ]


@pytest.mark.parametrize(
    ("status", "action"),
    [
        ("completed", "completed run"),
        ("failed", "failed run"),
        ("timeout", "timed out"),
        ("running", "started run"),
        ("queued", "queued run"),
        ("cancelled", "cancelled run"),
    ],
)
def test_every_status_has_its_words(service, key, status, action):
    post_run(service, key, status=status)

    (shown,) = recent(service, key)
    assert (shown["status"], shown["action"]) == (status, action)


def test_a_run_without_a_clients_id_shows_the_servers(service, key):
    run = post_run(service, key)

    (shown,) = recent(service, key)
    assert (shown["id"], shown["duration"], shown["cost"]) == (run["run_id"], None, None)


def test_the_ten_newest_are_shown_in_the_order_of_their_event_times(service, key):
    prepare(service, key, "other")
    for i in (5, 3, 11, 0, 9, 1, 7):
        post_run(service, key, id=i, created=at(i))
    service.settle()
    for i in (2, 10, 4, 6, 8):
        post_run(service, key, agent="other", id=i, created=at(i))

    shown = recent(service, key)

    assert [run["id"] for run in shown] == [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]
    assert [run["agent"] for run in shown] == ["my-agent" if i % 2 else "other" for i in range(11, 1, -1)]


def test_a_run_that_ended_is_shown_with_its_end(service, key):
    post_run(service, key, id=1, status="running")
    assert [run["action"] for run in recent(service, key)] == ["started run"]

    post_run(service, key, id=1, status="failed", time_taken=2, cost=3)

    assert [(run["action"], run["duration"], run["cost"]) for run in recent(service, key)] == [("failed run", 2, 3)]


def test_a_run_that_moves_again_and_again_leaves_room_for_the_others(service, key):
    for i in range(9):
        post_run(service, key, id=i, created=at(i))
    for i in range(25):
        post_run(service, key, id="moving", created=at(100 + i))
        if i % 8 == 0:
            service.settle()

    assert [run["id"] for run in recent(service, key)] == ["moving", 8, 7, 6, 5, 4, 3, 2, 1, 0]
