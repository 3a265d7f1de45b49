"""Events of runs, tasks and the calendar told together. Pure.

A bus that asks a price for each would cost more than the runs do. The runs of one batch of the stream are in one event,
or in as many as are needed, and so are its tasks and what is planned. A batch that comes again may be cut differently:
what tells one happening from another is the `event_id` that each of them has.
"""

import json
from collections.abc import Iterable, Iterator, Sequence

from watchbill.platform import ids
from watchbill.platform.events import Event, EventType

MOST_TOGETHER = 100
MOST_BYTES = 60_000
"""Of what is in an event: EventBridge counts an event once for every 64 KB."""
_TOGETHER = {
    EventType.RUNS_RECORDED: "runs",
    EventType.RUNS_UPDATED: "runs",
    EventType.TASKS_CHANGED: "tasks",
    EventType.CALENDAR_UPDATE: "events",
}
"""What is told together, by the name under which an event lists it."""


def bundled(events: Iterable[Event]) -> list[Event]:
    """Events as they are sent: those of runs, or of tasks, that one request led to together, others as they are."""
    told: list[Event] = []
    alike: dict[tuple[str, EventType, str | None], list[Event]] = {}
    for event in events:
        if event.type in _TOGETHER:
            alike.setdefault((event.organisation, event.type, event.correlation_id), []).append(event)
        else:
            told.append(event)
    return told + [_together(some) for same in alike.values() for some in _cut(same)]


def _cut(events: Sequence[Event]) -> Iterator[list[Event]]:
    some: list[Event] = []
    size = 0
    for event in events:
        length = len(json.dumps(event.data, default=float).encode()) + len(event.id)
        if some and (len(some) == MOST_TOGETHER or size + length > MOST_BYTES):
            yield some
            some, size = [], 0
        some.append(event)
        size += length
    yield some


def _together(events: Sequence[Event]) -> Event:
    first = events[0]
    data = {_TOGETHER[first.type]: [event.data | {"event_id": event.id} for event in events]}
    event_id = ids.derived_id("events", *(event.id for event in events))
    return Event(event_id, first.type, first.organisation, data, first.correlation_id)
