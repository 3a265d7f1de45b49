"""Events of the calendar: as wished, as changed, as kept, and as asked for. camelCase on the wire."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import Field, JsonValue, model_validator
from pydantic.json_schema import SkipJsonSchema

from watchbill.calendar.contents import EventContent, Publication
from watchbill.calendar.recurrence import Recurrence
from watchbill.decisions.models import Language
from watchbill.identity.models import TimeZone
from watchbill.platform.wire import CamelModel, Label, Model, Moment, PageQuery, When

LONGEST = timedelta(days=31)
"""What an event lasts at most: whoever asks for a day need not look further back."""
USUAL = timedelta(minutes=30)
"""What an event lasts that does not say it."""
LONGEST_DURATION = 365
"""Days that a campaign is planned for at most."""
_MOST_HOURS = 31 * 24
_MOST_CHANNELS, _MOST_REMINDERS, _MOST_MINUTES = 10, 10, 28 * 24 * 60
EARLIEST_REMINDER = timedelta(minutes=_MOST_MINUTES)
"""How long before an event somebody is reminded of it at most."""


class EventKind(StrEnum):
    """What is planned."""

    CONTENT_PUBLISH = "content_publish"
    CAMPAIGN_MILESTONE = "campaign_milestone"
    REVIEW = "review"
    ANALYSIS = "analysis"
    MEETING = "meeting"


class EventStatus(StrEnum):
    """Where an event is."""

    SCHEDULED = "scheduled"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    CANCELLED = "cancelled"

    @property
    def open(self) -> bool:
        """Whether it is still to be done."""
        return self in (EventStatus.SCHEDULED, EventStatus.IN_PROGRESS)


class EventPriority(StrEnum):
    """How much it matters."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    URGENT = "urgent"


class ReminderType(StrEnum):
    """How somebody is reminded."""

    NOTIFICATION = "notification"
    EMAIL = "email"
    WEBHOOK = "webhook"


class Reminder(CamelModel):
    """A reminder so many minutes before an event begins."""

    minutes: Annotated[int, Field(ge=0, le=_MOST_MINUTES, strict=True)]
    type: ReminderType = ReminderType.NOTIFICATION


Description = Annotated[str, Field(max_length=4_000)]
Channels = Annotated[tuple[Label, ...], Field(max_length=_MOST_CHANNELS)]
Reminders = Annotated[tuple[Reminder, ...], Field(max_length=_MOST_REMINDERS)]


class EventMetadata(CamelModel):
    """What an event is about: the content to be published where, the campaign, and the agent whose it is."""

    content_id: Label | None = None
    campaign_id: Label | None = None
    channels: Channels = ()
    content_type: Label | None = None
    assigned_agent: Label | None = None


class _EventFacts(CamelModel):
    """What is said of an event whatever its times."""

    title: Label
    description: Description | None = None
    type: EventKind
    status: EventStatus = EventStatus.SCHEDULED
    priority: EventPriority = EventPriority.MEDIUM
    metadata: EventMetadata = Field(default_factory=EventMetadata)
    content: EventContent | None = None
    session_id: Label | None = None
    reminders: Reminders = ()


class NewEvent(_EventFacts):
    """The wish for an event: half an hour long unless it says its end, in the organisation's zone unless in its own.

    With a `recurrence` it is a series, whose first occurrence begins at `startTime` or as soon as the rule has one.
    """

    start_time: When
    end_time: When | None = None
    time_zone: TimeZone | None = None
    recurrence: Recurrence | None = None


