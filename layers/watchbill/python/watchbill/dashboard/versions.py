"""Two versions of an agent side by side: their figures, and which differences are more than chance. Pure.

Success and durations are those of all runs of the range, which rollups hold. Of costs, tokens and quality rollups hold
sums and no squares, without which nobody knows how much they vary: these are of the newest runs of each version.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from watchbill.analytics.histograms import value_of
from watchbill.analytics.models import Cell, Measure, Rollup
from watchbill.analytics.rules import parse_agent_cell
from watchbill.dashboard.charts import Unit
from watchbill.experiments import statistics
from watchbill.experiments.statistics import ALPHA, FEWEST, Difference, Interval, Sample
from watchbill.reports import words
from watchbill.runs.views import Run

_TENTH = 0.1
"""Of a mean, what is worth seeing."""


@dataclass(frozen=True, slots=True)
class Side:
    """A version: the sums over its runs of a range, and its newest runs."""

    version: str
    cell: Cell
    newest: Sequence[Run]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure over so many runs, and where the true one lies in 95 of 100 cases, if that is known."""

    value: float | None = None
    interval: Interval | None = None
    runs: int = 0


class Sense(StrEnum):
    """What the second version is beside the first."""

    BETTER = "better"
    WORSE = "worse"
    ALIKE = "no difference"
    UNKNOWN = "too few runs"


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of both versions. `sense` is None for what is shown and not judged."""

    name: str
    unit: Unit
    left: Figure
    right: Figure
    sense: Sense | None
    says: str


@dataclass(frozen=True, slots=True)
class _Question:
    """Two samples whose means are compared. `effect` is a difference worth seeing, `scale` the variance of one run."""

    runs: tuple[int, int]
    difference: Difference | None = None
    effect: float = 0.0
    scale: float = 0.0
    more: str = ""
    less: str = ""


class _Aspect(Protocol):
    """Something that versions are compared by."""

    @property
    def name(self) -> str: ...

    @property
    def unit(self) -> Unit: ...

    @property
    def less_is_better(self) -> bool: ...

    def figure(self, side: Side) -> Figure: ...

    def question(self, left: Side, right: Side) -> _Question: ...

    def amount(self, difference: float) -> str: ...


@dataclass(frozen=True, slots=True)
class _Success:
    name = "Success"
    unit = Unit.RATE
    less_is_better = False

    def figure(self, side: Side) -> Figure:
        judged, completed = side.cell.judged, int(side.cell[Measure.COMPLETED])
        return Figure(side.cell.success_rate, statistics.wilson(completed, judged), judged) if judged else Figure()

    def question(self, left: Side, right: Side) -> _Question:
        samples = [
            statistics.share(int(cell[Measure.COMPLETED]), cell.judged) if cell.judged else None
            for cell in (left.cell, right.cell)
        ]
        return _of_shares(samples, 0.05, ("more of its runs succeed", "fewer of its runs succeed"))

    def amount(self, difference: float) -> str:
        return _points(difference)


@dataclass(frozen=True, slots=True)
class _Quantile:
    """How long runs take: judged is the share of runs that take longer than the quantile of both together."""

    name: str
    q: float
    effect: float
    unit = Unit.DURATION
    less_is_better = True

    def figure(self, side: Side) -> Figure:
        counts = side.cell.durations
        interval = statistics.quantile_interval(counts, self.q)
        return Figure(side.cell.duration_quantile(self.q), interval, counts.total())

    def question(self, left: Side, right: Side) -> _Question:
        counts = left.cell.durations, right.cell.durations
        if not all(counts):
            return _Question((counts[0].total(), counts[1].total()))
        bucket = statistics.pooled_bucket(*counts, self.q)
        longer = f"of its runs take longer than {words.duration(value_of(bucket))}"
        samples = [statistics.above(each, bucket) for each in counts]
        return _of_shares(samples, self.effect, (f"more {longer}", f"fewer {longer}"))

    def amount(self, difference: float) -> str:
        return _points(difference)


@dataclass(frozen=True, slots=True)
class _Mean:
    """The mean of what the newest runs say."""

    name: str
    unit: Unit
    less_is_better: bool
    said: Callable[[Run], Decimal | float | None]

    def figure(self, side: Side) -> Figure:
        sample = self._sample(side)
        if sample is None:
            return Figure()
        if sample.runs < 2:
            return Figure(sample.mean, None, sample.runs)
        low, high = statistics.mean_interval(sample)
        # What runs say is never less than nothing, of which an interval around a mean knows nothing.
        return Figure(sample.mean, (max(0, low), high), sample.runs)

    def question(self, left: Side, right: Side) -> _Question:
        first, other = self._sample(left), self._sample(right)
        runs = first.runs if first else 0, other.runs if other else 0
        if first is None or other is None or min(runs) < FEWEST:
            return _Question(runs)
        difference = statistics.between_means(first, other)
        return _Question(runs, difference, abs(first.mean) * _TENTH, difference.scale, "more", "less")

    def amount(self, difference: float) -> str:
        return self.unit.write(abs(difference))

    def _sample(self, side: Side) -> Sample | None:
        said = [Decimal(str(value)) for run in side.newest if (value := self.said(run)) is not None]
        squares = sum((value * value for value in said), Decimal(0))
        return statistics.mean(sum(said, Decimal(0)), squares, len(said)) if said else None


_ASPECTS: tuple[_Aspect, ...] = (
    _Success(),
    _Quantile("p50", 0.5, 0.1),
    _Quantile("p95", 0.95, 0.05),
    _Mean("Cost per run", Unit.MONEY, True, lambda run: run.cost),
    _Mean("Tokens per run", Unit.COUNT, True, lambda run: run.tokens.total if run.tokens else None),
    _Mean("Quality", Unit.COUNT, False, lambda run: run.quality_score),
)
_RAREST = _Quantile("p99", 0.99, 0)


def by_version(hours: Mapping[str, Rollup]) -> dict[str, Cell]:
    """The sums over each version's runs, of an agent's hours."""
    cells: dict[str, Cell] = {}
    for rollup in hours.values():
        for name, cell in rollup.cells.items():
            cells.setdefault(parse_agent_cell(name)[0], Cell()).add(cell)
    return cells


def beside(left: Side, right: Side) -> list[Row]:
    """The figures of two versions, and what the second is beside the first in each."""
    questions = [aspect.question(left, right) for aspect in _ASPECTS]
    # Whoever looks at many figures finds a difference in one of them by chance; and he looks when he likes.
    asked = [question.difference.p_value(anytime=True) for question in questions if question.difference]
    adjusted = iter(statistics.holm(asked))
    rows = [
        _row(aspect, left, right, question, next(adjusted) if question.difference else None)
        for aspect, question in zip(_ASPECTS, questions, strict=True)
        if any(question.runs)
    ]
    rarest = Row(_RAREST.name, _RAREST.unit, _RAREST.figure(left), _RAREST.figure(right), None, "shown, not judged")
    behind = next((at + 1 for at, row in enumerate(rows) if row.name == "p95"), 0)
    return [*rows[:behind], rarest, *rows[behind:]] if behind else rows


def verdict(left: str, right: str, rows: Sequence[Row]) -> str:
    """What it comes to, in a sentence or two."""
    named = {sense: [row.name.lower() for row in rows if row.sense is sense] for sense in Sense}
    if not named[Sense.BETTER] and not named[Sense.WORSE]:
        if not named[Sense.ALIKE]:
            return f"Too few runs to tell {right} from {left}: {FEWEST} of each are the least."
        return f"No difference between {right} and {left} that could not be chance."
    told = [f"{sense.value} in {_listed(named[sense])}" for sense in (Sense.BETTER, Sense.WORSE) if named[sense]]
    rest = " Nothing else differs by more than chance." if named[Sense.ALIKE] else ""
    return f"{right} is {' and '.join(told)} than {left}.{rest}"


def _of_shares(samples: Sequence[Sample | None], effect: float, said: tuple[str, str]) -> _Question:
    first, other = samples
    runs = first.runs if first else 0, other.runs if other else 0
    if first is None or other is None or min(runs) < FEWEST:
        return _Question(runs)
    difference = statistics.between_shares(first, other)
    # Of runs that all ended alike nobody has seen yet how much they vary: as much, at least, as if a few had not.
    return _Question(runs, difference, effect, max(difference.scale, effect * (1 - effect)), *said)


def _row(aspect: _Aspect, left: Side, right: Side, question: _Question, p_value: float | None) -> Row:
    sense, says = _judged(aspect, left, right, question, p_value)
    return Row(aspect.name, aspect.unit, aspect.figure(left), aspect.figure(right), sense, says)


def _judged(aspect: _Aspect, left: Side, right: Side, question: _Question, p_value: float | None) -> tuple[Sense, str]:
    difference = question.difference
    if difference is None or p_value is None:
        return Sense.UNKNOWN, _too_few(left.version, right.version, question.runs)
    if p_value >= ALPHA:
        return Sense.ALIKE, f"{_chance(p_value)}; {_missing(aspect, question)}"
    is_less = difference.value < 0
    low, high = sorted(map(abs, difference.interval(anytime=True)))
    how = question.less if is_less else question.more
    between = f"between {aspect.amount(low)} and {aspect.amount(high)}"
    says = f"{aspect.amount(difference.value)} {how} ({between}); {_chance(p_value)}"
    return Sense.BETTER if is_less is aspect.less_is_better else Sense.WORSE, says


def _too_few(left: str, right: str, runs: tuple[int, int]) -> str:
    missing = [
        f"{words.plural(FEWEST - had, 'more run')} of {version}"
        for version, had in zip((left, right), runs, strict=True)
        if had < FEWEST
    ]
    return f"needs {' and '.join(missing)} to be judged"


def _missing(aspect: _Aspect, question: _Question) -> str:
    if not question.effect:
        return "no difference was seen"
    needed = statistics.runs_needed(question.scale, question.effect, anytime=True)
    missing = max(0, needed - min(question.runs))
    size = f"a difference of {aspect.amount(question.effect)}"
    if not missing:
        return f"{size} would most likely have shown"
    return f"about {words.plural(missing, 'more run')} of each would show {size}"


def _chance(p_value: float) -> str:
    return "p < 0.001" if p_value < 0.001 else f"p = {p_value:.2g}"


def _points(difference: float) -> str:
    return f"{abs(difference) * 100:.1f} points"


def _listed(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
