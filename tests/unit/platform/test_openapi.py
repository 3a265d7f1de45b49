"""The OpenAPI document that is served says what the routes say."""

import json

from infra import openapi

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
