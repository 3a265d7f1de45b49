"""Texts without what is nobody's business: addresses, telephone and card numbers, secrets, patterns of one's own.

What JSON holds as text is masked as text, however deep JSON is in JSON, and the document around it stays as it was
written: its numbers are figures, and are not touched. What was masked is not masked again.
"""

import re
from dataclasses import dataclass, field
from json import dumps, loads

import pydantic_core

from watchbill.configuration.models import ContentPattern
from watchbill.platform.patterns import Pattern, any_of
from watchbill.telemetry import phones, secretmarks
from watchbill.telemetry.findings import Finding, stands_alone
from watchbill.telemetry.spans import Value

SECRET, PHONE = secretmarks.MASK.decode(), phones.MASK.decode()
_EMAIL, _CARD = b"[email]", b"[card]"
_MOST_ROUNDS = 8
"""A mask may let what is beside it stand alone, and be found in the next round; two are all that it ever takes."""
_DEPTH = 8
"""Levels of JSON inside of JSON that are read as such."""

_OUTSIDE = r"\x00-\x20\"'\\@<>()\[\]{},;:|/=&?#!*^~$%`+\x{a0}«»¿¡\x{2000}-\x{206f}"
_ADDRESS = rf"[^{_OUTSIDE}](?:[^{_OUTSIDE}]|[+%])*@(?:[^.{_OUTSIDE}]+\.)+[A-Za-z]{{2,24}}"
_SCALED = re.compile(rb"@[0-9]x\.[a-z0-9]+\Z")
_NUMBER = (
    r"[2-6][0-9]{3}(?:[ -][0-9]{4}){3}(?:[ -]?[0-9]{3})?|3[47][0-9]{2}[ -][0-9]{6}[ -][0-9]{5}"
    r"|3[0689][0-9]{2}[ -][0-9]{6}[ -][0-9]{4}|[2-6][0-9]{13,18}"
)
_ISSUERS = re.compile(
    rb"4(?:[0-9]{15}|[0-9]{18})|(?:5[1-5]|2(?:2[3-9]|[3-6]|7[01])|222[1-9]|2720|35|50|5[6-8]|6[37])[0-9]{10,14}"
    rb"|3[47][0-9]{13}|3[0689][0-9]{12}|(?:6011|64[4-9]|65|62)[0-9]{12,17}"
)
_LENGTHS = frozenset({14, 15, 16, 19})
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
_DECIMALS = re.compile(rb"(?:[0-9][.]|[0-9a-fA-F]{4}-)\Z")
_GOES_ON = re.compile(rb"[.][0-9]|-[0-9a-fA-F]{4}")
_LOOK_BACK = 5

_JSON = ("{", "[", '"')
_LITERAL = re.compile(r'"((?:[^"\\]+|\\.)*)"(\s*:)?', re.DOTALL)
_BETWEEN = re.compile(r"[^{}]*")
_LONGEST_MASK = 60
_MASK = re.compile(rb"\[(?:email|phone|card|secret|custom [^\[\]]{1,50})\]")
_HIDDEN = r"(?i)\\u(?:00[0-7][0-9a-f]|00a0|201[01]|202f)|@[^\s\"@]*\\u[0-9a-f]{4}"
"""A character that JSON has escaped though it need not, and that is looked for; or is part of an address."""
_ESCAPED = r"\\u[0-9a-fA-F]{4}"
"""Any character that JSON has escaped: patterns of others may look for it."""


def _is_address(text: bytes, start: int, end: int) -> bool:
    # `icon@2x.png` is a picture.
    return not _SCALED.search(text[start:end])


def _is_card(text: bytes, start: int, end: int) -> bool:
    digits = text[start:end].replace(b" ", b"").replace(b"-", b"")
    if not stands_alone(text, start, end) or _GOES_ON.match(text, end):
        return False
    if _DECIMALS.search(text[max(0, start - _LOOK_BACK) : start]):
        return False
    return len(digits) in _LENGTHS and _ISSUERS.fullmatch(digits) is not None and _is_checked(digits)


