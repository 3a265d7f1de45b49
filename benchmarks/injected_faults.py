"""How well known faults are found, by us and by simpler and by others' detectors: python -m benchmarks.injected_faults.

The thresholds of all detectors are chosen for the best F1 on one set of agents; the figures are those on another.
The detectors of others come with `uv sync --group benchmarks`.
"""

import argparse
import math
import statistics
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from functools import cache
from typing import NamedTuple

from benchmarks import tables
from benchmarks.fault_series import JUDGED, LEARNED, METRICS, WEEK, Agent, Hour, agents
from benchmarks.watched_faults import by_watch
from watchbill.anomalies import rules
from watchbill.anomalies.detector import SENSITIVITY, Detector
from watchbill.anomalies.models import Failures, Figure, Judgement, Window
from watchbill.anomalies.silence import silence
from watchbill.configuration.models import Thresholds

SEEDS = (1, 2)
"""Of the agents that thresholds are chosen on, and of those that are reported."""
GRACE = 24
"""What begins up to so many hours after a fault's end is still its doing: the way back."""
CALM = 2
BAD = {"latency": 1, "cost": 1, "errors": 1, "quality": -1, "runs": -1, "tokens": 0}
"""The direction that is bad; of the counter, both."""

Scores = dict[str, list[float]]
"""A score for each judged hour, by metric."""
Scorer = Callable[[Agent], Scores]


class Point(NamedTuple):
    """An hour of a metric: its value, and how many runs it stands for."""

    hour: Hour
    value: float
    weight: float


class Result(NamedTuple):
    """What one detector found at one threshold."""

    faults: int
    found: int
    false: int
    delays: list[int]
    agents: int

    @property
    def precision(self) -> float:
        """The share of alarms that were about a fault."""
        return self.found / (self.found + self.false) if self.found else 0.0

    @property
    def recall(self) -> float:
        """The share of faults that were found."""
        return self.found / self.faults

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        return 2 * self.precision * self.recall / (self.precision + self.recall) if self.found else 0.0

    @property
    def false_per_week(self) -> float:
        """False alarms per agent and week."""
        return self.false / (self.agents * JUDGED / WEEK)


def points(agent: Agent, metric: str) -> list[Point]:
    """A metric's hours; hours without a run have no mean and are left out."""
    if metric in ("runs", "tokens"):
        return [Point(hour, float(getattr(hour, metric)), 1.0) for hour in agent.hours]
    if metric == "errors":
        return [Point(hour, hour.failed / hour.runs, hour.runs) for hour in agent.hours if hour.runs]
    return [Point(hour, getattr(hour, metric), hour.runs) for hour in agent.hours if hour.runs]


@cache
def by_thresholds(agent: Agent) -> Scores:
    """Our threshold rules over each hour that is judged: 1 where something is claimed."""
    scores: Scores = {metric: [0.0] * JUDGED for metric in METRICS}
    figures = {m: [Figure(p.hour.start, p.value, int(p.weight)) for p in points(agent, m)] for m in METRICS}
    failures = [Failures(hour.start, hour.failed, hour.runs) for hour in agent.hours]
    usual = Thresholds()
    for index in range(JUDGED):
        start = agent.hours[LEARNED + index].start
        window = Window(start, start + timedelta(hours=1))
        known = {m: _until(figures[m], window) for m in ("latency", "cost", "quality", "runs")}
        claims: dict[str, Iterable[Judgement]] = {
            "latency": [rules.latency(known["latency"], window, usual)],
            "cost": [rules.cost(known["cost"], window, usual)],
            "quality": [rules.quality(known["quality"], window, usual)],
            "errors": [rules.error_rate(failures[index : LEARNED + index + 1], window, usual)],
            "runs": [silence(known["runs"], window, usual), rules.volume(known["runs"], window, usual)],
        }
        for metric, judged in claims.items():
            scores[metric][index] = float(any(one.anomalous for one in judged))
    return scores


