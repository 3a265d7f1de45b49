"""What each feature counts for, as it was learned: read once from the file beside this module. Pure.

`python -m benchmarks.train_decisions` writes the file: a line of JSON, then a table of one signed byte for each intent
in each row, all compressed. The row of a feature is a hash of its name; the rows after those are of words by what they
mean, for many more words than any sentence that was learned from has.
"""

import json
import math
import zlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from watchbill.decisions.features import Feature
from watchbill.decisions.models import Intent
from watchbill.decisions.text import Word

FILE = "weights.bin"
ROWS = 1 << 18
FAMILIES = {"words": 1.5, "letters": 1.0, "places": 0.5, "concepts": 1.0}
"""What the families count for beside each other, each as a whole however many features of it a message has."""
INTENTS = tuple(Intent)


def row_of(feature: Feature) -> int:
    """The row of the table that a feature has; few share one."""
    return zlib.crc32(f"{feature.family} {feature.name}".encode()) % ROWS


@dataclass(frozen=True, slots=True)
class Scores:
    """The scores of the intents, and of which words they come: for each, by where it starts, what it adds."""

    of: tuple[float, ...]
    by_word: dict[int, list[float]]

    def chances(self, temperature: float) -> dict[Intent, float]:
        """How likely each intent is."""
        highest = max(self.of)
        grown = [math.exp((score - highest) / temperature) for score in self.of]
        return {intent: value / sum(grown) for intent, value in zip(INTENTS, grown, strict=True)}


@dataclass(frozen=True, slots=True)
class Weights:
    """The table: rows of bytes, what a byte stands for, the scores that every message starts from."""

    rows: memoryview
    unit: float
    meaning_unit: float
    start: tuple[float, ...]
    meanings: dict[str, int]
    temperature: float
    made_of: str

    def scores(self, features: Iterable[Feature], words: Sequence[Word]) -> Scores:
        """What the features of a message and the meanings of its words come to."""
        totals, by_word = list(self.start), defaultdict[int, list[float]](lambda: [0.0] * len(INTENTS))
        families: defaultdict[str, list[Feature]] = defaultdict(list)
        for feature in features:
            families[feature.family].append(feature)
        for family, found in families.items():
            each = self.unit * FAMILIES[family] / math.sqrt(len(found))
            for feature in found:
                self._add(row_of(feature), each, totals, None if feature.word is None else by_word[feature.word])
        known = [word for word in words if word.folded in self.meanings and not word.quoted]
        for word in known:
            each = self.meaning_unit / math.sqrt(len(known))
            self._add(ROWS + self.meanings[word.folded], each, totals, by_word[word.start])
        return Scores(tuple(totals), dict(by_word))

    def _add(self, row: int, each: float, totals: list[float], of_word: list[float] | None) -> None:
        width = len(INTENTS)
        for at, byte in enumerate(self.rows[row * width : (row + 1) * width]):
            if byte:
                totals[at] += byte * each
                if of_word is not None:
                    of_word[at] += byte * each


@lru_cache(maxsize=1)
def weights() -> Weights:
    """The weights of the file."""
    header, _, table = zlib.decompress(resources.files(__package__).joinpath(FILE).read_bytes()).partition(b"\n")
    told = json.loads(header)
    return Weights(
        rows=memoryview(table).cast("b"),
        unit=told["unit"],
        meaning_unit=told["meaning_unit"],
        start=tuple(told["start"]),
        meanings={word: at for at, word in enumerate(told["meanings"].split())},
        temperature=told["temperature"],
        made_of=told["made_of"],
    )
