"""Streams and their items: as wished, as changed, as shown."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag

from watchbill.platform.wire import Label, Model, Moment, PageQuery, When
from watchbill.streams.values import (
    MOST_ITEMS,
    MOST_NEW,
    Enrichment,
    GrowthSpan,
    Metadata,
    Position,
    Quality,
    Scores,
    Span,
    Stages,
    Word,
    Words,
)

DEFAULT_STAGES = ("discover", "research", "outreach", "qualified", "closed")


class GoalStatus(StrEnum):
    """How a stream is on its way to its goal. All follow from the items and the time, but `paused`."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    COMPLETED = "completed"
    FAILED = "failed"
    PAUSED = "paused"


class GoalWish(StrEnum):
    """What may be asked of a goal: to pause, or to go on, with the status that then follows."""

    PAUSED = "paused"
    IN_PROGRESS = "in_progress"


class ItemPriority(StrEnum):
    """How much an item matters, the most first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class ItemStatus(StrEnum):
    """Whether there is something to be done about an item."""

    OPEN = "open"
    IN_PROGRESS = "in_progress"
    BLOCKED = "blocked"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class Strength(StrEnum):
    """How clear a signal is."""

    VERY_STRONG = "very_strong"
    STRONG = "strong"
    MODERATE = "moderate"
    WEAK = "weak"


class GoalCriteria(Model):
    """What is looked for; what is absent is no criterion. Revenue is in whole units of money, growth in percent."""

    industry: Words = ()
    location: Words = ()
    employee_count: Span | None = None
    revenue: Span | None = None
    growth: GrowthSpan | None = None


class TargetMetrics(Model):
    """When the goal is reached: so many, each at least so good."""

    companies_to_find: Annotated[int, Field(ge=1, le=MOST_ITEMS, strict=True)] | None = None
    min_quality_score: Quality | None = None


class StreamFacts(Model):
    """What a user says of a stream."""

    name: Label
    stream_type: Word = "pipeline"
    goal_criteria: GoalCriteria = GoalCriteria()
    target_metrics: TargetMetrics = TargetMetrics()
    success_criteria: Metadata = Field(default_factory=dict)
    goal_deadline: When | None = None
    stages: Stages = DEFAULT_STAGES


class NewStream(StreamFacts):
    """The wish for a stream."""


class StreamChange(Model):
    """What may be changed of a stream; what is absent stays. A stage that holds items cannot be left out."""

    name: Label | None = None
    stream_type: Word | None = None
    goal_criteria: GoalCriteria | None = None
    target_metrics: TargetMetrics | None = None
    success_criteria: Metadata | None = None
    goal_deadline: When | None = None
    goal_status: GoalWish | None = None
    stages: Stages | None = None


class CurrentProgress(Model):
    """How far a stream was when that was last written down. `percentage` is null while there is nothing to do."""

    completed: int = 0
    total: int = 0
    percentage: float | None = None
    last_updated: Moment | None = None


class Stream(StreamFacts):
    """A goal, and how far it is."""

    id: str
    goal_status: GoalStatus = GoalStatus.NOT_STARTED
    current_progress: CurrentProgress = CurrentProgress()
    created_at: Moment
    updated_at: Moment


class StreamList(Model):
    """Some streams, newest first, and where the list goes on."""

    items: tuple[Stream, ...]
    next_cursor: str | None = None


class Signal(Model):
    """Something that suggests to act: what, how clear, how sure (0 to 1), from when to when, and where it was seen."""

    type: Word
    strength: Strength
    confidence: Annotated[float, Field(ge=0, le=1)]
    detected_at: When
    expires_at: When | None = None
    source: Annotated[Label, Field(max_length=500)] | None = None


class Contact(Model):
    """Somebody to talk to."""

    name: Label
    title: Label | None = None
    email: Label | None = None
    phone: Word | None = None
    linkedin_url: Annotated[Label, Field(max_length=500)] | None = None


Signals = Annotated[tuple[Signal, ...], Field(max_length=50)]
Contacts = Annotated[tuple[Contact, ...], Field(max_length=20)]


class ItemFacts(Model):
    """What is known of an item, by whoever found it."""

    priority: ItemPriority = ItemPriority.MEDIUM
    status: ItemStatus = ItemStatus.OPEN
    metadata: Metadata = Field(default_factory=dict)
    scores: Scores = Field(default_factory=dict)
    signals: Signals = ()
    enrichment: Enrichment | None = None
    enriched_at: When | None = None
    contacts: Contacts = ()


class NewItem(ItemFacts):
    """The wish for an item: without a stage in the first, without a position behind all others."""

    kind: Word = "company"
    name: Label
    company_id: Label | None = None
    stage: Word | None = None
    position: Position | None = None


class ItemBatch(Model):
    """Several items of one stream, each judged by itself: one bad item does not keep out the rest."""

    items: Annotated[
        list[Any],
        Field(
            min_length=1, json_schema_extra={"items": {"$ref": "#/components/schemas/NewItem"}, "maxItems": MOST_NEW}
        ),
    ]


def _form(body: Any) -> str:
    return "many" if isinstance(body, dict) and "items" in body else "one"


OneOrManyItems = Annotated[Annotated[NewItem, Tag("one")] | Annotated[ItemBatch, Tag("many")], Discriminator(_form)]
"""The body of a post: an item, or a batch of items."""


class ItemChange(Model):
    """What may be changed of an item; what is absent stays. With a `revision` only if nobody has changed it since."""

    kind: Word | None = None
    name: Label | None = None
    stage: Word | None = None
    position: Position | None = None
    priority: ItemPriority | None = None
    status: ItemStatus | None = None
    metadata: Metadata | None = None
    scores: Scores | None = None
    signals: Signals | None = None
    enrichment: Enrichment | None = None
    enriched_at: When | None = None
    contacts: Contacts | None = None
    revision: Annotated[int, Field(ge=1, strict=True)] | None = None


class Item(ItemFacts):
    """A company, a deal, a task … on its way through a stream's stages. `revision` grows with each change."""

    id: str
    stream_id: str
    kind: str
    name: str
    company_id: str | None = None
    stage: str
    position: int
    revision: int = 1
    created_at: Moment
    updated_at: Moment

    @property
    def quality(self) -> float | None:
        """Its score as a whole, 0 to 5, None when nobody has scored it."""
        return self.scores.get("quality")


class ItemQuery(PageQuery):
    """Which items are listed: of a stage, a priority, a status, or all."""

    stage: Word | None = None
    priority: ItemPriority | None = None
    status: ItemStatus | None = None


class ItemList(Model):
    """Some items in the order of their positions, and where the list goes on."""

    items: tuple[Item, ...]
    next_cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item stands, and what is counted of it."""

    item_id: str
    position: int
    stage: str
    priority: ItemPriority
    status: ItemStatus
    quality: float | None


@dataclass(frozen=True, slots=True)
class AgentFacts:
    """An agent that is assigned to a stream: its role there, how often it was executed, and how often with success."""

    agent_id: str
    name: str
    role: str
    total: int
    successful: int
