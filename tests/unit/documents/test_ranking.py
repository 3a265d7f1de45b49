"""What a search finds: by stems in both languages, rare words before common ones, and how much of a question."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbill.decisions.models import Language
from watchbill.documents.models import Document
from watchbill.documents.ranking import ranked

NOW = datetime(2026, 3, 10, tzinfo=UTC)


def document(title, language="es"):
    known = {"title": title, "language": Language(language), "bytes": 1, "passages": 1}
    return Document(id=title, **known, created_at=NOW, updated_at=NOW)


SHOP = [
    (document("Envíos"), "Enviamos a toda España en dos días.\n\n" + "El transportista llama antes de llegar. " * 20),
    (document("Devoluciones"), "Puedes devolver un producto durante treinta días.\n\nLa recogida es gratuita."),
    (document("Horario"), "La tienda abre de lunes a sábado. El domingo está cerrada."),
    (document("Returns", "en"), "You can return any product within thirty days. Shipping it back costs nothing."),
]


def first(question):
    hits = ranked(question, SHOP, 3)
    return hits[0].document.title if hits else None


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("¿Hacéis ENVIOS a España?", "Envíos"),
        ("¿cómo devuelvo un producto? quiero hacer una devolución", "Devoluciones"),
        ("¿Abrís los sabados?", "Horario"),
        ("Can I return products?", "Returns"),
        ("who pays for shipping it back", "Returns"),
        ("xyzzy", None),
        ("", None),
    ],
)
def test_a_question_finds_the_document_that_is_about_it(question, title):
    assert first(question) == title


def test_what_is_rare_weighs_more_than_what_is_everywhere():
    texts = [(document(str(number)), "El barco navega.") for number in range(9)] + [(document("z"), "El timón gira.")]

    (best, *_) = ranked("barco timón", texts, 10)

    assert best.document.title == "z"
    assert best.coverage > 0.5


def test_coverage_says_how_much_of_a_question_is_in_a_passage():
    (all_of_it, *_), (part, *_) = ranked("tienda domingo", SHOP, 3), ranked("tienda submarina de Tokio", SHOP, 3)

    assert all_of_it.coverage == 1
    assert part.coverage < 0.5


def test_small_words_and_words_that_ask_find_nothing():
    assert ranked("¿Me podrías decir cuál es el periscopio de la casa?", SHOP, 3) == []


def test_words_of_one_stem_are_one():
    once, twice = ranked("envío Marte", SHOP, 1), ranked("envío envíos Marte", SHOP, 1)

    assert once == twice


@given(st.text(max_size=40), st.lists(st.text(max_size=60), max_size=5), st.integers(1, 5))
def test_hits_are_in_order_and_of_what_there_is(question, texts, most):
    there = [(document(f"d{number}"), text) for number, text in enumerate(texts)]

    hits = ranked(question, there, most)

    assert len(hits) <= most
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(0 < hit.coverage <= 1 and hit.score > 0 for hit in hits)
    assert all(hit.passage in {one.id: text for one, text in there}[hit.document.id] for hit in hits)
    assert hits == ranked(question, reversed(there), most)
