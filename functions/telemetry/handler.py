"""API: telemetry as OpenTelemetry's exporters send it."""

from aws_lambda_powertools.event_handler import Response

from watchbill.platform.access import Scope
from watchbill.platform.http import api_handler, requires
from watchbill.services import services
from watchbill.telemetry.door import TelemetryApi

app = TelemetryApi("telemetry")


@app.post("/v1/traces", middlewares=[requires(Scope.INGEST)])
def export_traces() -> Response[str]:
    """Take in spans: OTLP over HTTP, protobuf or JSON, gzip or not. What is answered with 200 is stored."""
    return app.exported(services(app.principal).intake.take_in)


lambda_handler = api_handler(app)
