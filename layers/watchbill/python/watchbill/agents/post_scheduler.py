"""The post-scheduler: when content goes out where, as events of the calendar, which publish it at their time."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationError

from watchbill.agents import posting, scripts
from watchbill.agents.builtin import not_runnable
from watchbill.agents.posting import Content, From, Post, Scheduled, ScheduledPost
from watchbill.agents.requests import Channels, Conversed, Words, conversed, fields_of, upstream_of
from watchbill.calendar import rules
from watchbill.calendar.contents import EventContent
from watchbill.calendar.models import CalendarEvent, EventChange, EventKind, EventMetadata, NewEvent
from watchbill.calendar.service import CalendarService
from watchbill.decisions.models import Language
from watchbill.execution.happenings import CustomEvent, Tell
from watchbill.execution.models import Metrics, Task
from watchbill.execution.worker import Done, NotRunnable, Outcome, Upstream
from watchbill.platform import clock, ids
from watchbill.platform.errors import NotFound
from watchbill.platform.wire import CamelModel, Label
from watchbill.registry.models import AgentSettings

SCHEDULED = "content_scheduled"
_TOLD = 5
"""How many events are told in one go; the others are in the output."""


class Wish(CamelModel):
    """What goes out, when and where."""

    content: Annotated[str, Field(min_length=1, max_length=4_000)] | None = None
    time: Words | None = None
    channels: Channels | None = None
    content_type: Label | None = None
    campaign_id: Label | None = None
    language: Language = Language.ENGLISH


class PostScheduler:
    """Schedules content: what is planned already is filled, everything else gets events of its own, each once."""

    def __init__(self, settings: AgentSettings, calendar: CalendarService, zone: Callable[[], str]) -> None:
        self._settings = settings
        self._calendar = calendar
        self._zone = zone

    @property
    def timeout(self) -> timedelta:
        """How long an attempt may take."""
        return timedelta(seconds=self._settings.timeout)

    def run(self, task: Task, upstream: Upstream, tell: Tell) -> Outcome:
        """Schedule what the task says, or what the agents before have written; doing it again changes nothing."""
        wish, said = _wish(self._settings, task)
        content = _content(wish, said, upstream)
        campaign_id = _campaign_id(wish, task, upstream)
        events = list(self._filled(upstream, content, task)) if wish.time is None else []
        events = events or self._planned(task, wish, said, content, campaign_id)
        tell(CustomEvent(name=SCHEDULED, data={"events": [_told(event) for event in events[:_TOLD]]}))
        brought = Scheduled(
            events=tuple(map(_shown, events)),
            content=content.text,
            content_from=content.source,
            campaign_id=campaign_id,
        )
        return Done(brought.model_dump(mode="json", by_alias=True), Metrics(items_processed=len(events)))

    def _filled(self, upstream: Upstream, content: Content, task: Task) -> Iterator[CalendarEvent]:
        """The event that the content fills of each campaign's plan: the first that nobody has filled."""
        for output in upstream_of(upstream, "contentCalendar"):
            items = posting.fillable(output["contentCalendar"], content.kind)
            free = next((item.event_id for item in items if self._is_free(item.event_id, task)), None)
            if free:
                goes_out, about = EventContent(text=content.text), EventMetadata(content_id=task.id)
                change = EventChange(description=content.text, content=goes_out, metadata=about)
                yield self._calendar.amend(free, change)

    def _is_free(self, event_id: str, task: Task) -> bool:
        """Whether an event is still there, and has no content but what an attempt before this one gave it."""
        try:
            event = self._calendar.event(event_id)
        except NotFound:
            return False
        return event.status.open and event.metadata.content_id in (None, task.id)

    def _planned(
        self, task: Task, wish: Wish, said: Conversed, content: Content, campaign_id: str | None
    ) -> list[CalendarEvent]:
        """Events of the task's own, under ids that follow from it: another attempt finds them there."""
        zone_name = said.time_zone or self._zone()
        asked = _asked(wish, said, task, ZoneInfo(zone_name))
        channels = wish.channels or said.channels
        planned = posting.posts(channels, asked, clock.now(), ZoneInfo(zone_name))
        about = EventMetadata(content_id=task.id, campaign_id=campaign_id, content_type=content.kind)
        events = [_event(task, post, content, about, zone_name) for post in planned]
        self._calendar.keep(events)
        return [self._calendar.event(event.id) for event in events]


def _wish(settings: AgentSettings, task: Task) -> tuple[Wish, Conversed]:
    try:
        said = conversed(task.payload)
        return fields_of(Wish, settings.configuration, task.payload), said
    except ValidationError as error:
        raise not_runnable(error) from error


def _content(wish: Wish, said: Conversed, upstream: Upstream) -> Content:
    if wish.content is not None:
        kind = wish.content_type or "post"
        return Content(posting.title_of(wish.content), wish.content, kind, From.PAYLOAD)
    for output in upstream_of(upstream, "shortVersion"):
        text, title = output["shortVersion"], output.get("title")
        if isinstance(text, str) and text.strip():
            named = title if isinstance(title, str) and title.strip() else text
            return Content(posting.title_of(named), text[:4_000], wish.content_type or "video", From.SCRIPT)
    text = scripts.post_of(wish.language, said.tone, said.named.product or said.about.business)
    return Content(posting.title_of(text), text, wish.content_type or "post", From.TEMPLATE)


def _campaign_id(wish: Wish, task: Task, upstream: Upstream) -> str | None:
    planned = (output["campaignId"] for output in upstream_of(upstream, "campaignId"))
    found = (wish.campaign_id, task.campaign_id, *planned)
    return next((one for one in found if isinstance(one, str) and 0 < len(one) <= 200), None)


def _asked(wish: Wish, said: Conversed, task: Task, zone: ZoneInfo) -> datetime | date | None:
    """The time that is asked for, or the day that the message names."""
    if wish.time is None:
        return next(iter(said.named.days), None)
    try:
        asked = posting.instant_of(wish.time, zone)
    except (ValueError, OverflowError) as error:
        raise NotRunnable("time: it looks like 2026-03-10, 2026-03-10T18:00 or 2026-03-10T18:00:00Z") from error
    ended = asked < task.created_at if isinstance(asked, datetime) else asked < task.created_at.astimezone(zone).date()
    if ended:
        raise NotRunnable(f"time: {wish.time!r} lies in the past")
    return asked


def _event(task: Task, post: Post, content: Content, about: EventMetadata, zone: str) -> CalendarEvent:
    metadata = about.model_copy(update={"channels": post.channels, "assigned_agent": task.agent_id})
    try:
        wish = NewEvent(
            title=content.title,
            description=content.text,
            content=EventContent(text=content.text),
            type=EventKind.CONTENT_PUBLISH,
            start_time=post.at,
            time_zone=zone,
            metadata=metadata,
            session_id=task.session_id,
        )
        return rules.drafted(wish, ids.derived_id("post", task.org_id, task.id, post.name), clock.now())
    except ValidationError as error:
        raise not_runnable(error) from error
    except rules.Impossible as error:
        raise NotRunnable(f"time: {error}") from error


def _shown(event: CalendarEvent) -> ScheduledPost:
    return ScheduledPost(
        id=event.id,
        title=event.title,
        start_time=event.start_time,
        time_zone=event.time_zone,
        channels=event.metadata.channels,
        content_type=event.metadata.content_type,
    )


def _told(event: CalendarEvent) -> dict[str, Any]:
    told = {"eventId": event.id, "title": event.title[:80], "startTime": clock.to_text(event.start_time)}
    return {**told, "channels": list(event.metadata.channels)}
