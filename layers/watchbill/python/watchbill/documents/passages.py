"""A document's passages: some 120 words each, cut where its author did: paragraphs, lines, sentences. Pure."""

import re
from collections.abc import Iterator

WORDS = 120
CHARACTERS = 1_500
"""The most that a passage has: a language without blanks between words has its ends too."""
_CUTS = tuple(map(re.compile, (r"\n[^\S\n]*\n\s*", r"\n", r"(?<=[.!?\u2026])\s+", r"\s+")))
"""Where a text is cut, in the order in which it is tried; what is still too long is cut anywhere."""
_HEADING = re.compile(r"^#{1,6}[^\S\n]+\S[^\n]*", re.MULTILINE)
_HASHES = re.compile(r"^#{1,6}\s+")


def passages_of(text: str) -> tuple[str, ...]:
    """The passages of a text, in their order; together they are all of it but the white space between them."""
    return tuple(text[start:end] for section in _sections(text) for start, end in _passages(text, *section))


def sentences_of(passage: str) -> list[str]:
    """The sentences of a passage, each on one line; a line that ends without a mark is one too."""
    lines = (line.strip() for line in passage.splitlines())
    parts = (part for line in lines for part in _CUTS[2].split(_HASHES.sub("", line)))
    return [" ".join(part.split()) for part in parts if part.strip()]


def _pieces(text: str, start: int, end: int, level: int = 0) -> Iterator[tuple[int, int]]:
    """Parts of a text with words that fit into a passage, as long as cutting it as coarsely as possible leaves them."""
    part = text[start:end]
    start, end = end - len(part.lstrip()), start + len(part.rstrip())
    if start >= end:
        return
    if end - start <= CHARACTERS and len(part.split()) <= WORDS:
        yield start, end
    elif level == len(_CUTS):
        for at in range(start, end, CHARACTERS):
            yield from _pieces(text, at, min(at + CHARACTERS, end), level)
    else:
        for cut in _CUTS[level].finditer(text, start, end):
            yield from _pieces(text, start, cut.start(), level + 1)
            start = cut.end()
        yield from _pieces(text, start, end, level + 1)


def _sections(text: str) -> Iterator[tuple[int, int]]:
    """Parts of a text that begin with a heading; a heading with nothing below it stays with the one that follows."""
    start = below = 0
    for heading in _HEADING.finditer(text):
        if text[below : heading.start()].strip():
            yield start, heading.start()
            start = heading.start()
        below = heading.end()
    yield start, len(text)


def _passages(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Pieces of a section that stand next to each other, as many together as there is room for."""
    first = last = words = 0
    for begins, ends in _pieces(text, start, end):
        more = len(text[begins:ends].split())
        if words and (words + more > WORDS or ends - first > CHARACTERS):
            yield first, last
            words = 0
        first, last, words = begins if not words else first, ends, words + more
    if words:
        yield first, last
