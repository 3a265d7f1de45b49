"""The built-in decision engine: what a message wants, without asking anybody; and what any engine is to its callers."""

from typing import Protocol

from watchbill.decisions.channels import channels_in
from watchbill.decisions.entities import entities_of
from watchbill.decisions.evidence import weigh
from watchbill.decisions.languages import language_of
from watchbill.decisions.models import Decision, EngineName, Facts
from watchbill.decisions.reasons import reasoning
from watchbill.decisions.rules import Understood, decision_on
from watchbill.decisions.text import read
from watchbill.decisions.tone import sentiment_of, urgency_of


class Engine(Protocol):
    """What decides about messages: `modelled` has one that asks a language model."""

    def decide(self, text: str, facts: Facts) -> Decision:
        """What a message wants, in the session that the facts are of."""


class BuiltinEngine:
    """Decides by the words of the message, as weighed in sentences that it was taught. Its time is linear in length."""

    def decide(self, text: str, facts: Facts) -> Decision:
        """What a message wants, in the session that the facts are of."""
        message = read(text)
        language = language_of(message.words, facts.language)
        named = channels_in(message.words)
        verdict = weigh(message, named)
        entities = entities_of(message, verdict.intent, language, facts.today, named, verdict.media)
        understood = Understood(
            intent=verdict.intent,
            confidence=verdict.confidence,
            reasoning=reasoning(verdict, entities, language),
            entities=entities,
            language=language,
            sentiment=sentiment_of(message),
            urgency=urgency_of(message),
            engine=EngineName.BUILTIN,
        )
        return decision_on(text, understood, facts)
