"""What holds for every message: it is decided, in bounds, in linear time, whatever its capitals and accents."""

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.utterances import Utterance, of_part
from tests.unit.decisions.deciding import decide
from watchbill.decisions.models import LEAST_CONFIDENCE, MOST_CONFIDENCE, Decision, Intent

POLITE = {"es": ", por favor", "en": ", please", "mixed": ", please"}
DEVELOPMENT = of_part("development")


def bare(text: str) -> str:
    """A text without accents."""
    parts = unicodedata.normalize("NFD", text)
    return "".join(part for part in parts if not unicodedata.combining(part))


def gist(decision: Decision) -> tuple[object, ...]:
    """What of a decision does not quote the message."""
    return decision.intent, decision.entities.channels, decision.urgency, decision.confidence, decision.language


@given(st.text(max_size=400))
def test_every_text_is_decided_within_bounds(text: str) -> None:
    decision = decide(text)

    assert LEAST_CONFIDENCE <= decision.confidence <= MOST_CONFIDENCE
    assert 0 <= decision.complexity <= 10


@settings(max_examples=60)
@given(st.sampled_from(DEVELOPMENT), st.sampled_from([str.upper, str.lower, bare]))
def test_capitals_and_accents_change_nothing(utterance: Utterance, changed: object) -> None:
    text = utterance.text.replace("ß", "ss")

    assert gist(decide(changed(text))) == gist(decide(text))  # type: ignore[operator]


@settings(max_examples=60)
@given(st.sampled_from(DEVELOPMENT))
def test_white_space_changes_nothing(utterance: Utterance) -> None:
    assert gist(decide(f"  {utterance.text.replace(' ', '  ')}  ")) == gist(decide(utterance.text))


@settings(max_examples=60)
@given(st.sampled_from([utterance for utterance in DEVELOPMENT if utterance.intent != Intent.SMALLTALK.value]))
def test_politeness_does_not_change_the_intent(utterance: Utterance) -> None:
    assert decide(utterance.text + POLITE[utterance.language]).intent == decide(utterance.text).intent


@pytest.mark.parametrize("piece", ["no quiero una campaña, ", "x ", "'", "“", "1.000", "para ", "aaaaaaaa", "de mi "])
def test_time_is_linear_in_the_length(piece: str) -> None:
    once, four_times = (min(timed(piece * many) for _ in range(3)) for many in (500, 2_000))

    assert four_times < 10 * once + 0.05


def timed(text: str) -> float:
    """Seconds of processor that a decision takes."""
    began = time.process_time()
    decide(text)
    return time.process_time() - began
