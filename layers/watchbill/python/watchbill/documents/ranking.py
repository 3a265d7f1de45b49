"""Which passages are about what somebody asks: Okapi BM25 over stems, built for each question. Pure.

Of a document's words only those that may be asked for are counted, so that a question costs little more than reading.
"""

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from math import log
from typing import NamedTuple

from watchbill.decisions.models import Language
from watchbill.documents.models import Document
from watchbill.documents.passages import passages_of
from watchbill.documents.words import asked_for, stems, words_of

_K1, _B = 1.2, 0.75
"""How soon more of the same word counts no more, and how much a long passage needs more of it; the usual values."""
_LEAST = 20
"""Passages that are assumed at least, to say how rare a word is: in three of them everything is common."""


class Hit(NamedTuple):
    """A passage that a question may be about; `number` is its place in its document, the first being 1."""

    document: Document
    number: int
    passage: str
    score: float
    coverage: float


@dataclass(frozen=True, slots=True)
class _Passage:
    """A passage, its length, and how often it has which of the words that were asked for, by their places."""

    document: Document
    number: int
    text: str
    length: int
    counts: Mapping[int, int]


class _Wanted:
    """What is looked for in texts of a language: the places of stems in the question. A word is stemmed once."""

    def __init__(self, language: Language, places: Mapping[str, int]) -> None:
        self.places = frozenset(places.values())
        self._language = language
        self._stems = places
        self._words: dict[str, int] = {}
        self._seen: set[str] = set()

    def among(self, words: Set[str]) -> Mapping[str, int]:
        """Those of the words seen so far, these too, that stand for what is looked for."""
        new = words - self._seen
        self._seen |= new
        found = stems(new, self._language).items()
        self._words |= {word: self._stems[stem] for word, stem in found if stem in self._stems}
        return self._words


def ranked(question: str, texts: Iterable[tuple[Document, str]], most: int) -> list[Hit]:
    """The passages that have something of the question, the best first."""
    wanted = _wanted(asked_for(question))
    passages = [one for document, text in texts for one in _read(document, text, wanted[document.language])]
    if not passages:
        return []
    having = Counter(place for passage in passages for place in passage.counts)
    places = wanted[Language.ENGLISH].places
    weights = {place: _rarity(having[place], max(_LEAST, len(passages))) for place in sorted(places)}
    mean = sum(passage.length for passage in passages) / len(passages)
    hits = (_hit(passage, weights, mean) for passage in passages if passage.counts)
    return heapq.nsmallest(most, hits, key=lambda hit: (-hit.score, hit.document.title, hit.document.id, hit.number))


def _wanted(words: Sequence[str]) -> dict[Language, _Wanted]:
    """What is looked for in texts of each language; words of one stem are one."""
    stem = {language: stems(words, language) for language in Language}
    wanted: dict[Language, dict[str, int]] = {language: {} for language in Language}
    for place, word in enumerate(words):
        if not any(stem[language][word] in wanted[language] for language in Language):
            for language in Language:
                wanted[language][stem[language][word]] = place
    return {language: _Wanted(language, places) for language, places in wanted.items()}


def _read(document: Document, text: str, wanted: _Wanted) -> Iterator[_Passage]:
    title = words_of(document.title)
    passages = [(passage, words_of(passage)) for passage in passages_of(text)]
    places = wanted.among(set(title).union(*(words for _, words in passages)))
    for number, (passage, words) in enumerate(passages, start=1):
        # What a document is called, each of its passages is about.
        counts = Counter(places[word] for word in (*title, *words) if word in places)
        yield _Passage(document, number, passage, len(title) + len(words), counts)


def _rarity(having: int, of: int) -> float:
    return log(1 + (of - having + 0.5) / (having + 0.5))


def _hit(passage: _Passage, weights: Mapping[int, float], mean: float) -> Hit:
    longer = _K1 * (1 - _B + _B * passage.length / mean)
    score = sum(weights[place] * count * (_K1 + 1) / (count + longer) for place, count in passage.counts.items())
    coverage = sum(weights[place] for place in passage.counts) / sum(weights.values())
    return Hit(passage.document, passage.number, passage.text, round(score, 4), round(coverage, 4))
