"""Events on the bus: every detail-type Watchbill sends, and the one way to send them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from watchbill.platform import aws, clock
from watchbill.platform.settings import settings

SOURCE = "watchbill"
_ENTRIES_PER_CALL = 10


class EventType(StrEnum):
    """What has happened; the detail-type on the bus."""

    AGENT_REGISTERED = "agent_registered"
    AGENT_CHANGED = "agent_changed"
    VERSION_REGISTERED = "version_registered"
    RUNS_RECORDED = "runs_recorded"
    RUNS_UPDATED = "runs_updated"
    KEY_ISSUED = "key_issued"
    KEY_REVOKED = "key_revoked"
    ANOMALY_OPENED = "anomaly_opened"
    ANOMALY_CHANGED = "anomaly_changed"
    ANOMALY_RESOLVED = "anomaly_resolved"
    ANOMALY_CRITICAL = "anomaly_critical"
    SUBSCRIPTION_DISABLED = "subscription_disabled"
    REPORT_GENERATED = "report_generated"
    TASK_FAILED = "task_failed"
    TASKS_CHANGED = "tasks_changed"
    BUDGET_WARNED = "budget_warned"
    BUDGET_HELD = "budget_held"
    EXECUTION_STARTED = "execution_started"
    EXECUTION_COMPLETED = "execution_completed"
    EXECUTION_FAILED = "execution_failed"
    RETRY_ATTEMPT = "retry_attempt"
    STOP_REQUESTED = "stop_requested"
    CUSTOM_EVENT = "custom_event"
    ORCHESTRATION_COMPLETED = "orchestration_completed"
    STREAM_INSIGHT = "stream_insight"
    STREAM_COMPLETED = "stream_completed"
    SYSTEM_NOTIFICATION = "system_notification"
    USER_MESSAGE = "user_message"
    CALENDAR_UPDATE = "calendar_update"
    EVENT_REMINDER = "event_reminder"
    PUBLICATION_FAILED = "publication_failed"
    DECISION_MADE = "decision_made"
    CHAT_RESPONSE = "chat_response"
    SESSION_EXPIRED = "session_expired"
    OAUTH_SUCCESS = "oauth_success"
    OAUTH_DISCONNECTED = "oauth_disconnected"
    OAUTH_ERROR = "oauth_error"
    POST_PUBLISHED = "post_published"
    POST_FAILED = "post_failed"


@dataclass(frozen=True, slots=True)
class Past:
    """What has happened before an event, at `at`: events with this mark tell it."""

    mark: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Event:
    """Something that has happened in an organisation. `id` is the same whenever the same event is sent again.

    `correlation_id` is that of the request that led to it. The bus keeps no order: what `follows` others names them by
    their `mark`, which is their id where they have no other.
    """

    id: str
    type: EventType
    organisation: str
    data: dict[str, Any]
    correlation_id: str | None = None
    mark: str | None = None
    follows: tuple[Past, ...] = ()


class EventsNotSent(RuntimeError):
    """The bus took only some of the events; sending all again is harmless, because ids tell them apart."""


def publish(events: Sequence[Event]) -> None:
    """Put events on the bus. Raises EventsNotSent."""
    for start in range(0, len(events), _ENTRIES_PER_CALL):
        entries = [_entry(event) for event in events[start : start + _ENTRIES_PER_CALL]]
        answer = aws.events().put_events(Entries=entries)  # type: ignore[arg-type]
        if answer["FailedEntryCount"]:
            raise EventsNotSent(f"{answer['FailedEntryCount']} of {len(entries)} events")


def _entry(event: Event) -> dict[str, str]:
    ours = {"id": event.id, "organisation": event.organisation, "correlation_id": event.correlation_id} | _order(event)
    return {
        "Source": SOURCE,
        "DetailType": event.type.value,
        "Detail": json.dumps(event.data | ours, default=float),
        "EventBusName": settings().bus_name,
    }


def _order(event: Event) -> dict[str, Any]:
    """What an event says of the order it is to be told in, if anything."""
    follows = [{"known_as": past.mark, "at": clock.to_text(past.at)} for past in event.follows]
    return ({"known_as": event.mark} if event.mark else {}) | ({"follows": follows} if follows else {})
