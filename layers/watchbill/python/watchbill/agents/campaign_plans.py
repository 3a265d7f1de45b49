"""A campaign's plan: what of it is kept with the campaign, its content as the calendar has it, and as a task brings it.

Pure.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationError

from watchbill.agents.campaign_briefs import Brief, Thought
from watchbill.calendar.contents import EventContent
from watchbill.calendar.milestones import milestones
from watchbill.calendar.models import (
    CalendarEvent,
    Course,
    EventKind,
    EventMetadata,
    NewEvent,
    Reminder,
    ReminderType,
)
from watchbill.calendar.rules import drafted
from watchbill.campaigns import phrases, planning
from watchbill.campaigns.models import Campaign, CampaignType, NewCampaign
from watchbill.campaigns.planning import Item
from watchbill.campaigns.predictions import CHANNELS, PlanMetrics
from watchbill.campaigns.strategies import Strategy
from watchbill.platform import ids
from watchbill.platform.wire import CamelModel, Label, Moment

_MOST_SHOWN = 12_000
"""Bytes of the content that a task brings: the rest is in the calendar."""
_MOST_KEPT, _MOST_OBJECTIVE = 7_500, 300
_WORKING, _MORNING = range(8, 18), time(10)
_REMINDERS = tuple(Reminder(minutes=60, type=each) for each in ReminderType)
"""An hour before a milestone people are told of it in every way there is."""
_Engine = Literal["language_model", "template"]


class Kept(CamelModel):
    """What a campaign's goals say of its plan: who plans again goes on with it."""

    objective: str
    strategy: Strategy
    topics: Annotated[tuple[str, ...], Field(min_length=1)]
    engine: _Engine
    note: str | None = None


class PlannedItem(CamelModel):
    """An item of content: what it is about, the channel that it is made for first, and all that it is published on."""

    event_id: str
    title: str
    topic: str
    content_type: str
    channel: str
    channels: tuple[str, ...]
    publish_at: Moment


class CampaignPlan(CamelModel):
    """What the campaign agent brings. `content_calendar` holds the first items; all of them are in the calendar."""

    id: str
    campaign_id: str
    title: str
    strategy: Strategy
    content_calendar: tuple[PlannedItem, ...]
    metrics: PlanMetrics
    start_date: Moment | None
    end_date: Moment | None
    status: str
    engine: _Engine
    notes: tuple[str, ...]


def thought(brief: Brief, answer: Thought | None, lacking: str | None) -> Kept:
    """What is kept of a plan: a model's thoughts, or else templates; `lacking` is why there are none of a model."""
    if answer is None:
        strategy = phrases.written(brief.kind, brief.subject, brief.audience, brief.trends, brief.language)
        topics = phrases.topics(brief.subject, brief.trends, brief.language)
    else:
        strategy, topics = answer.strategy(brief), answer.topics
    kept = Kept(
        objective=brief.objective[:_MOST_OBJECTIVE],
        strategy=strategy,
        topics=topics,
        engine="template" if answer is None else "language_model",
        note=lacking and lacking[:_MOST_OBJECTIVE],
    )
    while len(kept.model_dump_json(by_alias=True).encode()) > _MOST_KEPT and len(kept.topics) > 1:
        kept = kept.model_copy(update={"topics": kept.topics[:-1]})
    return kept


def kept_of(campaign: Campaign) -> Kept | None:
    """What a campaign says of its plan; None where somebody has changed its goals meanwhile."""
    try:
        return Kept.model_validate_json(json.dumps(campaign.goals))
    except ValidationError:
        return None


def campaign_of(brief: Brief, kept: Kept, metrics: PlanMetrics, now: datetime) -> NewCampaign:
    """The campaign that is made of a plan."""
    first = planning.first_day(brief.start, now, brief.zone)
    return NewCampaign(
        name=brief.title,
        description=kept.strategy.approach,
        campaign_type=CampaignType.SOCIAL_MEDIA,
        goals=kept.model_dump(mode="json", by_alias=True),
        targeting={CHANNELS: list(brief.channels), "audience": kept.strategy.target_audience},
        budget=metrics.budget,
        start_date=planning.midnight(first, brief.zone),
        end_date=planning.midnight(first + timedelta(days=brief.days), brief.zone),
    )


