"""The cells of a period as reports need them: also by strand's version, by strand's task type, and over time. Pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from watchbill.analytics.models import Cell
from watchbill.performance.breakdown import Breakdown, Place
from watchbill.reports.models import Period

HOUR = timedelta(hours=1)
HOURLY = timedelta(hours=49)
"""Up to this long a period is shown by the hour (a day of 25 hours twice, at most), a longer one by the day."""

Pair = tuple[str, str]


@dataclass(kw_only=True)
class Figures(Breakdown):
    """A period's cells. `versions` and `tasks` are by strand and version or task type; `course` is by stretch."""

    stretch_of: Callable[[str], datetime]
    versions: dict[Pair, Cell] = field(default_factory=dict)
    tasks: dict[Pair, Cell] = field(default_factory=dict)
    course: dict[datetime, Cell] = field(default_factory=dict)
    strands_course: dict[tuple[str, datetime], Cell] = field(default_factory=dict)

    def add(self, hour: str, cell: Cell, place: Place) -> None:
        """Count a cell of an hour, wherever its place is known."""
        super().add(hour, cell, place)
        stretch = self.stretch_of(hour)
        self.course.setdefault(stretch, Cell()).add(cell)
        if place.strand is None:
            return
        self.strands_course.setdefault((place.strand, stretch), Cell()).add(Cell(cell.sums))
        for split, name in ((self.versions, place.version), (self.tasks, place.task_type)):
            if name is not None:
                split.setdefault((place.strand, name), Cell()).add(cell)


@dataclass(frozen=True)
class Calendar:
    """How a period is divided: into hours, or into days that begin at midnight in `zone`."""

    period: Period
    zone: ZoneInfo

    @property
    def daily(self) -> bool:
        """Whether it is divided into days."""
        return self.period.length > HOURLY

    def stretch_of(self, hour: str) -> datetime:
        """Where the stretch begins that an hour (YYYY-MM-DDTHH, UTC) belongs to."""
        start = instant_of(hour)
        return max(self._midnight(start) if self.daily else start, self.period.start)

    def stretches(self) -> Iterator[datetime]:
        """The beginning of every stretch, in order."""
        at = self.period.start
        while at < self.period.end:
            yield at
            at = self._next_midnight(at) if self.daily else at.replace(minute=0, second=0, microsecond=0) + HOUR

    def _midnight(self, at: datetime) -> datetime:
        return datetime.combine(at.astimezone(self.zone).date(), time(), self.zone).astimezone(UTC)

    def _next_midnight(self, at: datetime) -> datetime:
        day = at.astimezone(self.zone).date() + timedelta(days=1)
        return datetime.combine(day, time(), self.zone).astimezone(UTC)


@dataclass(frozen=True)
class Material:
    """All that a report is made from: the figures of two periods, and what strands and their models are called.

    `top` is how many names a split shows; `now` when it is made.
    """

    calendar: Calendar
    now: datetime
    current: Figures
    previous: Figures
    names: Mapping[str, str]
    models: Mapping[Pair, str]
    top: int

    @property
    def period(self) -> Period:
        """The period reported on."""
        return self.calendar.period

    def name_of(self, strand: str) -> str:
        """What a strand is called; its id when nobody knows."""
        return self.names.get(strand, strand)


def instant_of(hour: str) -> datetime:
    """The beginning of an hour written YYYY-MM-DDTHH."""
    return datetime.strptime(hour, "%Y-%m-%dT%H").replace(tzinfo=UTC)