def _is_checked(digits: bytes) -> bool:
    """Luhn's check (ISO/IEC 7812-1), which one number of ten passes by chance."""
    values = [digit - ord("0") for digit in reversed(digits)]
    return (sum(values[::2]) + sum(_DOUBLED[value] for value in values[1::2])) % 10 == 0


_FINDINGS = (
    *secretmarks.FINDINGS,
    Finding(_EMAIL, any_of([_ADDRESS]), _is_address),
    Finding(_CARD, any_of([_NUMBER]), _is_card),
    *phones.FINDINGS,
)
_ANY = any_of([*secretmarks.PATTERNS, secretmarks.FIELDS, _ADDRESS, _NUMBER, *phones.PATTERNS, phones.FIELDS, _HIDDEN])
"""Whether there may be anything to mask: one look that most texts need no second after."""


@dataclass(frozen=True)
class Masks:
    """What is masked, ready to be looked for. Raises ValueError for a pattern that is none."""

    custom: tuple[ContentPattern, ...] = ()
    _findings: tuple[Finding, ...] = field(init=False, repr=False, compare=False)
    _any_custom: Pattern | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        own = tuple(Finding(f"[custom {one.name}]".encode(), Pattern(one.pattern), _is_own) for one in self.custom)
        found = any_of([_ESCAPED, *(one.pattern for one in self.custom)]) if self.custom else None
        object.__setattr__(self, "_findings", (*own, *_FINDINGS))
        object.__setattr__(self, "_any_custom", found)

    def may_find(self, text: str) -> bool:
        """Whether a text has anything in it that may be masked. Never false where something is."""
        encoded = _encoded(text)
        return _ANY.is_in(encoded) or (self._any_custom is not None and self._any_custom.is_in(encoded))

    def masked(self, value: Value, name: str = "") -> Value:
        """A value without what is masked; `name` is that of the field that holds it, which may say what it is."""
        if isinstance(value, str):
            return self.text(value, name)
        if isinstance(value, list):
            return [self.masked(item, name) for item in value]
        if isinstance(value, dict):
            return {self.text(key): self.masked(held, key) for key, held in value.items()}
        return value

    def text(self, text: str, name: str = "", depth: int = 0) -> str:
        """A text without what is masked."""
        if told := _told(name, text):
            return told
        if not self.may_find(text):
            return text
        if depth < _DEPTH and _is_json(text):
            return self._in_json(text, depth + 1)
        return self._in_plain(text)

    def _in_plain(self, text: str) -> str:
        encoded = _encoded(text)
        for _ in range(_MOST_ROUNDS):
            before = encoded
            for finding in self._findings:
                encoded = finding.masked(encoded)
            if encoded == before:
                break
        return encoded.decode(errors="surrogatepass")

    def _in_json(self, document: str, depth: int) -> str:
        """The document, with its texts masked where they stand and all else as it is."""
        name, behind = "", 0

        def masked(literal: re.Match[str]) -> str:
            nonlocal name, behind
            if not _BETWEEN.fullmatch(document, behind, literal.start()) and not literal[2]:
                name = ""
            text: str = loads(literal[0].removesuffix(literal[2] or "")) if "\\" in literal[1] else literal[1]
            new = self.text(text, "" if literal[2] else name, depth)
            name, behind = (text if literal[2] else name), literal.end()
            return literal[0] if new == text else dumps(new, ensure_ascii=document.isascii()) + (literal[2] or "")

        return _LITERAL.sub(masked, document)


def _is_json(text: str) -> bool:
    if not text.lstrip().startswith(_JSON):
        return False
    try:
        pydantic_core.from_json(text)
    except ValueError:
        return False
    return True


def _encoded(text: str) -> bytes:
    # Half of a surrogate pair, as cut text has it, is none of the characters that patterns are of.
    return text.encode(errors="surrogatepass")


def _is_own(text: bytes, start: int, end: int) -> bool:
    around = _MASK.finditer(text, max(0, start - _LONGEST_MASK), end + _LONGEST_MASK)
    return not any(mask.start() < end and start < mask.end() for mask in around)


def _told(name: str, text: str) -> str:
    """What is written for a text because of its field's name; nothing where that does not say."""
    if not name or not text.strip():
        return ""
    if secretmarks.is_field(name):
        return SECRET
    return PHONE if phones.is_told(name, text) else ""
