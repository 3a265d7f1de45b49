"""What of a message the learned weights look at: words, letters, places, and concepts with their denials. Pure.

A feature is a name in a family; a denied concept is a feature of its own, and so is a quoted word: what is refused or
said by others never counts as if it were wanted. Words of courtesy are none, so that they change nothing.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from watchbill.decisions.lexicon import Find
from watchbill.decisions.models import Channel
from watchbill.decisions.scopes import placed
from watchbill.decisions.text import Message, Word

SHORTEST_PART, LONGEST_PART = 3, 5
PLACES = 3
FIRST_WORDS = 1
"""A concept at the first word or the second opens the message."""
_MOST_LENGTH, _STEP, _MOST_CHANNELS = 8, 5, 3


class Feature(NamedTuple):
    """A feature: its family, its name, and the word that it comes from, if it is of one."""

    family: str
    name: str
    word: int | None


def spoken(words: Sequence[Word], finds: Sequence[Find]) -> list[Word]:
    """The words without those of courtesy."""
    courteous = {word.start for find in finds if find.concept.role == "polite" for word in find.words}
    return [word for word in words if word.start not in courteous]


def features_of(
    message: Message, words: Sequence[Word], finds: Sequence[Find], channels: Sequence[Channel]
) -> Iterator[Feature]:
    """The features of a message, each once."""
    seen: set[tuple[str, str]] = set()
    for feature in (*_words(words), *_letters(words), *_places(words), *_concepts(finds), *_form(message, words)):
        if feature[:2] not in seen:
            seen.add(feature[:2])
            yield feature
    yield Feature("concepts", f"channels {min(_MOST_CHANNELS, len(channels))}", None)


def _words(words: Sequence[Word]) -> Iterator[Feature]:
    before = "^"
    for word in words:
        yield Feature("words", f'"{word.folded}' if word.quoted else word.folded, word.start)
        yield Feature("words", f"{before} {word.folded}", word.start)
        before = word.folded
    yield Feature("words", f"{before} $", None)


def _letters(words: Sequence[Word]) -> Iterator[Feature]:
    """Parts of words, which inflections and spelling mistakes leave whole."""
    for word in words:
        marked = f"<{word.folded}>"
        for length in range(SHORTEST_PART, LONGEST_PART + 1):
            for at in range(len(marked) - length + 1):
                if not word.quoted:
                    yield Feature("letters", marked[at : at + length], word.start)


def _places(words: Sequence[Word]) -> Iterator[Feature]:
    for at, word in enumerate(words[:PLACES]):
        yield Feature("places", f"{at} {word.folded}", word.start)
    if words:
        yield Feature("places", f"last {words[-1].folded}", words[-1].start)


def _concepts(finds: Sequence[Find]) -> Iterator[Feature]:
    """Concepts by name, denied or not, and which follow each other at once or with one between."""
    first = "wants nothing"
    for place in placed([find for find in finds if not find.words[0].quoted]):
        mark, concept = "!" if place.denied else "", place.find.concept
        yield Feature("concepts", f"{mark}{concept.name}", place.find.words[0].start)
        if first == "wants nothing" and concept.role == "object" and not place.denied:
            first = f"wants {concept.name}"
    yield Feature("concepts", first, None)
    telling = [find for find in finds if find.concept.role not in ("none", "polite")]
    names = ["^", *(find.concept.name for find in telling), "$"]
    for first, second in pairwise(names):
        yield Feature("concepts", f"{first} {second}", None)
    for first, second in zip(names[1:-1], names[3:-1], strict=False):
        yield Feature("concepts", f"{first} .. {second}", None)
    for find in telling:
        if find.at <= FIRST_WORDS:
            yield Feature("concepts", f"opens {find.concept.name}", None)


def _form(message: Message, words: Sequence[Word]) -> Iterator[Feature]:
    yield Feature("concepts", f"length {min(_MOST_LENGTH, len(words) // _STEP)}", None)
    if message.asks:
        yield Feature("concepts", "asks", None)
    if words and words[-1].asked:
        yield Feature("concepts", "ends asking", None)
