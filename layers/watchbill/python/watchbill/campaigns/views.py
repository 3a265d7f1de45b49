"""What the routes of campaigns answer."""

from watchbill.campaigns.models import CampaignFacts, CampaignStatus
from watchbill.platform.wire import Model, Moment


class ShownCampaign(CampaignFacts):
    """A campaign, and where it is now. `agents` are the ids of those linked to it, in the order they were linked."""

    id: str
    status: CampaignStatus
    agents: tuple[str, ...]
    created_at: Moment
    updated_at: Moment


class CampaignList(Model):
    """Some campaigns, newest first, and where the list goes on."""

    items: tuple[ShownCampaign, ...]
    next_cursor: str | None = None
