"""The trend agent: what feeds tell of more often than before, and what has changed about the organisation's runs."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated

from pydantic import Field, ValidationError

from watchbill.agents import sources
from watchbill.agents.builtin import not_runnable
from watchbill.agents.news import Unread
from watchbill.agents.shifts import Shifts, shifts
from watchbill.agents.sources import Addresses
from watchbill.agents.topics import Interest, topics
from watchbill.agents.trends import MOST_BYTES, Periods, Source, Trending, fitting, surest_first
from watchbill.agents.works import works
from watchbill.analytics.cards import Window
from watchbill.analytics.service import AnalyticsService
from watchbill.execution.happenings import Tell
from watchbill.execution.models import Metrics, Task
from watchbill.execution.worker import Done, Outcome, Upstream
from watchbill.platform import clock
from watchbill.platform.outgoing import Outgoing
from watchbill.registry.models import AgentSettings
from watchbill.registry.service import RegistryService


class Watched(Interest):
    """What the agent looks at: where, for what, and which days it compares with which before them."""

    feeds: Addresses = ()
    pages: Addresses = ()
    runs: bool = True
    recent_days: Annotated[int, Field(ge=1, le=28, strict=True)] = 7
    baseline_days: Annotated[int, Field(ge=7, le=84, strict=True)] = 28

    @property
    def addresses(self) -> tuple[str, ...]:
        """Where it looks outside."""
        return (*self.feeds, *self.pages)


class TrendAgent:
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
        """Tell what has changed, the surest first, and of what nothing could be told."""
        watched = _watched(self._settings, task)
        periods = Periods.until(clock.now(), watched.recent_days, watched.baseline_days)
        collection, useless = sources.looked_through(self._outgoing, watched.addresses, periods)
        work = self._shifts(watched) if watched.runs else Shifts([])
        trends = fitting(surest_first([*topics(collection.entries, watched), *work.trends]), MOST_BYTES)
        skipped = [*useless, *_missing(watched, work)]
        brought = Trending(trends=trends, trends_detected=len(trends), skipped=fitting(skipped, MOST_BYTES // 2))
        return Done(
            brought.model_dump(mode="json"),
            Metrics(trends_detected=len(trends), items_processed=len(collection.entries)),
        )

    def _shifts(self, watched: Watched) -> Shifts:
        hour = clock.now().replace(minute=0, second=0, microsecond=0)
        periods = Periods.until(hour, watched.recent_days, watched.baseline_days)
        of_agents, of_types = works(self._analytics, self._registry, Window(periods.start, periods.end))
        return shifts([*of_agents, *of_types], watched.recent_days)


def _watched(settings: AgentSettings, task: Task) -> Watched:
    """What the configuration says; what it is to be looked for, the task's payload says before that."""
    asked = {name: task.payload[name] for name in Interest.model_fields if task.payload.get(name) is not None}
    try:
        return Watched.model_validate_json(json.dumps({**settings.configuration, **asked}))
    except ValidationError as error:
        raise not_runnable(error) from error


def _missing(watched: Watched, work: Shifts) -> Iterator[Unread]:
    if not watched.addresses:
        yield Unread(source=Source.FEEDS, reason="no feeds or pages are configured")
    if work.lacking:
        yield Unread(source=Source.RUNS, reason=work.lacking)
