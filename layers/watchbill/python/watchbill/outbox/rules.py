"""Which events a write means. Pure."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from watchbill.alerts import notices
from watchbill.anomalies.models import Anomaly, Severity
from watchbill.anomalies.wording import to_anomaly
from watchbill.budgets import rules as budgets
from watchbill.budgets.models import BudgetState
from watchbill.execution.models import TaskStatus
from watchbill.execution.packing import to_task
from watchbill.execution.recording import duration_of
from watchbill.outbox.accounts import ended_posts_of, of_account, of_consent, of_post, social_messages_of
from watchbill.outbox.conversations import of_message, of_session
from watchbill.outbox.dispatching import budgets_of, just_ended, to_dispatch
from watchbill.outbox.orchestrations import of_orchestration, to_conclude
from watchbill.outbox.planned import of_event, of_occasion, to_attend
from watchbill.outbox.tasks import of_task
from watchbill.platform import ids, keys
from watchbill.platform.events import Event, EventType
from watchbill.platform.items import REVISION, Item, to_item
from watchbill.platform.keys import Entity, Key
from watchbill.platform.queue import Queue
from watchbill.platform.stream import Record
from watchbill.runs import rules as runs
from watchbill.streams.views import StreamInsight
from watchbill.telemetry.following import messages_of as of_trace
from watchbill.telemetry.following import price_messages_of as of_prices
from watchbill.workflows.models import Ending

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
_QUEUED = TaskStatus.QUEUED.value
_WHEN = ("schedule_cron", "time_zone", "is_active", "is_paused")
"""What an agent's settings say of when it runs by itself."""
_OF_ENTITY: dict[Entity, tuple[EventType | None, EventType | None, EventType | None]] = {
    # created, changed, removed
    keys.AGENT: (EventType.AGENT_REGISTERED, EventType.AGENT_CHANGED, None),
    keys.VERSION: (EventType.VERSION_REGISTERED, None, None),
    keys.RUN: (EventType.RUNS_RECORDED, EventType.RUNS_UPDATED, None),
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

_OF_SOCIAL = {keys.ACCOUNT: of_account, keys.CONSENT: of_consent, keys.POST: of_post}


def events_of(record: Record) -> Iterator[Event]:
    """The events that a write means."""
    entity, values = keys.parse(record.key)
    if entity in (keys.EPISODE, keys.INSIGHT):
        yield from _of_episode(record) if entity is keys.EPISODE else _of_insight(record)
        return
    if entity is keys.ORCHESTRATION:
        yield from of_orchestration(record)
        return
    if read := _OF_SOCIAL.get(entity):
        yield from read(record)
        return
    if entity in (keys.TASK, keys.BUDGET):
        yield from of_task(record) if entity is keys.TASK else _of_budget(record)
        return
    if entity in (keys.CALENDAR_EVENT, keys.OCCASION):
        yield from of_event(record) if entity is keys.CALENDAR_EVENT else of_occasion(record)
        return
    if entity in (keys.MESSAGE, keys.CONVERSATION):
        yield from of_message(record) if entity is keys.MESSAGE else of_session(record)
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
    """What is worth telling of an anomaly: its beginning, its end, that it became worse, that somebody knows of it.

    And, once, that it is critical. An anomaly that was over before anybody could be told of it, because checks had been
    missed, alarms nobody.
    """
    worse = before is not None and before.severity is not after.severity
    known = before is not None and before.acknowledged_at != after.acknowledged_at
    if before is None:
        yield EventType.ANOMALY_OPENED
    if after.resolved:
        if before is None or not before.resolved:
            yield EventType.ANOMALY_RESOLVED
        return
    if worse or known:
        yield EventType.ANOMALY_CHANGED
    if after.severity is Severity.CRITICAL and (before is None or worse):
        yield EventType.ANOMALY_CRITICAL


def _of_budget(record: Record) -> Iterator[Event]:
    """That a share of a budget is reached: once in a period and at a limit, so also the event's id says."""
    before, after = budgets_of(record)
    for state, mark in budgets.told(before, after):
        kind = EventType.BUDGET_HELD if state is BudgetState.HELD else EventType.BUDGET_WARNED
        event_id = ids.derived_id("event", *record.key, kind, mark)
        yield Event(event_id, kind, record.organisation, budgets.notice(after, mark) if after else {}, record.cause)


def _of_insight(record: Record) -> Iterator[Event]:
    """An insight is told when it is stored; the one that a goal is reached also says that of the stream."""
    if record.before is not None or record.after is None:
        return
    insight = StreamInsight.model_validate(to_item(record.after))
    told = insight.model_dump(mode="json", exclude={"id"}) | {"insight_id": insight.id}
    for kind in (EventType.STREAM_INSIGHT, *([EventType.STREAM_COMPLETED] if insight.completes else [])):
        event_id = ids.derived_id("event", *record.key, str(record.sequence), kind)
        yield Event(event_id, kind, record.organisation, told, record.cause)


def messages_of(records: Sequence[Record]) -> dict[Queue, list[dict[str, Any]]]:
    """The messages that writes mean: a task that got its slot is worked on, a slot or a task that is free dispatched.

    An organisation is dispatched once for all of a batch, also when a budget holds its tasks no more, and told which
    tasks waited for one that has ended. An agent's schedule that changed is kept. An import goes on with its next
    part, an export with its next step. The end of a task on a stream is followed, and who worked on a removed one
    forgotten; the end of one of agents who work together is looked at. A trace is looked after whose parts met, or
    whose run is to settle.
    """
    to_schedule: list[dict[str, Any]] = []
    to_import: list[dict[str, Any]] = []
    to_follow: list[dict[str, Any]] = []
    for record in records:
        if record.key.sk == keys.COMPANY_IMPORT.sk and _goes_on(record):
            one = (keys.COMPANY_IMPORT.parse(record.key) or {})["import"]
            to_import.append({"organisation": record.organisation, "import": one})
        if (settings := keys.AGENT_SETTINGS.parse(record.key)) and _rescheduled(record):
            to_schedule.append({"organisation": record.organisation, "agent": settings["agent"]})
        if (gone := keys.STREAM.parse(record.key)) and record.after is None:
            to_follow.append({"organisation": record.organisation, "removed": gone["stream"]})
        if ended := just_ended(record):
            to_follow += [{"organisation": record.organisation, "ending": ending} for ending in _ending(to_item(ended))]
    return {
        Queue.TASKS: _to_be_worked_on(records),
        Queue.DISPATCH: to_dispatch(records),
        Queue.SCHEDULES: to_schedule,
        Queue.IMPORTS: to_import,
        Queue.WORKFLOWS: to_follow,
        Queue.ORCHESTRATIONS: to_conclude(records),
        Queue.STREAMS: _reviews_of(records),
        **_besides(records),
    }


def _besides(records: Sequence[Record]) -> dict[Queue, list[dict[str, Any]]]:
    """What is to be done about traces, the prices of what they called, exports, connected accounts, and events."""
    return {
        Queue.TRACES: [message for record in records for message in of_trace(record)],
        Queue.PRICES: [message for record in records for message in of_prices(record)],
        Queue.EXPORTS: _steps_of(records),
        Queue.SOCIAL: social_messages_of(records),
        Queue.MOMENTS: to_attend(records) + ended_posts_of(records),
    }


def _to_be_worked_on(records: Sequence[Record]) -> list[dict[str, Any]]:
    """The tasks that got their slots. One that has gone on within the batch has met its worker: it needs no message."""
    found: dict[Key, dict[str, Any]] = {}
    for record in records:
        task = keys.TASK.parse(record.key)
        if task and record.after:
            before, after = (to_item(image) if image else {} for image in (record.before, record.after))
            if after["status"] != _QUEUED:
                found.pop(record.key, None)
            elif before.get("status") != _QUEUED:
                found[record.key] = {"organisation": record.organisation, "task": task["task"]}
    return list(found.values())


def _goes_on(record: Record) -> bool:
    """Whether an import or an export has a part to be worked on, which it had not before."""
    before, after = (to_item(image) if image else {} for image in (record.before, record.after))
    return bool(after.get("goes_on")) and after["next"] != before.get("next")


def _ending(item: Item) -> Iterator[dict[str, Any]]:
    """How a task on a stream has ended, by its item; nothing for a task that is on none."""
    task = to_task(item)
    if task.stream_id and task.completed_at:
        ending = Ending(
            stream=task.stream_id,
            agent=task.agent_id,
            task=task.id,
            number=item[REVISION],
            status=task.status,
            priority=task.priority,
            ended_at=task.completed_at,
            duration_ms=duration_of(task),
        )
        yield ending.model_dump(mode="json")


def _reviews_of(records: Sequence[Record]) -> list[dict[str, Any]]:
    """The streams whose goal was changed, or what is counted of their items: each reviewed once for all of a batch."""
    written = [
        (record.organisation, found["stream"])
        for record in records
        if (found := keys.STREAM.parse(record.key) or keys.ITEM_PLACE.parse(record.key))
    ]
    return [{"organisation": organisation, "stream": stream} for organisation, stream in dict.fromkeys(written)]


def _steps_of(records: Sequence[Record]) -> list[dict[str, Any]]:
    """The steps that exports have come to."""
    return [
        {"organisation": record.organisation, "export": found["export"], "step": int(record.after["next"]["N"])}
        for record in records
        if record.after and (found := keys.EXPORT.parse(record.key)) and _goes_on(record)
    ]


def _rescheduled(record: Record) -> bool:
    """Whether an agent's settings say something else of when it runs by itself."""
    before, after = (_when(to_item(image)) if image else {} for image in (record.before, record.after))
    return before != after


def _when(item: dict[str, Any]) -> dict[str, Any]:
    said = json.loads(item["settings"])
    return {name: said[name] for name in _WHEN if name in said} if said.get("schedule_cron") else {}


def _only_replayed(record: Record) -> bool:
    """Whether a run was written again only to be counted again, which is no news."""
    return (record.before or {}).get(runs.REPLAYED) != (record.after or {}).get(runs.REPLAYED)


def _just_disabled(record: Record) -> bool:
    """Whether a subscription was disabled by us: whoever disables one by hand knows it."""
    before, after = ((image or {}).get("disabled_reason") for image in (record.before, record.after))
    return after is not None and before is None
