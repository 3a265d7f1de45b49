"""API: custom metrics."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body

from watchbill.metrics.models import CustomMetric, MetricBatch, MetricQuery, OneOrMany, SummaryQuery
from watchbill.metrics.views import MetricList, MetricSummary
from watchbill.platform.access import Scope
from watchbill.platform.batches import BatchAnswer
from watchbill.platform.http import Api, Asked, idempotent, requires, unaudited
from watchbill.serving import api_handler, services

app = Api("metrics")
_ALL = "/api/metrics"
_RECORDS = unaudited("a metric is a record itself, and there are far more of them than of anything else")


@app.post(_ALL, status_code=201, middlewares=[requires(Scope.INGEST), idempotent(), _RECORDS])
def record_metrics(body: Annotated[OneOrMany, Body()]) -> Response[CustomMetric | BatchAnswer]:
    """Record one metric, or up to 1 000 as `{"metrics": [...]}`, of which those that can be are stored."""
    metrics = services(app.principal).metrics
    if isinstance(body, MetricBatch):
        return app.answer(201, metrics.record_batch(body.metrics))
    return app.answer(201, metrics.record(body))


@app.get(_ALL, middlewares=[requires(Scope.READ)])
def list_metrics(query: Asked[MetricQuery]) -> MetricList:
    """Metrics by when they were measured, newest first: of a campaign, an agent, a name, a window, or all."""
    return services(app.principal).metrics.metrics(query)


@app.get(f"{_ALL}/summary", middlewares=[requires(Scope.READ)])
def summarise_metrics(query: Asked[SummaryQuery]) -> MetricSummary:
    """How many values each series has, their sum, mean and extremes: over the days of a window, or over all time."""
    return services(app.principal).metrics.summary(query)


lambda_handler = api_handler(app)
