"""Sessions and their messages: as kept, and as wished by those who write."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from watchbill.conversations.values import ChatContext, Context, Preferences
from watchbill.decisions.models import Decision, Intent, Language
from watchbill.platform.wire import CamelModel, Model, Moment

IDLE = timedelta(minutes=30)
"""How long a session is kept after the last message in it."""
AT_WORK = timedelta(hours=24)
"""How long it is kept while the work goes on that a message brought about: its people are told what came of it."""
MOST_KEPT = 100
"""Messages of a session: the newest. All of them are in the runs."""
MOST_WORK = 10
"""Orchestrations of a session that it knows of: the newest."""
LONGEST_MESSAGE = 8_000
LONGEST_TOLD = 16_000
"""Characters of a message with the answers to what it left open."""
LONGEST_RESULT = 20_000
"""Characters of what an agent's work brought, as far as it is told in a conversation."""
CHAT_AGENT = "conversations"
"""Under this agent's name every message is a run."""


class NewMessage(Model):
    """What somebody writes, and what is to be known besides."""

    message: Annotated[str, Field(min_length=1, max_length=LONGEST_MESSAGE)]
    context: ChatContext = Field(default_factory=ChatContext)


class PreferencesChange(Model):
    """What may be changed of a session; what is absent stays, null is forgotten."""

    preferences: Preferences


class Speaker(StrEnum):
    """Who says something."""

    USER = "user"
    ASSISTANT = "assistant"


class ReplyStatus(StrEnum):
    """What has become of a message: work goes on, something is asked, or it is answered for good."""

    PROCESSING = "processing"
    REQUIRES_CONFIRMATION = "requires_confirmation"
    COMPLETED = "completed"
    PARTIAL = "partial"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Need(StrEnum):
    """What must be known before work can begin, in the order in which it is asked for."""

    BUSINESS = "business"
    SUBJECT = "subject"
    OBJECTIVE = "objective"
    CHANNELS = "channels"


class Pending(CamelModel):
    """What was wanted and waits for an answer: to a proposal that was made, or to what was asked."""

    message: str
    decision: Decision
    needs: tuple[Need, ...] = ()
    proposed: bool = False


class Work(CamelModel):
    """An orchestration that a message brought about; `number`, `message_id` and `at` are the message's."""

    orchestration_id: str
    number: int
    message_id: str
    at: Moment
    intent: Intent
    task_ids: tuple[str, ...]
    ended: bool = False


class Conversation(CamelModel):
    """A session as kept: `life` tells it from others of its id before and after it, `count` its messages so far."""

    session_id: str
    life: str
    created_at: Moment
    active_at: Moment
    count: int = 0
    language: Language | None = None
    context: Context = Field(default_factory=Context)
    preferences: Preferences = Field(default_factory=Preferences)
    pending: Pending | None = None
    work: tuple[Work, ...] = ()

    @property
    def expires_at(self) -> datetime:
        """When it is gone, unless somebody writes."""
        at_work = any(not one.ended for one in self.work)
        return self.active_at + (AT_WORK if at_work else IDLE)

    @property
    def in_campaign(self) -> bool:
        """Whether a campaign was asked for lately."""
        return any(one.intent is Intent.CAMPAIGN for one in self.work)


class Outcome(CamelModel):
    """What became of one agent's task, and when: its result, or why there is none."""

    agent: str
    task_id: str
    status: str
    result: Any = None
    error: str | None = None
    ended_at: Moment | None = None


class Message(CamelModel):
    """The `number`-th message of a session, with what is decided of it.

    A reply has the number, the id and the time of the message that it answers, and decision, too.
    """

    id: str
    number: int
    role: Speaker
    text: str
    at: Moment
    decision: Decision | None = None
    answers: int | None = None
    answered_id: str | None = None
    asked_at: Moment | None = None
    status: ReplyStatus | None = None
    questions: tuple[str, ...] = ()
    orchestration_id: str | None = None
    task_ids: tuple[str, ...] = ()
    results: tuple[Outcome, ...] = ()
    context: ChatContext | None = None
