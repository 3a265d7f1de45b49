"""API: runs."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body

from watchbill.platform.access import Scope
from watchbill.platform.batches import BatchAnswer
from watchbill.platform.http import Api, Cursor, Limit, PathName, idempotent, requires, unaudited
from watchbill.runs.models import OneOrMany, RunBatch, RunChange
from watchbill.runs.views import Run
from watchbill.serving import api_handler, services

app = Api("runs")
_RECORDS = unaudited("a run is a record itself, and there are far more of them than of anything else")


@app.post(
    "/api/v1/agents/<agent_id>/versions/<version>/runs",
    status_code=201,
    middlewares=[requires(Scope.INGEST), idempotent(), _RECORDS],
)
def record_runs(
    agent_id: PathName, version: PathName, body: Annotated[OneOrMany, Body()]
) -> Response[Run | BatchAnswer]:
    """Record one run, or up to 1 000 as `{"runs": [...]}`, of which the well-formed are stored."""
    runs = services(app.principal).runs
    if isinstance(body, RunBatch):
        return app.answer(201, runs.record_batch(agent_id, version, body.runs))
    return app.answer(201, runs.record(agent_id, version, body))


@app.get("/api/v1/agents/<agent_id>/versions/<version>/runs", middlewares=[requires(Scope.READ)])
def list_version_runs(
    agent_id: PathName, version: PathName, limit: Limit = 50, cursor: Cursor = None
) -> Response[list[Run]]:
    """A version's runs, newest first."""
    return app.page(services(app.principal).runs.runs(agent_id, version, limit, cursor))


@app.get("/api/v1/agents/<agent_id>/runs", middlewares=[requires(Scope.READ)])
def list_runs(agent_id: PathName, limit: Limit = 50, cursor: Cursor = None) -> Response[list[Run]]:
    """An agent's runs of all versions, newest first."""
    return app.page(services(app.principal).runs.runs(agent_id, None, limit, cursor))


@app.get("/api/v1/agents/<agent_id>/runs/<run_id>", middlewares=[requires(Scope.READ)])
def get_run(agent_id: PathName, run_id: PathName) -> Run:
    """One run."""
    return services(app.principal).runs.run(agent_id, run_id)


@app.patch("/api/v1/agents/<agent_id>/runs/<run_id>", middlewares=[requires(Scope.INGEST), _RECORDS])
def amend_run(agent_id: PathName, run_id: PathName, change: RunChange) -> Run:
    """Add what came later: an end, tokens, a cost, a rating, a quality score."""
    return services(app.principal).runs.amend(agent_id, run_id, change)


lambda_handler = api_handler(app)
