"""Which event is told to whom: what an event on the bus means to subscribers, and the message they get. Pure.

The message, the same for every channel and for the topic:

    {"type": "critical-performance", "timestamp": …, "data": {"strandId": …, "anomalies": [{…}]}}
    {"type": "daily-summary", "timestamp": …, "data": {"reportId": …, "title": …, "period": {…}, "summary": …}}
    {"type": "subscription-disabled", "timestamp": …, "data": {"subscription": …, "channel": …, "target": …, …}}
    {"type": "task-failed", "timestamp": …, "data": {"taskId": …, "agentId": …, "taskType": …, "error": {…}, …}}
    {"type": "budget-warned", "timestamp": …, "data": {"budgetId": …, "scope": …, "name": …, "spent": …, "limit": …, …}}
    {"type": "budget-held", "timestamp": …, "data": {"budgetId": …, "scope": …, "name": …, "spent": …, "limit": …, …}}
    {"type": "account-revoked", "timestamp": …, "data": {"accountId": …, "platform": …, "username": …, "reason": …}}
    {"type": "event-reminder", "timestamp": …, "data": {"eventId": …, "title": …, "startTime": …, "minutes": …, …}}
    {"type": "test", "timestamp": …, "data": {"subscription": …, "message": …}}
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from watchbill.alerts.models import TEST, AlertChannel, Kind, Notice, Order, Subscription
from watchbill.platform import clock, ids
from watchbill.platform.events import EventType

_MOST_TEXT = 2_000
_MOST_ITEMS = 20
_MOST_SUBJECT = 200
_HOUR = len("2026-03-10T12")
_CHANNELS = frozenset(channel.value for channel in AlertChannel)
_UNITS = ((24 * 60, "day"), (60, "hour"), (1, "minute"))
_URGENT = 9
"""Tasks of this priority and above are those whose failure cannot wait."""

Detail = Mapping[str, Any]


def notice_of(event_type: str, detail: Detail) -> Notice | None:
    """What an event means, or None when nobody is told of such an event."""
    read = _READERS.get(event_type)
    return read(detail) if read else None


def payload(kind: str, data: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """The message about something that happened."""
    return {"type": kind, "timestamp": clock.to_text(at), "data": bounded(data)}


def order(notice: Notice, subscription: Subscription, at: datetime) -> Order:
    """One subscription's delivery of a notice; its id is the same whenever the same event comes again."""
    delivery = ids.derived_id("delivery", notice.event, subscription.id)
    return Order(delivery, subscription.id, notice.kind, at, notice.subject, payload(notice.kind, notice.data, at))


def trial(delivery: str, subscription: Subscription, at: datetime) -> Order:
    """A test message to a subscription."""
    data = {"subscription": subscription.id, "message": "This is a test: messages to this address arrive."}
    return Order(delivery, subscription.id, TEST, at, "A test of alerts", payload(TEST, data, at))


def to_message(organisation: str, order: Order) -> dict[str, Any]:
    """An order as the queue carries it."""
    return {
        "organisation": organisation,
        "delivery": order.delivery,
        "subscription": order.subscription,
        "kind": order.kind,
        "created_at": clock.to_text(order.created_at),
        "subject": order.subject,
        "payload": order.payload,
    }


def from_message(message: Mapping[str, Any]) -> Order:
    """The order in a message."""
    return Order(
        delivery=message["delivery"],
        subscription=message["subscription"],
        kind=message["kind"],
        created_at=clock.from_text(message["created_at"]),
        subject=message["subject"],
        payload=message["payload"],
    )


def disabled_data(item: Mapping[str, Any]) -> dict[str, Any]:
    """What the event says of a subscription that we disabled, from its item: nothing that proves anything."""
    return {
        "subscription": item["id"],
        "channel": item["channel"],
        "target": _shown(item["channel"], item["target"]),
        "kinds": item["kinds"],
        "description": item.get("description"),
        "reason": item["disabled_reason"],
    }


def _shown(channel: str, target: str) -> str:
    """A target as others may see it: of an endpoint its host, because the path is often what proves who may call."""
    return f"https://{urlsplit(target).hostname}" if channel == AlertChannel.WEBHOOK else target


def bounded(value: Any) -> Any:
    """A JSON value whose texts and lists end somewhere, so that a message always fits into a queue."""
    match value:
        case str():
            return value if len(value) <= _MOST_TEXT else value[: _MOST_TEXT - 1] + "…"
        case list() | tuple():
            return [bounded(inner) for inner in value[:_MOST_ITEMS]]
        case Mapping():
            return {name: bounded(inner) for name, inner in value.items()}
        case _:
            return value


def _critical(detail: Detail) -> Notice:
    anomaly = detail["anomaly"]
    return Notice(
        # By the episode, not by the event: one that becomes critical twice alarms once.
        event=ids.derived_id("critical", anomaly["id"]),
        kind=Kind.CRITICAL_PERFORMANCE,
        severity=str(anomaly["severity"]),
        subject=f"Critical {anomaly['type']} anomaly: {anomaly['affectedComponent']}",
        data={"strandId": detail["strand_id"], "anomalies": [anomaly]},
    )


