"""Events of runs and tasks told together: each once, no event too large, whatever comes between them."""

import json

from hypothesis import given
from hypothesis import strategies as st

from watchbill.outbox.bundling import MOST_BYTES, MOST_TOGETHER, bundled
from watchbill.platform.events import Event, EventType

_EVENTS = st.lists(
    st.builds(
        Event,
        id=st.uuids().map(str),
        type=st.sampled_from(
            [EventType.RUNS_RECORDED, EventType.RUNS_UPDATED, EventType.TASKS_CHANGED, EventType.TASK_FAILED]
        ),
        organisation=st.sampled_from(["one", "other"]),
        data=st.builds(lambda size: {"run_id": "r", "text": "x" * size}, st.sampled_from([0, 10, 20_000])),
        correlation_id=st.sampled_from([None, "a"]),
    ),
    max_size=12,
    unique_by=lambda event: event.id,
)


def told_in(event: Event) -> list[str]:
    listed = event.data.get("runs") or event.data.get("tasks")
    return [each["event_id"] for each in listed] if listed else [event.id]


@given(_EVENTS)
def test_each_happening_is_in_one_event_of_its_own_organisation_and_kind(events: list[Event]) -> None:
    sent = bundled(events)
    known = {event.id: event for event in events}

    assert sorted(one for event in sent for one in told_in(event)) == sorted(known)
    for event in sent:
        for one in map(known.__getitem__, told_in(event)):
            assert (one.organisation, one.type, one.correlation_id) == (
                event.organisation,
                event.type,
                event.correlation_id,
            )
        assert len(json.dumps(event.data)) < MOST_BYTES + 1_000
    assert bundled(events) == sent


def test_a_hundred_runs_are_one_event_and_one_more_is_another() -> None:
    events = [Event(str(i), EventType.RUNS_RECORDED, "demo", {"run_id": str(i)}) for i in range(MOST_TOGETHER + 1)]

    assert [len(event.data["runs"]) for event in bundled(events)] == [MOST_TOGETHER, 1]
