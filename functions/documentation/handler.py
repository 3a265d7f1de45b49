"""API: its own documentation, open to everyone, and the answer to addresses that lead nowhere."""

from pathlib import Path

from aws_lambda_powertools.event_handler import Response

from watchbill.platform.http import Api
from watchbill.platform.observability import API_CORRELATION_ID, observed
from watchbill.platform.openapi import swagger_page

OPENAPI = Path(__file__).with_name("openapi.json")

app = Api("documentation")


@app.get("/", include_in_schema=False)
def root() -> Response[str]:
    """Where to begin."""
    return Response(302, "text/plain", "", headers={"Location": "/dashboard"})


@app.get("/api/openapi.json", include_in_schema=False)
def openapi() -> Response[str]:
    """The OpenAPI document of all functions together."""
    return Response(200, "application/json", OPENAPI.read_text())


@app.get("/api/docs", include_in_schema=False)
def docs() -> Response[str]:
    """Swagger UI, complete in one page."""
    return Response(200, "text/html", swagger_page(OPENAPI.read_text()))


lambda_handler = observed(API_CORRELATION_ID)(app.handle)
