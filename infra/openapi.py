"""Writes the OpenAPI document of all functions together, which the documentation function serves.

Run `make openapi` after a route has changed; a test compares the file with the routes.
"""

from importlib import import_module
from pathlib import Path

from infra.functions import FUNCTIONS
from watchbill.platform.http import Api
from watchbill.platform.openapi import merged

FILE = Path(__file__).parents[1] / "functions" / "documentation" / "openapi.json"


def document() -> str:
    """The document, as the handlers' routes say it."""
    handlers = [import_module(f"functions.{function.name}.handler") for function in FUNCTIONS]
    return merged([handler.app for handler in handlers if isinstance(getattr(handler, "app", None), Api)]) + "\n"


if __name__ == "__main__":
    FILE.write_text(document())
