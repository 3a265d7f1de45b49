"""Words and phrases of texts: as they are compared, and as they were written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbill.agents.words import LONGEST_PHRASE, SAY_NOTHING, Term, folded, telling, terms_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("La Inteligencia Artificial y el café", ["inteligencia", "artificial", "cafe"]),
        ("The rise of AI in Europe", ["rise", "ai", "europe"]),
        ("Acme's new boats don't sail", ["acme", "new", "boats", "sail"]),
        ("En marzo de 2026, el lunes", []),
        ("a " + "x" * 41, []),
    ],
)
def test_words_that_say_nothing_are_left_out_in_both_languages(text, words) -> None:
    assert telling(text) == words


def test_phrases_go_over_no_mark_and_no_word_that_says_nothing() -> None:
    found = [term.folded for term in terms_of("Solid-state batteries: recycling of lithium")]

    assert found == [
        "solid",
        "solid state",
        "solid state batteries",
        "state",
        "state batteries",
        "batteries",
        "recycling",
        "lithium",
    ]


def test_a_number_belongs_to_the_word_before_it_and_is_nothing_by_itself() -> None:
    assert [term.folded for term in terms_of("Windows 12 arrives")] == [
        "windows",
        "windows 12",
        "windows 12 arrives",
        "arrives",
    ]


def test_a_term_remembers_how_it_was_written() -> None:
    assert Term("computacion cuantica", "Computación Cuántica") in list(terms_of("La Computación Cuántica"))


def test_what_says_nothing_is_kept_as_it_is_compared() -> None:
    assert {folded(word) for word in SAY_NOTHING} == SAY_NOTHING


@given(st.text(max_size=80))
def test_any_text_has_terms_of_its_own_words(text) -> None:
    for term in terms_of(text):
        assert 1 <= len(term.folded.split()) <= LONGEST_PHRASE
        assert SAY_NOTHING.isdisjoint(term.folded.split())
        assert f" {folded(term.written)} " == f" {term.folded} "
