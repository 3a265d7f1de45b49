"""The sentences that the engine learned from: apart from those it is measured on, and the ones that it did learn."""

from hashlib import sha256
from pathlib import Path

from tests.support.utterances import of_part, of_weeks
from watchbill.decisions.models import Intent
from watchbill.decisions.text import read
from watchbill.decisions.weights import weights

FILES = sorted((Path(__file__).parents[2] / "data" / "training").glob("*.txt"))


def folded(text: str) -> tuple[str, ...]:
    return tuple(word.folded for word in read(text).words)


def test_each_file_is_of_an_intent_and_a_language() -> None:
    named = {tuple(file.stem.rsplit("-", 1)) for file in FILES}

    assert named == {(intent.value, language) for intent in Intent for language in ("en", "es", "mixed")}


def test_no_sentence_is_one_that_an_engine_is_measured_on() -> None:
    measured = {folded(utterance.text) for utterance in (*of_part("test"), *of_weeks())}
    learned = {folded(line) for file in FILES for line in file.read_text("utf-8").splitlines()}

    # Which ones they would be is not said: nobody who writes sentences to learn from reads those of the test part.
    assert len(measured & learned) == 0


def test_the_weights_were_learned_from_these_sentences() -> None:
    texts = [file.read_text("utf-8") for file in FILES]
    texts += [f"{utterance.intent} {utterance.text}" for utterance in of_part("development")]

    assert weights().made_of == sha256("\n".join(texts).encode()).hexdigest(), "see benchmarks/train_decisions.py"
