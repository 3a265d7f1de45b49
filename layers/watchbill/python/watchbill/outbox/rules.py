"""Which event a write means. Pure."""

from collections.abc import Callable
from typing import Any

from watchbill.platform import ids, keys
from watchbill.platform.events import Event, EventType
from watchbill.platform.items import to_item
from watchbill.platform.keys import Entity
from watchbill.platform.stream import Record
from watchbill.runs import rules as runs

_RUN_DATA = (
    runs.RUN_ID,
    runs.AGENT_ID,
    runs.VERSION,
    runs.STATUS,
    runs.CREATED_AT,
    runs.DURATION_MS,
    "cost",
    "task_type",
    "campaign_id",
    "session_id",
)
_OF_ENTITY: dict[Entity, tuple[EventType | None, EventType | None, EventType | None]] = {
    # created, changed, removed
    keys.AGENT: (EventType.AGENT_REGISTERED, EventType.AGENT_CHANGED, None),
    keys.VERSION: (EventType.VERSION_REGISTERED, None, None),
    keys.RUN: (EventType.RUN_RECORDED, EventType.RUN_UPDATED, None),
    keys.API_KEY: (EventType.KEY_ISSUED, None, EventType.KEY_REVOKED),
}
_DATA: dict[Entity, Callable[[dict[str, Any]], dict[str, Any]]] = {
    keys.AGENT: lambda item: {"agent_id" if name == "id" else name: value for name, value in item.items()},
    keys.VERSION: lambda item: item,
    keys.RUN: lambda item: {name: item[name] for name in _RUN_DATA if name in item},
    keys.API_KEY: lambda item: {name: value for name, value in item.items() if name != "hash"},
}


def event_of(record: Record) -> Event | None:
    """The event that a write means, or None."""
    entity, values = keys.parse(record.key)
    created, changed, removed = _OF_ENTITY.get(entity, (None, None, None))
    kind = created if record.before is None else removed if record.after is None else changed
    if kind is None or _only_replayed(record):
        return None
    data = _DATA[entity](to_item(record.after or record.before or {}))
    if entity is keys.API_KEY:
        data["key_id"] = values["key"]
    event_id = ids.derived_id("event", *record.key, str(record.sequence))
    return Event(event_id, kind, record.organisation, data, record.cause)


def _only_replayed(record: Record) -> bool:
    """Whether a run was written again only to be counted again, which is no news."""
    return (record.before or {}).get(runs.REPLAYED) != (record.after or {}).get(runs.REPLAYED)
