"""The documentation of the API: one OpenAPI document out of every function's, and the page that shows it."""

from collections.abc import Iterable
from importlib import resources

from aws_lambda_powertools.event_handler.openapi import swagger_ui
from aws_lambda_powertools.event_handler.openapi.merge import OpenAPIMerge

from watchbill import __version__
from watchbill.platform.http import Api


def merged(apis: Iterable[Api]) -> str:
    """The OpenAPI document of all functions together, as JSON."""
    document = OpenAPIMerge(title="Watchbill", version=__version__, on_conflict="error")
    for api in apis:
        document.add_schema(api.get_openapi_schema().model_dump(by_alias=True, exclude_none=True, mode="json"))
    return document.get_openapi_json_schema()


def swagger_page(document: str) -> str:
    """Swagger UI for a document, complete in one page, so that it needs no other host."""
    package = resources.files(swagger_ui)
    script = (package / "swagger-ui-bundle.min.js").read_text("utf-8")
    style = (package / "swagger-ui.min.css").read_text("utf-8")
    return swagger_ui.generate_swagger_html(document, script, style, "", None)
