"""The catalogue of events: complete, its schemas sound, its examples as they are told, its documentation current."""

from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator, meta, validator_for

from tests.support.told import complaints
from watchbill.catalogue import bus, documentation, live
from watchbill.catalogue.schemas import ALL, DIALECT, message_of, schema_of
from watchbill.platform.events import EventType
from watchbill.realtime import rooms

DOCS = Path(__file__).parents[3] / "docs"


def named(told: Any) -> str:
    return f"{told.where} {told.event}"


def told_live(event: str, **facts: str) -> set[tuple[str, str]]:
    """Where the example of an event on the bus is told live, and as what, which must be as the catalogue says."""
    (entry,) = (told for told in bus.EVENTS if told.event == event)
    found = set()
    for happening in rooms.happenings(event, message_of(entry)["detail"] | facts):
        head = {"event": happening.event, **happening.room.address, "seq": 1, "timestamp": "2026-03-10T12:00:00Z"}
        where = head.get("room", live.SESSION)
        assert complaints(where, happening.event, {**head, "data": happening.data}) == []
        found.add((where, happening.event))
    return found


def test_every_event_of_the_bus_is_in_it_once() -> None:
    assert sorted(told.event for told in bus.EVENTS) == sorted(EventType)


def test_every_event_of_a_room_or_a_session_is_in_it_and_no_other_is() -> None:
    told = set().union(*(told_live(event) for event in EventType))
    for name in ("campaign_completed", "content_scheduled"):
        told |= told_live(EventType.CUSTOM_EVENT, name=name)

    assert told == {(entry.where, entry.event) for entry in live.EVENTS if entry.where != live.SOCKET}
    assert {event for event in EventType if told_live(event)} == set(rooms.TOLD)


@pytest.mark.parametrize("told", ALL, ids=named)
def test_its_schema_is_one_and_the_example_is_as_it_says(told: Any) -> None:
    schema, message = schema_of(told), message_of(told)

    meta.validate(schema)
    assert schema["$schema"] == DIALECT
    assert isinstance(validator_for(schema), Draft202012Validator)
    assert complaints(told.where, told.event, message) == []


def test_what_a_later_version_says_besides_is_no_fault_to_readers_and_one_to_our_tests() -> None:
    (told,) = (entry for entry in live.EVENTS if entry.event == "run_recorded")
    message = message_of(told)
    (run,) = message["data"]["runs"]
    more = {**message, "data": {"runs": [{**run, "mood": "good"}]}}

    assert Draft202012Validator(schema_of(told)).is_valid(more)
    assert complaints("runs", "run_recorded", more)
    assert complaints("runs", "run_recorded", {**message, "data": {"runs": [{**run, "created_at": "today"}]}})
    assert complaints("runs", "run_sung", message) == ["'run_sung' (runs) is not in the catalogue"]


def test_the_documentation_is_what_is_generated() -> None:
    schemas = (DOCS / documentation.FOLDER).rglob("*.schema.json")
    there = {path.relative_to(DOCS).as_posix(): path.read_text() for path in (*schemas, DOCS / documentation.PAGE)}

    assert there == documentation.documents()
