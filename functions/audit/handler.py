"""API: who did what, and when."""

from watchbill.audit.models import AuditLog, AuditQuery
from watchbill.platform.access import Scope
from watchbill.platform.http import Api, Asked, requires
from watchbill.serving import api_handler, services

app = Api("audit")


@app.get("/api/audit", middlewares=[requires(Scope.ADMIN)])
def read_audit_log(query: Asked[AuditQuery]) -> AuditLog:
    """Who changed what, newest first. A page of what is rare may end before it is full; its cursor goes on."""
    return services(app.principal).audit.entries(query)


lambda_handler = api_handler(app)
