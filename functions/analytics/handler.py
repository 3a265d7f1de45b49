"""API: the figures a dashboard shows."""

from watchbill.analytics.views import Activity, AgentVersion, Card
from watchbill.platform.access import Scope
from watchbill.platform.http import Api, api_handler, requires
from watchbill.services import services

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


lambda_handler = api_handler(app)
