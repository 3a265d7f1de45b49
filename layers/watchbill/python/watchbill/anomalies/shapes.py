"""The novelty of a series' shape: how far its last stretch is from every shape that it has had, kept as prototypes."""

from array import array
from collections.abc import Sequence
from itertools import pairwise
from math import dist, log, sqrt

from watchbill.anomalies.states import FLOATS, Part
from watchbill.anomalies.tails import NOISE, Tail

POINTS = 16
"""A stretch is drawn with so many points, whatever its length."""
_CALM = 0.15
"""How much of the series' spread counts as flat: what varies less is not blown up to a shape."""


_LIGHT = 0.14
"""Distances are bounded, so their tail is lighter than that of errors."""


class Shapes(Part):
    """At most `room` prototypes of stretches of `length` values, and the tail of the distances to them."""

    __slots__ = ("counts", "due", "length", "prototypes", "room", "seen", "stale", "tail", "typical")

    def __init__(self, room: int) -> None:
        self.room = room
        self.resize(2 * POINTS)

    def resize(self, length: int) -> None:
        """Begin anew with stretches of another length."""
        self.length = length
        self.due = 0
        self.seen = 0
        self.stale = 0.0
        self.typical = 0.0
        self.counts = array(FLOATS)
        self.prototypes = array(FLOATS)
        self.tail = Tail(0.7, _LIGHT)

    def judge(self, recent: Sequence[float], spread: float) -> float:
        """The surprise of the series' last stretch, looked at every eighth of its length, and learned."""
        self.due -= 1
        if self.due > 0 or len(recent) < self.length:
            return self.stale
        self.due = max(1, self.length // 8)
        self.stale = self._judge(_drawn(recent[-self.length :], spread))
        return self.stale

    def _judge(self, shape: tuple[float, ...]) -> float:
        self.seen += 1
        if not self.counts:
            self._insert(shape)
            return 0.0
        flat, counts = self.prototypes, self.counts
        distances = [dist(shape, flat[start : start + POINTS]) for start in range(0, len(flat), POINTS)]
        # A shape seen once or twice may itself be an anomaly, so it is believed less.
        novelty = min([far * (1 + 1 / count) for far, count in zip(distances, counts, strict=True)])
        figure = log(novelty + NOISE)
        surprise = self.tail.surprise(figure)
        self.tail.learn(figure)
        self._learn(shape, distances, surprise)
        return surprise * min(1.0, self.seen / 48)

    def _learn(self, shape: tuple[float, ...], distances: list[float], surprise: float) -> None:
        nearest = min(distances)
        self.typical += (nearest - self.typical) / min(self.seen, 100)
        if nearest > self.typical / 2 and (len(self.counts) < self.room or surprise > 1):
            self._insert(shape)
        else:
            self._merge(distances.index(nearest), shape)

    def _insert(self, shape: tuple[float, ...]) -> None:
        if len(self.counts) < self.room:
            self.counts.append(1.0)
            self.prototypes.extend(shape)
            return
        for index, count in enumerate(self.counts):
            self.counts[index] = max(1.0, count * 0.99)
        oldest = self.counts.index(min(self.counts))
        self.counts[oldest] = 1.0
        self.prototypes[oldest * POINTS : (oldest + 1) * POINTS] = array(FLOATS, shape)

    def _merge(self, index: int, shape: tuple[float, ...]) -> None:
        count = min(self.counts[index] + 1, 50.0)
        self.counts[index] = count
        start = index * POINTS
        for place, value in enumerate(shape, start):
            self.prototypes[place] += (value - self.prototypes[place]) / count


def _drawn(stretch: Sequence[float], spread: float) -> tuple[float, ...]:
    step = len(stretch) / POINTS
    edges = [round(step * point) for point in range(POINTS + 1)]
    points = [sum(stretch[a:b]) / (b - a) for a, b in pairwise(edges)]
    mean = sum(points) / POINTS
    points = [point - mean for point in points]
    size = sqrt(sum([point * point for point in points]) / POINTS) + _CALM * spread
    return tuple([point / size for point in points]) if size > 0 else tuple(points)
