"""How much the built-in engine understands of the labelled utterances: no less than it has."""

import pytest

from benchmarks.decisions import calibration_error, judged, share
from tests.support.utterances import Part
from watchbill.decisions.engine import BuiltinEngine

REACHED = {"development": (0.92, 0.98, 0.98), "test": (0.75, 0.95, 0.98)}
"""The shares of intents, channels and urgency; what an engine is to reach is in `benchmarks/decisions.py`."""
MOST_CALIBRATION_ERROR = {"development": 0.11, "test": 0.08}


@pytest.mark.parametrize("part", ["development", "test"])
def test_an_engine_understands_no_less_than_it_did(part: Part) -> None:
    found = judged(BuiltinEngine(), part)

    intents, channels, urgency = REACHED[part]
    assert share(found, lambda one: one.intent) >= intents
    assert share(found, lambda one: one.channels) >= channels
    assert share(found, lambda one: one.urgency) >= urgency
    assert calibration_error(found) <= MOST_CALIBRATION_ERROR[part]
