"""API: campaigns."""

from aws_lambda_powertools.event_handler import Response

from watchbill.campaigns.models import CampaignChange, CampaignQuery, NewCampaign
from watchbill.campaigns.views import CampaignList, ShownCampaign
from watchbill.platform.access import Scope
from watchbill.platform.http import Api, Asked, PathName, idempotent, requires
from watchbill.serving import api_handler, services

app = Api("campaigns")
_ALL = "/api/campaigns"
_ONE = f"{_ALL}/<campaign_id>"


@app.post(_ALL, status_code=201, middlewares=[requires(Scope.EXECUTE), idempotent()])
def create_campaign(wish: NewCampaign) -> ShownCampaign:
    """Plan a campaign."""
    return services(app.principal).campaigns.create(wish)


@app.get(_ALL, middlewares=[requires(Scope.READ)])
def list_campaigns(query: Asked[CampaignQuery]) -> CampaignList:
    """Campaigns, newest first: of a status, a type, an agent, or all."""
    return services(app.principal).campaigns.campaigns(query)


@app.get(_ONE, middlewares=[requires(Scope.READ)])
def get_campaign(campaign_id: PathName) -> ShownCampaign:
    """One campaign, and where it is now."""
    return services(app.principal).campaigns.campaign(campaign_id)


@app.patch(_ONE, middlewares=[requires(Scope.EXECUTE)])
def change_campaign(campaign_id: PathName, change: CampaignChange) -> ShownCampaign:
    """Change a campaign; null clears what it can be without."""
    return services(app.principal).campaigns.amend(campaign_id, change)


@app.delete(_ONE, status_code=204, middlewares=[requires(Scope.EXECUTE)])
def remove_campaign(campaign_id: PathName) -> Response[None]:
    """Forget a campaign. The runs that were done for it stay on record."""
    services(app.principal).campaigns.remove(campaign_id)
    return app.no_content()


@app.put(f"{_ONE}/agents/<agent_id>", middlewares=[requires(Scope.EXECUTE)])
def link_agent(campaign_id: PathName, agent_id: PathName) -> ShownCampaign:
    """Link an agent to a campaign; one that is linked stays linked."""
    return services(app.principal).campaigns.link(campaign_id, agent_id)


@app.delete(f"{_ONE}/agents/<agent_id>", status_code=204, middlewares=[requires(Scope.EXECUTE)])
def unlink_agent(campaign_id: PathName, agent_id: PathName) -> Response[None]:
    """Take an agent away from a campaign, whether it was linked or not."""
    services(app.principal).campaigns.unlink(campaign_id, agent_id)
    return app.no_content()


lambda_handler = api_handler(app)
