"""API: documents."""

from aws_lambda_powertools.event_handler import Response

from watchbill.documents.models import DocumentChange, NewDocument, SearchQuery, WholeDocument
from watchbill.documents.views import DocumentList, PassageList
from watchbill.platform.access import Scope
from watchbill.platform.http import Api, Asked, PathName, idempotent, requires
from watchbill.platform.wire import PageQuery
from watchbill.serving import api_handler, services

app = Api("documents")
_ALL = "/api/documents"
_ONE = f"{_ALL}/<document_id>"


@app.post(_ALL, status_code=201, middlewares=[requires(Scope.ADMIN), idempotent()])
def add_document(wish: NewDocument) -> WholeDocument:
    """Keep a document that questions are answered from."""
    return services(app.principal).documents.add(wish)


@app.get(_ALL, middlewares=[requires(Scope.READ)])
def list_documents(query: Asked[PageQuery]) -> DocumentList:
    """Every document without its text, the newest first."""
    return services(app.principal).documents.documents(query)


@app.get(f"{_ALL}/search", middlewares=[requires(Scope.READ)])
def search_documents(query: Asked[SearchQuery]) -> PassageList:
    """The passages that are about some words, the best first."""
    return services(app.principal).documents.search(query)


@app.get(_ONE, middlewares=[requires(Scope.READ)])
def get_document(document_id: PathName) -> WholeDocument:
    """One document."""
    return services(app.principal).documents.document(document_id)


@app.patch(_ONE, middlewares=[requires(Scope.ADMIN)])
def change_document(document_id: PathName, change: DocumentChange) -> WholeDocument:
    """Change what a document says, or what it is called."""
    return services(app.principal).documents.change(document_id, change)


@app.delete(_ONE, status_code=204, middlewares=[requires(Scope.ADMIN)])
def remove_document(document_id: PathName) -> Response[None]:
    """Remove a document; nothing is answered from it any more."""
    services(app.principal).documents.remove(document_id)
    return app.no_content()


lambda_handler = api_handler(app)
