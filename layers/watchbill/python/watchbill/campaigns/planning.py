"""A campaign's content: how many items, of which types, on which channels, and when. Pure.

Everything follows from the campaign's first day, duration, channels and types: who plans again comes to the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from fractions import Fraction
from math import ceil
from zoneinfo import ZoneInfo

from watchbill.campaigns.strategies import StrategyKind
from watchbill.decisions.models import Channel

LONGEST = 365
"""Days that a campaign is planned for at most: 522 items."""
_WEEK = 7
_USUAL_HOURS = (time(12), time(19), time(16), time(10))
_HOURS = {Channel.LINKEDIN: (time(9), time(13), time(17), time(11))}
"""The hours at which people look at a channel, for the first, second … item of a day; no two channels' are the same."""


class ContentType(StrEnum):
    """What an item is."""

    POST = "post"
    IMAGE = "image"
    VIDEO = "video"
    STORY = "story"


_ROTATION = ((4, ContentType.VIDEO), (3, ContentType.IMAGE), (5, ContentType.STORY))
"""Every fourth item is a video, and so on; of two that apply to an item the first does."""


@dataclass(frozen=True, slots=True)
class Item:
    """An item of content: the `number`-th, made for a channel, published at an instant."""

    number: int
    type: ContentType
    channel: Channel
    at: datetime


def items_of(kind: StrategyKind, days: int) -> int:
    """How many items a campaign has of so many days."""
    return ceil(Fraction(days, _WEEK) * Fraction(kind.posts_a_week))


def type_of(number: int, allowed: Sequence[ContentType]) -> ContentType:
    """The type of the `number`-th item, counted from 1: by rotation, else a post, else the allowed ones in turn."""
    for every, kind in _ROTATION:
        if number % every == 0 and kind in allowed:
            return kind
    return ContentType.POST if ContentType.POST in allowed else allowed[number % len(allowed)]


def first_day(wished: date | None, now: datetime, zone: ZoneInfo) -> date:
    """The day a campaign starts on: as wished, but not before tomorrow: nothing is published in the past."""
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    return max(wished or tomorrow, tomorrow)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a day begins on a zone's clock."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def planned(
    first: date, days: int, count: int, channels: Sequence[Channel], allowed: Sequence[ContentType], zone: ZoneInfo
) -> Iterator[Item]:
    """So many items, spread evenly over days and in turn over channels, at hours at which people look."""
    last, of_day = None, 0
    for index in range(count):
        day = first + timedelta(days=index * days // count)
        of_day = of_day + 1 if day == last else 0
        last, channel = day, channels[index % len(channels)]
        hours = _HOURS.get(channel, _USUAL_HOURS)
        at = datetime.combine(day, hours[of_day % len(hours)], zone).astimezone(UTC)
        yield Item(index + 1, type_of(index + 1, allowed), channel, at)
