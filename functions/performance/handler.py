"""API: the performance tracker."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body

from watchbill.performance.models import (
    OneOrMany,
    PerformanceAnalytics,
    PerformanceFilters,
    RecordBatch,
    Snapshot,
)
from watchbill.platform.access import Scope
from watchbill.platform.batches import BatchAnswer
from watchbill.platform.http import Api, Asked, PathName, idempotent, requires, unaudited
from watchbill.runs.views import Run
from watchbill.serving import api_handler, services

app = Api("performance")
_RECORDS = unaudited("a run is a record itself, and there are far more of them than of anything else")


@app.post("/api/analytics/performance", status_code=201, middlewares=[requires(Scope.INGEST), idempotent(), _RECORDS])
def track(body: Annotated[OneOrMany, Body()]) -> Response[Run | BatchAnswer]:
    """Record a finished task, or up to 1 000 as `{"records": [...]}`; unknown strands register themselves."""
    performance = services(app.principal).performance
    if isinstance(body, RecordBatch):
        return app.answer(201, performance.track_batch(body.records))
    return app.answer(201, performance.track(body))


@app.get("/api/analytics/performance", middlewares=[requires(Scope.READ)])
def analytics(filters: Asked[PerformanceFilters]) -> PerformanceAnalytics:
    """The figures of the tasks asked for, and how they split."""
    return services(app.principal).performance.analytics(filters)


@app.get("/api/analytics/strands/<strand_id>/snapshot", middlewares=[requires(Scope.READ)])
def snapshot(strand_id: PathName) -> Snapshot:
    """The newest record of a strand."""
    return services(app.principal).performance.snapshot(strand_id)


lambda_handler = api_handler(app)
