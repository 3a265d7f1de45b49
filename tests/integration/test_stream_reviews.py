"""What follows from writes to streams: progress, insights and events, each once; of removed ones nothing is left."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.bus import Bus, work
from tests.support.channels import received
from tests.support.deliveries import delivered_to
from tests.support.local_table import every_item
from tests.support.steps import STREAMS, a_stream, get
from tests.support.streams import StreamOf
from watchbill.outbox.rules import events_of
from watchbill.platform.clock import frozen_at
from watchbill.platform.queue import Queue
from watchbill.platform.stream import records_of
from watchbill.services import services

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def now(channels):
    with frozen_at(NOW):
        yield


@pytest.fixture
def stream(service, key):
    return StreamOf(service, key, a_stream(service, key))


@pytest.fixture
def bus(service):
    return Bus(service)


def go_on(bus, service):
    """Let everything happen that follows from the writes so far; the events of streams by type."""
    told = Counter()
    while True:
        told.update(event["detail-type"] for event in bus.settle() if event["detail-type"].startswith("stream"))
        if not work(service, "stream_worker", Queue.STREAMS):
            return told


def test_what_is_written_to_a_stream_is_reviewed_and_told_once(service, stream, bus):
    stream.add_all(*({"name": f"i{number}", "stage": "closed"} for number in range(4)))

    told = go_on(bus, service)
    shown = stream.get()

    assert shown["goal_status"] == "completed"
    assert shown["current_progress"] == {
        "completed": 4,
        "total": 4,
        "percentage": 100.0,
        "last_updated": "2026-03-10T12:00:00.000Z",
    }
    assert told == {"stream_insight": 6, "stream_completed": 1}
    assert get(service, stream.key, STREAMS)["items"] == [shown]
    assert go_on(bus, service) == {}


def test_a_batch_of_the_stream_means_one_message_for_each_stream(service, key, stream):
    other = StreamOf(service, key, a_stream(service, key))
    service.stream.records()
    for number in range(3):
        stream.add(f"i{number}")
    other.add("theirs")

    records = delivered_to("outbox", service.stream.records())
    service.invoke("outbox", {"Records": records})

    bodies = [record["body"] for record in received(Queue.STREAMS)["Records"]]
    assert len(records) == 4
    assert len(bodies) == 2
    assert all(sum(one.id in body for body in bodies) == 1 for one in (stream, other))


def test_what_is_delivered_again_late_and_twice_changes_nothing(service, stream):
    stream.add("a", stage="closed")
    records = delivered_to("outbox", service.stream.records())
    for _ in range(2):
        service.invoke("outbox", {"Records": records})
        work(service, "stream_worker", Queue.STREAMS)
    there = every_item()

    stream.add("b", stage="closed")
    stream.get("/progress")
    newer = [item for item in every_item() if item not in there]
    service.invoke("outbox", {"Records": records})
    work(service, "stream_worker", Queue.STREAMS)

    assert newer
    assert all(item in every_item() for item in newer)
    assert stream.get()["current_progress"]["completed"] == 2


def test_an_event_of_an_insight_is_the_same_when_it_is_told_again(service, stream):
    stream.add("a", stage="closed")
    stream.get("/insights")
    records = delivered_to("outbox", service.stream.records())

    told = [events_of(record) for _ in range(2) for record in records_of({"Records": records})]
    events = [event for some in told for event in some if event.type.startswith("stream")]
    first, again = events[: len(events) // 2], events[len(events) // 2 :]

    assert first == again
    assert {event.data["stream_id"] for event in first} == {stream.id}
    assert {event.data["subject"] for event in first} == {"25", "enrichment", "scoring"}
    assert all(event.data["insight_id"] != event.id for event in first)


def test_time_alone_moves_a_goal_and_who_asks_is_told(service, key):
    deadline = "2026-03-20T12:00:00Z"
    stream = StreamOf(service, key, a_stream(service, key, goal_deadline=deadline))
    stream.add("a")

    def at(days):
        with frozen_at(NOW + timedelta(days=days)):
            insights = stream.get("/insights")["items"]
            return stream.get()["goal_status"], [one["subject"] for one in insights if one["kind"] == "pace"]

    assert at(0) == ("in_progress", [])
    assert at(5) == ("at_risk", ["at_risk"])
    assert at(11) == ("failed", ["failed", "at_risk"])
    assert at(12) == at(11)


def test_progress_counts_by_stage_and_priority_and_says_the_average_quality(stream):
    stream.add("a", stage="qualified", priority="high", scores={"quality": 4.5})
    stream.add("b", scores={"quality": 3.0})
    stream.add("c", status="cancelled")

    shown = stream.get("/progress")

    assert shown["current_progress"]["percentage"] == 25.0
    assert shown["by_stage"] == {"discover": 1, "research": 0, "outreach": 0, "qualified": 1, "closed": 0}
    assert shown["by_priority"] == {"critical": 0, "high": 1, "medium": 1, "low": 0}
    assert (shown["items"], shown["cancelled"]) == (2, 1)
    assert (shown["scored"], shown["average_quality"]) == (2, 3.75)


def test_a_paused_stream_stays_paused_through_its_reviews(service, stream, bus):
    stream.set(goal_status="paused")
    stream.add_all(*({"name": f"i{number}", "stage": "closed"} for number in range(4)))
    go_on(bus, service)

    assert stream.get("/progress")["goal_status"] == stream.get()["goal_status"] == "paused"
    stream.set(goal_status="in_progress")
    assert stream.get()["goal_status"] == "completed"


def test_insights_are_listed_newest_first_in_pages(stream):
    stream.add("a")
    stream.get("/insights")
    with frozen_at(NOW + timedelta(hours=1)):
        stream.add("b", stage="closed")
        first = stream.get("/insights?limit=1")
    rest = stream.get(f"/insights?limit=2&cursor={first['next_cursor']}")

    assert [one["subject"] for one in first["items"]] == ["25"]
    assert {one["subject"] for one in rest["items"]} == {"enrichment", "scoring"}
    assert rest["next_cursor"] is None


def test_nothing_is_left_of_a_stream_that_is_removed(service, key, stream, bus, monkeypatch):
    other = StreamOf(service, key, a_stream(service, key))
    other.add("theirs")
    stream.add_all(*({"name": f"i{number}", "stage": "closed"} for number in range(7)))
    go_on(bus, service)
    monkeypatch.setattr("watchbill.streams.reviewer.CLEARED_AT_ONCE", 3)

    gone = [service.request("DELETE", stream.address, key=key).status for _ in range(2)]
    go_on(bus, service)

    assert gone == [204, 404]
    assert [item for item in every_item() if stream.id in item["pk"]["S"] + item["sk"]["S"]] == []
    assert other.names() == ["theirs"]
    for what in ("", "/items", "/progress", "/insights"):
        assert service.request("GET", stream.address + what, key=key).status == 404


def test_a_review_of_one_stream_that_fails_does_not_keep_others_from_theirs(service, stream, bus, monkeypatch):
    broken = StreamOf(service, stream.key, a_stream(service, stream.key))
    store = services("demo").streams._store
    places = store.places
    monkeypatch.setattr(store, "places", lambda of: 1 / 0 if of == broken.id else places(of))
    stream.add("a", stage="closed")

    bus.settle()
    event = received(Queue.STREAMS)
    answer = service.invoke("stream_worker", event)

    assert len(event["Records"]) == 2
    assert len(answer["batchItemFailures"]) == 1
    assert stream.get()["current_progress"]["completed"] == 1
