"""An agent's metrics, newest first: what its runs for campaigns mean, what was posted, and what campaigns came to."""

from collections.abc import Iterator
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Any, NamedTuple

from watchbill.campaigns.executions import AgentMetricsQuery, MetricsAnswer
from watchbill.campaigns.projections import CampaignMetric, metrics_of, overall, posted
from watchbill.campaigns.service import CampaignService
from watchbill.campaigns.store import CampaignStore
from watchbill.metrics.models import MetricQuery, ProjectedMetric
from watchbill.metrics.service import MetricService
from watchbill.platform import clock
from watchbill.platform.lists import Cursors, first_page
from watchbill.registry.service import RegistryService
from watchbill.runs.service import RunService, to_run

MOST_LOOKED_AT = 1_000
"""So many of an agent's runs are looked at for one page, when few of them are for the campaign asked for."""
MOST_CAMPAIGNS = 10
"""Of an agent's campaigns, those changed last are told of with its metrics."""

Position = dict[str, Any]
"""Behind what of the runs and of the posted metrics a list goes on."""


class CampaignMetrics:
    """What one organisation's agents did for campaigns, as metrics."""

    def __init__(
        self,
        registry: RegistryService,
        runs: RunService,
        metrics: MetricService,
        campaigns: CampaignService,
        store: CampaignStore,
        cursors: Cursors,
    ) -> None:
        self._registry = registry
        self._runs = runs
        self._metrics = metrics
        self._campaigns = campaigns
        self._store = store
        self._cursors = cursors

    def metrics(self, reference: str, query: AgentMetricsQuery) -> MetricsAnswer:
        """An agent's metrics, newest first. Raises NotFound, BadRequest."""
        agent_id = self._registry.agent(reference).id
        if query.campaign_id is not None:
            self._campaigns.campaign(query.campaign_id)
        if query.name is not None and not query.projected:
            return self._posted(agent_id, query)
        campaigns = self._overall(agent_id, query)
        if query.name == ProjectedMetric.CAMPAIGN_PERFORMANCE:
            return MetricsAnswer(count=len(campaigns), data=tuple(campaigns))
        name = f"metrics {agent_id} {query.campaign_id} {query.name} {query.start_date} {query.end_date}"
        walk = _Walk(self._runs, self._metrics, agent_id, query)
        found = walk.metrics(self._cursors.open(query.cursor, name))
        shown, more = first_page(found, query.limit - len(campaigns))
        data = (*campaigns, *shown)
        return MetricsAnswer(count=len(data), data=data, next_cursor=self._cursors.close(more or walk.stopped_at, name))

    def _posted(self, agent_id: str, query: AgentMetricsQuery) -> MetricsAnswer:
        listed = self._metrics.metrics(MetricQuery(agent_id=agent_id, **dict(query)))
        data = tuple(posted(metric) for metric in listed.items)
        return MetricsAnswer(count=len(data), data=data, next_cursor=listed.next_cursor)

    def _overall(self, agent_id: str, query: AgentMetricsQuery) -> list[CampaignMetric]:
        """What the campaigns came to until now: told before all else, as far as now is asked for and there is room."""
        if query.cursor or query.name not in (None, ProjectedMetric.CAMPAIGN_PERFORMANCE):
            return []
        if query.name is None and (query.start_date or query.end_date):
            return []
        # Where other metrics follow, one of them at least has room: a page of nothing else would lead nowhere.
        room = min(MOST_CAMPAIGNS, query.limit - (query.name is None))
        wanted = self._store.campaigns_of([query.campaign_id]) if query.campaign_id else self._store.of_agent(agent_id)
        told = self._campaigns.performances(stored.campaign for stored in islice(wanted, room))
        now = clock.now()
        return [overall(one, now) for one in told]


class _Found(NamedTuple):
    """Something found at an instant; without a metric it only says how far was looked."""

    at: str
    source: str
    metric: CampaignMetric | None
    behind: Position


class _Walk:
    """A walk along an agent's runs and posted metrics. `stopped_at` is where it was given up, if it was."""

    def __init__(self, runs: RunService, metrics: MetricService, agent_id: str, query: AgentMetricsQuery) -> None:
        self._runs = runs
        self._metrics = metrics
        self._agent_id = agent_id
        self._query = query
        self.stopped_at: Position | None = None

    def metrics(self, position: Position) -> Iterator[tuple[CampaignMetric, Position]]:
        """The metrics behind a position, newest first, each with its own."""
        sources = [self._of_runs(position.get("runs", {}))]
        if self._query.name is None:
            sources.append(self._of_posted(position.get("posted", {})))
        for found in merge(*sources, key=lambda one: one.at, reverse=True):
            position = {**position, found.source: found.behind}
            if found.metric is None:
                self.stopped_at = position
                return
            yield found.metric, position

    def _of_runs(self, position: Position) -> Iterator[_Found]:
        behind, skipped = position.get("behind") or _before(self._query.end_date), position.get("skip", 0)
        first = clock.to_text(self._query.start_date) if self._query.start_date else ""
        lines = self._runs.lines(self._agent_id, None, behind)
        for looked_at, (record, there) in enumerate(self._runs.records(lines), start=1):
            run = to_run(record)
            at = clock.to_text(run.created)
            if at < first:
                return
            if run.campaign_id is not None and self._query.campaign_id in (None, run.campaign_id):
                # The task's id, where it is a task's run: what executions are found by.
                every = metrics_of(run, self._agent_id, str(run.task_id or run.run_id))
                wanted = [metric for metric in every if self._query.name in (None, metric.name)]
                for number, metric in enumerate(wanted[skipped:], start=skipped + 1):
                    yield _Found(at, "runs", metric, {"behind": behind, "skip": number})
            behind, skipped = there, 0
            if looked_at == MOST_LOOKED_AT:
                yield _Found(at, "runs", None, {"behind": behind})

    def _of_posted(self, position: Position) -> Iterator[_Found]:
        found = self._metrics.points(
            agent_id=self._agent_id,
            campaign_id=self._query.campaign_id,
            first=self._query.start_date,
            end=self._query.end_date,
            behind=position,
        )
        for metric, behind in found:
            yield _Found(clock.to_text(metric.timestamp), "posted", posted(metric), behind)


def _before(end: datetime | None) -> dict[str, str]:
    if end is None:
        return {}
    text = clock.to_text(end)
    return {"day": text[:10], "created": text, "run_id": ""}
