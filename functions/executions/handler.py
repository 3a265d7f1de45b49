"""API: executions."""

from watchbill.execution.views import ExecutionDetail, ExecutionList, ExecutionQuery
from watchbill.platform.access import Scope
from watchbill.platform.http import Api, Asked, PathName, requires
from watchbill.serving import api_handler, services

app = Api("executions")


@app.get("/api/executions", middlewares=[requires(Scope.READ)])
def list_executions(query: Asked[ExecutionQuery]) -> ExecutionList:
    """What agents were asked to do, newest first: of an agent, a stream, a status, or all."""
    return services(app.principal).executions.executions(query)


@app.get("/api/executions/<execution_id>", middlewares=[requires(Scope.READ)])
def get_execution(execution_id: PathName) -> ExecutionDetail:
    """One execution, with what went in and came out."""
    return services(app.principal).executions.execution(execution_id)


lambda_handler = api_handler(app)
