"""The OpenAPI document that is served says what the routes say."""

import json
from typing import Any

import pytest
from pydantic import BaseModel, create_model

from infra import openapi
from watchbill.platform.http import Api
from watchbill.platform.openapi import merged

DOCUMENT = json.loads(openapi.FILE.read_text())


def test_the_document_is_current() -> None:
    assert openapi.FILE.read_text() == openapi.document(), "run `make openapi`"


def test_every_reference_leads_somewhere() -> None:
    text = json.dumps(DOCUMENT)
    schemas = DOCUMENT["components"]["schemas"]

    references = {part.split('"')[0] for part in text.split('"#/components/schemas/')[1:]}

    assert references <= set(schemas)


def test_every_operation_says_what_it_does_and_how_it_refuses() -> None:
    for operations in DOCUMENT["paths"].values():
        for operation in operations.values():
            assert operation["summary"].endswith((".", "]."))
            assert "4XX" in operation["responses"]


def test_two_models_of_one_name_are_refused() -> None:
    apis = [_api_of(f"/{field}", create_model("Same", **{field: str})) for field in ("a", "b")]  # type: ignore[call-overload]

    with pytest.raises(ValueError, match="two models are named 'Same'"):
        merged(apis)


def _api_of(path: str, model: type[BaseModel]) -> Api:
    """A function with one route, which answers a model."""

    def route() -> Any:
        """Answer."""

    api = Api("Any")
    route.__annotations__["return"] = model
    api.get(path)(route)
    return api
