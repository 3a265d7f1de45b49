"""What the hourly check finds in agents with known faults: the rules and the detectors as the service runs them."""

from dataclasses import replace
from functools import cache
from zoneinfo import ZoneInfo

from benchmarks.fault_series import JUDGED, LEARNED, METRICS, Agent, Hour
from watchbill.anomalies.episodes import Episode
from watchbill.anomalies.figures import EXACT, HOUR, Hours, Work
from watchbill.anomalies.judging import Terms
from watchbill.anomalies.models import AnomalyType
from watchbill.anomalies.watch import advance, begun
from watchbill.configuration.models import Thresholds

_TERMS = Terms(Thresholds(), ZoneInfo("UTC"))
_METRIC = {
    AnomalyType.LATENCY: "latency",
    AnomalyType.COST: "cost",
    AnomalyType.ERROR_RATE: "errors",
    AnomalyType.QUALITY: "quality",
    AnomalyType.SILENCE: "runs",
    AnomalyType.VOLUME: "runs",
}


@cache
def by_watch(agent: Agent) -> dict[str, list[float]]:
    """A score for each judged hour, by metric: 1 from an anomaly's first hour to the last that was claimed."""
    hours = _hours(agent)
    start = agent.hours[LEARNED].start
    taught = advance(begun("agent", {h: works for h, works in hours.items() if h < start}, start), hours, start, _TERMS)
    found = advance(replace(taught.watch, open={}), hours, start + JUDGED * HOUR, _TERMS)
    scores = {metric: [0.0] * JUDGED for metric in METRICS}
    for episode in found.changed:
        _mark(scores[_METRIC[episode.series.type]], episode, agent)
    return scores


def _hours(agent: Agent) -> Hours:
    return {hour.start: {"task": _work(hour)} for hour in agent.hours if hour.runs}


def _work(hour: Hour) -> Work:
    runs = hour.runs
    return Work(runs, hour.failed, runs, hour.latency, runs, hour.cost, runs, hour.quality, runs).rounded(EXACT)


def _mark(scores: list[float], episode: Episode, agent: Agent) -> None:
    start = agent.hours[LEARNED].start
    first = max(0, (episode.opened_at - start) // HOUR)
    for index in range(first, (episode.latest.window.end - start) // HOUR):
        scores[index] = 1.0
