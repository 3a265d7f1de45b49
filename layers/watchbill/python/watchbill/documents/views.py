"""Answers about documents: pages of them, and the passages that a search found."""

from watchbill.documents.models import Document
from watchbill.platform.wire import Model


class DocumentList(Model):
    """Documents, the newest first."""

    items: tuple[Document, ...]
    next_cursor: str | None = None


class FoundPassage(Model):
    """A passage of a document, its first being 1.

    `score` orders what one search found and means nothing beyond it; `coverage` is how much of what was looked for is
    in the passage or its title, 0 to 1, where rare words weigh more.
    """

    document_id: str
    title: str
    source: str | None
    number: int
    passage: str
    score: float
    coverage: float


class PassageList(Model):
    """Passages, the best first."""

    items: tuple[FoundPassage, ...]
