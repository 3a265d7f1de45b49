"""How much the built-in engine understands of labelled utterances that it did not learn from: no less than it has."""

from benchmarks.decisions import calibration_error, judged, share
from watchbill.decisions.engine import BuiltinEngine


def test_the_engine_understands_no_less_than_it_did() -> None:
    found = judged(BuiltinEngine(), "test")

    assert share(found, lambda one: one.intent) >= 0.92
    assert share(found, lambda one: one.channels) >= 0.98
    assert share(found, lambda one: one.urgency) >= 0.98
    assert calibration_error(found) <= 0.08
