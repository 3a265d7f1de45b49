"""A message as words, folded: accents, capitals and chat spellings do not matter; in clauses, quoted or not. Pure."""

import re
import unicodedata
from dataclasses import dataclass, replace

LONGEST_WORD = 40
_PIECE = re.compile(r"[^\W_]+(?:['\u2019\u00b4`][^\W_]+)*|[^\w\s]|\n|_", re.UNICODE)
_ENDS_CLAUSE = frozenset(".,;:!?\u00bf\u00a1()[]{}\n\u2013\u2014\u2026|")
_ENDS_SENTENCE = frozenset(".!?\u00bf\u00a1\n\u2026;:")
_APOSTROPHES = re.compile(r"['\u2019\u00b4`]")
_REPEATED = re.compile(r"([^\W\d_])\1{2,}")
_QUOTED = re.compile(
    r"\"[^\"\n]+\"|\u201c[^\u201c\u201d\n]+\u201d|\u00ab[^\u00ab\u00bb\n]+\u00bb"
    r"|(?<!\w)'[^'\n]+'(?!\w)|(?<!\w)\u2018[^\u2018\u2019\n]+\u2019(?!\w)"
)
_CHAT = {
    "q": "que", "k": "que", "ke": "que", "xq": "porque", "pq": "porque", "porq": "porque", "xk": "porque",
    "xfa": "porfa", "xfavor": "porfavor", "tb": "tambien", "tmb": "tambien", "tbn": "tambien", "d": "de", "bn": "bien",
    "pa": "para", "u": "you", "r": "are", "ur": "your", "plz": "please", "pls": "please", "thx": "thanks",
    "tmrw": "tomorrow", "tmr": "tomorrow", "2moro": "tomorrow", "wanna": "want", "gimme": "give", "gonna": "going",
    "vid": "video", "vids": "videos", "pic": "picture", "pics": "pictures", "img": "image", "msg": "message",
    "kiero": "quiero", "kieres": "quieres", "aki": "aqui", "wk": "week", "mnth": "month", "mktg": "marketing",
}  # fmt: skip
"""Chat spellings, folded, and the words they stand for."""


def table(words: str) -> frozenset[str]:
    """A table of words, separated by white space."""
    return frozenset(words.split())


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a message: folded, as written, in which clause and sentence, whether quoted, and asked."""

    folded: str
    written: str
    start: int
    end: int
    clause: int
    quoted: bool
    sentence: int = 0
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """A message's text, normalised, and its words."""

    text: str
    words: tuple[Word, ...]

    @property
    def plain(self) -> str:
        """The text without accents and capitals, each character where it was."""
        return "".join(unicodedata.normalize("NFKD", char)[0].lower()[:1] for char in self.text)

    @property
    def asks(self) -> bool:
        """Whether it has a question mark."""
        return "?" in self.text or "\u00bf" in self.text


def read(text: str) -> Message:
    """A message from its text; in time linear in its length."""
    text = "".join(char for char in unicodedata.normalize("NFKC", text) if unicodedata.category(char) not in _LOST)
    quoted = _quoted(text)
    words: list[Word] = []
    clause = sentence = 0
    for piece in _PIECE.finditer(text):
        written = piece[0]
        if written in _ENDS_CLAUSE:
            clause += 1
            if written == "?":
                words[sentence:] = [replace(word, asked=True) for word in words[sentence:]]
            if written in _ENDS_SENTENCE:
                sentence = len(words)
        elif written[0].isalnum():
            words.append(
                Word(fold(written), written, piece.start(), piece.end(), clause, bool(quoted[piece.start()]), sentence)
            )
    return Message(text, _unless_all_quoted(words))


_LOST = frozenset({"Cf", "Mn", "Cs"})
"""Marks that are invisible or left over from accents, and halves of characters."""


def fold(written: str) -> str:
    """A word as it is compared: without accents, capitals, apostrophes, drawn-out letters and chat spelling."""
    parts = unicodedata.normalize("NFKD", written.casefold())
    bare = "".join(part for part in parts if not unicodedata.combining(part))
    bare = _REPEATED.sub(r"\1", _APOSTROPHES.sub("", bare))[:LONGEST_WORD]
    return _CHAT.get(bare, bare)


def _quoted(text: str) -> bytearray:
    marks = bytearray(len(text) + 1)
    for quotation in _QUOTED.finditer(text):
        marks[quotation.start() : quotation.end()] = b"\1" * (quotation.end() - quotation.start())
    return marks


def _unless_all_quoted(words: list[Word]) -> tuple[Word, ...]:
    """The words; where all are quoted, none is: somebody put the message itself in quotation marks."""
    if all(word.quoted for word in words):
        return tuple(replace(word, quoted=False) for word in words)
    return tuple(words)
