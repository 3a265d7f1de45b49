"""What a message brings about in its session: an answer at once, a question, or work. Pure."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from watchbill.conversations import wording
from watchbill.conversations.models import (
    LONGEST_TOLD,
    MOST_WORK,
    Conversation,
    Message,
    Need,
    Pending,
    ReplyStatus,
    Speaker,
    Work,
)
from watchbill.conversations.plans import Job, nodes_of
from watchbill.conversations.understanding import (
    Small,
    agrees,
    answered,
    declines,
    missing,
    objective_in,
    says_nothing,
    small,
)
from watchbill.conversations.values import ChatContext, Context, Preferences
from watchbill.decisions.models import Decision, Entities, Intent, Language
from watchbill.orchestrations.models import Node
from watchbill.platform import ids

SURE = 0.5
"""Of a decision that is less sure than this it is asked whether it is right."""
_CERTAIN = 0.8
"""Somebody who says something so clear wants that, whatever was asked."""
_SMALL = {
    Small.GREETING: wording.GREETING,
    Small.THANKS: wording.THANKS,
    Small.FAREWELL: wording.FAREWELL,
    Small.HELP: wording.HELP,
}


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says, with what is to be known besides, under the id that whoever sent it gave it."""

    text: str
    context: ChatContext = field(default_factory=ChatContext)
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """A session after a message, the message and the reply to it, and the parts of the work it brings about, if any."""

    conversation: Conversation
    message: Message
    reply: Message
    decision: Decision
    status: ReplyStatus
    language: Language
    nodes: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class _Reply:
    """What is answered; with `nodes`, work begins."""

    text: str
    status: ReplyStatus
    pending: Pending | None = None
    questions: tuple[str, ...] = ()
    nodes: tuple[Node, ...] = ()


def begun(session_id: str, now: datetime) -> Conversation:
    """A new session."""
    return Conversation(session_id=session_id, life=ids.new_id(), created_at=now, active_at=now)


def knowing(conversation: Conversation, given: ChatContext) -> Conversation:
    """The session with what comes with a message."""
    named = {"business": given.negocio, "objective": given.objetivo, "channels": given.canales}
    context = conversation.context.model_copy(update={name: value for name, value in named.items() if value})
    said = given.preferencias.known if given.preferencias else Preferences()
    return conversation.model_copy(
        update={"context": context, "preferences": preferring(conversation.preferences, said)}
    )


def preferring(before: Preferences, change: Preferences, *, forgetting: bool = False) -> Preferences:
    """Preferences with what is said anew; what is null in the change is forgotten only where that is meant."""
    said = change.model_dump(exclude_unset=forgetting, exclude_none=not forgetting)
    return before.model_copy(update=said)


def turn(before: Conversation, said: Said, decision: Decision, now: datetime) -> Turn:
    """What a message brings about, whose decision is by its words alone."""
    known = knowing(before, said.context)
    language = known.preferences.language or decision.language
    meant, context = _meant(known, said, decision)
    known = known.model_copy(update={"context": context})
    reply = _reply(known, said.text, meant, language)
    message = Message(
        id=said.id or ids.new_id(),
        number=before.count + 1,
        role=Speaker.USER,
        text=said.text,
        at=now,
        decision=meant.decision,
    )
    answer = Message(
        id=ids.new_id(),
        number=before.count + 2,
        role=Speaker.ASSISTANT,
        text=reply.text,
        at=now,
        decision=meant.decision,
        answers=message.number,
        answered_id=message.id,
        asked_at=now,
        status=reply.status,
        questions=reply.questions,
        context=shown(known),
    )
    after = known.model_copy(
        update={"count": answer.number, "active_at": now, "pending": reply.pending, "language": language}
    )
    return Turn(after, message, answer, meant.decision, reply.status, language, reply.nodes)


def shown(conversation: Conversation) -> ChatContext:
    """What is known in a session, as a message's context has it."""
    context, likes = conversation.context, conversation.preferences
    return ChatContext.model_validate(
        {
            "sessionId": conversation.session_id,
            "negocio": context.business,
            "objetivo": context.objective,
            "canales": context.channels or None,
            "preferencias": {
                "contenido": likes.content_types,
                "tono": likes.tone,
                "frecuencia": likes.frequency,
                "language": likes.language,
                "timezone": likes.timezone,
            },
        }
    )


def working(turn: Turn, orchestration_id: str, task_ids: tuple[str, ...]) -> Turn:
    """The turn once its work has its ids."""
    message, intent = turn.message, turn.decision.intent
    work = Work(
        orchestration_id=orchestration_id,
        number=message.number,
        message_id=message.id,
        at=message.at,
        intent=intent,
        task_ids=task_ids,
    )
    named = {"orchestration_id": orchestration_id, "task_ids": task_ids}
    kept = (*turn.conversation.work, work)[-MOST_WORK:]
    return replace(
        turn,
        conversation=turn.conversation.model_copy(update={"work": kept}),
        message=message.model_copy(update=named),
        reply=turn.reply.model_copy(update=named),
    )


