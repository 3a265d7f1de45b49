"""Which events a write of a session or of one of its messages means. Pure."""

from collections.abc import Iterator
from typing import Any

from watchbill.conversations.models import Message, ReplyStatus, Speaker
from watchbill.conversations.packing import LIFE, SESSION, to_conversation, to_message
from watchbill.outbox import order
from watchbill.platform import clock, ids
from watchbill.platform.events import Event, EventType
from watchbill.platform.items import to_item
from watchbill.platform.stream import Record


def of_message(record: Record) -> Iterator[Event]:
    """Of a new reply: what was decided of a message on which work began, or the answer to one."""
    if record.before is not None or record.after is None:
        return
    item = to_item(record.after)
    message = to_message(item)
    if message.role is Speaker.ASSISTANT:
        begins = message.status is ReplyStatus.PROCESSING
        kind, told = (EventType.DECISION_MADE, {}) if begins else (EventType.CHAT_RESPONSE, _answer(message))
        about = {"session_id": item[SESSION], **_reply(message)}
        event_id, ours = ids.derived_id("event", *record.key), record.organisation
        mark = order.decided(ours, message.orchestration_id) if begins and message.orchestration_id else None
        follows = () if begins else order.before_answer(ours, message)
        yield Event(event_id, kind, ours, about | told, record.cause, mark, follows)


def of_session(record: Record) -> Iterator[Event]:
    """That a session is over: it expired, somebody deleted it, or another of its id began after it had expired."""
    before, after = (to_item(image) if image else {} for image in (record.before, record.after))
    if not before or before[LIFE] == after.get(LIFE):
        return
    ended = to_conversation(before)
    told = {
        "session_id": ended.session_id,
        "reason": "expired" if record.expired or after else "deleted",
        "last_active_at": clock.to_text(ended.active_at),
        "messages": ended.count,
    }
    event_id = ids.derived_id("event", *record.key, ended.life)
    yield Event(event_id, EventType.SESSION_EXPIRED, record.organisation, told, record.cause)


def _reply(message: Message) -> dict[str, Any]:
    said = message.model_dump(mode="json", by_alias=True)
    return {
        "message_id": message.answered_id,
        "status": said["status"],
        "reply": message.text,
        "decision": said["decision"],
        "orchestration_id": message.orchestration_id,
        "task_ids": said["taskIds"],
    }


def _answer(message: Message) -> dict[str, Any]:
    said = message.model_dump(mode="json", by_alias=True)
    return {"context": said["context"], "questions": said["questions"], "results": said["results"]}
