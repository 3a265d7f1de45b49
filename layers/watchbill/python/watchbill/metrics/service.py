"""Recording custom metrics, listing them newest first, and summing them up."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from watchbill.metrics import rules
from watchbill.metrics.listing import Position, Walk
from watchbill.metrics.measured import metrics_of
from watchbill.metrics.models import CustomMetric, MetricQuery, NewMetric, SummaryQuery
from watchbill.metrics.store import MetricStore
from watchbill.metrics.tallies import TallyStore
from watchbill.metrics.views import MetricAggregate, MetricList, MetricSummary
from watchbill.platform import batches, clock
from watchbill.platform.batches import BatchAnswer, EntryFault, RejectedEntry
from watchbill.platform.errors import BadRequest, Fault
from watchbill.platform.lists import Cursors, first_page
from watchbill.registry.service import RegistryService

if TYPE_CHECKING:
    from watchbill.telemetry.points import Point

MOST_LOOKED_AT = 1_000
"""So many lines of a list are looked at for one page, when few of them are of the name asked for."""


class MetricService:
    """One organisation's custom metrics."""

    def __init__(
        self,
        store: MetricStore,
        tallies: TallyStore,
        registry: RegistryService,
        cursors: Cursors,
        retention: Callable[[str | None], timedelta],
    ) -> None:
        self._store = store
        self._tallies = tallies
        self._registry = registry
        self._cursors = cursors
        self._retention = retention

    def record(self, new: NewMetric) -> CustomMetric:
        """Store one metric; sent again under the same id it takes the first one's place. Raises NotFound."""
        return self._store_all({0: rules.said(new, self._agent_id(new.agent_id))})[0]

    def record_batch(self, metrics: Sequence[Any]) -> BatchAnswer:
        """Store those of the metrics that are well-formed and of known agents; say what is wrong with the others.

        Raises PayloadTooLarge, BadRequest when there is something wrong with all of them.
        """
        good, rejected = batches.judged(metrics, NewMetric, "metrics")
        named = self._registry.agents_named({new.agent_id for new in good.values() if new.agent_id is not None})
        agents: dict[str | None, str | None] = {None: None} | {name: agent.id for name, agent in named.items()}
        known = {i: rules.said(new, agents[new.agent_id]) for i, new in good.items() if new.agent_id in agents}
        refused = sorted([*rejected, *map(_of_nobody, good.keys() - known.keys())], key=lambda entry: entry.index)
        if not known:
            faults = [Fault(fault.path, fault.message) for entry in refused for fault in entry.errors]
            raise BadRequest("none of the metrics can be stored", errors=faults)
        stored = self._store_all(known)
        return batches.answer({i: metric.id for i, metric in stored.items()}, refused)

    def record_points(self, points: Iterable["Point"]) -> None:
        """Store what instrumented agents have measured; of agents that nobody knows it is the organisation's."""
        news = [new for point in points for new in metrics_of(point)]
        agents = self._registry.agents_named({new.agent_id for new in news if new.agent_id is not None})
        ids = {name: agent.id for name, agent in agents.items()}
        self._store_all({i: rules.said(new, ids.get(new.agent_id or "")) for i, new in enumerate(news)})

    def metrics(self, query: MetricQuery) -> MetricList:
        """Metrics by when they were measured, newest first. Raises NotFound for an unknown agent, BadRequest."""
        subject = self._subject(query.agent_id, query.campaign_id)
        start, end = (clock.to_text(one) if one else None for one in (query.start_date, query.end_date))
        name = f"metrics {subject} {query.name} {start} {end}"
        position = self._cursors.open(query.cursor, name)
        walk = Walk(self._store, subject, query.name, start or "0", end or "~", MOST_LOOKED_AT)
        shown, more = first_page(walk.metrics(position, query.limit + 1), query.limit)
        return MetricList(items=tuple(shown), next_cursor=self._cursors.close(more or walk.stopped_at, name))

    def points(
        self,
        *,
        agent_id: str | None = None,
        campaign_id: str | None = None,
        name: str | None = None,
        first: datetime | None = None,
        end: datetime | None = None,
        behind: Position | None = None,
    ) -> Iterator[tuple[CustomMetric, Position]]:
        """The metrics of an agent (by its id), a campaign, both or all, newest first; read as they are taken.

        They were measured at `first` or after it, and before `end`. With each comes the position `behind` which a list
        goes on.
        """
        window = (clock.to_text(first) if first else "0", clock.to_text(end) if end else "~")
        walk = Walk(self._store, rules.subject(agent_id, campaign_id), name, *window)
        return walk.metrics(behind)

    def summary(self, query: SummaryQuery) -> MetricSummary:
        """What metrics come to, over the whole days that hold a window, or over all time. Raises NotFound."""
        subject = self._subject(query.agent_id, query.campaign_id)
        total = self._tallies.total(subject)
        if query.window is None:
            return MetricSummary(items=rules.aggregates(total.book, total.tallies, query.name))
        start, end = query.window
        first, last = (clock.to_text(day)[:10] for day in (start, end - timedelta(days=1)))
        tallies = rules.joined(self._tallies.days(subject, total.book.years, first, last))
        items = rules.aggregates(total.book, tallies, query.name)
        return MetricSummary(start_date=start, end_date=end, items=items)

    def of_campaign(self, campaign_id: str) -> tuple[MetricAggregate, ...]:
        """What a campaign's metrics come to over all time, by name, unit and dimension; one read."""
        total = self._tallies.total(rules.subject(None, campaign_id))
        return rules.aggregates(total.book, total.tallies)

    def _store_all(self, said: Mapping[int, rules.Said]) -> dict[int, CustomMetric]:
        # Of several that are the same metric, the last is what is said of it.
        by_id = {one.metric.id: one for one in said.values()}
        stored: dict[str, CustomMetric] = {}
        pending = set(by_id)
        while pending:
            there = self._store.metrics(one for one in pending if by_id[one].metric.client_id is not None)
            writings = {one: rules.writing(by_id[one], there.get(one), self._retention) for one in pending}
            stored |= {one: (writing or there[one]).metric for one, writing in writings.items()}
            pending = self._store.add([writing for writing in writings.values() if writing])
        return {i: stored[one.metric.id] for i, one in said.items()}

    def _subject(self, agent: str | None, campaign_id: str | None) -> str:
        return rules.subject(self._agent_id(agent), campaign_id)

    def _agent_id(self, reference: str | None) -> str | None:
        return self._registry.agent(reference).id if reference is not None else None


def _of_nobody(index: int) -> RejectedEntry:
    # What the entry calls the agent is not repeated: an answer has to fit into an item, whatever was sent.
    fault = EntryFault(path=f"metrics.{index}.agentId", message="there is no agent of that id or name")
    return RejectedEntry(index=index, errors=(fault,))