def items_of(brief: Brief, start: datetime) -> list[Item]:
    """The items of a campaign that starts with a day."""
    first, count = start.astimezone(brief.zone).date(), planning.items_of(brief.kind, brief.days)
    return list(planning.planned(first, brief.days, count, brief.channels, brief.types, brief.zone))


def content_of(
    brief: Brief, kept: Kept, items: Sequence[Item], campaign_id: str, agent: Label, now: datetime
) -> list[CalendarEvent]:
    """The events of a campaign's content, under ids that follow from the campaign."""
    return [
        drafted(
            NewEvent(
                title=phrases.title_of(item.type, _topic(kept, item), brief.language),
                description=_topic(kept, item),
                start_time=item.at,
                time_zone=brief.zone.key,
                type=EventKind.CONTENT_PUBLISH,
                metadata=EventMetadata(
                    campaign_id=campaign_id,
                    channels=_channels(brief, item),
                    content_type=item.type.value,
                    assigned_agent=agent,
                ),
                content=EventContent(text=_topic(kept, item)),
                session_id=brief.session_id,
            ),
            ids.derived_id("content", campaign_id, str(item.number)),
            now,
        )
        for item in items
    ]


def milestones_of(brief: Brief, organisation: str, campaign: Campaign, now: datetime) -> list[CalendarEvent]:
    """The events of a campaign's milestones."""
    if campaign.start_date is None or campaign.end_date is None:
        return []
    course = Course(campaign.name, campaign.start_date, campaign.end_date)
    found = milestones(organisation, campaign.id, course, brief.zone.key, brief.session_id, brief.language)
    return [drafted(_at_work(one.event, brief.zone), one.id, now) for one in found]


def plan_of(
    brief: Brief, kept: Kept, campaign: Campaign, content: Sequence[CalendarEvent], metrics: PlanMetrics
) -> dict[str, Any]:
    """The plan as a task brings it."""
    shown: list[PlannedItem] = []
    room = _MOST_SHOWN
    for event in content:
        item = _shown(event)
        room -= len(item.model_dump_json(by_alias=True).encode())
        if room < 0:
            break
        shown.append(item)
    plan = CampaignPlan(
        id=campaign.id,
        campaign_id=campaign.id,
        title=campaign.name,
        strategy=kept.strategy,
        content_calendar=tuple(shown),
        metrics=metrics,
        start_date=campaign.start_date,
        end_date=campaign.end_date,
        status="planned",
        engine=kept.engine,
        notes=(*brief.notes, *([kept.note] if kept.note else [])),
    )
    return plan.model_dump(mode="json", by_alias=True)


def _at_work(milestone: NewEvent, zone: ZoneInfo) -> NewEvent:
    """A milestone, of which people are reminded, when they work: in the morning, where it would be at night."""
    milestone = milestone.model_copy(update={"reminders": _REMINDERS})
    local = milestone.start_time.astimezone(zone)
    if local.hour in _WORKING:
        return milestone
    start = datetime.combine(local.date(), _MORNING, zone).astimezone(UTC)
    lasts = (milestone.end_time or milestone.start_time) - milestone.start_time
    return milestone.model_copy(update={"start_time": start, "end_time": start + lasts})


def _shown(event: CalendarEvent) -> PlannedItem:
    about = event.metadata
    return PlannedItem(
        event_id=event.id,
        title=event.title,
        topic=event.description or event.title,
        content_type=about.content_type or "",
        channel=about.channels[0],
        channels=about.channels,
        publish_at=event.start_time,
    )


def _topic(kept: Kept, item: Item) -> str:
    return kept.topics[(item.number - 1) % len(kept.topics)]


def _channels(brief: Brief, item: Item) -> tuple[str, ...]:
    return (item.channel.value, *(one.value for one in brief.channels if one is not item.channel))
