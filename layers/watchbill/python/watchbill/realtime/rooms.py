"""Which rooms there are, who may join them, and in which of them an event of the bus is told as what. Pure."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic.alias_generators import to_camel

from watchbill.platform import clock
from watchbill.platform.access import Scope
from watchbill.platform.events import EventType, Past
from watchbill.realtime.models import Happening, Kind, Room
from watchbill.realtime.rules import cut

SYSTEM = Room(Kind.ROOM, "system")
"""Every connection is in it from its beginning to its end."""
SCOPES: dict[str, Scope] = {
    "agents": Scope.READ,
    "alerts": Scope.ADMIN,
    "anomalies": Scope.READ,
    "budgets": Scope.READ,
    "calendar": Scope.READ,
    "campaigns": Scope.READ,
    "keys": Scope.ADMIN,
    "reports": Scope.READ,
    "runs": Scope.READ,
    "streams": Scope.READ,
    "system": Scope.READ,
    "tasks": Scope.READ,
}
"""The operators' rooms, and what a key must be allowed to do for joining one."""

_OURS = ("id", "organisation", "correlation_id", "known_as", "follows")
"""What the bus adds to what is told."""
_OF_AGENTS = {
    EventType.EXECUTION_STARTED: "agent_started",
    EventType.EXECUTION_COMPLETED: "agent_completed",
    EventType.EXECUTION_FAILED: "agent_error",
    EventType.RETRY_ATTEMPT: "agent_progress",
    EventType.CUSTOM_EVENT: "agent_progress",
}
"""What a session is told of its agents at work, by what happened to the task."""
_STEPS = frozenset({"strategy_created", "content_calendar_created", "campaign_completed"})
_SCHEDULED = "content_scheduled"
"""What agents tell of their work that a session is told under a name of its own: how far a campaign is, and content."""
_PROGRESS = {"agent_started": 0, "agent_completed": 100}
_ALONE = {
    EventType.AGENT_REGISTERED: ("agents", "agent_registered"),
    EventType.AGENT_CHANGED: ("agents", "agent_changed"),
    EventType.VERSION_REGISTERED: ("agents", "version_registered"),
    EventType.ANOMALY_OPENED: ("anomalies", "anomaly_detected"),
    EventType.ANOMALY_CHANGED: ("anomalies", "anomaly_changed"),
    EventType.ANOMALY_RESOLVED: ("anomalies", "anomaly_resolved"),
    EventType.REPORT_GENERATED: ("reports", "report_generated"),
    EventType.BUDGET_WARNED: ("budgets", "budget_warned"),
    EventType.BUDGET_HELD: ("budgets", "budget_held"),
    EventType.STREAM_INSIGHT: ("streams", "stream_insight"),
    EventType.STREAM_COMPLETED: ("streams", "stream_completed"),
    EventType.SUBSCRIPTION_DISABLED: ("alerts", "subscription_disabled"),
    EventType.KEY_ISSUED: ("keys", "key_issued"),
    EventType.KEY_REVOKED: ("keys", "key_revoked"),
    EventType.SYSTEM_NOTIFICATION: ("system", "system_notification"),
}
_OF_ACCOUNTS = (EventType.OAUTH_SUCCESS, EventType.OAUTH_DISCONNECTED, EventType.OAUTH_ERROR)
"""What the sessions are told of an account that was connected in them."""
_TOGETHER = {
    EventType.RUNS_RECORDED: ("runs", "run_recorded", "runs"),
    EventType.RUNS_UPDATED: ("runs", "run_updated", "runs"),
    EventType.TASKS_CHANGED: ("tasks", "task_update", "tasks"),
    EventType.CALENDAR_UPDATE: ("calendar", "calendar_update", "events"),
}
_OF_MOMENTS = frozenset({EventType.EVENT_REMINDER, EventType.PUBLICATION_FAILED})
_LIVE = "notification"
"""The type of the reminders that are told in rooms; the others go to subscribers of alerts."""
_OF_SESSIONS = frozenset({EventType.DECISION_MADE, EventType.CHAT_RESPONSE, EventType.SESSION_EXPIRED})
_OF_CAMPAIGNS = frozenset({*_OF_AGENTS, EventType.STOP_REQUESTED})
_OF_ORCHESTRATIONS = frozenset({EventType.ORCHESTRATION_COMPLETED})
_SUCCEEDED = "completed"
_SAD = frozenset({"failed", "partial"})
"""What may have come of agents who work together that their session is told as an error."""

TOLD = (
    *_ALONE,
    *_TOGETHER,
    *sorted(_OF_CAMPAIGNS),
    *_OF_ORCHESTRATIONS,
    *sorted(_OF_MOMENTS),
    *sorted(_OF_SESSIONS),
    *_OF_ACCOUNTS,
)
"""The events of the bus that are told in rooms."""

Detail = Mapping[str, Any]


def happenings(event_type: str, detail: Detail) -> list[Happening]:
    """What an event of the bus means in rooms."""
    return [part for happening in _placed(event_type, detail) for part in cut(happening)]


def _placed(event_type: str, detail: Detail) -> Iterator[Happening]:
    for kinds, place in _PLACES:
        if event_type in kinds:
            yield from place(EventType(event_type), detail)