@cache
def by_detector(agent: Agent) -> Scores:
    """Our adaptive detector over each metric that has a mean, and the counter."""

    def scored(metric: str) -> Iterator[float]:
        detector = Detector(memory=64)
        for point in points(agent, metric):
            judged = detector.judge(point.hour.start.timestamp(), point.value, point.weight)
            yield judged.score * _is_bad(metric, point.value - (judged.expected or 0.0))

    return _collected(agent, scored, ("latency", "cost", "quality", "tokens"))


def by_both(agent: Agent) -> Scores:
    """The threshold rules and the adaptive detector beside each other."""
    claimed, scored = by_thresholds(agent), by_detector(agent)
    return {metric: [max(pair) for pair in zip(claimed[metric], scored[metric], strict=True)] for metric in METRICS}


def by_z_score(agent: Agent) -> Scores:
    """Standard deviations from the mean of everything before."""

    def scored(metric: str) -> Iterator[float]:
        mean, squares = 0.0, 0.0
        for count, point in enumerate(points(agent, metric)):
            spread = math.sqrt(squares / count) if count else 0.0
            yield _is_bad(metric, point.value - mean) * abs(point.value - mean) / spread if spread else 0.0
            step = point.value - mean
            mean += step / (count + 1)
            squares += step * (point.value - mean)

    return _collected(agent, scored)


def by_windowed_gaussian(agent: Agent) -> Scores:
    """Standard deviations from the mean of the week before."""

    def scored(metric: str) -> Iterator[float]:
        recent: deque[float] = deque(maxlen=WEEK)
        for point in points(agent, metric):
            mean = statistics.fmean(recent) if recent else point.value
            spread = math.dist(recent, [mean] * len(recent)) / math.sqrt(max(1, len(recent)))
            yield _is_bad(metric, point.value - mean) * abs(point.value - mean) / spread if spread else 0.0
            recent.append(point.value)

    return _collected(agent, scored)


def by_river_gaussian(agent: Agent) -> Scores:
    """river's GaussianScorer over everything before; its rolling variant fails on series that stand still."""
    from river.anomaly import GaussianScorer

    def scored(metric: str) -> Iterator[float]:
        scorer = GaussianScorer(window_size=None, grace_period=48)
        for point in points(agent, metric):
            yield float(scorer.score_one(None, point.value))
            scorer.learn_one(None, point.value)

    return _collected(agent, scored)


def by_river_holt_winters(agent: Agent) -> Scores:
    """river's PredictiveAnomalyDetection around Holt-Winters with a season of a day."""
    from river.anomaly import PredictiveAnomalyDetection
    from river.time_series import HoltWinters

    def scored(metric: str) -> Iterator[float]:
        model = HoltWinters(alpha=0.1, beta=0.01, gamma=0.2, seasonality=24, multiplicative=False)
        scorer = PredictiveAnomalyDetection(model, horizon=1, n_std=24.0, warmup_period=72)
        # It divides by the first day's mean, which may be zero: hence one more than the value, in both places.
        for number, point in enumerate(points(agent, metric)):
            yield float(scorer.score_one({}, point.value + 1)) if number > 48 else 0.0
            scorer.learn_one({}, point.value + 1)

    return _collected(agent, scored)


def _until(figures: Sequence[Figure], window: Window) -> list[Figure]:
    begin = window.start - timedelta(hours=LEARNED)
    return [figure for figure in figures if begin <= figure.hour < window.end]


def _collected(agent: Agent, scored: Callable[[str], Iterator[float]], metrics: Sequence[str] = METRICS) -> Scores:
    scores: Scores = {metric: [0.0] * JUDGED for metric in METRICS}
    begin = agent.hours[LEARNED].start
    for metric in metrics:
        # The counter is looked at where it matters; elsewhere it would only repeat the runs.
        if metric == "tokens" and agent.kind != "counter reset":
            continue
        for point, score in zip(points(agent, metric), scored(metric), strict=True):
            if point.hour.start >= begin:
                scores[metric][int((point.hour.start - begin) / timedelta(hours=1))] = score
    return scores


def _is_bad(metric: str, error: float) -> bool:
    return error * BAD[metric] > 0 or not BAD[metric]


