"""Numbers, transactions, frames: each part is told once, nothing is more than a transaction or a socket takes."""

import json
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from watchbill.catalogue import bus
from watchbill.catalogue.schemas import message_of
from watchbill.platform.events import EventType
from watchbill.platform.writes import MOST_WRITES
from watchbill.realtime import frames, rooms, rules
from watchbill.realtime.models import Happening, Kind, Room
from watchbill.realtime.service import RealtimeService
from watchbill.realtime.store import RealtimeStore

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
RUNS = Room(Kind.ROOM, "runs")
NAMES = st.lists(st.integers(0, 20).map(str), min_size=1, max_size=6, unique=True)
HAPPENINGS = st.builds(
    lambda names, caused: Happening(
        RUNS, "run_recorded", {name: {"event_id": name} for name in names}, "c" if caused else None, "runs"
    ),
    NAMES,
    st.booleans(),
)


def ids_in(data: str) -> list[str]:
    return [run["event_id"] for run in json.loads(data)["runs"]]


@given(st.lists(st.lists(HAPPENINGS, max_size=4), max_size=6))
def test_each_part_of_a_cause_gets_one_number_and_numbers_follow_each_other(batches: list[list[Happening]]) -> None:
    seq, known, told = 0, {}, {}
    for batch in batches:
        found = rules.numbered(seq, batch, known, NOW)
        assert [event.seq for event in found.new] == list(range(seq + 1, seq + 1 + len(found.new)))
        assert all(number <= seq for number in found.again)
        seq, known = seq + len(found.new), found.known
        told |= {event.seq: ids_in(event.data) for event in found.new}

    for cause, parts in known.items():
        for part, number in parts.items():
            assert part in told[number]
            assert [number for number, names in told.items() if part in names].count(number) == 1, cause
    assert sum(map(len, told.values())) == sum(map(len, known.values()))


@given(st.lists(st.integers(1, 300), max_size=8), st.booleans())
def test_no_step_is_more_than_a_transaction_and_nothing_is_left_out(sizes: list[int], caused: bool) -> None:
    whole = [
        Happening(RUNS, "e", {f"{i}-{n}": {} for n in range(size)}, f"c{i}" if caused else None, "runs")
        for i, size in enumerate(sizes)
    ]
    parts = [part for happening in whole for part in rules.cut(happening)]

    steps = list(rules.steps(parts))

    assert [happening for step in steps for happening in step] == parts
    assert [name for part in parts for name in part.parts] == [name for happening in whole for name in happening.parts]
    for step in steps:
        causes = {happening.cause_of(name) for happening in step for name in happening.parts}
        assert 1 + len(step) + len(causes) <= MOST_WRITES


def test_an_event_that_is_more_than_a_socket_takes_says_that_it_is() -> None:
    long = Happening(RUNS, "run_recorded", {"a": {"text": "é" * rules.MOST_FRAME}})

    (event,) = rules.numbered(6, [long], {}, NOW).new
    frame = frames.frame_of(event)

    assert len(frame.encode()) < 1_000
    assert json.loads(frame) == {
        "event": "run_recorded",
        "room": "runs",
        "seq": 7,
        "timestamp": "2026-03-10T12:00:00.000Z",
        "data": {"omitted": "this is more than a socket takes: ask the API for it"},
    }


def test_every_event_of_the_bus_that_is_told_is_told_in_a_room_that_can_be_joined() -> None:
    for kind in rooms.TOLD:
        (entry,) = (entry for entry in bus.EVENTS if entry.event == kind)
        told = rooms.happenings(kind, message_of(entry)["detail"])
        assert told
        for happening in told:
            assert happening.room.kind is Kind.SESSION or happening.room.name in rooms.SCOPES
            assert not {"id", "organisation", "correlation_id"} & set(happening.data)
    assert rooms.happenings(EventType.USER_MESSAGE, {}) == []


def test_sockets_are_opened_where_the_stage_says_or_at_the_host_that_was_asked(memory_store: RealtimeStore) -> None:
    here = RealtimeService("demo", memory_store, "", lambda _: None)
    cloud = RealtimeService("demo", memory_store, "wss://live.example.com/live", lambda _: None)

    assert here.address("localhost:9999") == "ws://localhost:9999/ws"
    assert cloud.address("localhost:9999") == "wss://live.example.com/live"
