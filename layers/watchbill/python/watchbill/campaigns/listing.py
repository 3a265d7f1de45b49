"""A page of campaigns: those asked for are looked for among all, newest first, for so long and no longer."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from watchbill.campaigns import rules
from watchbill.campaigns.models import Campaign, CampaignQuery
from watchbill.campaigns.views import ShownCampaign

MOST_LOOKED_AT = 500
"""So many campaigns are looked at for one page."""

Position = dict[str, str]
"""The campaign behind which a list goes on."""


class Walk:
    """A walk along campaigns. `stopped_at` is where it was given up, if it was: where a campaign is follows from
    the time, so that no list is kept of those that are somewhere."""

    def __init__(self, query: CampaignQuery, now: datetime) -> None:
        self._query = query
        self._now = now
        self.stopped_at: Position | None = None

    def asked_for(self, campaigns: Iterable[Campaign]) -> Iterator[tuple[ShownCampaign, Position]]:
        """Those of the campaigns that are asked for."""
        for number, campaign in enumerate(campaigns, start=1):
            position = {"before": campaign.id}
            shown = rules.shown(campaign, self._now)
            if rules.asked_for(shown, self._query):
                yield shown, position
            if number == MOST_LOOKED_AT:
                self.stopped_at = position
                return
