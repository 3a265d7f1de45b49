"""API: the organisation as Prometheus scrapes it."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Header
from aws_lambda_powertools.event_handler.openapi.types import OpenAPIResponse

from watchbill.platform.access import Scope
from watchbill.platform.http import Api, requires
from watchbill.serving import api_handler, services

app = Api("prometheus")

TEXT: dict[str, Any] = {"schema": {"type": "string"}}
TEXTS: dict[str, Any] = {"text/plain": TEXT, "application/openmetrics-text": TEXT}
ANSWER: OpenAPIResponse = {"description": "Metrics", "content": TEXTS}


@app.get("/metrics", middlewares=[requires(Scope.READ)], responses={200: ANSWER})
def scrape(accept: Annotated[str, Header()] = "") -> Response[str]:
    """Runs, cost, tokens, durations, health, anomalies and tasks, as Prometheus or OpenMetrics text."""
    found = services(app.principal).exposition.text(accept)
    return Response(200, found.content_type, found.text, headers={"Vary": "Accept"})


lambda_handler = api_handler(app)
