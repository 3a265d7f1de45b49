"""What is found in a text by a pattern and judged by what is beside it: the form that all masks share. Pure.

A pattern finds candidates at a few hundred MB/s; what it cannot say (check digits, what stands before and behind, as
RE2 has no look-around) is judged for these alone. Texts are UTF-8: to cut one at a match never cuts a character.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from watchbill.platform.patterns import Pattern

_ESCAPE = re.compile(rb"(?:u[0-9a-fA-F]{4}|[bfnrtv])")
_ESCAPED = re.compile(rb"\\(?:u[0-9a-fA-F]{4}|[bfnrtv])\Z")
_LONGEST_ESCAPE = 6
_WORD = re.compile(rb"[0-9A-Za-z_]")

Judge = Callable[[bytes, int, int], bool]
"""Whether what lies in a text from one place to another is what it looks like."""


def always(text: bytes, start: int, end: int) -> bool:
    """Of a pattern that finds nothing else."""
    return start < end <= len(text)


def stands_alone(text: bytes, start: int, end: int) -> bool:
    """Whether no word goes on before or behind. What escapes a character, as `\\n` in JSON, is no word."""
    return not (ends_in_word(text, start) or _WORD.match(text, end))


def ends_in_word(text: bytes, end: int) -> bool:
    """Whether a word reaches up to a place."""
    beginning = max(0, end - 1)
    if not _WORD.match(text[beginning:end]):
        return False
    return _ESCAPED.search(text[max(0, end - _LONGEST_ESCAPE) : end]) is None


@dataclass(frozen=True, slots=True)
class Finding:
    """What is looked for, and what is written in its place."""

    mask: bytes
    pattern: Pattern
    judge: Judge = always

    def masked(self, text: bytes) -> bytes:
        """A text without what was looked for."""
        pieces, done = [], 0
        for found, end in self.pattern.matches(text):
            start = _behind_escape(text, found)
            if start < end and self.judge(text, start, end):
                pieces += [text[done:start], self.mask]
                done = end
        return b"".join([*pieces, text[done:]]) if pieces else text


def _behind_escape(text: bytes, start: int) -> int:
    # The n of `\n` would be taken for the first letter of a name, and without it the backslash escapes the mask.
    if text[max(0, start - 1) : start] != b"\\":
        return start
    escape = _ESCAPE.match(text, start)
    return escape.end() if escape else start