def _report(detail: Detail) -> Notice | None:
    if detail["type"] != Kind.DAILY_SUMMARY or not detail["scheduled"]:
        return None
    shown = ("title", "period", "summary")
    return Notice(
        event=ids.derived_id("report", detail["report_id"]),
        kind=Kind.DAILY_SUMMARY,
        severity="info",
        subject=str(detail["title"]),
        data={"reportId": detail["report_id"], **{name: detail[name] for name in shown}},
    )


def _disabled(detail: Detail) -> Notice:
    shown = ("subscription", "channel", "target", "kinds", "description", "reason")
    return Notice(
        event=detail["id"],
        kind=Kind.SUBSCRIPTION_DISABLED,
        severity="warning",
        subject=f"Alerts to {detail['target']} are disabled",
        data={name: detail.get(name) for name in shown},
        about=detail["subscription"],
    )


def _task_failed(detail: Detail) -> Notice:
    return Notice(
        # An agent all of whose tasks fail is one piece of news an hour, not a thousand.
        event=ids.derived_id("task-failed", detail["agent_id"], detail["completed_at"][:_HOUR]),
        kind=Kind.TASK_FAILED,
        severity="critical" if detail["priority"] >= _URGENT else "warning",
        subject=f"A task has failed: {detail['task_type']}",
        data={
            "taskId": detail["task_id"],
            "agentId": detail["agent_id"],
            "taskType": detail["task_type"],
            "priority": detail["priority"],
            "attempts": detail["attempt"],
            "streamId": detail["stream_id"],
            "error": detail["error"],
        },
    )


def _budget_warned(detail: Detail) -> Notice:
    return _budget(detail, Kind.BUDGET_WARNED, "warning", f"is {detail['share']:.0%} spent")


def _budget_held(detail: Detail) -> Notice:
    return _budget(detail, Kind.BUDGET_HELD, "critical", "is spent: what starts next waits")


def _budget(detail: Detail, kind: Kind, severity: str, happened: str) -> Notice:
    return Notice(
        # By the period and the limit: however often the share is reached within both, it is told once.
        event=ids.derived_id(kind, detail["budget_id"], detail["mark"]),
        kind=kind,
        severity=severity,
        subject=f"The {detail['period']}'s budget of {detail['scope']} {detail['name']} {happened}"[:_MOST_SUBJECT],
        data={
            "budgetId": detail["budget_id"],
            "scope": detail["scope"],
            "subject": detail["subject"],
            "name": detail["name"],
            "period": detail["period"],
            "startsAt": detail["starts_at"],
            "endsAt": detail["ends_at"],
            "limit": detail["limit"],
            "spent": detail["spent"],
            "share": detail["share"],
        },
    )


def _account(detail: Detail) -> Notice | None:
    """That an account is to be connected again; that one was not connected is told to whoever tried."""
    if not detail.get("account_id"):
        return None
    return Notice(
        event=detail["id"],
        kind=Kind.ACCOUNT_REVOKED,
        severity="warning",
        subject=f"The {detail['platform']} account {detail['username']} has to be connected again"[:_MOST_SUBJECT],
        data={
            "accountId": detail["account_id"],
            "platform": detail["platform"],
            "username": detail["username"],
            "reason": detail["reason"],
        },
    )


def _event_reminder(detail: Detail) -> Notice | None:
    """A reminder that is for subscribers of one channel; those that are told live are none of theirs."""
    if detail["type"] not in _CHANNELS:
        return None
    start = clock.from_text(detail["start_time"]).astimezone(ZoneInfo(detail["time_zone"]))
    return Notice(
        event=ids.derived_id("reminder", detail["id"]),
        kind=Kind.EVENT_REMINDER,
        severity="info",
        subject=f"{_ahead(detail['minutes'])}: {detail['title']}"[:_MOST_SUBJECT],
        data={
            "eventId": detail["event_id"],
            "occurrence": detail["occurrence"],
            "title": detail["title"],
            "type": detail["event_type"],
            "priority": detail["priority"],
            "startTime": detail["start_time"],
            "endTime": detail["end_time"],
            "timeZone": detail["time_zone"],
            "when": f"{start:%-d %B %Y, %H:%M} ({detail['time_zone']})",
            "minutes": detail["minutes"],
            "campaignId": detail["campaign_id"],
            "sessionId": detail["session_id"],
        },
        channel=AlertChannel(detail["type"]),
    )


def _ahead(minutes: int) -> str:
    """How far ahead an event is, in the largest unit that says it exactly."""
    if not minutes:
        return "Now"
    size, unit = next((size, unit) for size, unit in _UNITS if minutes % size == 0)
    number = minutes // size
    return f"In {number} {unit}{'' if number == 1 else 's'}"


_READERS: dict[str, Callable[[Detail], Notice | None]] = {
    EventType.ANOMALY_CRITICAL: _critical,
    EventType.REPORT_GENERATED: _report,
    EventType.SUBSCRIPTION_DISABLED: _disabled,
    EventType.TASK_FAILED: _task_failed,
    EventType.BUDGET_WARNED: _budget_warned,
    EventType.BUDGET_HELD: _budget_held,
    EventType.OAUTH_ERROR: _account,
    EventType.EVENT_REMINDER: _event_reminder,
}
