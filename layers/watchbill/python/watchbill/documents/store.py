"""Documents in the table: what is known of each among the others, and its text, compressed, in an item of its own.

Both are written in one transaction, over the document that was read. A list reads no text, and a search reads those of
all documents side by side.
"""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from watchbill.documents.models import Document, WholeDocument
from watchbill.platform import keys
from watchbill.platform.items import REVISION, Item
from watchbill.platform.keys import Key
from watchbill.platform.table import Table
from watchbill.platform.writes import Delete, Put, Replace


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document as it was read."""

    document: Document
    revision: int


class DocumentStore:
    """One organisation's documents."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._organisation = table.organisation

    def documents(self, before: str | None = None) -> Iterator[Document]:
        """The documents, newest first, behind the one whose id is `before`."""
        partition = keys.DOCUMENT.partition(self._organisation)
        end = self._key(before).sk if before else None
        for stored in self._table.query(partition, descending=True, before=end):
            yield _to_document(stored.item)

    def find(self, document_id: str) -> StoredDocument | None:
        """A document, or None."""
        item = self._table.get(self._key(document_id))
        return StoredDocument(_to_document(item), item[REVISION]) if item else None

    def texts(self, document_ids: Iterable[str], *, consistent: bool = True) -> dict[str, str]:
        """The texts of those of the documents that exist, as they may have been a second ago unless `consistent`."""
        asked = {self._text(document_id): document_id for document_id in document_ids}
        found = self._table.get_many(asked, consistent=consistent)
        return {asked[key]: zlib.decompress(item["text"]).decode() for key, item in found.items()}

    def save(self, document: WholeDocument, revision: int = 0) -> None:
        """Store a document with its text over the one that was read, 0 for none. Raises Changed."""
        known = Document.model_validate(document.model_dump(exclude={"text"}))
        self._table.transact(
            [
                Replace(self._key(document.id), {"document": known.model_dump_json()}, revision),
                Put(self._text(document.id), {"text": zlib.compress(document.text.encode())}),
            ]
        )

    def remove(self, there: StoredDocument) -> None:
        """Forget a document and its text. Raises Changed."""
        document_id = there.document.id
        self._table.transact([Delete(self._key(document_id), there.revision), Delete(self._text(document_id))])

    def _key(self, document_id: str) -> Key:
        return keys.DOCUMENT(self._organisation, document_id)

    def _text(self, document_id: str) -> Key:
        return keys.DOCUMENT_TEXT(self._organisation, document_id)


def _to_document(item: Item) -> Document:
    return Document.model_validate_json(item["document"])
