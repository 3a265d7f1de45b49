"""Judging an hour: every rule over the series it is for, and the detectors beside them. One judgement per series."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from watchbill.anomalies import rules
from watchbill.anomalies.detector import Scored
from watchbill.anomalies.figures import HOUR, Works
from watchbill.anomalies.learners import claim
from watchbill.anomalies.models import AnomalyType, Judgement, Window
from watchbill.anomalies.past import E, Past, SeriesName, start_of_window
from watchbill.anomalies.silence import silence
from watchbill.configuration.models import Thresholds

Judgements = Iterator[tuple[SeriesName, Judgement]]

HOURS_OF_A_WEEK = 7 * 24
"""Whether many runs are too many is asked when a week is known: the first Monday is always busier than the weekend."""
ADOPTED = timedelta(days=7)
"""What an open anomaly has brought is no baseline for what follows, until it has lasted so long: then it is usual."""

VOLUME: SeriesName = (AnomalyType.VOLUME, "")
_OF_MEANS = {AnomalyType.LATENCY: rules.latency, AnomalyType.COST: rules.cost, AnomalyType.QUALITY: rules.quality}


class Terms(NamedTuple):
    """By what an agent is judged: its thresholds, and the time zone of its days."""

    thresholds: Thresholds
    zone: ZoneInfo


class Judge:
    """Judges windows of an hour, or of its beginning, which `past` ends with.

    `opened` says since when series have an open anomaly, and `scored` what the detectors say of the window.
    """

    def __init__(
        self,
        past: Past,
        window: Window,
        opened: Mapping[SeriesName, datetime],
        scored: Mapping[SeriesName, Scored],
        terms: Terms,
    ) -> None:
        self._past = past
        self._window = window
        self._end = window.start + HOUR
        self._opened = opened
        self._scored = scored
        self._terms = terms

    def of_work(self, works: Works) -> Judgements:
        """The judgements of the window's runs. A series without one is not judged: it is neither worse nor better."""
        for task_type, work in sorted(works.items()):
            for kind, (_, runs) in zip(_OF_MEANS, work.means, strict=True):
                if runs:
                    yield (kind, task_type), self._of_mean((kind, task_type))
            if work.finished:
                series = AnomalyType.ERROR_RATE, task_type
                yield series, self._of_failures(series)

    def of_series(self, series: SeriesName) -> Judgement:
        """What the rule of one series says of the window, with or without runs of it; detectors are not asked."""
        kind, _ = series
        if kind in _OF_MEANS:
            return self._ruled(series)
        return self._of_failures(series) if kind is AnomalyType.ERROR_RATE else self._of_counts()

    def of_volume(self) -> Judgements:
        """The judgement whether there are too many runs."""
        if len(self._past.counts(self._end)) > HOURS_OF_A_WEEK:
            yield VOLUME, self._of_counts()

    def of_silence(self) -> Judgements:
        """The judgement whether the agent is silent, which only a whole hour can tell."""
        yield (AnomalyType.SILENCE, ""), silence(self._past.counts(self._end), self._window, *self._terms)

    def _of_mean(self, series: SeriesName) -> Judgement:
        ruled = self._ruled(series)
        if ruled.anomalous or series not in self._scored:
            return ruled
        return claim(series[0], self._window, self._scored[series], self._terms.thresholds) or ruled

    def _ruled(self, series: SeriesName) -> Judgement:
        kind, task_type = series
        figures = self._usual(series, self._past.means(kind, task_type, self._end), self._window)
        return _OF_MEANS[kind](figures, self._window, *self._terms)

    def _of_counts(self) -> Judgement:
        counts = self._usual(VOLUME, self._past.counts(self._end), self._window)
        return rules.volume(counts, self._window, *self._terms)

    def _of_failures(self, series: SeriesName) -> Judgement:
        failures = self._past.failures(series[1], self._end)
        window = self._window._replace(start=start_of_window(failures, self._window.start))
        return rules.error_rate(self._usual(series, failures, window), window, self._terms.thresholds)

    def _usual(self, series: SeriesName, entries: Sequence[E], window: Window) -> Sequence[E]:
        """The entries of the window, and before it those that no open anomaly has brought."""
        since = self._opened.get(series)
        if since is None or self._window.start - since > ADOPTED:
            return entries
        return [entry for entry in entries if entry.hour < since or entry.hour >= window.start]
