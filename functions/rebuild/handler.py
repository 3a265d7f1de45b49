"""API: rebuilding the rollups from the runs."""

from watchbill.platform.access import Scope
from watchbill.platform.http import Api, requires
from watchbill.rebuild.models import RebuildStatus
from watchbill.serving import api_handler, services

app = Api("rebuild")


@app.post("/api/admin/rebuild", status_code=202, middlewares=[requires(Scope.ADMIN)])
def advance_rebuild() -> RebuildStatus:
    """Start a rebuild, or take the one under way further; ask again until it is completed."""
    return services(app.principal).rebuild.advance()


@app.get("/api/admin/rebuild", middlewares=[requires(Scope.ADMIN)])
def get_rebuild() -> RebuildStatus:
    """The newest rebuild."""
    return services(app.principal).rebuild.status()


lambda_handler = api_handler(app)
