"""How much the built-in engine understands of labelled utterances that it did not learn from: no less than it has."""

from benchmarks.decisions import calibration_error, judged, share
from tests.support.utterances import of_part, of_weeks
from watchbill.decisions.engine import BuiltinEngine


def test_the_engine_understands_no_less_than_it_did() -> None:
    found = judged(BuiltinEngine(), of_part("test"))

    assert share(found, lambda one: one.intent) >= 0.93
    assert share(found, lambda one: one.channels) >= 0.98
    assert share(found, lambda one: one.urgency) >= 0.98
    assert calibration_error(found) <= 0.08


def test_nor_less_of_what_businesses_write_in_a_week() -> None:
    found = judged(BuiltinEngine(), of_weeks())

    assert share(found, lambda one: one.intent) >= 0.89
    assert share(found, lambda one: one.channels) >= 0.97
    assert calibration_error(found) <= 0.08