def refused(turn: Turn, why: str) -> Turn:
    """The turn when its work cannot begin."""
    text = wording.not_begun(turn.decision.intent, why, turn.language)
    reply = turn.reply.model_copy(update={"text": text, "status": ReplyStatus.FAILED})
    return replace(turn, reply=reply, status=ReplyStatus.FAILED, nodes=())


@dataclass(frozen=True, slots=True)
class _Meant:
    """What somebody means: the whole of what they said of it, what is decided of that, and whether that is certain."""

    text: str
    decision: Decision
    certain: bool = False
    dropped: bool = False


def _meant(known: Conversation, said: Said, decision: Decision) -> tuple[_Meant, Context]:
    """What a message means where something may be pending, and what is known then."""
    text, pending = said.text, known.pending
    if pending and not _anew(pending, decision):
        if declines(text):
            return _Meant(text, decision, dropped=True), known.context
        if pending.proposed and agrees(text):
            return _Meant(pending.message, pending.decision, certain=True), known.context
        if not pending.proposed and not small(text):
            entities = _merged(pending.decision.entities, decision.entities)
            told = pending.decision.model_copy(update={"entities": entities})
            context = answered(_named(known.context, said, decision.entities), pending.needs, text)
            return _Meant(f"{pending.message}\n{text}"[:LONGEST_TOLD], told, certain=True), context
    return _Meant(text, decision), _told(known.context, said, decision)


def _anew(pending: Pending, decision: Decision) -> bool:
    """Whether somebody plainly wants something else than what is pending."""
    other = decision.intent not in (pending.decision.intent, Intent.SMALLTALK)
    return other and decision.confidence >= _CERTAIN


def _told(context: Context, said: Said, decision: Decision) -> Context:
    """What is known with what a message says of business, objective and channels."""
    product = decision.entities.product if decision.intent is Intent.CAMPAIGN else None
    found = {"business": context.business or product, "objective": context.objective or objective_in(said.text)}
    return _named(context.model_copy(update=found), said, decision.entities)


def _named(context: Context, said: Said, entities: Entities) -> Context:
    """What is known with the channels that a message names: they go before those of earlier messages."""
    named = (*entities.channels, *(said.context.canales or ())) if entities.channels else context.channels
    return context.model_copy(update={"channels": tuple(dict.fromkeys(named))})


def _merged(before: Entities, answer: Entities) -> Entities:
    said = {name: getattr(answer, name) for name in answer.model_fields_set if getattr(answer, name)}
    return before.model_copy(update={name: value for name, value in said.items() if name != "product"})


def _reply(known: Conversation, text: str, meant: _Meant, language: Language) -> _Reply:
    talk, intent = None if meant.certain else small(text), meant.decision.intent
    if meant.dropped:
        return _Reply(wording.DROPPED[language], ReplyStatus.COMPLETED)
    if talk and (intent in (Intent.SMALLTALK, Intent.QUESTION)):
        return _Reply(_SMALL[talk][language], ReplyStatus.COMPLETED, known.pending)
    if intent is Intent.SMALLTALK or says_nothing(text):
        return _Reply(wording.UNCLEAR[language], ReplyStatus.COMPLETED)
    if meant.decision.confidence < SURE and not meant.certain:
        return _proposal(known, meant, language)
    return _work(known, meant, language)


def _proposal(known: Conversation, meant: _Meant, language: Language) -> _Reply:
    asked = wording.proposal(meant.decision.intent, known.context.channels, language)
    pending = Pending(message=meant.text, decision=meant.decision, proposed=True)
    return _Reply(asked, ReplyStatus.REQUIRES_CONFIRMATION, pending, (asked,))


def _work(known: Conversation, meant: _Meant, language: Language) -> _Reply:
    intent = meant.decision.intent
    needs: tuple[Need, ...] = missing(intent, known.context, meant.decision.entities)
    if needs:
        asked = wording.questions(needs, language)
        pending = Pending(message=meant.text, decision=meant.decision, needs=needs)
        return _Reply(wording.asking(intent, asked, language), ReplyStatus.REQUIRES_CONFIRMATION, pending, asked)
    job = Job(meant.text, meant.decision, known.context, known.preferences, language, known.session_id)
    nodes, channels = nodes_of(job), known.context.channels if job.published else ()
    text = wording.begun(intent, [node.agent for node in nodes], job.subject, channels, language)
    return _Reply(text, ReplyStatus.PROCESSING, nodes=nodes)
