"""What follows from an intent: the agents, the resources, how complex it is, how soon and how long. Pure.

The numbers of complexity, urgency and priority are those of the system that this one follows.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from watchbill.decisions.models import (
    Channel,
    Decision,
    EngineName,
    Entities,
    Facts,
    Intent,
    Language,
    Medium,
    Priority,
    Sentiment,
)

MOST_COMPLEX, PLAIN_COMPLEXITY = 10, 5
LONG, VERY_LONG = 200, 500
"""Characters."""
MANY_CHANNELS, MANY_ENTRIES = 2, 10
MINUTES_PER_CHANNEL = 5


@dataclass(frozen=True, slots=True)
class Plan:
    """What an intent needs: the agent that leads, those beside it, the task's type, minutes, and resources."""

    task_type: str
    primary: str | None
    supporting: tuple[str, ...]
    minutes: int
    resources: tuple[str, ...] = ()


PLANS = {
    Intent.CAMPAIGN: Plan(
        "campaign_creation",
        "campaign-agent",
        ("trend-scanner", "video-scriptor", "post-scheduler", "analytics-reporter"),
        30,
        ("calendar_service", "database_storage"),
    ),
    Intent.SINGLE_POST: Plan("post_creation", "post-scheduler", ("trend-scanner",), 5),
    Intent.MEDIA_GENERATION: Plan(
        "media_generation",
        "video-scriptor",
        ("trend-scanner",),
        15,
        ("external_media_backend", "token_management"),
    ),
    Intent.ANALYSIS: Plan(
        "performance_analysis", "analytics-reporter", ("trend-scanner",), 10, ("analytics_apis", "database_queries")
    ),
    Intent.PLANNING: Plan(
        "content_planning", "post-scheduler", ("trend-scanner", "analytics-reporter"), 10, ("calendar_service",)
    ),
    Intent.QUESTION: Plan("question_answering", "faq-responder", (), 1),
    Intent.SMALLTALK: Plan("conversation", None, (), 1),
}


@dataclass(frozen=True, slots=True)
class Understood:
    """What an engine makes of a message; all else of a decision follows from it."""

    intent: Intent
    confidence: float
    reasoning: str
    entities: Entities
    language: Language
    sentiment: Sentiment
    urgency: int
    engine: EngineName


def decision_on(text: str, understood: Understood, facts: Facts) -> Decision:
    """The decision on a message that was so understood."""
    plan, named = PLANS[understood.intent], understood.entities
    return Decision(
        intent=understood.intent,
        task_type=plan.task_type,
        primary_agent=plan.primary,
        supporting_agents=plan.supporting,
        confidence=understood.confidence,
        reasoning=understood.reasoning,
        entities=named,
        language=understood.language,
        sentiment=understood.sentiment,
        urgency=understood.urgency,
        complexity=complexity_of(len(text), named.channels, facts),
        priority=priority_of(understood.urgency),
        estimated_duration=minutes_of(understood.intent, named.channels),
        required_resources=resources_of(understood.intent, named.channels, named.media),
        engine=understood.engine,
    )


def complexity_of(characters: int, channels: Sequence[Channel], facts: Facts) -> int:
    """From 5 to 10: more for long messages, each channel named, many channels, a campaign going on, a long history."""
    targets = channels or facts.channels
    score = PLAIN_COMPLEXITY + len(channels)
    score += 2 * (characters > LONG) + 2 * (characters > VERY_LONG)
    score += len(targets) > MANY_CHANNELS
    score += 2 * facts.in_campaign + (facts.history_length > MANY_ENTRIES)
    return min(MOST_COMPLEX, score)


def priority_of(urgency: int) -> Priority:
    """The priority of what is so urgent, from 0 to 10."""
    if urgency >= 8:
        return Priority.URGENT
    if urgency >= 6:
        return Priority.HIGH
    return Priority.MEDIUM if urgency >= 4 else Priority.LOW


def minutes_of(intent: Intent, channels: Sequence[Channel]) -> int:
    """How long it is expected to take: more for each channel after the first."""
    return PLANS[intent].minutes + MINUTES_PER_CHANNEL * max(0, len(channels) - 1) * (PLANS[intent].primary is not None)


def resources_of(intent: Intent, channels: Sequence[Channel], media: Sequence[Medium]) -> tuple[str, ...]:
    """What is needed to do it: what its intent needs, and what its channels and media do."""
    if PLANS[intent].primary is None:
        return ()
    needed = [*PLANS[intent].resources]
    if channels:
        needed.append("social_media_apis")
    if media:
        needed += PLANS[Intent.MEDIA_GENERATION].resources
    return tuple(dict.fromkeys(needed))
