"""What a task of a conversation says to any agent, and what an agent's own fields are taken from. Pure.

A payload may hold more than its agent reads: a conversation gives the same one to all. What an agent reads must be of
the right kind; a configuration, which is for one agent only, holds nothing else.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, ConfigDict, Field

from watchbill.decisions.models import Channel, Language
from watchbill.execution.worker import Upstream
from watchbill.identity.models import TimeZone
from watchbill.platform.wire import CamelModel, Money

MOST_TEXT = 2_000
_MOST_TRENDS = 3

Said = Annotated[str, Field(max_length=MOST_TEXT)]
Words = Annotated[str, Field(min_length=1, max_length=500)]
_Shape = TypeVar("_Shape", bound=CamelModel)


def _folded(value: Any) -> Any:
    return value.strip().lower() if isinstance(value, str) else value


ChannelWord = Annotated[Channel, BeforeValidator(_folded)]
"""A channel by its name, in capitals or not."""
Channels = Annotated[tuple[ChannelWord, ...], Field(max_length=10)]


class _Lenient(CamelModel):
    """What may hold more than is read."""

    model_config = ConfigDict(extra="ignore")


class Preferences(_Lenient):
    """How the user wants things."""

    tone: Said | None = None
    timezone: TimeZone | None = None
    content_types: Annotated[tuple[Said, ...], Field(max_length=20)] | None = None


class Context(_Lenient):
    """What a session says of the user: what they do, and what for."""

    business: Said | None = None
    objective: Said | None = None
    channels: Channels | None = None
    preferences: Preferences | None = None


class NamedDates(_Lenient):
    """Days that a message names, the first and the last."""

    start: date
    end: date | None = None


class NamedBudget(_Lenient):
    """What may be spent, in a currency by its ISO 4217 code; in none where only the amount was named."""

    amount: Money
    currency: Said | None = None


class Named(_Lenient):
    """What a message names. `duration` is in days."""

    channels: Channels | None = None
    product: Said | None = None
    audience: Said | None = None
    dates: Annotated[tuple[NamedDates, ...], Field(max_length=50)] | None = None
    duration: Annotated[int, Field(ge=1)] | None = None
    budget: NamedBudget | None = None

    @property
    def days(self) -> tuple[date, ...]:
        """The first of each of the days that it names."""
        return tuple(one.start for one in self.dates or ())


class Conversed(_Lenient):
    """What a conversation's task says to any agent; everything is left out where somebody else made the task."""

    message: Annotated[str, Field(max_length=20_000)] | None = None
    language: Language | None = None
    context: Context | None = None
    entities: Named | None = None

    @property
    def about(self) -> Context:
        """What the session says, if it says anything."""
        return self.context or Context()

    @property
    def named(self) -> Named:
        """What the message names, if it names anything."""
        return self.entities or Named()

    @property
    def tone(self) -> str | None:
        """How the user wants to sound."""
        return (self.about.preferences or Preferences()).tone or None

    @property
    def content_types(self) -> tuple[str, ...]:
        """Which content the user wants, in their words."""
        return (self.about.preferences or Preferences()).content_types or ()

    @property
    def time_zone(self) -> str | None:
        """Whose clock the user goes by."""
        return (self.about.preferences or Preferences()).timezone

    @property
    def channels(self) -> tuple[Channel, ...]:
        """Where the user wants to be seen: as the message names it, or else the session."""
        return self.named.channels or self.about.channels or ()


def conversed(payload: Mapping[str, Any]) -> Conversed:
    """What a payload says that a conversation says to any agent. Raises ValidationError."""
    return Conversed.model_validate_json(json.dumps(payload))


def fields_of(shape: type[_Shape], configuration: Mapping[str, Any], payload: Mapping[str, Any]) -> _Shape:
    """An agent's own fields: those of the payload, and where it has none those of the configuration.

    Raises ValidationError.
    """
    names = {name: field.alias or name for name, field in shape.model_fields.items()}
    spelt = {**{alias: alias for alias in names.values()}, **names}
    usual = {spelt.get(name, name): value for name, value in configuration.items()}
    told = {spelt[name]: value for name, value in payload.items() if name in spelt and value is not None}
    return shape.model_validate_json(json.dumps({**usual, **told}))


def without_model(payload: Mapping[str, Any]) -> dict[str, Any]:
    """A payload that names no language model: whether one is asked, which costs money, says the configuration alone."""
    return {name: value for name, value in payload.items() if name != "model"}


def upstream_of(upstream: Upstream, field: str) -> Iterator[dict[str, Any]]:
    """What the agents before have brought that has a field: told by what it holds, whoever brought it."""
    for output in upstream.values():
        if isinstance(output, dict) and field in output:
            yield output


def trends_of(upstream: Upstream) -> tuple[str, ...]:
    """What people talk more about, as the agents before have found; what agents do themselves is nothing to talk of."""
    found = (one for output in upstream_of(upstream, "trends") for one in _listed(output["trends"]))
    told = (one for one in found if isinstance(one, dict) and one.get("source", "feeds") == "feeds")
    keywords = [one["keyword"] for one in told if isinstance(one.get("keyword"), str) and one.get("certain", True)]
    return tuple(keyword[:100] for keyword in keywords[:_MOST_TRENDS] if keyword.strip())


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []
