"""When content goes out, on which channels, and which of a campaign's planned items it fills. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AliasChoices, ConfigDict, Field, ValidationError

from watchbill.decisions.models import Channel
from watchbill.platform.wire import CamelModel, Label, Moment

_HOURS = {
    Channel.INSTAGRAM: 18,
    Channel.FACEBOOK: 13,
    Channel.TWITTER: 9,
    Channel.TIKTOK: 19,
    Channel.LINKEDIN: 9,
    Channel.YOUTUBE: 17,
}
"""The hour at which a channel's users are about, on their own clock; a start, until an organisation knows better."""
_USUAL_HOUR = 10
_NOT_AT_WEEKENDS = frozenset({Channel.LINKEDIN})
_SATURDAY = 5
_AHEAD = timedelta(hours=1)
"""So much time is left at least to look at what goes out."""
_MOST_TITLE = 80


class From(StrEnum):
    """Where content is from: who asked wrote it, a script before has it, or it was made from templates."""

    PAYLOAD = "payload"
    SCRIPT = "script"
    TEMPLATE = "template"


@dataclass(frozen=True, slots=True)
class Content:
    """What goes out."""

    title: str
    text: str
    kind: str
    source: From


@dataclass(frozen=True, slots=True)
class Post:
    """A time at which content goes out; `name` tells it from the others of its task."""

    name: str
    at: datetime
    channels: tuple[Channel, ...]


class PlannedItem(CamelModel):
    """An item of a campaign's plan; `event_id` is the event that stands for it in the calendar."""

    model_config = ConfigDict(extra="ignore")

    event_id: Annotated[Label, Field(validation_alias=AliasChoices("eventId", "event_id", "id"))]
    content_type: Annotated[str, Field(validation_alias=AliasChoices("contentType", "content_type", "type"))] = ""
    content: str | None = None


class ScheduledPost(CamelModel):
    """An event of the calendar at which content goes out."""

    id: str
    title: str
    start_time: Moment
    time_zone: str
    channels: tuple[str, ...]
    content_type: str | None


class Scheduled(CamelModel):
    """What the post-scheduler brings."""

    events: tuple[ScheduledPost, ...]
    content: str
    content_from: From
    campaign_id: str | None


def instant_of(text: str, zone: ZoneInfo) -> datetime | date:
    """A time as it was asked for: a day, or an instant, by the user's clock unless it names another.

    Raises ValueError.
    """
    text = text.strip()
    if len(text) == len("2026-03-10"):
        return date.fromisoformat(text)
    instant = datetime.fromisoformat(text)
    return (instant if instant.tzinfo else instant.replace(tzinfo=zone)).astimezone(UTC)


def posts(channels: Sequence[Channel], asked: datetime | date | None, now: datetime, zone: ZoneInfo) -> list[Post]:
    """When content goes out: everywhere at the asked time, or else on each channel at its hour of a day."""
    if isinstance(asked, datetime):
        return [Post("asked", asked, tuple(channels))]
    if not channels:
        return [Post("anywhere", _hour(None, asked, now, zone), ())]
    return [Post(channel, _hour(channel, asked, now, zone), (channel,)) for channel in dict.fromkeys(channels)]


def fillable(plan: Any, kind: str) -> list[PlannedItem]:
    """The items of a plan that content may fill, in order: those of its kind, or else all that have none yet."""
    items = [item for item in _items(plan) if not item.content]
    same = [item for item in items if item.content_type.casefold() == kind.casefold()]
    return same or items


def title_of(text: str) -> str:
    """What content is called that has no title: how it begins, on one line."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    if len(line) <= _MOST_TITLE:
        return line
    return line[: _MOST_TITLE + 1].rpartition(" ")[0] or line[:_MOST_TITLE]


def _items(plan: Any) -> Iterator[PlannedItem]:
    for item in plan if isinstance(plan, list) else []:
        try:
            yield PlannedItem.model_validate(item)
        except ValidationError:
            continue  # another agent's plan may hold what has no event


def _hour(channel: Channel | None, day: date | None, now: datetime, zone: ZoneInfo) -> datetime:
    """A channel's hour on a day, or the next one that leaves time."""
    clock = time(_HOURS[channel] if channel else _USUAL_HOUR)
    if day is not None:
        asked = datetime.combine(day, clock, zone).astimezone(UTC)
        if asked > now:
            return asked
    return next(at for at in _coming(channel, clock, now, zone) if at >= now + _AHEAD)


def _coming(channel: Channel | None, clock: time, now: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    today = now.astimezone(zone).date()
    for ahead in range(7):
        day = today + timedelta(days=ahead)
        if channel not in _NOT_AT_WEEKENDS or day.weekday() < _SATURDAY:
            yield datetime.combine(day, clock, zone).astimezone(UTC)