def _alone(event_type: EventType, detail: Detail) -> Iterator[Happening]:
    room, event = _ALONE[event_type]
    yield _alone_in(Room(Kind.ROOM, room), event, detail, _own(detail))


def _together(event_type: EventType, detail: Detail) -> Iterator[Happening]:
    room, event, listed = _TOGETHER[event_type]
    parts = {part["event_id"]: part for part in detail[listed]}
    yield Happening(Room(Kind.ROOM, room), event, parts, detail.get("correlation_id"), listed)


def _of_campaign(event_type: EventType, detail: Detail) -> Iterator[Happening]:
    if not detail.get("campaign_id"):
        return
    told = {"type": event_type.value, **_own(detail)}
    yield _alone_in(Room(Kind.ROOM, "campaigns"), "campaign_update", detail, told)


def _of_session(event_type: EventType, detail: Detail) -> Iterator[Happening]:
    """An agent at work for a session, as its people are told of it."""
    if session := detail.get("session_id"):
        event, told = _update(event_type, detail)
        by = {"agent": detail.get("agent_name") or detail["agent_id"], "taskId": detail["task_id"]}
        yield _alone_in(Room(Kind.SESSION, session), event, detail, told | by)


def _update(event_type: EventType, detail: Detail) -> tuple[str, dict[str, Any]]:
    """As what a session is told of an agent at work, and what."""
    kind, name, data = _OF_AGENTS[event_type], detail.get("name"), detail.get("data")
    if name in _STEPS:
        return "campaign_update", {"step": name, "data": data}
    if name == _SCHEDULED:
        return _SCHEDULED, {"data": data}
    said = "error" if kind == "agent_error" else "data"
    named = {"name": name} if name else {}
    return "agent_update", {"type": kind, "progress": _PROGRESS.get(kind), said: data} | named


def _planned_for_sessions(_: EventType, detail: Detail) -> Iterator[Happening]:
    """What is planned for sessions, as the people of each are told of it."""
    sessions: dict[str, dict[str, Mapping[str, Any]]] = {}
    for part in detail["events"]:
        if part["session_id"]:
            sessions.setdefault(part["session_id"], {})[part["event_id"]] = part
    for session, parts in sessions.items():
        room = Room(Kind.SESSION, session)
        yield Happening(room, "calendar_update", parts, detail.get("correlation_id"), "events")


def _of_moment(event_type: EventType, detail: Detail) -> Iterator[Happening]:
    """What happens at the time of an event, as the calendar's people are told of it, and those of its session."""
    if event_type is EventType.EVENT_REMINDER and detail["type"] != _LIVE:
        return
    told = {to_camel(name): value for name, value in _own(detail).items()}
    session = detail.get("session_id")
    for room in (Room(Kind.ROOM, "calendar"), *([Room(Kind.SESSION, session)] if session else [])):
        yield _alone_in(room, event_type.value, detail, told)


def _of_orchestration(_: EventType, detail: Detail) -> Iterator[Happening]:
    """Which of the agents that worked together for a session brought nothing, and why."""
    session = detail.get("session_id")
    if not session or detail["status"] not in _SAD:
        return
    failed = [
        {"agent": one["agent"], "taskId": one["task_id"], "status": one["status"], "error": one["error"]}
        for one in detail["agents"]
        if one["status"] != _SUCCEEDED
    ]
    told = {"orchestrationId": detail["orchestration_id"], "status": detail["status"], "failed": failed}
    yield _alone_in(Room(Kind.SESSION, session), "orchestration_error", detail, told)


def _in_session(event_type: EventType, detail: Detail) -> Iterator[Happening]:
    """What is told in a session under the bus's name for it, with names as pages have them."""
    told = {to_camel(name): value for name, value in _own(detail).items() if name != "session_id"}
    yield _alone_in(Room(Kind.SESSION, detail["session_id"]), event_type.value, detail, told)


def _of_account(event_type: EventType, detail: Detail) -> Iterator[Happening]:
    told = {
        "platform": detail["platform"],
        "accountId": detail.get("account_id"),
        "username": detail.get("username"),
        "reason": detail.get("reason"),
    }
    for session in detail["session_ids"]:
        yield _alone_in(Room(Kind.SESSION, session), event_type.value, detail, told)


def _alone_in(room: Room, event: str, detail: Detail, told: Mapping[str, Any]) -> Happening:
    """What a room is told of one event, behind what that follows."""
    follows = tuple(Past(one["known_as"], clock.from_text(one["at"])) for one in detail.get("follows", ()))
    return Happening(room, event, {detail["id"]: told}, detail.get("known_as"), follows=follows)


def _own(detail: Detail) -> dict[str, Any]:
    return {name: value for name, value in detail.items() if name not in _OURS}


_PLACES: tuple[tuple[frozenset[EventType], Callable[[EventType, Detail], Iterator[Happening]]], ...] = (
    (frozenset(_ALONE), _alone),
    (frozenset(_TOGETHER), _together),
    (_OF_CAMPAIGNS, _of_campaign),
    (frozenset(_OF_AGENTS), _of_session),
    (frozenset({EventType.CALENDAR_UPDATE}), _planned_for_sessions),
    (_OF_ORCHESTRATIONS, _of_orchestration),
    (_OF_MOMENTS, _of_moment),
    (_OF_SESSIONS, _in_session),
    (frozenset(_OF_ACCOUNTS), _of_account),
)
