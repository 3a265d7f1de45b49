"""The past as the rules read it: each figure of an agent's hours in a list of its own, oldest first."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from watchbill.anomalies.figures import HOUR, Works
from watchbill.anomalies.models import AnomalyType, Failures, Figure

REACH = timedelta(days=28)
"""How far back hours say what is usual: four of each weekday."""
FEWEST_RUNS = 5
"""So few finished runs of an hour are judged together with those of the hours before, for their failures."""
WIDEST = timedelta(hours=24)

MEANS = (AnomalyType.LATENCY, AnomalyType.COST, AnomalyType.QUALITY)
"""What is judged by an hour's mean, in the order of `Work.means`."""

SeriesName = tuple[AnomalyType, str]
"""An agent's series: the type, and the task type or "" for all of them."""

E = TypeVar("E", Figure, Failures)
"""What is known of an hour."""


class _Line(Generic[E]):
    """Entries by their hours, of which those within reach are seen."""

    def __init__(self) -> None:
        self._hours: list[datetime] = []
        self._entries: list[E] = []

    def add(self, hour: datetime, entry: E) -> None:
        self._hours.append(hour)
        self._entries.append(entry)

    def until(self, end: datetime) -> Sequence[E]:
        first, last = bisect_left(self._hours, end - HOUR - REACH), bisect_left(self._hours, end)
        return self._entries[first:last]


class Past:
    """An agent's hours up to some hour, which are added in order."""

    def __init__(self, since: datetime, hours: Mapping[datetime, Works]) -> None:
        self._next = since
        self._counts = _Line[Figure]()
        self._failures: dict[str, _Line[Failures]] = defaultdict(_Line[Failures])
        self._means: dict[SeriesName, _Line[Figure]] = defaultdict(_Line[Figure])
        for hour in sorted(hours):
            self.add(hour, hours[hour])

    def add(self, hour: datetime, works: Works) -> None:
        """Add the next hour that has runs."""
        self.pass_to(hour)
        self._counts.add(hour, Figure(hour, float(sum(work.runs for work in works.values())), 1))
        self._next = hour + HOUR
        for task_type, work in works.items():
            if work.finished:
                self._failures[task_type].add(hour, Failures(hour, work.failed, work.finished))
            for kind, (value, runs) in zip(MEANS, work.means, strict=True):
                if runs:
                    self._means[kind, task_type].add(hour, Figure(hour, value, runs))

    def pass_to(self, hour: datetime) -> None:
        """Let the hours before this one have been without a run, as far as none was added."""
        while self._next < hour:
            self._counts.add(self._next, Figure(self._next, 0.0, 1))
            self._next += HOUR

    def counts(self, end: datetime) -> Sequence[Figure]:
        """How many runs there were in every hour before `end`."""
        return self._counts.until(end)

    def means(self, kind: AnomalyType, task_type: str, end: datetime) -> Sequence[Figure]:
        """The means of the hours before `end` that have one."""
        return self._means[kind, task_type].until(end)

    def failures(self, task_type: str, end: datetime) -> Sequence[Failures]:
        """The failures of the hours before `end` with finished runs."""
        return self._failures[task_type].until(end)


def start_of_window(failures: Iterable[Failures], hour: datetime) -> datetime:
    """Where a window begins that ends with this hour and holds enough finished runs to say how many of them fail.

    A run that fails each hour would never be two failures of one window.
    """
    start, finished = hour, 0
    for entry in sorted(failures, key=lambda entry: entry.hour, reverse=True):
        if entry.hour <= hour - WIDEST or (finished >= FEWEST_RUNS and entry.hour < hour):
            break
        start, finished = min(start, entry.hour), finished + entry.finished
    return start
