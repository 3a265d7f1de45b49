"""The composition root's part for conversations: what people say, and the runs that their messages are.

An area is imported when it is first asked for: a function pays at its start for what it does, not for what there is.
"""

from functools import cached_property
from typing import TYPE_CHECKING

from watchbill.executing import Executing

if TYPE_CHECKING:
    from watchbill.conversations.following import MessageFollower
    from watchbill.conversations.service import ConversationService
    from watchbill.conversations.store import ConversationStore


class Conversing(Executing):
    """The use cases of one organisation's conversations, and those below."""

    @cached_property
    def conversations(self) -> "ConversationService":
        """Its conversations."""
        from watchbill.conversations.service import ConversationService
        from watchbill.decisions.engine import BuiltinEngine

        return ConversationService(
            self._conversation_store,
            BuiltinEngine(),
            self.orchestrations,
            self.tasks.tasks_of,
            self._cursors,
            lambda: self.identity.organisation().zone,
        )

    def conclude_orchestration(self, orchestration_id: str) -> None:
        """Say what came of agents that worked together, if all have ended, also to the people who asked for it."""
        from watchbill.conversations.concluding import Concluder

        self.orchestrations.conclude(orchestration_id, Concluder(self._conversation_store).conclusion)

    @cached_property
    def message_follower(self) -> "MessageFollower":
        """Its messages, for the stream's consumer."""
        from watchbill.conversations.following import MessageFollower

        return MessageFollower(self.registry, lambda *what: self.runs.record_all(*what))

    @cached_property
    def _conversation_store(self) -> "ConversationStore":
        from watchbill.conversations.store import ConversationStore

        return ConversationStore(self._table)
