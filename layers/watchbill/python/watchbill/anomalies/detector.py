"""The adaptive detector: one pass over a series, a small state of constant size, a scored judgement for every point.

Several complementary statistics watch the series. Each says how improbable its figure is by the standard of its own
past; the weighted harmonic mean of these probabilities (D. J. Wilson, "The harmonic mean p-value for combining
dependent tests", PNAS 2019) is the point's surprise. Nothing is known of a point before it comes. What has been judged
is learned afterwards, clipped, so that an anomaly hardly changes what is usual, while a level that stays becomes usual.
"""

from array import array
from collections.abc import Sequence
from math import isfinite, log, log10, sqrt
from typing import NamedTuple

from watchbill.anomalies.clocks import Clock, Counter
from watchbill.anomalies.forecasts import Forecasts, Places
from watchbill.anomalies.seasons import period_of
from watchbill.anomalies.shapes import Shapes
from watchbill.anomalies.states import FLOATS, Part
from watchbill.anomalies.tails import SignedTail, Tail

SENSITIVITY = 0.6
"""The score from which a point counts as an anomaly: the one number to turn. A score is 1 - 2^(-s/3), where s is about
-log10 of how probable such a point is by the series' own past: 0.5 is one in a thousand, 0.6 one in 10,000."""
MEMORY = 512
"""How many of the last values are kept; it bounds the state to about 20 KiB. With 64 it is about 4 KiB."""
WARM_UP = 24
"""The first points only teach; scores reach their full size after three times as many more."""
_FIRST_SEARCH = 128
_HALF = 3.0
_HOLD, _DECAY = 0.35, 0.97
_FAST, _SLOW = 0.2, 0.04
_CLIP = 3.0
_MOST_WILD = 4.0
_LARGEST = 1e30
_REASONS = (
    "far from what the last values and the season promise",
    "off its season for several points",
    "off its season for many points",
    "outside its usual range",
    "far more or far less restless than usual",
    "a shape it has not had before",
)
_WEIGHTS = (2.0, 1.0, 1.0, 1.0, 1.0, 4.0)
_AGREEMENT = 0.15
"""What each further statistic adds that finds a point less probable than one in ten."""
_PRIORS = (0.7, -0.5, -1.2, 0.7)
"""The logarithms that the first four figures' 90th percentiles start from, in units of the usual error."""


class Scored(NamedTuple):
    """What the detector says of one point: how surprising it is, from 0 to 1, and for which reason above all."""

    time: float
    value: float | None
    expected: float | None
    score: float
    reason: str
    anomalous: bool


