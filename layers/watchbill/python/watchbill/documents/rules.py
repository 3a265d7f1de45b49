"""What a document becomes when it is made or changed. Pure."""

from datetime import datetime

from watchbill.decisions.languages import language_of
from watchbill.decisions.models import Language
from watchbill.decisions.text import read
from watchbill.documents.models import DocumentChange, NewDocument, WholeDocument
from watchbill.documents.passages import passages_of

_BEGINNING = 2_000
"""Characters that tell which language a text is in."""


def document(wish: NewDocument, document_id: str, now: datetime) -> WholeDocument:
    """A document as it is made."""
    return WholeDocument(
        id=document_id,
        title=wish.title,
        text=wish.text,
        language=wish.language or _language(wish.text),
        source=wish.source,
        bytes=len(wish.text.encode()),
        passages=len(passages_of(wish.text)),
        created_at=now,
        updated_at=now,
    )


def changed(there: WholeDocument, change: DocumentChange, now: datetime) -> WholeDocument:
    """A document after a change: itself when nothing changes by it."""
    given = change.model_fields_set
    wish = NewDocument(
        title=change.title or there.title,
        text=change.text or there.text,
        language=change.language if "language" in given else there.language,
        source=change.source if "source" in given else there.source,
    )
    after = document(wish, there.id, now).model_copy(update={"created_at": there.created_at})
    return there if after.model_copy(update={"updated_at": there.updated_at}) == there else after


def _language(text: str) -> Language:
    return language_of(read(text[:_BEGINNING]).words, None)
