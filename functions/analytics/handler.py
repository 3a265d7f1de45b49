"""API: the figures a dashboard shows."""

from watchbill.analytics.views import Activity, AgentsAnalytics, AgentVersion, Card, RangeFilter
from watchbill.campaigns.models import PerformanceQuery
from watchbill.campaigns.views import CampaignPerformance
from watchbill.platform.access import Scope
from watchbill.platform.http import Api, Asked, PathName, requires
from watchbill.serving import api_handler, services

app = Api("analytics")


@app.get("/api/v1/ui/stats", middlewares=[requires(Scope.READ)])
def stats() -> list[Card]:
    """The four cards."""
    return services(app.principal).analytics.stats()


@app.get("/api/v1/ui/recent_activity", middlewares=[requires(Scope.READ)])
def recent_activity() -> list[Activity]:
    """The ten newest runs."""
    return services(app.principal).analytics.recent_activity()


@app.get("/api/v1/ui/agent_versions", middlewares=[requires(Scope.READ)])
def agent_versions() -> list[AgentVersion]:
    """Every agent version with its figures."""
    return services(app.principal).analytics.agent_versions()


@app.get("/api/agents/analytics", middlewares=[requires(Scope.READ)])
def agents_analytics(asked: Asked[RangeFilter]) -> AgentsAnalytics:
    """What agents did and cost over the last 24 hours, 7 days or 30 days."""
    return services(app.principal).analytics.agents(asked.range)


@app.get("/api/campaigns/<campaign_id>/performance", middlewares=[requires(Scope.READ)])
def campaign_performance(campaign_id: PathName, asked: Asked[PerformanceQuery]) -> CampaignPerformance:
    """What was done for a campaign since it began, and what of its budget is left."""
    return services(app.principal).campaigns.performance(campaign_id, asked.range)


lambda_handler = api_handler(app)
