"""Learners: the adaptive detectors of an agent's busiest task type, and what their scores claim beside the rules."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from watchbill.anomalies.detector import Detector, Scored
from watchbill.anomalies.figures import Works
from watchbill.anomalies.models import AnomalyType, Judgement, Severity, Window
from watchbill.anomalies.past import MEANS, SeriesName
from watchbill.anomalies.rules import deviation, plainly
from watchbill.configuration.models import Thresholds

VERSION = 1
"""Of the detectors' packed states: raised when they change, so that old ones are not read but learned anew."""
MEMORY = 64
STRIKING = 0.75
"""The score from which a detector's claim is of medium severity, one in a million; below it is low."""
MATERIAL = 0.25
"""A detector claims nothing that is less than this share of what the thresholds allow, however surprising."""
PREFERENCE = 2
"""A task type must have so many times the runs of the one being learned to be learned instead."""


class Learners:
    """The detectors of one task type, or of none."""

    def __init__(self, task_type: str = "", states: Iterable[bytes] = ()) -> None:
        self.task_type = task_type
        self._detectors = tuple(Detector(memory=MEMORY) for _ in MEANS)
        for detector, state in zip(self._detectors, states, strict=False):
            detector.unpack(state)

    def judge(self, hour: datetime, works: Works) -> dict[SeriesName, Scored]:
        """Judge and learn an hour's figures, as far as there are any."""
        work = works.get(self.task_type)
        if work is None:
            return {}
        scored: dict[SeriesName, Scored] = {}
        for kind, detector, (value, runs) in zip(MEANS, self._detectors, work.means, strict=True):
            if runs:
                scored[kind, self.task_type] = detector.judge(hour.timestamp(), value, float(runs))
        return scored

    def settled(self) -> tuple[bytes, ...]:
        """The detectors' states, which are made coarse for it."""
        return tuple(detector.coarse().pack() for detector in self._detectors)


def learned_from(task_type: str, hours: Mapping[datetime, Works]) -> Learners:
    """Learners that have seen these hours."""
    learners = Learners(task_type)
    for hour in sorted(hours):
        learners.judge(hour, hours[hour])
    return learners


def busiest(hours: Mapping[datetime, Works], present: str) -> str:
    """The task type to learn: the one with the most runs, or the present one unless it is far behind; "" without."""
    runs: dict[str, int] = {}
    for works in hours.values():
        for task_type, work in works.items():
            runs[task_type] = runs.get(task_type, 0) + work.runs
    most = min(runs, key=lambda name: (-runs[name], name), default="")
    return present if runs.get(present, 0) * PREFERENCE >= runs.get(most, 0) and present in runs else most


def claim(kind: AnomalyType, window: Window, scored: Scored, thresholds: Thresholds) -> Judgement | None:
    """What a detector's score claims: a surprising figure in the bad direction that is large enough to matter."""
    if not scored.anomalous or scored.value is None or scored.expected is None:
        return None
    departure = scored.value - scored.expected
    worse = -departure if kind is AnomalyType.QUALITY else departure
    if worse <= MATERIAL * _allowed(kind, scored.expected, thresholds):
        return None
    severity = Severity.MEDIUM if scored.score >= STRIKING else Severity.LOW
    compared = f"{plainly(scored.value)} where {plainly(scored.expected)} was expected"
    reason = f"{compared}: {scored.reason} (score {scored.score:.2f})"
    return Judgement(
        kind, window, severity, reason, scored.value, scored.expected, deviation(scored.value, scored.expected)
    )


def _allowed(kind: AnomalyType, expected: float, thresholds: Thresholds) -> float:
    """By how much the thresholds let a figure depart."""
    if kind is AnomalyType.QUALITY:
        return thresholds.quality_drop_threshold
    multiplier = thresholds.latency_multiplier if kind is AnomalyType.LATENCY else thresholds.cost_multiplier
    return (multiplier - 1) * abs(expected)
