"""Rollups: sums over runs, per dimension and hour. They add and subtract exactly; ratios are taken when read."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from watchbill.analytics.histograms import Counts, quantile

MAX_CELLS = 300
OTHER = "~"
"""The cell of what no longer found room in a rollup: totals stay exact, the split by name does not grow for ever."""

COST_STEP = Decimal(10) ** 10
"""Costs by the minute are kept as whole numbers of 10⁻¹⁰ USD."""


class Dimension(StrEnum):
    """What rollups are kept by, and what the cells inside one stand for."""

    ORGANISATION = "organisation"  # cells by task type
    AGENT = "agent"  # cells by version and task type
    USER = "user"  # a shard of users; cells by user
    CAMPAIGN = "campaign"  # cells by agent
    EXPERIMENT = "experiment"  # cells by version, with sums of squares


class Measure(StrEnum):
    """What is summed. The value is the attribute's name in the table: short, because it is paid for by the byte."""

    RUNS = "n"
    COMPLETED = "c"
    FAILED = "f"
    TIMEOUT = "t"
    CANCELLED = "x"
    RUNNING = "r"
    QUEUED = "q"
    DURATION_MS = "d"
    TIMED = "dn"
    COST = "u"
    COSTED = "un"
    TOKENS_INPUT = "ti"
    TOKENS_OUTPUT = "to"
    TOKENS_TOTAL = "tt"
    QUALITY = "k"
    QUALITY_RATED = "kn"
    SATISFACTION = "s"
    SATISFACTION_RATED = "sn"
    ITEMS = "i"
    CONTENT = "p"
    TRENDS = "e"
    COST_SQUARES = "uq"
    QUALITY_SQUARES = "kq"
    SATISFACTION_SQUARES = "sq"


SQUARE_STEPS = {
    Measure.COST_SQUARES: Decimal("1e-8"),
    Measure.QUALITY_SQUARES: Decimal("0.01"),
    Measure.SATISFACTION_SQUARES: Decimal("0.01"),
}
"""Sums of squares are kept as whole numbers, of squares of these: exact, so that what is added can be taken away."""

Sums = dict[Measure, int | Decimal]


@dataclass(slots=True)
class Cell:
    """Sums over some runs, the histogram of their durations in ms, and the event time of the newest."""

    sums: Sums = field(default_factory=dict)
    durations: Counts = field(default_factory=Counter)
    newest: str = ""

    def __getitem__(self, measure: Measure) -> int | Decimal:
        return self.sums.get(measure, 0)

    def __bool__(self) -> bool:
        return bool(self.sums or self.durations or self.newest)

    def add(self, other: "Cell", sign: int = 1) -> None:
        """Add another cell, or take it away again. What becomes zero disappears; `newest` only moves forward."""
        for measure, amount in other.sums.items():
            total = self.sums.get(measure, 0) + sign * amount
            if total:
                self.sums[measure] = total
            else:
                self.sums.pop(measure, None)
        _add_counts(self.durations, other.durations, sign)
        self.newest = max(self.newest, other.newest)

    @property
    def judged(self) -> int:
        """Runs that enter the success rate."""
        return int(self[Measure.COMPLETED] + self[Measure.FAILED] + self[Measure.TIMEOUT])

    @property
    def success_rate(self) -> float | None:
        """Completed runs among the judged ones, 0 to 1; None without any."""
        return int(self[Measure.COMPLETED]) / self.judged if self.judged else None

    @property
    def mean_duration_ms(self) -> float | None:
        """Mean duration of the finished runs that have one; None without any."""
        return self.mean(Measure.DURATION_MS, Measure.TIMED)

    def mean(self, amount: Measure, counted: Measure) -> float | None:
        """The mean of a measure over the runs that have it; None without any."""
        return float(self[amount] / self[counted]) if self[counted] else None

    def duration_quantile(self, q: float) -> float | None:
        """A quantile of the finished runs' durations in ms, within 1%; None without any."""
        return quantile(self.durations, q)


@dataclass(slots=True)
class Rollup:
    """One rollup item: cells by name, and for some dimensions the measures by minute of the hour."""

    cells: dict[str, Cell] = field(default_factory=dict)
    minutes: dict[Measure, Counts] = field(default_factory=dict)

    def add(self, other: "Rollup", sign: int = 1) -> None:
        """Add another rollup, or take it away again."""
        for name, cell in other.cells.items():
            home = self._home(name)
            self.cells.setdefault(home, Cell()).add(cell, sign)
            if not self.cells[home] and OTHER not in self.cells:
                del self.cells[home]
        for measure, counts in other.minutes.items():
            _add_counts(self.minutes.setdefault(measure, Counter()), counts, sign)
            if not self.minutes[measure]:
                del self.minutes[measure]

    @property
    def total(self) -> Cell:
        """All cells in one."""
        total = Cell()
        for cell in self.cells.values():
            total.add(cell)
        return total

    @property
    def runs(self) -> int:
        """How many runs are counted in it."""
        return sum(int(cell[Measure.RUNS]) for cell in self.cells.values())

    @property
    def sums(self) -> bool:
        """Whether there is anything but event times in it."""
        return bool(self.minutes) or any(cell.sums or cell.durations for cell in self.cells.values())

    def _home(self, name: str) -> str:
        # Once OTHER is in use no cell goes away, so a name that found no room finds none later: what was added to
        # OTHER is taken away from OTHER.
        return name if name in self.cells or len(self.cells) < MAX_CELLS else OTHER


class RollupKey(NamedTuple):
    """Which rollup: of a generation, a dimension's member, and an hour (YYYY-MM-DDTHH) or, when None, of all time."""

    generation: int
    dimension: Dimension
    member: str
    hour: str | None


@dataclass(frozen=True, slots=True)
class Generation:
    """One computation of the rollups. A rebuild makes a new one beside the one being read, then readers turn to it.

    It holds the hours from `since` on ("" for all) and counts a run when the run was first recorded at or after
    `started_at`, or has been replayed for it.
    """

    number: int
    since: str = ""
    started_at: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where an organisation's rollups lie: the generations read (oldest first), one being built, the shards of users.

    `user_shards` says from which hour on users are spread over how many items. Both are settled before a run can fall
    into the hours they speak of, so that a redelivered record always finds the items it found before.
    """

    read: tuple[Generation, ...] = (Generation(1),)
    building: Generation | None = None
    user_shards: tuple[tuple[str, int], ...] = (("", 8),)
    revision: int = 0

    def of_hour(self, hour: str) -> Generation:
        """The generation that is read for an hour."""
        return next(generation for generation in reversed(self.read) if generation.since <= hour)

    def shards_of_hour(self, hour: str) -> int:
        """Over how many items users are spread in an hour."""
        return next(shards for since, shards in reversed(self.user_shards) if since <= hour)

    def taking(self, hour: str) -> list[Generation]:
        """The generations that runs of an hour are counted in."""
        building = [self.building] if self.building and self.building.since <= hour else []
        return [self.of_hour(hour), *building]

    @property
    def totalling(self) -> list[Generation]:
        """The generations whose totals runs are counted in."""
        return [self.current, *([self.building] if self.building else [])]

    @property
    def current(self) -> Generation:
        """The newest generation that is read; it holds the totals."""
        return self.read[-1]


def _add_counts(counts: Counts, other: Mapping[int, int], sign: int) -> None:
    for index, count in other.items():
        counts[index] += sign * count
        if not counts[index]:
            del counts[index]
