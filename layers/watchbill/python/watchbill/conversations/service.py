"""Answering what people write, and showing their sessions.

What a message brings about is one transaction: the session, the message, the reply, the work with its tasks. Two
messages of a session that come at once both count, one after the other.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from watchbill.conversations import plans, rules, wording
from watchbill.conversations.models import (
    Conversation,
    NewMessage,
    PreferencesChange,
)
from watchbill.conversations.rules import Said, Turn
from watchbill.conversations.store import ConversationStore, StoredConversation
from watchbill.conversations.views import ChatAnswer, ChatHistory, Session, SessionTask, to_chat_message
from watchbill.decisions.engine import Engine
from watchbill.decisions.models import Decision, Facts, Intent, Language
from watchbill.execution.models import Task
from watchbill.orchestrations.models import Plan
from watchbill.orchestrations.service import DraftedOrchestration, OrchestrationService
from watchbill.platform import clock, ids
from watchbill.platform.errors import BadRequest, Conflict, NotFound, Unprocessable
from watchbill.platform.lists import Cursors, first_page
from watchbill.platform.table import AlreadyExists, Changed
from watchbill.platform.wire import PageQuery
from watchbill.runs.models import Trigger

_TRIES = 10
_FIRST_PAUSE = 0.02
"""Seconds, for whoever meets another who writes in the same session."""


class AlreadyHeard(Exception):
    """A message came again that was answered before."""


class ConversationService:
    """One organisation's conversations.

    `zone` is where its days begin, for people who named no other; `generates` says whether somebody makes media.
    """

    def __init__(
        self,
        store: ConversationStore,
        engine: Callable[[], Engine],
        orchestrations: OrchestrationService,
        tasks: Callable[[Iterable[str]], Mapping[str, Task]],
        cursors: Cursors,
        zone: Callable[[], tzinfo],
        generates: Callable[[], bool],
        pause: Callable[[float], None] = clock.pause,
    ) -> None:
        self._store = store
        self._engine = engine
        self._orchestrations = orchestrations
        self._tasks = tasks
        self._cursors = cursors
        self._zone = zone
        self._generates = generates
        self._pause = pause

    def say(self, wish: NewMessage) -> ChatAnswer:
        """Answer a message, and begin the work that it asks for. Raises Conflict."""
        session_id = wish.context.session_id or ids.new_id()
        return _answer(self._turn(session_id, Said(wish.message, wish.context)))

    def hear(self, session_id: str, message_id: str, text: str) -> None:
        """Answer a message that may come twice, and then is answered once. Raises Conflict."""
        with suppress(AlreadyHeard):
            self._turn(session_id, Said(text, id=message_id))

    def history(self, session_id: str, query: PageQuery) -> ChatHistory:
        """The newest messages of a session, newest first. Raises NotFound, BadRequest."""
        conversation, _ = self._present(session_id)
        name = f"messages of {conversation.life}"
        before = self._cursors.open(query.cursor, name).get("before")
        found = self._store.messages(conversation, int(before) if before else None)
        shown, more = first_page(((to_chat_message(one), {"before": str(one.number)}) for one in found), query.limit)
        return ChatHistory(session_id=session_id, items=tuple(shown), next_cursor=self._cursors.close(more, name))

    def session(self, session_id: str) -> Session:
        """A session. Raises NotFound."""
        return self._shown(self._present(session_id)[0])

    def prefer(self, session_id: str, change: PreferencesChange) -> Session:
        """Change what somebody prefers. Raises NotFound, Conflict."""
        for _ in self._tries():
            conversation, stored = self._present(session_id)
            after = rules.preferring(conversation.preferences, change.preferences, forgetting=True)
            changed = conversation.model_copy(update={"preferences": after})
            try:
                self._store.write(self._store.replacement(stored, changed))
            except Changed:
                continue
            return self._shown(changed)
        raise _busy(session_id)

    def remove(self, session_id: str) -> None:
        """Forget a session with its messages; work goes on. Raises NotFound, Conflict."""
        for _ in self._tries():
            conversation, stored = self._present(session_id)
            try:
                self._store.remove(conversation, stored.revision)
            except Changed:
                continue
            return
        raise _busy(session_id)

    def _turn(self, session_id: str, said: Said) -> Turn:
        """What a message brings about, once that is stored. Raises AlreadyHeard, Conflict."""
        decision: Decision | None = None
        for _ in self._tries():
            now = clock.now()
            stored = self._store.conversation(session_id, now)
            before = stored.conversation or rules.begun(session_id, now)
            decision = decision or self._decided(before, said, now)
            turn, drafted = self._drafted(rules.turn(before, said, decision, now))
            writes = self._store.replacement(stored, turn.conversation, turn.message, turn.reply)
            hearing = [self._store.hearing(session_id, said.id, now)] if said.id else []
            try:
                self._store.write([*hearing, *writes, *(drafted.writes if drafted else ())])
            except (AlreadyExists, Changed) as error:
                if said.id and self._store.heard(session_id, said.id):
                    raise AlreadyHeard from error
                continue
            if drafted:
                self._orchestrations.announce()
            return turn
        raise _busy(session_id)

    def _decided(self, before: Conversation, said: Said, now: datetime) -> Decision:
        known = rules.knowing(before, said.context)
        zone = ZoneInfo(known.preferences.timezone) if known.preferences.timezone else self._zone()
        facts = Facts(
            today=now.astimezone(zone).date(),
            history_length=before.count,
            channels=known.context.channels,
            in_campaign=before.in_campaign,
            language=known.preferences.language or before.language,
        )
        decision = self._engine().decide(said.text, facts)
        if decision.intent is Intent.MEDIA_GENERATION and self._generates():
            return plans.generated(decision, known.preferences)
        return decision

    def _drafted(self, turn: Turn) -> tuple[Turn, DraftedOrchestration | None]:
        if not turn.nodes:
            return turn, None
        session_id = turn.conversation.session_id
        try:
            drafted = self._orchestrations.drafted(Plan(turn.nodes, session_id, trigger=Trigger.CHAT))
        except (BadRequest, Unprocessable) as error:
            # Somebody has set one of the agents up so that it cannot run, which whoever asks should hear.
            return rules.refused(turn, error.detail), None
        task_ids = tuple(task.id for task in drafted.tasks)
        return rules.working(turn, drafted.orchestration.id, task_ids), drafted

    def _present(self, session_id: str) -> tuple[Conversation, StoredConversation]:
        stored = self._store.conversation(session_id, clock.now())
        if stored.conversation is None:
            raise NotFound(f"there is no session {session_id!r}, or it has expired")
        return stored.conversation, stored

    def _shown(self, conversation: Conversation) -> Session:
        ours = {task_id: work.orchestration_id for work in conversation.work for task_id in work.task_ids}
        found = self._tasks(ours)
        tasks = [found[task_id] for task_id in ours if task_id in found]
        language = conversation.preferences.language or conversation.language or Language.SPANISH
        pending = conversation.pending
        return Session(
            session_id=conversation.session_id,
            context=rules.shown(conversation),
            preferences=conversation.preferences,
            active_agents=tuple(dict.fromkeys(_agent(task) for task in tasks if task.status.in_flight)),
            tasks=tuple(
                SessionTask(task_id=task.id, agent=_agent(task), status=task.status, orchestration_id=ours[task.id])
                for task in tasks
            ),
            questions=wording.questions(pending.needs, language) if pending else (),
            messages=conversation.count,
            created_at=conversation.created_at,
            last_active_at=conversation.active_at,
            expires_at=conversation.expires_at,
        )

    def _tries(self) -> Iterator[None]:
        for again in range(_TRIES):
            if again:
                self._pause(_FIRST_PAUSE * again)
            yield


def _answer(turn: Turn) -> ChatAnswer:
    return ChatAnswer(
        reply=turn.reply.text,
        session_id=turn.conversation.session_id,
        context=rules.shown(turn.conversation),
        status=turn.status,
        message=wording.explained(turn.status, turn.language),
        decision=turn.decision,
        task_ids=turn.reply.task_ids,
        orchestration_id=turn.reply.orchestration_id,
        message_id=turn.message.id,
        questions=turn.reply.questions,
    )


def _agent(task: Task) -> str:
    return task.agent_name or task.agent_id


def _busy(session_id: str) -> Conflict:
    return Conflict(f"too many write in session {session_id!r} at once; try again")
