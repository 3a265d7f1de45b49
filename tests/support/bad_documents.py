"""Malformed requests to the routes of documents."""

from typing import Any

from tests.support.bad_requests import NO_CURSOR, PRINTABLE, Bad
from tests.support.steps import A_DOCUMENT, DOCUMENTS


def document(what: str, names: str, **fields: Any) -> Bad:
    """A post of a document with something wrong in these fields."""
    return Bad(what, "POST", DOCUMENTS, names, A_DOCUMENT | fields)


_OF_ONE = f"{DOCUMENTS}/unknown"
_SEARCH = f"{DOCUMENTS}/search"

BAD_DOCUMENTS = (
    document("a document without words", "text: a document has words", text=" \n "),
    document("a document that is too long", "text: a document has at most 200,000 bytes", text="ñ" * 100_001),
    document("a document in French", "language: input should be 'en' or 'es'", language="fr"),
    document("a document of two titles", PRINTABLE, title="a\nb"),
    document("a document that is a list", "text: input should be a valid string", text=["a"]),
    document("something documents have not", "colour: extra", colour="red"),
    Bad("a document changed by nothing", "PATCH", _OF_ONE, "nothing to change", {}),
    Bad("an unknown document changed", "PATCH", _OF_ONE, "there is no document 'unknown'", {"title": "a"}, status=404),
    Bad("an unknown document", "GET", _OF_ONE, "there is no document 'unknown'", status=404),
    Bad("documents behind a cursor of nobody's", "GET", f"{DOCUMENTS}?cursor=x", NO_CURSOR),
    Bad("a search for nothing", "GET", _SEARCH, "q: field required"),
    Bad("a search for too much", "GET", f"{_SEARCH}?q=a&limit=21", "limit: input should be less than or equal to 20"),
)
