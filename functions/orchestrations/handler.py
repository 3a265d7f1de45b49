"""API: agents that work together."""

from watchbill.orchestrations.rules import plan_of
from watchbill.orchestrations.views import (
    AcceptedOrchestration,
    OrchestrationDetail,
    OrchestrationList,
    OrchestrationQuery,
    OrchestrationWish,
    accepted,
)
from watchbill.platform.access import Scope
from watchbill.platform.http import Api, Asked, PathName, idempotent, requires
from watchbill.serving import api_handler, services

app = Api("orchestrations")


@app.post("/api/admin/orchestrate", status_code=202, middlewares=[requires(Scope.ADMIN), idempotent()])
def orchestrate(wish: OrchestrationWish) -> AcceptedOrchestration:
    """Have agents work together, each behind those whose outputs it builds on."""
    return accepted(services(app.principal).orchestrations.start(plan_of(wish)))


@app.get("/api/admin/orchestrations", middlewares=[requires(Scope.ADMIN)])
def list_orchestrations(query: Asked[OrchestrationQuery]) -> OrchestrationList:
    """Orchestrations, newest first."""
    return services(app.principal).orchestrations.orchestrations(query)


@app.get("/api/admin/orchestrations/<orchestration_id>", middlewares=[requires(Scope.ADMIN)])
def get_orchestration(orchestration_id: PathName) -> OrchestrationDetail:
    """One orchestration, each of its agents as its task is now."""
    return services(app.principal).orchestrations.orchestration(orchestration_id)


lambda_handler = api_handler(app)