def episodes(scores: Sequence[float], threshold: float) -> list[tuple[int, int]]:
    """First and last alarmed hours; two calm hours end an episode."""
    found: list[tuple[int, int]] = []
    for index, score in enumerate(scores):
        if score >= threshold:
            if found and index - found[-1][1] <= CALM:
                found[-1] = (found[-1][0], index)
            else:
                found.append((index, index))
    return found


def result(scored: Sequence[tuple[Agent, Scores]], threshold: float) -> Result:
    """Compare alarms with faults, for all agents."""
    found, false, delays = 0, 0, list[int]()
    for agent, scores in scored:
        fault = agent.fault
        hits = []
        for metric in METRICS:
            for first, last in episodes(scores[metric], threshold):
                start, end = LEARNED + first, LEARNED + last
                if fault and metric == fault.metric and end >= fault.start and start < fault.end + GRACE:
                    hits += [start] if start < fault.end else []
                else:
                    false += 1
        found += bool(hits)
        if fault and hits:
            delays.append(max(0, min(hits) - fault.start) + 1)
    return Result(sum(agent.fault is not None for agent, _ in scored), found, false, delays, len(scored))


Z = (2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 12.0, 16.0, 24.0)
PROBABILITIES = tuple(1 - 10**-power for power in (2.0, 3.0, 4.0, 6.0, 8.0, 10.0, 12.0, 14.0))
SCORES = (0.45, 0.5, 0.55, SENSITIVITY, 0.65, 0.7)
DETECTORS: dict[str, tuple[Scorer, Sequence[float]]] = {
    "Watchbill: as agents are checked": (by_watch, (1.0,)),
    "Watchbill: rules and detector": (by_both, SCORES),
    "Watchbill: rules alone": (by_thresholds, (1.0,)),
    "Watchbill: detector alone": (by_detector, SCORES),
    "z-score": (by_z_score, Z),
    "windowed Gaussian": (by_windowed_gaussian, Z),
    "river GaussianScorer": (by_river_gaussian, PROBABILITIES),
    "river Holt-Winters": (by_river_holt_winters, (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)),
}


def main(arguments: list[str] | None = None) -> int:
    """Print the figures of every detector, and ours by kind of series."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--per-kind", type=int, default=24, help="agents of each of the nine kinds")
    wanted = parser.parse_args(arguments)
    chosen, reported = agents(SEEDS[0], wanted.per_kind // 3), agents(SEEDS[1], wanted.per_kind)
    rows, ours = [], None
    for name, (scorer, thresholds) in DETECTORS.items():
        tried = [(agent, scorer(agent)) for agent in chosen] if len(thresholds) > 1 else []
        best = max(thresholds, key=lambda one: result(tried, one).f1) if tried else thresholds[0]
        scored = [(agent, scorer(agent)) for agent in reported]
        ours = ours or (best, scored)
        rows.append(_row(name, best, result(scored, best)))
    header = (
        "",
        "threshold",
        "precision",
        "recall",
        "F1",
        "median delay (h)",
        "mean delay (h)",
        "false per agent-week",
    )
    tables.show(f"{len(reported)} agents, {LEARNED // WEEK} weeks learned and {JUDGED // WEEK} judged", header, rows)
    if ours:
        _show_kinds(*ours)
    return 0


def _row(name: str, threshold: float, found: Result) -> tuple[tables.Value, ...]:
    delays = found.delays or [0]
    middle, mean = float(statistics.median(delays)), statistics.fmean(delays)
    figures = (threshold, found.precision, found.recall, found.f1, middle, mean, found.false_per_week)
    return (name, *(f"{figure:.3f}" for figure in figures))


def _show_kinds(threshold: float, scored: Sequence[tuple[Agent, Scores]]) -> None:
    rows = []
    for kind in dict.fromkeys(agent.kind for agent, _ in scored):
        found = result([pair for pair in scored if pair[0].kind == kind], threshold)
        middle = float(statistics.median(found.delays)) if found.delays else 0.0
        rows.append((kind, found.faults, found.found, middle, found.false_per_week))
    tables.show("Ours by kind", ("", "faults", "found", "median delay (h)", "false per agent-week"), rows)


if __name__ == "__main__":
    sys.exit(main())
