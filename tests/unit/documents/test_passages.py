"""Passages: all of a text, in its order, cut where its author did."""

from hypothesis import given
from hypothesis import strategies as st

from watchbill.documents.passages import CHARACTERS, WORDS, passages_of, sentences_of

TEXTS = st.text(alphabet=st.sampled_from("ab .!?\n\t#ñ\u00a0")) | st.lists(
    st.sampled_from(["uno ", "dos. ", "¿tres? ", "\n", "\n\n", "# cuatro\n", "x" * 700, "palabra " * 70])
).map("".join)


@given(TEXTS)
def test_nothing_is_lost_or_doubled_and_nothing_is_too_long(text):
    passages = passages_of(text)

    assert "".join("".join(passages).split()) == "".join(text.split())
    assert all(passage == passage.strip() != "" for passage in passages)
    assert all(len(passage.split()) <= WORDS and len(passage) <= CHARACTERS for passage in passages)


def test_paragraphs_stand_together_as_long_as_there_is_room():
    short, long = " ".join(["Una frase."] * 10), " ".join(["Otra frase más."] * 30)

    assert passages_of(f"{short}\n\n{short}\n \n{long}") == (f"{short}\n\n{short}", long)


def test_a_heading_begins_a_passage_and_is_never_one_by_itself():
    assert passages_of("# Tienda\n\n## Envíos\nEn dos días. #facil\n\n## Plazos\n\nTres más.") == (
        "# Tienda\n\n## Envíos\nEn dos días. #facil",
        "## Plazos\n\nTres más.",
    )


def test_a_long_paragraph_is_cut_between_sentences():
    sentence = "Esta frase tiene exactamente siete palabras cortas."

    passages = passages_of(" ".join([sentence] * 40))

    assert [passage.count("Esta frase") for passage in passages] == [17, 17, 6]
    assert all(passage.endswith("cortas.") for passage in passages)


def test_a_passage_has_sentences_and_lines():
    assert sentences_of("# Horario\nLunes a viernes: 9 a 18 h\n¿Sábados? De 10 a 14.") == [
        "Horario",
        "Lunes a viernes: 9 a 18 h",
        "¿Sábados?",
        "De 10 a 14.",
    ]
