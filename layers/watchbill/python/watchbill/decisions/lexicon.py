"""Which concepts the words of a message stand for: by inflections, phrases and single typing mistakes. Pure."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from itertools import product

from watchbill.decisions.text import Word

LONGEST_PHRASE = 6
_SHORTEST_SWAPPED, _SHORTEST_MISTAKEN = 5, 7
_SHORTEST_HEARD, _SHORTEST_HEARD_STEM = 4, 4
_THEMES = (
    "",
    "a",
    "e",
    "i",
    "o",
    "ar",
    "er",
    "ir",
    "ando",
    "iendo",
    "emos",
    "amos",
    "imos",
    "emo",
    "en",
    "an",
    "ad",
    "ed",
)
_WHOM = ("", "me", "nos", "te", "se", "le", "les", "os")
_WHAT = ("", "lo", "la", "los", "las", "le")
_PLAIN = (
    "as", "es", "ado", "ada", "ados", "adas", "ido", "ida", "io", "aria", "ariamos", "arias", "aran", "aremos", "aras",
    "eria", "iria", "aron", "ieron", "aste", "aba", "aban", "ara", "ase", "iera", "ye", "yo",
    "ed", "ing", "s", "es", "ting", "ted", "ning", "ned", "ping", "ped", "ding",
    "amelo", "ameloya",
)  # fmt: skip
_ENDINGS = frozenset({theme + whom + what for theme in _THEMES for whom in _WHOM for what in _WHAT} | set(_PLAIN))
_LONGEST_ENDING = max(map(len, _ENDINGS))


_SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"(?<!c)h", ""), (r"qu(?=[ei])", "k"), (r"c(?=[ei])", "s"), (r"z", "s"), (r"c(?!h)", "k"), (r"v", "b"),
        (r"ll", "y"), (r"g(?=[ei])", "j"), (r"gu(?=[ei])", "g"), (r"(\w)\1+", r"\1"),
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Concept:
    """What words stand for: its name, and what it does in a clause."""

    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Find:
    """A concept found in a message: where, and of how many words."""

    concept: Concept
    at: int
    length: int
    words: tuple[Word, ...]

    @property
    def written(self) -> str:
        """The words as the person wrote them."""
        return " ".join(word.written for word in self.words)


@dataclass(slots=True)
class Lexicon:
    """Every entry of the table, by what is looked up."""

    words: dict[str, Concept] = field(default_factory=dict)
    stems: dict[str, Concept] = field(default_factory=dict)
    phrases: dict[tuple[str, ...], Concept] = field(default_factory=dict)
    mistaken: dict[str, set[str]] = field(default_factory=dict)
    sounds: dict[str, Concept] = field(default_factory=dict)
    sound_stems: dict[str, Concept] = field(default_factory=dict)

    def find(self, words: Sequence[Word]) -> Iterator[Find]:
        """The concepts of the words in their order: the longest phrase first, no word in two of them."""
        at = 0
        while at < len(words):
            found = self._phrase(words, at) or self._single(words[at], at)
            if found:
                yield found
            at += found.length if found else 1

    def concept(self, word: str) -> Concept | None:
        """What a folded word stands for, without mistakes."""
        return self.words.get(word) or self._by_stem(word)

    def _phrase(self, words: Sequence[Word], at: int) -> Find | None:
        clause = words[at].clause
        near = [word for word in words[at : at + LONGEST_PHRASE] if word.clause == clause]
        for length in range(len(near), 1, -1):
            concept = self.phrases.get(tuple(word.folded for word in near[:length]))
            if concept:
                return Find(concept, at, length, tuple(near[:length]))
        return None

    def _single(self, word: Word, at: int) -> Find | None:
        concept = self.concept(word.folded)
        if concept:
            return Find(concept, at, 1, (word,))
        guess = self._heard(word.folded) or self._mistaken(word.folded)
        return Find(guess, at, 1, (word,)) if guess else None

    def _by_stem(self, word: str) -> Concept | None:
        for length in range(len(word), max(2, len(word) - _LONGEST_ENDING) - 1, -1):
            concept = self.stems.get(word[:length])
            if concept and word[length:] in _ENDINGS:
                return concept
        return None

    def _mistaken(self, word: str) -> Concept | None:
        """What a word stands for that is one letter away from an entry: one more, one less, another, two swapped."""
        if len(word) < _SHORTEST_SWAPPED or not word.isalpha():
            return None
        for shape in (word, *_less_one(word)):
            for entry in self.mistaken.get(shape, ()):
                if entry[0] == word[0] and near(entry, word) and _telling(entry, word):
                    return self.words[entry]
        return None

    def _heard(self, word: str) -> Concept | None:
        """What a word stands for that sounds as an entry does in Spanish: "escrive", "anunsio", "kiero"."""
        key = heard(word)
        if len(key) < _SHORTEST_HEARD:
            return None
        if key in self.sounds:
            return self.sounds[key]
        for length in range(len(key), max(_SHORTEST_HEARD_STEM, len(key) - _LONGEST_ENDING) - 1, -1):
            concept = self.sound_stems.get(key[:length])
            if concept and key[length:] in _ENDINGS:
                return concept
        return None

    def add(self, entry: str, concept: Concept) -> None:
        """An entry of the table."""
        if "_" in entry:
            for phrase in _phrases(entry):
                self.phrases[phrase] = concept
        elif entry.endswith("~"):
            self.stems[entry[:-1]] = concept
            self.sound_stems.setdefault(heard(entry[:-1]), concept)
        elif entry.startswith("="):
            self.words[entry[1:]] = concept
        else:
            for form in (entry, *_plurals(entry)):
                self.words.setdefault(form, concept)
                self.sounds.setdefault(heard(form), concept)
            if len(entry) >= _SHORTEST_SWAPPED and concept.role in ("object", "sign", "act"):
                for shape in (entry, *_less_one(entry)):
                    self.mistaken.setdefault(shape, set()).add(entry)


def near(first: str, second: str) -> bool:
    """Whether two words are at most one letter apart: one more, one less, another, or two neighbours swapped."""
    if len(first) > len(second):
        first, second = second, first
    if len(second) - len(first) > 1:
        return False
    at = next((at for at, (one, other) in enumerate(zip(first, second, strict=False)) if one != other), len(first))
    if len(first) < len(second):
        return first[at:] == second[at + 1 :]
    if first[at + 1 :] == second[at + 1 :]:
        return True
    return first[at : at + 2] == second[at : at + 2][::-1] and first[at + 2 :] == second[at + 2 :]


def _phrases(entry: str) -> Iterator[tuple[str, ...]]:
    """The phrases of an entry: with each alternative of a word, or of the phrase's end."""
    parts = [part.split("/") for part in entry.lstrip("=").split("_")]
    yield from product(*parts)
    start, _, ends = entry.partition("/")
    before, _, first = start.rpartition("_")
    if before and "_" in ends:
        for end in (first, *ends.split("/")):
            yield (*before.split("_"), *end.split("_"))


def heard(word: str) -> str:
    """A word as it sounds in Spanish, where spelling mistakes come from."""
    for pattern, sound in _SOUNDS:
        word = pattern.sub(sound, word)
    return word


def _telling(entry: str, word: str) -> bool:
    """Whether two words that are nearly the same are hardly two words: long ones, or with two letters swapped."""
    return (len(entry) >= _SHORTEST_MISTAKEN and len(word) >= _SHORTEST_MISTAKEN) or sorted(entry) == sorted(word)


def _less_one(word: str) -> list[str]:
    return [word[:at] + word[at + 1 :] for at in range(len(word))]


def _plurals(word: str) -> tuple[str, ...]:
    if word.endswith("s"):
        return ()
    if word.endswith("z"):
        return (word[:-1] + "ces",)
    if word.endswith("y"):
        return (word[:-1] + "ies", word + "s")
    return (word + "s", word + "es")


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The table beside this module."""
    table = tomllib.loads(resources.files(__package__).joinpath("lexicon.toml").read_text("utf-8"))
    made = Lexicon()
    for name, entry in table.items():
        concept = Concept(name, entry["role"])
        for word in entry["words"].split():
            made.add(word, concept)
    return made
