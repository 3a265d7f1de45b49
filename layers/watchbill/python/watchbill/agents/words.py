"""Words of texts in English and Spanish: how they are compared, and which of them say nothing. Pure."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from watchbill.documents.words import SMALL, folded

LONGEST_PHRASE = 3
"""Words of a phrase at most."""
_LONGEST_WORD = 40
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)?")
_CLAUSE = re.compile(r"[.,;:!?()\[\]{}\"\u201c\u201d\u00ab\u00bb\u00bf\u00a1|/\u2013\u2014\n]+|\s-\s")
_OF_TIME = """
today yesterday tomorrow day days week weeks month months year years monday tuesday wednesday thursday friday
saturday sunday january february march april may june july august september october november december jan feb
mar apr jun jul aug sep sept oct nov dec hoy ayer manana dia dias semana semanas mes meses ano anos lunes martes
miercoles jueves viernes sabado domingo enero febrero marzo abril mayo junio julio agosto septiembre setiembre
octubre noviembre diciembre
"""
SAY_NOTHING = SMALL | frozenset(_OF_TIME.split())
"""Words that say nothing by themselves, folded; those of time do, but they come and go with the calendar."""


class Term(NamedTuple):
    """A word or a phrase, folded as it is compared, and as it was written."""

    folded: str
    written: str


def plain(text: str) -> str:
    """A text's words, folded, with a space around each: what is looked for in it is looked for as whole words."""
    return f" {' '.join(_WORD.findall(folded(text)))} "


def telling(text: str) -> list[str]:
    """The words of a text that say something, folded, in their order."""
    return [word.folded for clause in _clauses(text) for word in clause if not word.folded.isdigit()]


def terms_of(text: str) -> Iterator[Term]:
    """The words and phrases of a text. None goes over a mark or a word that says nothing, or begins with a number."""
    for clause in _clauses(text):
        for start, first in enumerate(clause):
            if first.folded.isdigit():
                continue
            for end in range(start + 1, min(start + LONGEST_PHRASE, len(clause)) + 1):
                words = clause[start:end]
                yield Term(" ".join(word.folded for word in words), " ".join(word.written for word in words))


def _clauses(text: str) -> Iterator[list[Term]]:
    """Words that stand together and say something."""
    for part in _CLAUSE.split(text):
        clause: list[Term] = []
        for written in _WORD.findall(part):
            word = _term(written)
            if word is not None:
                clause.append(word)
            elif clause:
                yield clause
                clause = []
        if clause:
            yield clause


@lru_cache(maxsize=20_000)
def _term(written: str) -> Term | None:
    """A word, without what makes it somebody's; None where it says nothing, as what is drawn together does."""
    stem, mark, rest = written.replace("\u2019", "'").partition("'")
    if mark and rest.casefold() != "s":
        return None
    word = folded(stem)
    says_nothing = word in SAY_NOTHING or (len(word) == 1 and not word.isdigit()) or len(word) > _LONGEST_WORD
    return None if says_nothing else Term(word, stem)
