"""What the API says of conversations: answers, sessions, and their messages."""

from typing import Any

from pydantic import Field

from watchbill_client.models import Answer, UtcDatetime


class ChatAnswer(Answer):
    """What a message is answered at once; `status` is processing, requires_confirmation or completed."""

    reply: str
    session_id: str = Field(alias="sessionId")
    status: str
    message: str
    message_id: str = Field(alias="messageId")
    context: dict[str, Any]
    decision: dict[str, Any]
    task_ids: list[str] = Field(alias="taskIds")
    orchestration_id: str | None = Field(default=None, alias="orchestrationId")
    questions: list[str]


class ChatMessage(Answer):
    """A message of a session, of a user or of the assistant, whose replies have the number they answer."""

    id: str
    number: int
    role: str
    message: str
    created_at: UtcDatetime = Field(alias="createdAt")
    decision: dict[str, Any] | None = None
    answers: int | None = None
    status: str | None = None
    questions: list[str] = Field(default_factory=list)
    orchestration_id: str | None = Field(default=None, alias="orchestrationId")
    task_ids: list[str] = Field(default_factory=list, alias="taskIds")
    results: list[dict[str, Any]] = Field(default_factory=list)


class ChatSession(Answer):
    """A session: what is known in it, its tasks, who is at work, and until when it is kept if nobody writes."""

    session_id: str = Field(alias="sessionId")
    context: dict[str, Any]
    preferences: dict[str, Any]
    active_agents: list[str] = Field(alias="activeAgents")
    tasks: list[dict[str, Any]]
    questions: list[str]
    messages: int
    created_at: UtcDatetime = Field(alias="createdAt")
    last_active_at: UtcDatetime = Field(alias="lastActiveAt")
    expires_at: UtcDatetime = Field(alias="expiresAt")
