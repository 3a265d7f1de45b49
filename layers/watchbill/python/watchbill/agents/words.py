"""Words of texts in English and Spanish: how they are compared, and which of them say nothing. Pure."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

LONGEST_PHRASE = 3
"""Words of a phrase at most."""
_LONGEST_WORD = 40
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)?")
_CLAUSE = re.compile(r"[.,;:!?()\[\]{}\"\u201c\u201d\u00ab\u00bb\u00bf\u00a1|/\u2013\u2014\n]+|\s-\s")
_STOP = """
a about above after again against all also am an and any are as at be because been before being below between
both but by can cannot could did do does doing down during each ever every few for from further get gets got had
has have having he her here hers him his how i if in into is it its itself just let like made make makes many
may me might more most much must my near need no nor not now of off on once one only or other our ours out over
own per said same say says she should since so some still such take takes than that the their theirs them then
there these they this those through to too two under until up upon us use used uses using very via was way we
well were what when where which while who whom whose why will with within without would yet you your yours
a al algo algun alguna algunas alguno algunos ante antes asi aun aunque bajo bien cada casi como con contra cual
cuales cualquier cuando cuanto cuya cuyo da dan de debe deben del desde dice dicen donde dos durante e el ella
ellas ellos en entre era eran es esa esas ese eso esos esta estaba estado estamos estan estar estas este esto
estos fue fueron ha haber habia hace hacen hacer hacia han hasta hay he hemos hizo incluso junto la las le les
lo los mas me mediante mejor menos mi mientras mis misma mismo mucha muchas mucho muchos muy nada ni no nos
nosotros nuestra nuestras nuestro nuestros o os otra otras otro otros para pero poco por porque puede pueden
pues que quien quienes se sea sean segun ser si sido siempre sin sino sobre son su sus tal tambien tan tanto te
tener tenia ti tiene tienen toda todas todo todos tras tu tus u un una unas uno unos usted y ya yo
"""
_OF_TIME = """
today yesterday tomorrow day days week weeks month months year years monday tuesday wednesday thursday friday
saturday sunday january february march april may june july august september october november december jan feb
mar apr jun jul aug sep sept oct nov dec hoy ayer manana dia dias semana semanas mes meses ano anos lunes martes
miercoles jueves viernes sabado domingo enero febrero marzo abril mayo junio julio agosto septiembre setiembre
octubre noviembre diciembre
"""
SAY_NOTHING = frozenset(_WORD.findall(_STOP + _OF_TIME))
"""Words that say nothing by themselves, folded; those of time do, but they come and go with the calendar."""


class Term(NamedTuple):
    """A word or a phrase, folded as it is compared, and as it was written."""

    folded: str
    written: str


def folded(text: str) -> str:
    """A text without accents and capitals, as it is compared."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part))


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
