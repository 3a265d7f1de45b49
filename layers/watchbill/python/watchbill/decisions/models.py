"""What is decided about a message: its intent, its agents, what it names; and what of its session bears on it."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from watchbill.platform.wire import CamelModel, Figure

LEAST_CONFIDENCE, MOST_CONFIDENCE = 0.1, 0.95
Score = Annotated[int, Field(ge=0, le=10)]


class Intent(StrEnum):
    """What somebody wants who writes."""

    CAMPAIGN = "campaign"
    SINGLE_POST = "single_post"
    MEDIA_GENERATION = "media_generation"
    ANALYSIS = "analysis"
    PLANNING = "planning"
    QUESTION = "question"
    SMALLTALK = "smalltalk"


class Channel(StrEnum):
    """The networks that content goes to."""

    INSTAGRAM = "instagram"
    FACEBOOK = "facebook"
    TWITTER = "twitter"
    TIKTOK = "tiktok"
    LINKEDIN = "linkedin"
    YOUTUBE = "youtube"


class Medium(StrEnum):
    """What the media backend makes."""

    VIDEO = "video"
    AUDIO = "audio"
    IMAGE = "image"


class Language(StrEnum):
    """The languages that are understood."""

    ENGLISH = "en"
    SPANISH = "es"


class Sentiment(StrEnum):
    """How a message is meant towards its subject."""

    POSITIVE = "positive"
    NEUTRAL = "neutral"
    NEGATIVE = "negative"


class Priority(StrEnum):
    """How soon what was asked for has its turn."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    URGENT = "urgent"


class EngineName(StrEnum):
    """Which engine decided."""

    BUILTIN = "builtin"
    LANGUAGE_MODEL = "language_model"


class Dates(CamelModel):
    """A day or a span of days, first and last, and the words that named it."""

    text: str
    start: date
    end: date


class Budget(CamelModel):
    """What may be spent. `currency` is an ISO 4217 code, null when only the amount was named."""

    amount: Figure
    currency: str | None


class Entities(CamelModel):
    """What a message names. `duration` is in days."""

    channels: tuple[Channel, ...] = ()
    media: tuple[Medium, ...] = ()
    dates: tuple[Dates, ...] = ()
    duration: int | None = None
    budget: Budget | None = None
    audience: str | None = None
    product: str | None = None


class Facts(CamelModel):
    """What of a session bears on a decision: `today` is the day where the user is, `channels` those of its context."""

    today: date
    history_length: Annotated[int, Field(ge=0)] = 0
    channels: tuple[Channel, ...] = ()
    in_campaign: bool = False
    language: Language | None = None


class ModelSpend(CamelModel):
    """What asking a language model took, whether or not its answer could be used; `cost` is null where unknown."""

    model: str
    input_tokens: int
    output_tokens: int
    cost: Figure | None = None


class Decision(CamelModel):
    """What a message is taken to want, and what is to be done about it.

    `primary_agent` is null where no agent is needed. `confidence` is the calibrated chance that the intent is right,
    `estimated_duration` in minutes, `reasoning` in the language of the message. `engine` is the one that decided;
    `spent` what a language model took, also one that answered nothing of use.
    """

    intent: Intent
    task_type: str
    primary_agent: str | None
    supporting_agents: tuple[str, ...]
    confidence: Annotated[float, Field(ge=LEAST_CONFIDENCE, le=MOST_CONFIDENCE)]
    reasoning: str
    entities: Entities
    language: Language
    sentiment: Sentiment
    urgency: Score
    complexity: Score
    priority: Priority
    estimated_duration: int
    required_resources: tuple[str, ...]
    engine: EngineName
    spent: ModelSpend | None = None


def whole(amount: Decimal) -> Decimal:
    """An amount without trailing zeros, never in powers of ten."""
    return amount.quantize(Decimal(1)) if amount == amount.to_integral_value() else amount.normalize()
