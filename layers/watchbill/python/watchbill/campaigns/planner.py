"""Campaigns that agents plan: each made once, however often that is tried, and what came of those before it."""

from itertools import islice

from watchbill.campaigns import rules
from watchbill.campaigns.models import Campaign, CampaignStatus, NewCampaign
from watchbill.campaigns.predictions import Past, past_of
from watchbill.campaigns.service import CampaignService
from watchbill.campaigns.store import CampaignStore
from watchbill.platform import clock
from watchbill.platform.table import AlreadyExists

MOST_BEFORE, MOST_LOOKED_AT = 20, 200
"""So many campaigns that are over are learned from, the newest, among so many that are looked at."""


class CampaignPlanner:
    """One organisation's campaigns, for agents that plan them."""

    def __init__(self, store: CampaignStore, campaigns: CampaignService) -> None:
        self._store = store
        self._campaigns = campaigns

    def campaign(self, campaign_id: str) -> Campaign | None:
        """A campaign, or None."""
        found = self._store.campaign(campaign_id)
        return found.campaign if found else None

    def keep(self, wish: NewCampaign, campaign_id: str, agent_id: str) -> Campaign:
        """A campaign for an agent, whose id follows from what it is for. One that is there stays as it is."""
        made = rules.campaign(wish, [agent_id], campaign_id, clock.now())
        try:
            self._store.create(made)
        except AlreadyExists:
            return self.campaign(campaign_id) or made
        return made

    def before(self) -> list[Past]:
        """What came of the campaigns that are over, as far as they brought content."""
        now = clock.now()
        looked_at = islice(self._store.campaigns(), MOST_LOOKED_AT)
        over = (one for one in looked_at if rules.status_at(one, now) is CampaignStatus.COMPLETED)
        found = list(islice(over, MOST_BEFORE))
        pasts = map(past_of, found, self._campaigns.performances(found))
        return [past for past in pasts if past is not None]
