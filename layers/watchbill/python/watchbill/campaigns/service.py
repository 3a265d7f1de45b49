"""Campaigns: making, changing and finding them, and linking agents to them."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import TypeVar

from watchbill.analytics import cards, fleet
from watchbill.analytics.models import Dimension, Layout, Measure
from watchbill.analytics.store import RollupStore
from watchbill.analytics.views import Range
from watchbill.campaigns import breakdown, rules
from watchbill.campaigns.listing import Walk
from watchbill.campaigns.models import Campaign, CampaignChange, CampaignQuery, NewCampaign
from watchbill.campaigns.store import CampaignStore, Stored
from watchbill.campaigns.views import CampaignList, CampaignPerformance, CampaignPoint, ShownCampaign
from watchbill.metrics.service import MetricService
from watchbill.platform import clock, ids
from watchbill.platform.errors import BadRequest, Conflict, Fault, NotFound, Unprocessable
from watchbill.platform.lists import Cursors, first_page
from watchbill.platform.table import Changed, each
from watchbill.registry.service import RegistryService

T = TypeVar("T")

_TRIES = 5
_READ_AT_ONCE = 100

Change = Callable[[Campaign], Campaign]
"""What becomes of a campaign: itself when nothing does."""


class CampaignService:
    """One organisation's campaigns."""

    def __init__(
        self,
        store: CampaignStore,
        rollups: RollupStore,
        registry: RegistryService,
        metrics: MetricService,
        cursors: Cursors,
    ) -> None:
        self._store = store
        self._rollups = rollups
        self._registry = registry
        self._metrics = metrics
        self._cursors = cursors

    def create(self, wish: NewCampaign) -> ShownCampaign:
        """A new campaign. Raises NotFound for an unknown agent."""
        now = clock.now()
        agents = [agent.id for agent in each(self._registry.agent, wish.agents)]
        made = rules.campaign(wish, agents, ids.new_id(), now)
        self._store.create(made)
        return rules.shown(made, now)

    def campaigns(self, query: CampaignQuery) -> CampaignList:
        """Campaigns, newest first: of a status, a type, an agent, or all. Raises NotFound, BadRequest."""
        agent_id = self._registry.agent(query.agent_id).id if query.agent_id else None
        name = f"campaigns {agent_id} {query.status} {query.type}"
        before = self._cursors.open(query.cursor, name).get("before")
        at_once = query.limit + 1 if (query.status, query.type) == (None, None) else _READ_AT_ONCE
        found = self._of_agent(agent_id, before) if agent_id else self._store.campaigns(before, at_once)
        walk = Walk(query, clock.now())
        shown, more = first_page(walk.asked_for(found), query.limit)
        return CampaignList(items=tuple(shown), next_cursor=self._cursors.close(more or walk.stopped_at, name))

    def campaign(self, campaign_id: str) -> ShownCampaign:
        """One campaign. Raises NotFound."""
        return rules.shown(self._stored(campaign_id).campaign, clock.now())

    def amend(self, campaign_id: str, change: CampaignChange) -> ShownCampaign:
        """Set what the change names. Raises NotFound, BadRequest, Unprocessable, Conflict."""
        if not change.given:
            raise BadRequest("nothing to change: give a name, a status, dates, a budget or what else is known of it")
        return self._change(campaign_id, partial(rules.changed, change=change, now=clock.now()))

    def link(self, campaign_id: str, agent: str) -> ShownCampaign:
        """Link an agent to a campaign, once. Raises NotFound, Unprocessable, Conflict."""
        agent_id = self._registry.agent(agent).id
        return self._change(campaign_id, partial(rules.linked, agent_id=agent_id, now=clock.now()))

    def unlink(self, campaign_id: str, agent: str) -> ShownCampaign:
        """Take an agent away from a campaign. Raises NotFound, Unprocessable, Conflict."""
        agent_id = self._registry.agent(agent).id
        return self._change(campaign_id, partial(rules.unlinked, agent_id=agent_id, now=clock.now()))

    def remove(self, campaign_id: str) -> None:
        """Forget a campaign; what was done for it stays on record. Raises NotFound, Conflict."""
        self._insist(campaign_id, self._store.remove)

    def performance(self, campaign_id: str, asked: Range | None) -> CampaignPerformance:
        """What was done for a campaign, and over a range of time by the hour or day as well. Raises NotFound.

        What it costs follows from the number of agents, kinds of metrics and hours, never from the number of runs.
        """
        return self._performance(self._stored(campaign_id).campaign, self._rollups.layout(), asked)

    def spent(self, campaign_ids: Iterable[str]) -> dict[str, Decimal]:
        """What the runs of each of some campaigns came to since it began, in USD: one read for each."""
        asked, current = list(campaign_ids), self._rollups.layout().current
        totals = each(lambda campaign_id: self._rollups.total(current, Dimension.CAMPAIGN, campaign_id), asked)
        return {
            campaign_id: Decimal(total.total[Measure.COST]) for campaign_id, total in zip(asked, totals, strict=True)
        }

    def performances(self, campaigns: Iterable[Campaign]) -> list[CampaignPerformance]:
        """What was done for each of some campaigns."""
        layout = self._rollups.layout()
        return [self._performance(campaign, layout) for campaign in campaigns]

    def _performance(self, campaign: Campaign, layout: Layout, asked: Range | None = None) -> CampaignPerformance:
        now = clock.now()
        total = self._rollups.total(layout.current, Dimension.CAMPAIGN, campaign.id)
        agents = self._registry.agents_of(set(total.cells))
        return breakdown.performance(
            campaign,
            rules.status_at(campaign, now),
            total,
            {agent_id: agent.name for agent_id, agent in agents.items()},
            self._metrics.of_campaign(campaign.id),
            self._series(layout, campaign.id, asked, now) if asked else None,
        )

    def _series(self, layout: Layout, campaign_id: str, asked: Range, now: datetime) -> Iterator[CampaignPoint]:
        window = fleet.window_of(asked, now)
        found = self._rollups.hours(layout, Dimension.CAMPAIGN, campaign_id, *cards.hours_of(window))
        hours = {hour: rollup.total for hour, rollup in found}
        return breakdown.points(fleet.buckets(asked, window, hours))

    def _change(self, campaign_id: str, change: Change) -> ShownCampaign:
        def replace(stored: Stored) -> Campaign:
            after = change(stored.campaign)
            if after is not stored.campaign:
                self._store.replace(stored, after)
            return after

        try:
            return rules.shown(self._insist(campaign_id, replace), clock.now())
        except rules.NotAllowed as error:
            raise Unprocessable(str(error)) from error
        except rules.Backwards as error:
            raise BadRequest(str(error), errors=[Fault("endDate", str(error))]) from error

    def _insist(self, campaign_id: str, write: Callable[[Stored], T]) -> T:
        """Write over a campaign as it is stored, again when others have changed it meanwhile."""
        for _ in range(_TRIES):
            try:
                return write(self._stored(campaign_id))
            except Changed:
                continue
        raise Conflict("the campaign is being changed by others; try again")

    def _stored(self, campaign_id: str) -> Stored:
        found = self._store.campaign(campaign_id)
        if found is None:
            raise NotFound(f"there is no campaign {campaign_id!r}")
        return found

    def _of_agent(self, agent_id: str, before: str | None) -> Iterator[Campaign]:
        """An agent's campaigns, newest first. Its list is in another order, but short beside what it leads to."""
        listed = sorted(self._store.listed(agent_id, page_size=None), reverse=True)
        behind = [campaign_id for campaign_id in listed if before is None or campaign_id < before]
        return (stored.campaign for stored in self._store.campaigns_of(behind) if agent_id in stored.campaign.agents)
