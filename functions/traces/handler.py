"""API: traces of runs and of sessions."""

from watchbill.platform.access import Scope
from watchbill.platform.http import Api, Asked, PathName, requires
from watchbill.serving import api_handler, services
from watchbill.telemetry.views import SessionTrace, Trace, TraceQuery

app = Api("traces")


@app.get("/api/runs/<run_id>/trace", middlewares=[requires(Scope.READ)])
def run_trace(run_id: PathName, query: Asked[TraceQuery]) -> Trace:
    """The whole trace that a run is part of: every span behind its parent, with tokens, cost, errors and times."""
    return services(app.principal).traces.of_run(run_id, query)


@app.get("/api/sessions/<session_id>/trace", middlewares=[requires(Scope.READ)])
def session_trace(session_id: PathName, query: Asked[TraceQuery]) -> SessionTrace:
    """All traces of a session, in the order in which they began."""
    return services(app.principal).traces.of_session(session_id, query)


lambda_handler = api_handler(app)
