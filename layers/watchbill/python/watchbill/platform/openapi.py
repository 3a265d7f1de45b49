"""The documentation of the API: one OpenAPI document out of every function's, and the page that shows it."""

import json
from collections.abc import Iterable
from importlib import resources
from typing import Any

from aws_lambda_powertools.event_handler.openapi import swagger_ui
from aws_lambda_powertools.event_handler.openapi.merge import OpenAPIMerge
from aws_lambda_powertools.event_handler.openapi.models import HTTPBearer

from watchbill import __version__
from watchbill.platform.http import Api
from watchbill.platform.problems import PROBLEM

_DESCRIPTION = """Agent operations on your own AWS account.

Every request carries an API key: `Authorization: Bearer wb_…`. Errors are problem details (RFC 9457). Lists go on at
the `Link` header. `Idempotency-Key` is honoured on every POST that creates."""
_PROBLEM_SCHEMA = {
    "type": "object",
    "title": "Problem",
    "description": "What went wrong (RFC 9457); `errors` says where, `error` repeats the detail.",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string", "description": "The id of the request."},
        "error": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"path": {"type": "string"}, "message": {"type": "string"}},
                "required": ["path", "message"],
            },
        },
    },
    "required": ["type", "title", "status", "detail", "instance", "error"],
}
_REFUSED = {
    "description": "Refused",
    "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
_NOT_OURS = ("HTTPValidationError", "ValidationError", "ResponseValidationError")
"""Schemas of Powertools' own errors, which our routes never answer."""


def merged(apis: Iterable[Api]) -> str:
    """The OpenAPI document of all functions together, as JSON. Raises ValueError for two models of one name."""
    merge = OpenAPIMerge(title="Watchbill", version=__version__, description=_DESCRIPTION, on_conflict="error")
    documents = [_of(api) for api in apis]
    _check_names(documents)
    for described in documents:
        merge.add_schema(described)
    document: dict[str, Any] = json.loads(merge.get_openapi_json_schema())
    schemas = document["components"]["schemas"]
    schemas["Problem"] = _PROBLEM_SCHEMA
    for name in _NOT_OURS:
        schemas.pop(name, None)
    return json.dumps(document | {"security": [{"key": []}]}, indent=1, ensure_ascii=False)


def swagger_page(document: str) -> str:
    """Swagger UI for a document, complete in one page, so that it needs no other host."""
    package = resources.files(swagger_ui)
    script = (package / "swagger-ui-bundle.min.js").read_text("utf-8")
    style = (package / "swagger-ui.min.css").read_text("utf-8")
    return swagger_ui.generate_swagger_html(document, script, style, "", None)


def _check_names(documents: Iterable[dict[str, Any]]) -> None:
    """Raises ValueError for two models of one name."""
    # The merge keeps one schema of a name: one model would be described as the other.
    known: dict[str, Any] = {}
    for document in documents:
        for name, schema in document.get("components", {}).get("schemas", {}).items():
            if known.setdefault(name, schema) != schema:
                raise ValueError(f"two models are named {name!r}")


def _of(api: Api) -> dict[str, Any]:
    schema = api.get_openapi_schema(title=api.title, security_schemes={"key": HTTPBearer()}, security=[{"key": []}])
    document: dict[str, Any] = schema.model_dump(by_alias=True, exclude_none=True, mode="json")
    summaries = api.summaries
    for path, operations in document.get("paths", {}).items():
        for method, operation in operations.items():
            operation["summary"] = summaries[method.upper(), path]
            operation["tags"] = [document["info"]["title"]]
            operation["responses"].pop("422", None)
            if method == "post" and "requestBody" in operation:
                operation["requestBody"]["content"] |= {kind: {"schema": {"type": "string"}} for kind in api.texts}
            operation["responses"]["4XX"] = _REFUSED
    return document
