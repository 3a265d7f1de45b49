"""The composition root's part for conversations: what people say, and the runs that their messages are.

An area is imported when it is first asked for: a function pays at its start for what it does, not for what there is.
"""

from abc import ABC, abstractmethod
from functools import cached_property
from typing import TYPE_CHECKING

from watchbill.executing import Executing
from watchbill.platform.settings import settings

if TYPE_CHECKING:
    from watchbill.conversations.following import MessageFollower
    from watchbill.conversations.service import ConversationService
    from watchbill.conversations.store import ConversationStore
    from watchbill.decisions.engine import Engine


class Conversing(Executing, ABC):
    """The use cases of one organisation's conversations, and those below."""

    @cached_property
    def conversations(self) -> "ConversationService":
        """Its conversations."""
        from watchbill.conversations.service import ConversationService

        return ConversationService(
            self._conversation_store,
            self._decision_engine,
            self.orchestrations,
            self.tasks.tasks_of,
            self._cursors,
            lambda: self.identity.organisation().zone,
            self._generates_media,
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

    def _decision_engine(self) -> "Engine":
        """What understands a message: the language model that the organisation has set for it, or what asks nobody."""
        from watchbill.decisions.engine import BuiltinEngine

        name = self.configuration.effective().decision_model
        if name is None:
            return BuiltinEngine()
        from watchbill.agents.deciding import DecidingModels
        from watchbill.agents.language import LanguageModels
        from watchbill.decisions.modelled import ModelledEngine

        models = LanguageModels(settings().models, settings().model_region)
        return ModelledEngine(DecidingModels(models, name, self._may_pay_for_decisions), BuiltinEngine())

    def _may_pay_for_decisions(self) -> bool:
        from watchbill.budgets.models import EVERYTHING, BudgetScope, Subject
        from watchbill.conversations.models import CHAT_AGENT
        from watchbill.registry.rules import agent_id

        deciding = agent_id(self._table.organisation, CHAT_AGENT)
        return not {EVERYTHING, Subject(BudgetScope.AGENT, deciding)} & self.budget_reviewer.spent().keys()

    @abstractmethod
    def _generates_media(self) -> bool:
        """Whether somebody makes media for it, whom no conversation knows of."""

    @cached_property
    def _conversation_store(self) -> "ConversationStore":
        from watchbill.conversations.store import ConversationStore

        return ConversationStore(self._table)
