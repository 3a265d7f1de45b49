"""What a campaign is to be: from a task's own fields, or what a conversation says; and what a model is asked. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

from watchbill.agents.material import ONLY_INFORMATION, material
from watchbill.agents.requests import Channels, Conversed, Said
from watchbill.campaigns.planning import LONGEST, ContentType
from watchbill.campaigns.strategies import Strategy, StrategyKind, strategy_of
from watchbill.decisions.models import Channel, Language
from watchbill.documents.words import folded
from watchbill.identity.models import TimeZone
from watchbill.platform.wire import CamelModel, Label, Model, Money, When

USUAL_DAYS = 30
USUAL_CHANNELS = (Channel.INSTAGRAM, Channel.FACEBOOK)
_TYPES = {
    "post": ContentType.POST,
    "text": ContentType.POST,
    "texto": ContentType.POST,
    "publicacion": ContentType.POST,
    "image": ContentType.IMAGE,
    "imagen": ContentType.IMAGE,
    "photo": ContentType.IMAGE,
    "foto": ContentType.IMAGE,
    "video": ContentType.VIDEO,
    "reel": ContentType.VIDEO,
    "story": ContentType.STORY,
    "historia": ContentType.STORY,
    "stories": ContentType.STORY,
}
"""What content is called, folded, in the singular."""
_SUBJECTS = {Language.ENGLISH: "what we do", Language.SPANISH: "lo que hacemos"}
_TITLES = {Language.ENGLISH: "Campaign: {subject}", Language.SPANISH: "Campaña: {subject}"}
_NAMES = {Language.ENGLISH: "English", Language.SPANISH: "Spanish as it is written in Spain"}
_OTHER_CURRENCY = {
    Language.ENGLISH: "the budget in {currency} was left out: budgets are in USD",
    Language.SPANISH: "no se tuvo en cuenta el presupuesto en {currency}: los presupuestos son en USD",
}
_LONGEST_SUBJECT, _LONGEST_MATERIAL = 120, 6_000
_INSTRUCTIONS = """\
You plan a campaign on social networks, in {language}. Its strategy is {kind}: {frequency:g} posts a week. The tone
is {tone}. Say in at most three sentences how it reaches what it is after (`approach`), the messages it repeats
(`key_messages`), for whom it is (`target_audience`), what makes people respond (`engagement_tactics`), and what its
posts are about (`topics`, each a title of at most 80 characters that says something of its own).
Promise and claim nothing of the product that is not in the material.

