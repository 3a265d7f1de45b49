"""Judging an hour: every rule over the series it is for, and the detectors beside them. One judgement per series."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple
from zoneinfo import ZoneInfo

from watchbill.anomalies import rules
from watchbill.anomalies.detector import Scored
from watchbill.anomalies.figures import HOUR, Works
from watchbill.anomalies.learners import claim
from watchbill.anomalies.models import AnomalyType, Judgement, Window
from watchbill.anomalies.past import Past, SeriesName, start_of_window
from watchbill.anomalies.silence import silence
from watchbill.configuration.models import Thresholds

Judgements = Iterator[tuple[SeriesName, Judgement]]

_OF_MEANS = {AnomalyType.LATENCY: rules.latency, AnomalyType.COST: rules.cost, AnomalyType.QUALITY: rules.quality}


class Terms(NamedTuple):
    """By what an agent is judged: its thresholds, and the time zone of its days."""

    thresholds: Thresholds
    zone: ZoneInfo


def judgements(
    past: Past, works: Works, window: Window, scored: Mapping[SeriesName, Scored], terms: Terms
) -> Judgements:
    """The judgements of a window, an hour or its beginning, which `past` ends with and whose runs are `works`.

    A series without a run in the window is not judged: it has become neither worse nor better.
    """
    end = window.start + HOUR
    yield (AnomalyType.VOLUME, ""), rules.volume(past.counts(end), window, *terms)
    for task_type, work in sorted(works.items()):
        for kind, (_, runs) in zip(_OF_MEANS, work.means, strict=True):
            if runs:
                yield (kind, task_type), _of_mean(past, (kind, task_type), window, scored, terms)
        if work.finished:
            failures = past.failures(task_type, end)
            wider = window._replace(start=start_of_window(failures, window.start))
            yield (AnomalyType.ERROR_RATE, task_type), rules.error_rate(failures, wider, terms.thresholds)


def stillness(past: Past, window: Window, terms: Terms) -> Judgements:
    """The judgement whether an agent is silent, which only a whole hour can tell."""
    yield (AnomalyType.SILENCE, ""), silence(past.counts(window.end), window, *terms)


def _of_mean(
    past: Past, series: SeriesName, window: Window, scored: Mapping[SeriesName, Scored], terms: Terms
) -> Judgement:
    kind, task_type = series
    ruled = _OF_MEANS[kind](past.means(kind, task_type, window.start + HOUR), window, *terms)
    if ruled.anomalous or series not in scored:
        return ruled
    return claim(kind, window, scored[series], terms.thresholds) or ruled
