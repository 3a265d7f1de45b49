"""API: telemetry as OpenTelemetry's exporters send it."""

from aws_lambda_powertools.event_handler import Response

from watchbill.platform.access import Scope
from watchbill.platform.http import requires, unaudited
from watchbill.serving import api_handler, services
from watchbill.telemetry import logs, otlp, points
from watchbill.telemetry.door import TelemetryApi

app = TelemetryApi("telemetry")
_RECORDS = unaudited("what agents report is a record itself, and there is far more of it than of anything else")


@app.post("/v1/traces", middlewares=[requires(Scope.INGEST), _RECORDS])
def export_traces() -> Response[str]:
    """Take in spans: OTLP over HTTP, protobuf or JSON, gzip or not. What is answered with 200 is stored."""
    return app.exported(otlp.received, services(app.principal).intake.take_in)


@app.post("/v1/logs", middlewares=[requires(Scope.INGEST), _RECORDS])
def export_logs() -> Response[str]:
    """Take in the events of models' calls that log records carry, for the spans that they name; others are let go."""
    return app.exported(logs.received, services(app.principal).intake.take_in_events, logs.COUNTED)


@app.post("/v1/metrics", middlewares=[requires(Scope.INGEST), _RECORDS])
def export_metrics() -> Response[str]:
    """Take in measurements of GenAI, in deltas, as custom metrics; others are let go."""
    return app.exported(points.received, services(app.principal).metrics.record_points, points.COUNTED)


lambda_handler = api_handler(app)
