"""What the tests of decisions share: the engine, asked on a known day."""

from datetime import date

from watchbill.decisions.engine import BuiltinEngine
from watchbill.decisions.models import Channel, Decision, Facts

TODAY = date(2026, 11, 21)
"""A Saturday."""
FACTS = Facts(today=TODAY)


def decide(text: str, facts: Facts = FACTS) -> Decision:
    """What the built-in engine makes of a message."""
    return BuiltinEngine().decide(text, facts)


def channels(text: str) -> set[Channel]:
    """The networks that a message names."""
    return set(decide(text).entities.channels)
