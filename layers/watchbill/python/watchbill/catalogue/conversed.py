"""What the data of events of conversations is made of: on the bus, and as a session is told of it."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic.alias_generators import to_camel

from watchbill.conversations.models import Outcome, ReplyStatus
from watchbill.conversations.values import ChatContext
from watchbill.decisions.models import Decision
from watchbill.platform.wire import CamelModel, Model, Moment


class _Reply(Model):
    message_id: str | None
    status: ReplyStatus
    reply: str
    decision: Decision | None
    orchestration_id: str | None
    task_ids: tuple[str, ...]


class _Answer(_Reply):
    context: ChatContext
    questions: tuple[str, ...]
    results: tuple[Outcome, ...]


class DecisionData(_Reply):
    """What was decided of a message on which work begins, and what people are told of that at once."""

    session_id: str


class AnswerData(_Answer):
    """The answer to a message: at once, or when its work has ended, with what came of it."""

    session_id: str


class _Over(Model):
    reason: Literal["expired", "deleted"]
    last_active_at: Moment
    messages: int


class SessionOverData(_Over):
    """A session that is over, since nobody wrote for half an hour or somebody deleted it."""

    session_id: str


class _Live(Model):
    model_config = CamelModel.model_config


class DecisionMade(_Reply, _Live):
    """What was decided of a message on which work begins, and what people are told of that at once."""


class ChatResponse(_Answer, _Live):
    """The answer to a message: at once, or when its work has ended, with what came of it."""


class SessionOver(_Over, _Live):
    """The session is over, since nobody wrote for half an hour or somebody deleted it."""


_TASK = "01KAJ7T0C3QW8M5V2N6X9ZB4RD"
_DECISION = {
    "intent": "single_post",
    "taskType": "post_creation",
    "primaryAgent": "post-scheduler",
    "supportingAgents": ["trend-scanner"],
    "confidence": 0.93,
    "reasoning": "«post» pide una publicación; confianza 0,93",
    "entities": {
        "channels": ["instagram"],
        "media": [],
        "dates": [],
        "duration": None,
        "budget": None,
        "audience": None,
        "product": "nuevo café",
    },
    "language": "es",
    "sentiment": "neutral",
    "urgency": 5,
    "complexity": 6,
    "priority": "medium",
    "estimatedDuration": 5,
    "requiredResources": ["social_media_apis"],
    "engine": "builtin",
}
_SESSION = {"session_id": "user-session-123"}
_BEGUN = {
    "message_id": "01KAJ9A1S2D3F4G5H6J7K8L9Z0",
    "status": "processing",
    "reply": "Me pongo con la publicación sobre nuevo café en Instagram: …",
    "decision": _DECISION,
    "orchestration_id": "01KAJ9B0N1M2Q3W4E5R6T7Y8V9",
    "task_ids": [_TASK],
}
_ANSWERED = _BEGUN | {
    "status": "completed",
    "reply": "Listo: la publicación sobre nuevo café. post-scheduler: publicaciones programadas.",
    "context": {"sessionId": "user-session-123", "negocio": "Cafetería", "canales": ["instagram"]},
    "questions": [],
    "results": [
        {
            "agent": "post-scheduler",
            "taskId": _TASK,
            "status": "completed",
            "result": {"events": []},
            "error": None,
            "endedAt": "2026-03-10T12:00:07.310Z",
        }
    ],
}
_OVER = {"reason": "expired", "last_active_at": "2026-03-10T12:00:00.000Z", "messages": 12}
EXAMPLES: Mapping[type[Model], dict[str, Any]] = {
    DecisionData: _BEGUN | _SESSION,
    AnswerData: _ANSWERED | _SESSION,
    SessionOverData: _OVER | _SESSION,
    DecisionMade: {to_camel(name): value for name, value in _BEGUN.items()},
    ChatResponse: {to_camel(name): value for name, value in _ANSWERED.items()},
    SessionOver: {to_camel(name): value for name, value in _OVER.items()},
}
"""Data as these events have it; invented."""