{information}"""


class Wish(CamelModel):
    """What a campaign is to be; `duration` is in days, the budget in USD, `model` the language model that is asked."""

    title: Label | None = None
    objective: Said | None = None
    target_channels: Annotated[Channels, Field(min_length=1)] | None = None
    duration: Annotated[int, Field(ge=1, le=LONGEST)] | None = None
    content_types: Annotated[tuple[Said, ...], Field(max_length=20)] | None = None
    tone: Said | None = None
    budget: Money | None = None
    start_date: Annotated[When | date, Field(union_mode="left_to_right")] | None = None
    session_id: Label | None = None
    product: Said | None = None
    audience: Said | None = None
    time_zone: TimeZone | None = None
    language: Language = Language.ENGLISH
    model: Label | None = None


@dataclass(frozen=True, slots=True)
class Brief:
    """A campaign as it is to be planned. `subject` is what it is about; `notes` say what was left out, and why."""

    title: str
    objective: str
    kind: StrategyKind
    channels: tuple[Channel, ...]
    days: int
    types: tuple[ContentType, ...]
    tone: str | None
    budget: Decimal | None
    start: date | None
    zone: ZoneInfo
    session_id: str | None
    subject: str
    audience: str | None
    trends: tuple[str, ...]
    language: Language
    notes: tuple[str, ...] = ()


def _line(text: str) -> str:
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    if not line:
        raise ValueError("a line says something")
    return line


_Short = Annotated[str, Field(min_length=1, max_length=160), AfterValidator(_line)]
_Some = Annotated[tuple[_Short, ...], Field(min_length=1, max_length=5)]


class Thought(Model):
    """What a model says of a campaign."""

    approach: Annotated[str, Field(min_length=1, max_length=600), AfterValidator(_line)]
    key_messages: _Some
    target_audience: _Short
    engagement_tactics: _Some
    topics: Annotated[tuple[_Short, ...], Field(min_length=3, max_length=12)]

    def strategy(self, brief: Brief) -> Strategy:
        """The strategy that it is; what the campaign is after and how often it posts the model has no say in."""
        return Strategy(
            type=brief.kind,
            approach=self.approach,
            key_messages=self.key_messages,
            target_audience=self.target_audience,
            posting_frequency=brief.kind.posts_a_week,
            engagement_tactics=self.engagement_tactics,
            trend_alignment=brief.trends,
        )


def brief_of(wish: Wish, said: Conversed, trends: Sequence[str], zone: str) -> Brief:
    """The campaign that is wished for; what the wish does not say, the conversation says."""
    about, named, language = said.about, said.named, wish.language
    objective = wish.objective or about.objective or said.message or ""
    subject = _cut(wish.product or named.product or about.business or wish.title or "") or _SUBJECTS[language]
    dates = named.dates[0] if named.dates else None
    spans = (dates.end - dates.start).days + 1 if dates and dates.end and dates.end > dates.start else None
    wished_zone = ZoneInfo(wish.time_zone or said.time_zone or zone)
    budget, notes = _budget(wish, said)
    return Brief(
        title=wish.title or _TITLES[language].format(subject=subject),
        objective=objective,
        kind=strategy_of(objective),
        channels=tuple(dict.fromkeys(wish.target_channels or said.channels)) or USUAL_CHANNELS,
        days=min(wish.duration or named.duration or spans or USUAL_DAYS, LONGEST),
        types=types_of(wish.content_types or said.content_types),
        tone=wish.tone or said.tone,
        budget=budget,
        start=_day(wish.start_date, wished_zone) or (dates.start if dates else None),
        zone=wished_zone,
        session_id=wish.session_id,
        subject=subject,
        audience=_cut(wish.audience or named.audience or "") or None,
        trends=tuple(_cut(trend) for trend in trends),
        language=language,
        notes=notes,
    )


def types_of(words: Sequence[str]) -> tuple[ContentType, ...]:
    """The types of content that words name, in their order; all where they name none."""
    singular = ((one, one.removesuffix("s"), one.removesuffix("es")) for one in map(folded, words))
    found = (_TYPES[form] for forms in singular for form in forms if form in _TYPES)
    return tuple(dict.fromkeys(found)) or tuple(ContentType)


def instructions(brief: Brief) -> str:
    """What a model is to do."""
    return _INSTRUCTIONS.format(
        language=_NAMES[brief.language],
        kind=brief.kind.value.replace("_", " "),
        frequency=brief.kind.posts_a_week,
        tone=_cut(brief.tone or "") or "friendly, direct and plain",
        information=ONLY_INFORMATION,
    )


def material_of(brief: Brief) -> str:
    """What a model is told of the campaign."""
    known = {
        "about": brief.subject,
        "objective": brief.objective,
        "audience": brief.audience,
        "trends": brief.trends,
        "channels": brief.channels,
        "days": brief.days,
    }
    return material({name: value for name, value in known.items() if value}, _LONGEST_MATERIAL)


def _budget(wish: Wish, said: Conversed) -> tuple[Decimal | None, tuple[str, ...]]:
    named = said.named.budget
    if wish.budget is not None or named is None:
        return wish.budget, ()
    if named.currency in (None, "USD"):
        return named.amount, ()
    return None, (_OTHER_CURRENCY[wish.language].format(currency=named.currency),)


def _day(start: datetime | date | None, zone: ZoneInfo) -> date | None:
    return start.astimezone(zone).date() if isinstance(start, datetime) else start


def _cut(text: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:_LONGEST_SUBJECT].rstrip()
