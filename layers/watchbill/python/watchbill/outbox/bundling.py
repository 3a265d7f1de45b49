"""Events of runs told together. Pure: a bus that asks a price for each event would cost more than the runs themselves.

The runs of one batch of the stream are in one event, or in as many as are needed. A batch that comes again may be cut
differently: what tells one happening from another is the `event_id` that each run in an event has.
"""

import json
from collections.abc import Iterable, Iterator, Sequence

from watchbill.platform import ids
from watchbill.platform.events import Event, EventType

MOST_RUNS = 100
MOST_BYTES = 60_000
"""Of the runs in an event: EventBridge counts an event once for every 64 KB."""
_OF_RUNS = (EventType.RUNS_RECORDED, EventType.RUNS_UPDATED)


def bundled(events: Iterable[Event]) -> list[Event]:
    """Events as they are sent: those of runs that one request led to together, all others as they are."""
    told: list[Event] = []
    of_runs: dict[tuple[str, EventType, str | None], list[Event]] = {}
    for event in events:
        if event.type in _OF_RUNS:
            of_runs.setdefault((event.organisation, event.type, event.correlation_id), []).append(event)
        else:
            told.append(event)
    return told + [_together(some) for same in of_runs.values() for some in _cut(same)]


def _cut(events: Sequence[Event]) -> Iterator[list[Event]]:
    some: list[Event] = []
    size = 0
    for event in events:
        length = len(json.dumps(event.data, default=float).encode()) + len(event.id)
        if some and (len(some) == MOST_RUNS or size + length > MOST_BYTES):
            yield some
            some, size = [], 0
        some.append(event)
        size += length
    yield some


def _together(events: Sequence[Event]) -> Event:
    first = events[0]
    data = {"runs": [event.data | {"event_id": event.id} for event in events]}
    event_id = ids.derived_id("events", *(event.id for event in events))
    return Event(event_id, first.type, first.organisation, data, first.correlation_id)