class EventChange(CamelModel):
    """What may be changed of an event; what is absent stays, null clears what an event can be without.

    A start without an end moves the event. Of `metadata` what is absent stays too.
    """

    title: Label | None = None
    description: Description | None = None
    start_time: When | None = None
    end_time: When | None = None
    time_zone: TimeZone | None = None
    type: EventKind | None = None
    status: EventStatus | None = None
    priority: EventPriority | None = None
    metadata: EventMetadata | None = None
    content: EventContent | None = None
    session_id: Label | None = None
    reminders: Reminders | None = None
    recurrence: Recurrence | None = None

    @model_validator(mode="after")
    def _keeps_what_it_needs(self) -> Self:
        cleared = {name for name in self.model_fields_set if getattr(self, name) is None}
        if needed := sorted(cleared - {"description", "content", "session_id", "reminders", "metadata", "recurrence"}):
            raise ValueError(f"an event always has a {needed[0].replace('_', ' ')}")
        return self

    @property
    def given(self) -> dict[str, Any]:
        """What it names, null included."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class SeriesException(Model):
    """An occurrence that is not as its series has it: gone, or with facts of its own, as they cross the wire."""

    original_start: Moment
    gone: bool = False
    facts: dict[str, JsonValue] = Field(default_factory=dict)


class CalendarEvent(_EventFacts):
    """An event as it is kept. `time_zone` is whose clock it is meant by, and on which a person sees it.

    A series has a `recurrence`, and begins for the last time at `lastStart`. One of its occurrences names it, and when
    it was to begin by its rule.
    `publications` are what became of its content on each channel.
    """

    id: str
    start_time: Moment
    end_time: Moment
    time_zone: str
    recurrence: Recurrence | None = None
    last_start: Moment | None = None
    series_id: str | None = None
    original_start: Moment | None = None
    exceptions: Annotated[SkipJsonSchema[tuple[SeriesException, ...]], Field(exclude=True)] = ()
    publications: tuple[Publication, ...] = ()
    completed_at: Moment | None = None
    created_at: Moment
    updated_at: Moment

    def is_overdue(self, now: datetime) -> bool:
        """Whether it is over and was not done."""
        return self.status.open and self.end_time <= now


class ShownEvent(CalendarEvent):
    """An event as it is answered; `overdue` is one that is over, and neither completed nor cancelled."""

    overdue: bool


class ChangedEvent(ShownEvent):
    """An event as it is after a change.

    `droppedExceptions` are the occurrences of a series that were changed or removed, and are no more by its new rule.
    """

    dropped_exceptions: tuple[Moment, ...] = ()


class WindowQuery(CamelModel):
    """Over which time events are asked for, and of which campaign or session if of one.

    Without a campaign or session a window is at most 366 days long, and begins now unless it says otherwise.
    """

    since: Annotated[When | None, Field(alias="from")] = None
    until: Annotated[When | None, Field(alias="to")] = None
    campaign_id: Label | None = None
    session_id: Label | None = None


class EventQuery(PageQuery, WindowQuery):
    """Which events are listed: those that touch a window, of a type, a status, a campaign, a session, or all."""

    type: EventKind | None = None
    status: EventStatus | None = None


class UpcomingQuery(PageQuery, CamelModel):
    """How many hours ahead is looked."""

    hours: Annotated[int, Field(ge=1, le=_MOST_HOURS)] = 24


class NewMilestones(CamelModel):
    """The wish for a campaign's milestones; what it does not say of the campaign's dates, the campaign says.

    `duration` is in days, and takes the place of an end.
    """

    campaign_id: Label
    title: Label | None = None
    start_date: When | None = None
    end_date: When | None = None
    duration: Annotated[int, Field(ge=1, le=LONGEST_DURATION, strict=True)] | None = None
    time_zone: TimeZone | None = None
    session_id: Label | None = None
    language: Language = Language.ENGLISH

    @model_validator(mode="after")
    def _ends_once(self) -> Self:
        if self.end_date is not None and self.duration is not None:
            raise ValueError("a campaign ends at its endDate or after its duration: give one of them")
        return self


@dataclass(frozen=True, slots=True)
class Course:
    """A campaign as the calendar sees it: what it is called, and from when to when it lasts."""

    name: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """What a campaign says of itself."""

    name: str
    start: datetime | None
    end: datetime | None
