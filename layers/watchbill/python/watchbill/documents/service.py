"""An organisation's documents: keeping them, and finding the passages that a question is about."""

from watchbill.documents import ranking, rules
from watchbill.documents.models import MOST_DOCUMENTS, DocumentChange, NewDocument, SearchQuery, WholeDocument
from watchbill.documents.ranking import Hit
from watchbill.documents.store import DocumentStore, StoredDocument
from watchbill.documents.views import DocumentList, FoundPassage, PassageList
from watchbill.platform import clock, ids
from watchbill.platform.errors import BadRequest, Conflict, NotFound, Unprocessable
from watchbill.platform.lists import Cursors, first_page
from watchbill.platform.table import Changed
from watchbill.platform.wire import PageQuery

_NAME = "documents"


class DocumentService:
    """One organisation's documents."""

    def __init__(self, store: DocumentStore, cursors: Cursors) -> None:
        self._store = store
        self._cursors = cursors

    def add(self, wish: NewDocument) -> WholeDocument:
        """Keep a new document. Raises Unprocessable when there are too many."""
        if sum(1 for _ in self._store.documents()) >= MOST_DOCUMENTS:
            raise Unprocessable(f"an organisation has at most {MOST_DOCUMENTS} documents")
        made = rules.document(wish, ids.new_id(), clock.now())
        self._store.save(made)
        return made

    def documents(self, query: PageQuery) -> DocumentList:
        """The documents without their texts, newest first. Raises BadRequest for a cursor that is none."""
        before = self._cursors.open(query.cursor, _NAME).get("before")
        found = ((one, {"before": one.id}) for one in self._store.documents(before))
        shown, more = first_page(found, query.limit)
        return DocumentList(items=tuple(shown), next_cursor=self._cursors.close(more, _NAME))

    def document(self, document_id: str) -> WholeDocument:
        """One document with its text. Raises NotFound."""
        return self._whole(self._stored(document_id))

    def change(self, document_id: str, change: DocumentChange) -> WholeDocument:
        """Change what a document says or is called. Raises BadRequest, NotFound, Conflict."""
        if not change.model_fields_set:
            raise BadRequest("nothing to change: give a title, a text, a language or a source")
        stored = self._stored(document_id)
        there = self._whole(stored)
        after = rules.changed(there, change, clock.now())
        if after is not there:
            try:
                self._store.save(after, stored.revision)
            except Changed as error:
                raise _busy() from error
        return after

    def remove(self, document_id: str) -> None:
        """Forget a document. Raises NotFound, Conflict."""
        try:
            self._store.remove(self._stored(document_id))
        except Changed as error:
            raise _busy() from error

    def search(self, query: SearchQuery) -> PassageList:
        """The passages that the words looked for are in, the best first.

        Every document is read for it, compressed: what it costs follows from how much there is, at most a few seconds.
        """
        documents = {one.id: one for one in self._store.documents()}
        texts = self._store.texts(documents, consistent=False)
        hits = ranking.ranked(query.q, ((documents[one], text) for one, text in texts.items()), query.limit)
        return PassageList(items=tuple(map(_found, hits)))

    def _whole(self, stored: StoredDocument) -> WholeDocument:
        known = stored.document
        text = self._store.texts([known.id]).get(known.id)
        if text is None:
            raise _unknown(known.id)
        return WholeDocument(**known.model_dump(), text=text)

    def _stored(self, document_id: str) -> StoredDocument:
        stored = self._store.find(document_id)
        if stored is None:
            raise _unknown(document_id)
        return stored


def _found(hit: Hit) -> FoundPassage:
    known = hit.document
    return FoundPassage(
        document_id=known.id,
        title=known.title,
        source=known.source,
        number=hit.number,
        passage=hit.passage,
        score=hit.score,
        coverage=hit.coverage,
    )


def _busy() -> Conflict:
    return Conflict("the document is being changed by another request; try again", retry_after=1)


def _unknown(document_id: str) -> NotFound:
    return NotFound(f"there is no document {document_id!r}")
