"""Documents: what may be said in one, and what is asked of them."""

from typing import Annotated

from pydantic import AfterValidator, Field

from watchbill.decisions.models import Language
from watchbill.platform.wire import Label, Model, Moment

MOST_DOCUMENTS = 200
MOST_BYTES = 200_000
"""Of one document's text, in UTF-8; an item of the table holds it however badly it is compressed."""
MOST_PASSAGES = 20


def _text(text: str) -> str:
    if not text.strip():
        raise ValueError("a document has words")
    if len(text.encode()) > MOST_BYTES:
        raise ValueError(f"a document has at most {MOST_BYTES:,} bytes")
    return text


Text = Annotated[str, AfterValidator(_text)]
"""What a document says: plain text or Markdown, paragraphs parted by empty lines."""


class NewDocument(Model):
    """A document as it is posted. Its language follows from its words unless given; `source` says where it is from."""

    title: Label
    text: Text
    language: Language | None = None
    source: Label | None = None


class DocumentChange(Model):
    """What may be changed of a document: what is absent stays; a source of null goes, a language follows anew."""

    title: Label | None = None
    text: Text | None = None
    language: Language | None = None
    source: Label | None = None


class Document(Model):
    """What is known of a document without reading it: so many bytes in so many passages."""

    id: str
    title: str
    language: Language
    source: str | None = None
    bytes: int
    passages: int
    created_at: Moment
    updated_at: Moment


class WholeDocument(Document):
    """A document with its text."""

    text: str


class SearchQuery(Model):
    """What is looked for, in words, and how many passages at most."""

    q: Annotated[str, Field(min_length=1, max_length=1_000)]
    limit: Annotated[int, Field(ge=1, le=MOST_PASSAGES)] = 5
