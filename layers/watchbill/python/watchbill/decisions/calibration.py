"""How sure a decision is: the margin of its evidence as a chance of being right. Pure."""

from bisect import bisect_right

from watchbill.decisions.models import LEAST_CONFIDENCE, MOST_CONFIDENCE

STEPS: tuple[tuple[float, float], ...] = (
    (0.0, 0.45),
    (0.35, 0.6),
    (0.8, 0.75),
    (1.4, 0.85),
    (2.2, 0.93),
)
"""Margins, and the chance of being right from there on to the next.

They are below what `python -m benchmarks.decisions --calibrate` finds on the development part by isotonic regression:
the words were chosen on it, so that sentences nobody has seen are understood less often.
"""


def confidence(margin: float) -> float:
    """The confidence of a decision whose evidence is so far ahead, within its bounds."""
    at = bisect_right([step for step, _ in STEPS], margin) - 1
    return min(MOST_CONFIDENCE, max(LEAST_CONFIDENCE, STEPS[max(at, 0)][1]))
