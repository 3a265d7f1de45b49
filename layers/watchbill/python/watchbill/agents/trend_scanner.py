"""The trend-scanner: what feeds tell of and what agents do, about a topic and for a platform, with what it means."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field, ValidationError

from watchbill.agents import scanning, sources
from watchbill.agents.builtin import not_runnable
from watchbill.agents.news import Unread
from watchbill.agents.requests import Conversed, Said, conversed, fields_of
from watchbill.agents.scanning import Scan, ScannedTrend
from watchbill.agents.shifts import shifts
from watchbill.agents.sources import Addresses
from watchbill.agents.topics import Interest, about, topics
from watchbill.agents.trends import Periods, Source, surest_first
from watchbill.agents.works import works
from watchbill.analytics.cards import Window
from watchbill.analytics.service import AnalyticsService
from watchbill.decisions.models import Language
from watchbill.execution.happenings import Tell
from watchbill.execution.models import Metrics, Task
from watchbill.execution.worker import Done, Outcome, Upstream
from watchbill.platform import clock
from watchbill.platform.outgoing import Outgoing
from watchbill.platform.wire import CamelModel, Label
from watchbill.registry.models import AgentSettings
from watchbill.registry.service import RegistryService

_MOST_SKIPPED = 45


class Wish(CamelModel):
    """What is scanned, for what, and which days are compared with which before them.

    `platform_feeds` are looked through besides `feeds` when their platform is asked for.
    """

    topic: Said | None = None
    platform: Label | None = None
    limit: Annotated[int, Field(ge=1, le=20, strict=True)] = 10
    language: Language = Language.ENGLISH
    keywords: Annotated[tuple[Label, ...], Field(max_length=50)] = ()
    feeds: Addresses = ()
    pages: Addresses = ()
    platform_feeds: Annotated[dict[Label, Addresses], Field(max_length=10)] = Field(default_factory=dict)
    runs: bool = True
    recent_days: Annotated[int, Field(ge=1, le=28, strict=True)] = 7
    baseline_days: Annotated[int, Field(ge=7, le=84, strict=True)] = 28

    @property
    def of_platform(self) -> Addresses:
        """The feeds of the platform that is asked for."""
        platform = (self.platform or "").casefold()
        return next((feeds for name, feeds in self.platform_feeds.items() if name.casefold() == platform), ())

    @property
    def addresses(self) -> tuple[str, ...]:
        """Where it looks outside."""
        return tuple(dict.fromkeys((*self.of_platform, *self.feeds, *self.pages)))

    @property
    def interest(self) -> Interest:
        """What entries are to be about."""
        return Interest(topic=self.topic or None, keywords=self.keywords)

    def periods(self, until: datetime) -> Periods:
        """The days that are compared."""
        return Periods.until(until, self.recent_days, self.baseline_days)


class TrendScanner:
    """Looks and compares; it keeps nothing, so that looking again comes to the same."""

    def __init__(
        self, settings: AgentSettings, analytics: AnalyticsService, registry: RegistryService, outgoing: Outgoing
    ) -> None:
        self._settings = settings
        self._analytics = analytics
        self._registry = registry
        self._outgoing = outgoing

    @property
    def timeout(self) -> timedelta:
        """How long an attempt may take."""
        return timedelta(seconds=self._settings.timeout)

    def run(self, task: Task, upstream: Upstream, tell: Tell) -> Outcome:  # noqa: ARG002 - it looks for itself
        """Tell what there is, what has become more first, and of what nothing could be told."""
        wish = _wish(self._settings, task)
        told, skipped = self._feeds(wish)
        done, lacking = self._runs(wish) if wish.runs else ([], None)
        if lacking:
            skipped.append(Unread(source=Source.RUNS, reason=lacking))
        trends = sorted([*told, *done], key=lambda trend: not trend.certain)[: wish.limit]
        scan = Scan(
            trends=tuple(trends), topic=wish.topic, platform=wish.platform, skipped=tuple(skipped[:_MOST_SKIPPED])
        )
        return Done(scan.model_dump(mode="json", by_alias=True), Metrics(trends_detected=len(trends)))

    def _feeds(self, wish: Wish) -> tuple[list[ScannedTrend], list[Unread]]:
        collection, skipped = sources.looked_through(self._outgoing, wish.addresses, wish.periods(clock.now()))
        chosen = about(collection.entries, wish.interest)
        found = surest_first(topics(collection.entries, wish.interest))
        skipped += _missing(wish, told=bool(collection.entries), chosen=bool(chosen))
        return scanning.of_feeds(chosen, found, wish.limit, wish.recent_days, wish.language), skipped

    def _runs(self, wish: Wish) -> tuple[list[ScannedTrend], str | None]:
        periods = wish.periods(clock.now().replace(minute=0, second=0, microsecond=0))
        of_agents, of_types = works(self._analytics, self._registry, Window(periods.start, periods.end))
        there = [*of_agents, *of_types]
        shifted = shifts(there, wish.recent_days)
        found = surest_first(shifted.trends)
        return scanning.of_runs(there, found, wish.limit, wish.recent_days, wish.language), shifted.lacking


def _wish(settings: AgentSettings, task: Task) -> Wish:
    try:
        wish = fields_of(Wish, settings.configuration, _asked(task))
        said = conversed(task.payload)
    except ValidationError as error:
        raise not_runnable(error) from error
    platform = wish.platform or next(iter(said.channels), None)
    return wish.model_copy(update={"topic": wish.topic or _topic(said), "platform": platform})


def _asked(task: Task) -> dict[str, object]:
    """What a task may say; where to look says the configuration alone."""
    return {name: value for name, value in task.payload.items() if name in ("topic", "platform", "limit", "language")}


def _topic(said: Conversed) -> str | None:
    return said.named.product or said.about.business or None


def _missing(wish: Wish, told: bool, chosen: bool) -> Iterator[Unread]:
    if not wish.addresses:
        yield Unread(source=Source.FEEDS, reason="no feeds or pages are configured")
    elif wish.platform and not wish.of_platform:
        reason = "no feeds are configured for it: those for all platforms were looked at"
        yield Unread(source=wish.platform, reason=reason)
    if told and not chosen:
        yield Unread(source=Source.FEEDS, reason="nothing they tell is about what was asked for")
