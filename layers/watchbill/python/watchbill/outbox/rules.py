"""Which events a write means. Pure."""

from collections.abc import Callable, Iterator
from typing import Any

from watchbill.alerts import notices
from watchbill.anomalies.models import Anomaly, Severity
from watchbill.anomalies.wording import to_anomaly
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
_REPORT_DATA = ("type", "title", "period", "scheduled", "summary")
_OF_ENTITY: dict[Entity, tuple[EventType | None, EventType | None, EventType | None]] = {
    # created, changed, removed
    keys.AGENT: (EventType.AGENT_REGISTERED, EventType.AGENT_CHANGED, None),
    keys.VERSION: (EventType.VERSION_REGISTERED, None, None),
    keys.RUN: (EventType.RUN_RECORDED, EventType.RUN_UPDATED, None),
    keys.API_KEY: (EventType.KEY_ISSUED, None, EventType.KEY_REVOKED),
    keys.SUBSCRIPTION: (None, EventType.SUBSCRIPTION_DISABLED, None),
    keys.REPORT: (EventType.REPORT_GENERATED, None, None),
}
_DATA: dict[Entity, Callable[[dict[str, Any]], dict[str, Any]]] = {
    keys.AGENT: lambda item: {"agent_id" if name == "id" else name: value for name, value in item.items()},
    keys.VERSION: lambda item: item,
    keys.RUN: lambda item: {name: item[name] for name in _RUN_DATA if name in item},
    keys.API_KEY: lambda item: {name: value for name, value in item.items() if name != "hash"},
    keys.SUBSCRIPTION: notices.disabled_data,
    keys.REPORT: lambda item: {"report_id": item["id"]} | {name: item[name] for name in _REPORT_DATA},
}


def events_of(record: Record) -> Iterator[Event]:
    """The events that a write means."""
    entity, values = keys.parse(record.key)
    if entity is keys.EPISODE:
        yield from _of_episode(record)
        return
    created, changed, removed = _OF_ENTITY.get(entity, (None, None, None))
    kind = created if record.before is None else removed if record.after is None else changed
    if kind is None or _only_replayed(record) or (entity is keys.SUBSCRIPTION and not _just_disabled(record)):
        return
    data = _DATA[entity](to_item(record.after or record.before or {}))
    if entity is keys.API_KEY:
        data["key_id"] = values["key"]
    event_id = ids.derived_id("event", *record.key, str(record.sequence))
    yield Event(event_id, kind, record.organisation, data, record.cause)


def _of_episode(record: Record) -> Iterator[Event]:
    if record.after is None:
        return
    after = to_anomaly(to_item(record.after))
    for kind in _of_anomaly(to_anomaly(to_item(record.before)) if record.before else None, after):
        event_id = ids.derived_id("event", *record.key, str(record.sequence), kind)
        told = {"strand_id": after.strand_id, "anomaly": after.model_dump(mode="json", by_alias=True)}
        yield Event(event_id, kind, record.organisation, told, record.cause)


def _of_anomaly(before: Anomaly | None, after: Anomaly) -> Iterator[EventType]:
    """What is worth telling of an anomaly: its beginning, its end, that it became worse, and once that it is critical.

    An anomaly that was over before anybody could be told of it, because checks had been missed, alarms nobody.
    """
    worse = before is not None and before.severity is not after.severity
    if before is None:
        yield EventType.ANOMALY_OPENED
    if after.resolved:
        if before is None or not before.resolved:
            yield EventType.ANOMALY_RESOLVED
        return
    if worse:
        yield EventType.ANOMALY_CHANGED
    if after.severity is Severity.CRITICAL and (before is None or worse):
        yield EventType.ANOMALY_CRITICAL


def _only_replayed(record: Record) -> bool:
    """Whether a run was written again only to be counted again, which is no news."""
    return (record.before or {}).get(runs.REPLAYED) != (record.after or {}).get(runs.REPLAYED)


def _just_disabled(record: Record) -> bool:
    """Whether a subscription was disabled by us: whoever disables one by hand knows it."""
    before, after = ((image or {}).get("disabled_reason") for image in (record.before, record.after))
    return after is not None and before is None
