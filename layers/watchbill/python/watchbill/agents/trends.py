"""Trends: what becomes more or less between what was usual and what is recent. Pure."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from watchbill.agents.news import Unread
from watchbill.agents.significance import score
from watchbill.platform.wire import Model

MOST_BYTES = 40_000
"""Of an output's trends as JSON; their sources take up to half as much, and a run record holds both."""
_Found = TypeVar("_Found", bound=Model)


class TrendKind(StrEnum):
    """What has changed: how often a topic is told of, or a figure of runs."""

    TOPIC = "topic"
    VOLUME = "volume"
    FAILURES = "failures"
    COST = "cost"
    DURATION = "duration"


class Source(StrEnum):
    """Where trends are looked for."""

    FEEDS = "feeds"
    RUNS = "runs"


class Direction(StrEnum):
    """Which way something goes."""

    UP = "up"
    DOWN = "down"


class Trend(Model):
    """Something that has changed.

    `recent` and `baseline` are shares of entries for a topic, and for runs: how many a day, the share of the finished
    ones that failed, mean US dollars, mean milliseconds. `change` is in percent of the baseline, null where that is
    nothing. `score` is how sure it is, in powers of ten against chance. `evidence` are addresses of entries, or whose
    runs these are.
    """

    name: str
    kind: TrendKind
    source: Source
    direction: Direction
    recent: float
    baseline: float
    change: float | None
    score: float
    evidence: tuple[str, ...]


class Trending(Model):
    """What a task of the trend agent brings."""

    trends: tuple[Trend, ...]
    trends_detected: int
    skipped: tuple[Unread, ...]


@dataclass(frozen=True, slots=True)
class Periods:
    """What is compared: from `start` to `turn` is the baseline, from there to `end` what is recent."""

    start: datetime
    turn: datetime
    end: datetime

    @classmethod
    def until(cls, end: datetime, recent_days: int, baseline_days: int) -> "Periods":
        """The periods of so many days that end at an instant."""
        turn = end - timedelta(days=recent_days)
        return cls(turn - timedelta(days=baseline_days), turn, end)


def trend(
    name: str, kind: TrendKind, recent: float, baseline: float, probability: float, evidence: Iterable[str]
) -> Trend:
    """A change as it is told, by the probability that it is none."""
    change = percent(recent, baseline)
    return Trend(
        name=name,
        kind=kind,
        source=Source.FEEDS if kind is TrendKind.TOPIC else Source.RUNS,
        direction=Direction.UP if recent > baseline else Direction.DOWN,
        recent=_figure(recent),
        baseline=_figure(baseline),
        change=None if change is None else round(change, 1),
        score=score(probability),
        evidence=tuple(evidence),
    )


def percent(recent: float, baseline: float) -> float | None:
    """By how many percent of the baseline something has changed; None of nothing."""
    return 100 * (recent - baseline) / baseline if baseline else None


def surest_first(trends: Iterable[Trend]) -> list[Trend]:
    """Trends in order, the same however they were found."""
    return sorted(trends, key=lambda one: (-one.score, one.source, one.kind, one.name, one.evidence))


def fitting(found: Iterable[_Found], most: int) -> tuple[_Found, ...]:
    """The first of what was found, as many as so many bytes hold."""
    kept: list[_Found] = []
    for one in found:
        most -= len(json.dumps(one.model_dump(mode="json"), ensure_ascii=False).encode()) + 2
        if most < 0:
            break
        kept.append(one)
    return tuple(kept)


def _figure(value: float) -> float:
    return float(f"{value:.4g}")
