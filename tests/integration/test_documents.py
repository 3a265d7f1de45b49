"""The organisation's documents over the API: kept, changed, found and removed."""

from datetime import timedelta

import pytest

from tests.support.steps import A_DOCUMENT, DOCUMENTS, a_document, get
from watchbill.documents.models import DocumentChange
from watchbill.documents.store import DocumentStore
from watchbill.platform import clock
from watchbill.platform.clock import frozen_at
from watchbill.platform.errors import Conflict
from watchbill.platform.table import Table
from watchbill.services import services

ONE = "Enviamos a toda España en dos días."


def found(service, key, words):
    return [(one["title"], one["passage"]) for one in get(service, key, f"{DOCUMENTS}/search?q={words}")["items"]]


def test_a_document_is_kept_with_its_language_and_found_by_what_it_says(service, key):
    document_id = a_document(service, key)

    shown = get(service, key, f"{DOCUMENTS}/{document_id}")

    assert shown == shown | {"title": "Envíos", "text": ONE, "language": "es", "source": "web", "passages": 1}
    assert shown["bytes"] == len(ONE.encode())
    (passage,) = get(service, key, f"{DOCUMENTS}/search?q=envio")["items"]
    assert passage == passage | {"document_id": document_id, "number": 1, "passage": ONE, "coverage": 1}


def test_a_list_shows_the_newest_first_without_their_texts_and_goes_on(service, key):
    for number in range(3):
        a_document(service, key, title=f"D{number}", text="The shop is open.")

    page = get(service, key, f"{DOCUMENTS}?limit=2")
    rest = get(service, key, f"{DOCUMENTS}?cursor={page['next_cursor']}")

    shown = [*page["items"], *rest["items"]]
    assert [(one["title"], one["language"]) for one in shown] == [("D2", "en"), ("D1", "en"), ("D0", "en")]
    assert (rest["next_cursor"], [one for one in shown if "text" in one]) == (None, [])


def test_a_change_is_found_at_once_and_what_was_said_before_is_not(service, key):
    address = f"{DOCUMENTS}/{a_document(service, key)}"
    change = {"text": "La tienda abre a las nueve.", "source": None}

    with frozen_at(clock.now() + timedelta(hours=1)):
        answer = service.request("PATCH", address, change, key=key)

    assert (answer.json["title"], answer.json["source"]) == ("Envíos", None)
    assert answer.json["updated_at"] > answer.json["created_at"]
    assert get(service, key, address) == answer.json
    assert found(service, key, "tienda") == [("Envíos", "La tienda abre a las nueve.")]
    assert found(service, key, "España") == []


def test_a_change_that_says_what_is_there_changes_nothing(service, key):
    document_id = a_document(service, key)
    before = get(service, key, f"{DOCUMENTS}/{document_id}")

    with frozen_at(clock.now() + timedelta(hours=1)):
        after = service.request("PATCH", f"{DOCUMENTS}/{document_id}", A_DOCUMENT, key=key)

    assert after.json == before


def test_of_two_changes_at_a_time_one_is_refused_and_text_and_title_stay_together(service, key, monkeypatch):
    document_id = a_document(service, key)
    documents, find = services("demo").documents, DocumentStore.find

    def overtaken(store, one):
        there = find(store, one)
        monkeypatch.setattr(DocumentStore, "find", find)
        documents.change(one, DocumentChange(title="Other", text="Something else."))
        return there

    monkeypatch.setattr(DocumentStore, "find", overtaken)
    with pytest.raises(Conflict):
        documents.change(document_id, DocumentChange(title="Mine", text="Mine."))

    shown = get(service, key, f"{DOCUMENTS}/{document_id}")
    assert (shown["title"], shown["text"]) == ("Other", "Something else.")


def test_a_document_that_is_removed_leaves_nothing_behind(service, key):
    document_id = a_document(service, key)

    assert service.request("DELETE", f"{DOCUMENTS}/{document_id}", key=key).status == 204

    assert service.request("GET", f"{DOCUMENTS}/{document_id}", key=key).status == 404
    assert service.request("DELETE", f"{DOCUMENTS}/{document_id}", key=key).status == 404
    assert found(service, key, "envio") == []
    assert DocumentStore(Table("demo")).texts([document_id]) == {}


def test_there_are_at_most_so_many(service, key, monkeypatch):
    monkeypatch.setattr("watchbill.documents.service.MOST_DOCUMENTS", 1)
    a_document(service, key)

    answer = service.request("POST", DOCUMENTS, A_DOCUMENT, key=key)

    assert (answer.status, "at most 1 documents" in answer.text) == (422, True)
