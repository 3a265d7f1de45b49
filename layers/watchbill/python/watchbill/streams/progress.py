"""How far a stream is: its items counted, and what follows for its goal. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from math import floor, fsum

from watchbill.streams.models import CurrentProgress, GoalStatus, ItemPriority, ItemStatus, Place, Stream

_REACHING = ("qualified", "closed")
_TICK = timedelta(milliseconds=1)
TOO_EARLY = Fraction(1, 10)
"""Before so much of the time has passed, nothing is said of the pace."""
BEHIND = Fraction(3, 4)
"""A stream that has reached less than this share of what an even pace would have reached is at risk."""


@dataclass(frozen=True, slots=True)
class Counts:
    """A stream's items counted; those that are cancelled as such, and nowhere else."""

    by_stage: Mapping[str, int]
    by_priority: Mapping[ItemPriority, int]
    completed: int
    cancelled: int
    scored: int
    average_quality: float | None

    @property
    def items(self) -> int:
        """How many there are that are not cancelled."""
        return sum(self.by_stage.values())


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a stream is towards its goal, and what that makes of the goal when nobody has paused it."""

    completed: int
    total: int
    status: GoalStatus

    @property
    def percentage(self) -> float | None:
        """Of the total, at most 100, to one decimal and never rounded up; None when there is nothing to do."""
        return _percent(Fraction(min(self.completed, self.total), self.total)) if self.total else None

    def reaches(self, percent: int) -> bool:
        """Whether at least so many percent are done."""
        return self.total > 0 and self.completed * 100 >= percent * self.total

    def shown(self, last_updated: datetime | None) -> CurrentProgress:
        """As a part of the stream."""
        return CurrentProgress(
            completed=self.completed, total=self.total, percentage=self.percentage, last_updated=last_updated
        )


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What was written down of a stream's last review, at which revision; `at` is when the figures last changed."""

    standing: Standing
    at: datetime | None = None
    revision: int = 0


def goal_stages(stages: tuple[str, ...]) -> frozenset[str]:
    """The stages in which an item counts as completed: from `qualified` on, or `closed` on, or else the last."""
    first = next((stages.index(name) for name in _REACHING if name in stages), len(stages) - 1)
    return frozenset(stages[first:])


def counted(stream: Stream, places: Iterable[Place]) -> Counts:
    """A stream's items counted.

    Completed is what has come to a goal stage, or says itself that it is completed. An item in a stage that the stream
    has no more is counted there.
    """
    reached = goal_stages(stream.stages)
    there = list(places)
    counts = [place for place in there if place.status is not ItemStatus.CANCELLED]
    qualities = [place.quality for place in counts if place.quality is not None]
    return Counts(
        by_stage={**dict.fromkeys(stream.stages, 0), **Counter(place.stage for place in counts)},
        by_priority={**dict.fromkeys(ItemPriority, 0), **Counter(place.priority for place in counts)},
        completed=sum(place.stage in reached or place.status is ItemStatus.COMPLETED for place in counts),
        cancelled=len(there) - len(counts),
        scored=len(qualities),
        average_quality=fsum(qualities) / len(qualities) if qualities else None,
    )


def standing(stream: Stream, counts: Counts, now: datetime) -> Standing:
    """How far a stream is: of its target, or without one of the items that there are."""
    total = stream.target_metrics.companies_to_find or counts.items
    return Standing(counts.completed, total, _status(stream, counts, total, now))


def expected(stream: Stream, now: datetime) -> Fraction | None:
    """The share that an even pace from the stream's beginning to its deadline would have reached; None without one."""
    if stream.goal_deadline is None:
        return None
    if now >= stream.goal_deadline:
        return Fraction(1)
    passed, given = now - stream.created_at, stream.goal_deadline - stream.created_at
    return max(Fraction(0), Fraction(passed // _TICK, given // _TICK))


def expected_percentage(stream: Stream, now: datetime) -> float | None:
    """As `expected`, in percent to one decimal."""
    share = expected(stream, now)
    return None if share is None else _percent(share)


def _status(stream: Stream, counts: Counts, total: int, now: datetime) -> GoalStatus:
    if total and counts.completed >= total:
        return GoalStatus.COMPLETED
    share = expected(stream, now)
    if share == 1:
        return GoalStatus.FAILED
    if share is not None and share >= TOO_EARLY:
        behind = not total or Fraction(counts.completed, total) < BEHIND * share
        return GoalStatus.AT_RISK if behind else GoalStatus.ON_TRACK
    return GoalStatus.IN_PROGRESS if counts.items else GoalStatus.NOT_STARTED


def _percent(share: Fraction) -> float:
    return floor(share * 1000) / 10
