"""API: how strands are."""

from watchbill.health.models import Dashboard, DashboardFilters, StrandHealth
from watchbill.platform.access import Scope
from watchbill.platform.http import Api, Asked, PathName, requires
from watchbill.serving import api_handler, services

app = Api("health")


@app.get("/api/analytics/strands/<strand_id>/health", middlewares=[requires(Scope.READ)])
def strand_health(strand_id: PathName) -> StrandHealth:
    """How a strand is, and why."""
    return services(app.principal).health.strand(strand_id)


@app.get("/api/analytics/dashboard", middlewares=[requires(Scope.READ)])
def dashboard(filters: Asked[DashboardFilters]) -> Dashboard:
    """The last 24 hours of all strands, or of one user's."""
    return services(app.principal).health.dashboard(filters.user_id)


lambda_handler = api_handler(app)
