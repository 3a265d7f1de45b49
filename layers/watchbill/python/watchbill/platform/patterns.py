"""Regular expressions whose time is linear in the text, whoever wrote them. The only importer of RE2.

Python's own engine may take time that doubles with each character, and a pattern that an organisation states runs over
all that it sends. RE2 knows no look-around and no back-references, which is why it never goes back.
Syntax: github.com/google/re2/wiki/Syntax.
"""

from collections.abc import Iterator, Sequence

import re2

_MAX_MEMORY = 8 << 20
"""Bytes that a pattern and its automaton take; where these do not suffice, the engine is slower, but still linear."""


class Pattern:
    """A pattern over UTF-8 texts. Raises ValueError for what is none, naming why."""

    def __init__(self, text: str) -> None:
        options = re2.Options()
        options.log_errors = False
        options.max_mem = _MAX_MEMORY
        try:
            self._compiled = re2.compile(text.encode(), options)
        except re2.error as error:
            raise ValueError(_said(error)) from error

    @property
    def size(self) -> int:
        """How many instructions the pattern becomes, which its time per character is bounded by."""
        size: int = self._compiled.programsize
        return size

    def is_in(self, text: bytes) -> bool:
        """Whether it matches anywhere in a text."""
        return self._compiled.search(text) is not None

    def matches(self, text: bytes) -> Iterator[tuple[int, int]]:
        """Where it matches, from the left: of a pattern with groups where the first group that took part does."""
        for match in self._compiled.finditer(text):
            yield _span(match.span(group) for group in range(1, self._compiled.groups + 1)) or match.span()


def any_of(patterns: Sequence[str]) -> Pattern:
    """A pattern that matches where one of these does."""
    return Pattern("|".join(f"(?:{pattern})" for pattern in patterns))


def _span(groups: Iterator[tuple[int, int]]) -> tuple[int, int] | None:
    return next((span for span in groups if span != (-1, -1)), None)


def _said(error: Exception) -> str:
    said = error.args[0] if error.args else ""
    return said.decode(errors="replace") if isinstance(said, bytes) else str(said)
