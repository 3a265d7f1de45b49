"""The scout: what feeds and pages that the organisation chose tell of a stream's companies, or of all it knows."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

from pydantic import Field, ValidationError

from watchbill.agents import news, sources
from watchbill.agents.builtin import BuiltinAgent, not_runnable
from watchbill.agents.goals import stream_id_of, work_of
from watchbill.agents.news import Unread
from watchbill.agents.prospects import noticed_of
from watchbill.agents.sources import Addresses
from watchbill.companies.models import CompanySignal, Description
from watchbill.companies.service import CompanyService
from watchbill.execution.happenings import Tell
from watchbill.execution.models import Metrics, Task
from watchbill.execution.worker import Done, NotRunnable, Outcome, Upstream
from watchbill.platform import clock
from watchbill.platform.errors import NotFound, Unprocessable
from watchbill.platform.outgoing import Outgoing
from watchbill.platform.wire import Label, Model
from watchbill.registry.models import AgentSettings
from watchbill.streams.models import Item, Signal
from watchbill.streams.service import StreamService

MOST_SIGNALS = 50


class Watched(Model):
    """What the scout looks at: where, for which kinds of signals, and how sure of one it has to be."""

    feeds: Addresses = ()
    pages: Addresses = ()
    signals: Annotated[tuple[Label, ...], Field(max_length=20)] = tuple(news.KINDS)
    threshold: Annotated[float, Field(ge=0, le=1)] = 0.7


class Scouted(Model):
    """What a task of the scout brings."""

    signals_found: int
    by_type: dict[str, int]
    skipped: tuple[Unread, ...]


class Scout(BuiltinAgent):
    """Looks through feeds and pages for what names a stream's companies, and keeps it for thirty days."""

    def __init__(
        self, settings: AgentSettings, streams: StreamService, companies: CompanyService, outgoing: Outgoing
    ) -> None:
        super().__init__(settings, streams, companies)
        self._outgoing = outgoing

    def run(self, task: Task, upstream: Upstream, tell: Tell) -> Outcome:  # noqa: ARG002 - it looks outside
        """Look, and keep what is found, each thing once: what an attempt that died has kept counts as this task's."""
        watched = _watched(self._settings)
        # Whom a schedule starts has no stream, and looks for every company of the directory.
        items = work_of(task, self._streams).open if stream_id_of(task) else []
        told = sources.read(self._outgoing, [*watched.feeds, *watched.pages])
        entries = [entry for one in told.values() if isinstance(one, list) for entry in one]
        names = {item.id: item.name for item in items} if stream_id_of(task) else self._companies.names()
        seen = _seen(entries, news.searchable(names), watched, clock.now())
        found: Counter[str] = Counter()
        if stream_id_of(task):
            for item in items:
                found.update(self._keep(task, item, seen.get(item.id, [])))
        else:
            for company_id, signals in seen.items():
                found.update(self._note(task, company_id, signals))
        unread = (one for one in told.values() if isinstance(one, Unread))
        brought = Scouted(signals_found=found.total(), by_type=dict(sorted(found.items())), skipped=tuple(unread))
        return Done(brought.model_dump(mode="json"), Metrics(trends_detected=found.total(), items_processed=len(names)))

    def _keep(self, task: Task, item: Item, seen: list[CompanySignal]) -> Iterator[str]:
        """Keep what was not known, with the company first; the kinds of all that this task has found of an item."""
        new = {(one.type, one.source): one for one in noticed_of(Description(signals=tuple(seen)), clock.now())}
        known = {(one.type, one.source) for one in item.signals}
        fresh = tuple(one for key, one in new.items() if key not in known)
        if fresh and item.company_id:
            self._note(task, item.company_id, seen)
        if fresh:
            self._attach(item, fresh)
        ours = (one for one in item.signals if (one.type, one.source) in new and one.detected_at >= task.created_at)
        yield from (one.type for one in (*ours, *fresh))

    def _note(self, task: Task, company_id: str, seen: list[CompanySignal]) -> list[str]:
        """Keep with a company what was not known of it; the kinds of all that this task has found of it."""
        there = self._companies.companies_of([company_id]).get(company_id)
        if there is None:
            return []
        new = {_name(one): one for one in seen}
        known = {_name(one): one for one in there.signals or ()}
        fresh = tuple(one for name, one in new.items() if name not in known)
        ours = [known[name] for name in new.keys() & known.keys()]
        ours = [one for one in ours if one.detected_at and one.detected_at >= task.created_at]
        if fresh:
            try:
                self._companies.note(company_id, Description(signals=fresh))
            except Unprocessable:
                # The company is full: an item of it has the signal all the same.
                fresh = ()
        return [one.type for one in (*ours, *fresh)]

    def _attach(self, item: Item, fresh: tuple[Signal, ...]) -> None:
        now = clock.now()

        def attached(there: Item) -> Item:
            lasting = [one for one in there.signals if one.expires_at is None or one.expires_at > now]
            known = {(one.type, one.source) for one in lasting}
            added = [one for one in fresh if (one.type, one.source) not in known]
            return there.model_copy(update={"signals": tuple([*added, *lasting][:MOST_SIGNALS])})

        try:
            self._streams.change(item.stream_id, item.id, attached)
        except NotFound:
            # Somebody has removed the item meanwhile.
            return


def _watched(settings: AgentSettings) -> Watched:
    given = {name: value for name, value in settings.configuration.items() if name in Watched.model_fields}
    try:
        watched = Watched.model_validate(given)
    except ValidationError as error:
        raise not_runnable(error, "configuration") from error
    if not watched.feeds and not watched.pages:
        raise NotRunnable("there is nothing to look at: configure feeds or pages")
    return watched


def _seen(
    entries: list[news.Entry], names: dict[str, str], watched: Watched, now: datetime
) -> dict[str, list[CompanySignal]]:
    """What the entries mean for those who are named in them, by their keys."""
    seen: dict[str, list[CompanySignal]] = defaultdict(list)
    for entry in entries:
        for key, in_title in news.named(entry, names).items():
            signal = news.signal_of(entry, in_title, watched.signals, watched.threshold, now)
            if signal is not None:
                seen[key].append(signal)
    return seen


def _name(signal: CompanySignal) -> tuple[str, str, str | None]:
    """What tells a signal of a company from its others."""
    return signal.type, signal.title, signal.url