class Detector(Part):
    """Judges the points of one series as they come.

    `sensitivity` is the score from which a point counts as an anomaly, `memory` bounds the state. `pack` gives the
    state as bytes, both of these included, and a fresh detector's `unpack` continues it to the last digit.
    """

    __slots__ = (
        "calm",
        "centre",
        "clock",
        "counter",
        "fast",
        "forecasts",
        "held",
        "memory",
        "next_search",
        "origin",
        "period",
        "phase",
        "recent",
        "seen",
        "sensitivity",
        "shapes",
        "slow",
        "spread",
        "tails",
        "variability",
        "weight",
        "wild",
    )

    def __init__(self, sensitivity: float = SENSITIVITY, memory: int = MEMORY) -> None:
        self.sensitivity = sensitivity
        self.memory = memory
        self.seen = 0
        self.weight = 0.0
        self.origin = 0.0
        self.centre = 0.0
        self.spread = 0.0
        self.fast = 0.0
        self.slow = 0.0
        self.calm = 0.0
        self.wild = 0.0
        self.held = 0.0
        self.period = 0
        self.phase = 0
        self.next_search = _FIRST_SEARCH
        self.clock = Clock()
        self.counter = Counter()
        self.forecasts = Forecasts()
        self.shapes = Shapes(memory // 8)
        self.recent = array(FLOATS)
        self.tails = [SignedTail(start) for start in _PRIORS]
        self.variability = (Tail(0.4), Tail(0.4))

    def judge(self, time: float, value: float | None, weight: float = 1.0) -> Scored:
        """Judge a point by what came before it, then learn it. A missing value is no anomaly by itself.

        `time` is in seconds since 1970; `weight` is how many runs the value stands for: fewer than usual scatter more.
        """
        if value is None or not isfinite(value):
            self.held *= _DECAY
            return Scored(time, None, None, 0.0, "missing", anomalous=False)
        if not self.seen:
            self.origin = value
        offset = self.counter.offset_for(value) - self.origin
        scaled = max(-_LARGEST, min(_LARGEST, value + offset))
        self.phase += self.clock.steps(time)
        if self.seen == WARM_UP:
            self._settle()
        day, week = self.clock.places(time)
        phase = self.phase % self.period if self.period else -1
        expected, surprises = self._surprises(scaled, (day, week, phase), self._certainty(weight))
        self._remember(scaled)
        score = self._score(surprises)
        reason = _REASONS[surprises.index(max(surprises))]
        self.seen += 1
        return Scored(time, value, expected - offset, score, reason, score >= self.sensitivity)

    def _certainty(self, weight: float) -> float:
        self.weight += (weight - self.weight) / min(self.seen + 1, 200)
        return 1.0 if weight >= self.weight else sqrt(max(0.0, weight) / self.weight)

    def _surprises(self, value: float, places: Places, certainty: float) -> tuple[float, list[float]]:
        promise = self.forecasts.learn(value, places)
        # Less than this is rounding, not a departure.
        floor = 2e-3 * self.spread + 1e-12 * abs(value + self.origin) + 1e-300
        error = value - promise.expected
        point = certainty * error / max(promise.spread, floor)
        usual = certainty * (value - promise.seasonal) / max(promise.seasonal_spread, floor)
        if promise.seasoned and abs(usual) < abs(point):
            # What the season explains is no surprise, even if the last values promised something else.
            point, error = usual, value - promise.seasonal
        # One outlier is the first statistic's business; the next two are for those that last.
        usual = max(-_CLIP, min(_CLIP, usual))
        self.fast += _FAST * (usual - self.fast)
        self.slow += _SLOW * (usual - self.slow)
        far = certainty * (value - self.centre) / max(self.spread, floor)
        surprises = [
            *(tail.judge(figure) for tail, figure in zip(self.tails, (point, self.fast, self.slow, far), strict=True)),
            self._judge_variability(certainty * abs(error), floor),
            self.shapes.judge(self.recent, self.spread),
        ]
        return promise.expected, surprises

    def _judge_variability(self, change: float, floor: float) -> float:
        pace = max(1 / 300, 1 / (self.seen + 1))
        self.calm += (min(change, 8 * self.calm + floor if self.seen > 8 else change) - self.calm) * pace
        self.wild += (min(change, _MOST_WILD * self.calm + floor) - self.wild) / 12
        ratio = log((self.wild + floor * 5) / (self.calm + floor * 5))
        more, less = self.variability
        surprise = max(more.surprise(ratio), less.surprise(-ratio))
        more.learn(ratio)
        less.learn(-ratio)
        return surprise

    def _remember(self, value: float) -> None:
        pace = max(1 / 4000, 1 / (self.seen + 1))
        error = value - self.centre
        most = self.spread * (5 + 500 / (self.seen + 1)) or abs(error)
        self.centre += pace * max(-most, min(most, error))
        self.spread += pace * (min(abs(error), most) - self.spread)
        recent = self.recent
        recent.append(value)
        if len(recent) >= 2 * self.memory:
            del recent[: -self.memory]
        if self.seen == self.next_search:
            self._search_period()

    def _score(self, surprises: Sequence[float]) -> float:
        """The combined surprise as a score; what follows an onset is held above the ordinary for a while."""
        top = max(surprises)
        parts = [weight * 10 ** (surprise - top) for weight, surprise in zip(_WEIGHTS, surprises, strict=True)]
        combined = max(0.0, top + log10(sum(parts) / sum(_WEIGHTS)))
        combined += _AGREEMENT * sum([surprise - 1 for surprise in surprises if surprise > 1])
        combined *= max(0.0, min(1.0, (self.seen - WARM_UP) / (3 * WARM_UP)))
        self.held *= _DECAY
        if combined > self.held:
            self.held = combined
        return float(1 - 2 ** (-max(combined, _HOLD * self.held) / _HALF))

    def _settle(self) -> None:
        self.clock.settle(self.memory)
        self.forecasts.daily.resize(self.clock.day_places)
        self.forecasts.weekly.resize(self.clock.week_places)

    def _search_period(self) -> None:
        self.next_search *= 2
        found, _ = period_of(self.recent[-self.memory :])
        if found and (not self.period or abs(found - self.period) > 0.1 * self.period):
            self.period = found
            self.forecasts.periodic.resize(found)
            self.shapes.resize(max(16, found))
