"""How much work something is, counted rather than timed: the same on every machine, and in company."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


def calls_during(work: Callable[[], object]) -> int:
    """How many functions, Python's own among them, were called and returned from."""
    count = 0

    def met(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal count
        count += 1

    before = sys.getprofile()
    sys.setprofile(met)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count
