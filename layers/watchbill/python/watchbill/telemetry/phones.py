"""What telephone numbers look like, among all the other numbers that texts have.

With a plus they say so themselves, and behind words such as `Tel.` the words do. Else only groupings that are nearly
always telephones': Spain's, North America's, and those that begin with a zero or with brackets. Digits in a row are an
id, a time or a figure, and stay.
"""

import re

from watchbill.platform.patterns import any_of
from watchbill.telemetry.findings import Finding, ends_in_word

MASK = b"[phone]"
_LEAST_ABROAD = 9

_SPACES = r"\x{a0}\x{202f}\x{2010}\x{2011}"
_GAP = rf"[ .\-()/{_SPACES}]"
_PLUS = rf"(?:\+|%2B)[1-9](?:{_GAP}{{0,3}}[0-9]){{7,14}}"
_WORDS = (
    r"tel(?:e|é|\\u00e9)fonos?|tel(?:(?:e|é)?f)?|telephone|tfnos?|tlf|m(?:o|ó|\\u00f3)vil|celular|whatsapp|phone|mobile"
    r"|cell|fax|ll(?:a|á|\\u00e1)m(?:ame|anos|enos|e|ar) al|call (?:me|us) (?:at|on)"
)
_TOLD = (
    rf"(?i)(?:^|[^A-Za-z\[]|\\[nrt])(?:{_WORDS})"
    r"[^0-9A-Za-z+\n]{0,4}(?:(?:is|es el|es|el|number|n(?:u|ú|\\u00fa)mero|no)[^0-9A-Za-z+\n]{1,3})?"
    rf"(\+?\(?[0-9](?:{_GAP}{{0,2}}[0-9]){{6,14}})"
)
_GROUPED = (
    "[6-9]NN~NNN~NNN|[6-9]NN~NN~NN~NN|[89]N~NNN~NN~NN|[89]N~NNN~NNNN|[6-9]NN~NNNNNN|[89]N~NNNNNNN",  # Spain
    "(?:1~)?[2-9]NN~[2-9]NN~NNNN",  # North America
    "00[1-9]N{0,2}~N{1,4}~N{2,4}~N{2,4}(?:~N{2,4})?|00[1-9]N{0,2}~N{8,10}",
    "0[1-9]~NN~NN~NN~NN|0[1-9]~NNNN~NNNN|0[1-9]N~NNN~NNNN|0[1-9]N~NNNN~NNNN|0[1-9]N~N{7,8}",
    "0[1-9]NN~NNN~NNNN?|0[1-9]NN~N{6,8}|0[1-9]NNN~NNN~NNN|0[1-9]NNN~N{5,6}",
    r"\(N{2,5}\) ?N{2,5}~N{2,4}(?:~N{2,4})?|\(N{2,5}\) ?N{5,8}",
    "[1-9]N~N{4,5}-NNNN",  # Mexico, Argentina, Brazil
)
"""N is a digit, ~ what stands between groups; of several groupings the first goes before."""
_NATIONAL = "|".join(_GROUPED).replace("~", rf"[ .\-/{_SPACES}]").replace("N", "[0-9]")
_DATE = r"[0-9]{4}[-/.][0-9]{2}[-/.][0-9]{2}|[0-9]{2}[-/.][0-9]{2}[-/.][0-9]{4}"

_MONEY = r"€|\$|£|%|(?:eur|usd|gbp|mxn|euros?|d(?:o|ó)lar(?:es)?|dollars?|pesos|millones|millions?|tokens?|bytes)\b"
_PRICED = re.compile(f"(?: |\u00a0)?(?:{_MONEY})".encode(), re.IGNORECASE)
_CURRENCY = re.compile(r"(?:€|\$|£|eur|usd) ?\Z".encode(), re.IGNORECASE)
_WORD = re.compile(rb"[0-9A-Za-z_]")
_MORE_FIGURES = re.compile(rb"[.,:/-][0-9]| [0-9](?![0-9]?:[0-9]|[0-9]{3}-[0-9]{2}-|[0-9][-/.][0-9]{2}[-/.][0-9]{4})")
"""Figures that go on, in a row or as a decimal; but a date or the time of day are others."""
_INSIDE = re.compile(rb"(?:[0-9][.,:]|[0-9a-fA-F]{4}-|[0-9] |[/#~])\Z")
_BEHIND_DATE = re.compile(rb"(?:-[0-9]{2}|:[0-9]{2}|[-/.][0-9]{4}) \Z")
_LOOK_BACK = 8
_DOTTED = re.compile(rb"[0-9]{3}\.[0-9]{3}\.[0-9]{3}")
_YEARS = re.compile(rb"\(?(?:19|20)[0-9]{2}\)|(?:19|20)[0-9]{2}-[0-9]{4}\Z")
_FIELD = re.compile(
    r"(?:^|[._\-\s])(?:tele?)?(?:phone|fono|móvil|movil|mobile|fax|celular|whatsapp|tel)(?:[_-]?(?:number|no))?$",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_LONGEST_FIELD = 100
_ONLY = re.compile(r"[+(]?[0-9](?:[ .()/\-\u00a0]{0,3}[0-9]){6,14}")


def is_told(field: str, text: str) -> bool:
    """Whether a field is a telephone's by its name, and holds nothing but digits as telephones have them."""
    if len(field) > _LONGEST_FIELD or not _ONLY.fullmatch(text):
        return False
    return _FIELD.search(_CAMEL.sub("_", field)) is not None


def _apart(text: bytes, start: int, end: int) -> bool:
    """Whether what was found ends where it seems to. Behind what is grouped, another figure may come."""
    grouped = not text[start + 1 : end].isdigit()
    return not _WORD.match(text, end) or (grouped and text[end : end + 1].isdigit())


def _is_international(text: bytes, start: int, end: int) -> bool:
    digits = sum(byte in b"0123456789" for byte in text[start:end].removeprefix(b"%2B"))
    if digits < _LEAST_ABROAD or ends_in_word(text, start):
        return False
    return _apart(text, start, end) and not _PRICED.match(text, end)


def _is_national(text: bytes, start: int, end: int) -> bool:
    if ends_in_word(text, start) or _WORD.match(text, end) or _MORE_FIGURES.match(text, end):
        return False
    before = text[max(0, start - _LOOK_BACK) : start]
    if _INSIDE.search(before) and not _BEHIND_DATE.search(before):
        return False
    return not (_PRICED.match(text, end) or _CURRENCY.search(before) or _is_figure(text[start:end]))


def _is_figure(said: bytes) -> bool:
    """Whether it is a date, a pair of years, or a number whose thousands stand apart."""
    is_date = len(said) == len("2026-03-01") and said.count(said[-3:-2]) == 2
    is_thousands = _DOTTED.fullmatch(said) is not None or said.endswith((b" 000", b".000"))
    return _YEARS.search(said) is not None or is_thousands or (is_date and not said[-3:-2].isdigit())


FINDINGS = (
    Finding(MASK, any_of([_TOLD]), _apart),
    Finding(MASK, any_of([_PLUS]), _is_international),
    Finding(MASK, any_of([_DATE, _NATIONAL]), _is_national),
)
PATTERNS = (_TOLD, _PLUS, _NATIONAL)
FIELDS = r"(?i)(?:phone|fono|m[oó]vil|mobile|fax|celular|whatsapp|tel)(?:[_-]?(?:number|no))?\\*\"\s*:"
"""Such a field as JSON writes it, however deep in text."""
