"""What the routes of conversations answer."""

from typing import Annotated

from pydantic import Field

from watchbill.conversations.models import Message, Outcome, ReplyStatus, Speaker
from watchbill.conversations.values import ChatContext, Preferences
from watchbill.decisions.models import Decision
from watchbill.execution.models import TaskStatus
from watchbill.platform.wire import CamelModel, Moment


class ChatAnswer(CamelModel):
    """What a message is answered at once. `message` says what comes next; what comes of its tasks is told live."""

    reply: str
    session_id: str
    context: ChatContext
    status: ReplyStatus
    message: str
    decision: Decision
    task_ids: tuple[str, ...]
    orchestration_id: str | None
    message_id: str
    questions: tuple[str, ...]


class ChatMessage(CamelModel):
    """A message of a session's history. A reply has the number of the message that it `answers`."""

    id: str
    number: int
    role: Speaker
    message: str
    created_at: Moment
    decision: Decision | None
    answers: int | None
    status: ReplyStatus | None
    questions: tuple[str, ...]
    orchestration_id: str | None
    task_ids: tuple[str, ...]
    results: tuple[Outcome, ...]


class ChatHistory(CamelModel):
    """Some of the messages of a session, newest first, and where they go on."""

    session_id: str
    items: tuple[ChatMessage, ...]
    next_cursor: Annotated[str | None, Field(alias="next_cursor")] = None


class SessionTask(CamelModel):
    """A task that a message of a session brought about, and how far it is."""

    task_id: str
    agent: str
    status: TaskStatus
    orchestration_id: str


class Session(CamelModel):
    """A session: what is known in it, who is at work for it, and until when it is kept if nobody writes.

    `messages` counts all of them, `questions` are those that wait for an answer.
    """

    session_id: str
    context: ChatContext
    preferences: Preferences
    active_agents: tuple[str, ...]
    tasks: tuple[SessionTask, ...]
    questions: tuple[str, ...]
    messages: int
    created_at: Moment
    last_active_at: Moment
    expires_at: Moment


def to_chat_message(message: Message) -> ChatMessage:
    """A message as it is shown."""
    return ChatMessage(
        id=message.id,
        number=message.number,
        role=message.role,
        message=message.text,
        created_at=message.at,
        decision=message.decision,
        answers=message.answers,
        status=message.status,
        questions=message.questions,
        orchestration_id=message.orchestration_id,
        task_ids=message.task_ids,
        results=message.results,
    )
