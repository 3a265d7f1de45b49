"""The built-in decision engine: what a message wants, without asking anybody; and what any engine is to its callers."""

from typing import Protocol

from watchbill.decisions.calibration import confidence
from watchbill.decisions.channels import channels_in
from watchbill.decisions.entities import entities_of
from watchbill.decisions.evidence import weigh
from watchbill.decisions.languages import language_of
from watchbill.decisions.models import Decision, EngineName, Facts
from watchbill.decisions.reasons import reasoning
from watchbill.decisions.rules import PLANS, complexity_of, minutes_of, priority_of, resources_of
from watchbill.decisions.text import read
from watchbill.decisions.tone import sentiment_of, urgency_of


class Engine(Protocol):
    """What decides about messages: the language model does too."""

    def decide(self, text: str, facts: Facts) -> Decision:
        """What a message wants, in the session that the facts are of."""


class BuiltinEngine:
    """Decides by the words of the message, weighed where they stand. Pure; its time is linear in the length."""

    def decide(self, text: str, facts: Facts) -> Decision:
        """What a message wants, in the session that the facts are of."""
        message = read(text)
        language = language_of(message.words, facts.language)
        named = channels_in(message.words)
        verdict = weigh(message, language, named)
        entities = entities_of(message, verdict.intent, language, facts.today, named, verdict.media)
        plan, sure, urgency = PLANS[verdict.intent], confidence(verdict.margin), urgency_of(message)
        return Decision(
            intent=verdict.intent,
            task_type=plan.task_type,
            primary_agent=plan.primary,
            supporting_agents=plan.supporting,
            confidence=sure,
            reasoning=reasoning(verdict, entities, sure, language),
            entities=entities,
            language=language,
            sentiment=sentiment_of(message),
            urgency=urgency,
            complexity=complexity_of(len(text), entities.channels, facts),
            priority=priority_of(urgency),
            estimated_duration=minutes_of(verdict.intent, entities.channels),
            required_resources=resources_of(verdict.intent, entities.channels, entities.media),
            engine=EngineName.BUILTIN,
        )
