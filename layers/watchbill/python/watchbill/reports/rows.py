"""From cells to lines: figures compared, names in the order that matters, what finds no room put together. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from watchbill.analytics.models import Cell, Measure
from watchbill.reports.data import Headline
from watchbill.reports.figures import Figures, Material
from watchbill.reports.lines import Compared, ComparedCost, Line, Split

L = TypeVar("L", bound=Line)
K = TypeVar("K")

NO_CELL = Cell()
TAIL = 0.95
"""Runs slower than this quantile are the slow ones."""


@dataclass(frozen=True, slots=True)
class Named:
    """The work under a name: its cell, and that of the period before; None when that period is not known."""

    id: str | None
    name: str
    cell: Cell
    before: Cell | None
    stands_for: int = 1

    @property
    def runs(self) -> int:
        """Its runs in this period."""
        return runs(self.cell)

    @property
    def head(self) -> dict[str, str | int | None]:
        """What every line begins with."""
        return {
            "id": self.id,
            "name": self.name,
            "stands_for": self.stands_for,
            "runs": self.runs,
            "previous_runs": None if self.before is None else runs(self.before),
        }

    def compared(self, figure: Callable[[Cell], float | None]) -> Compared:
        """A figure of it, compared."""
        return compared(figure(self.cell), None if self.before is None else figure(self.before))

    @property
    def cost(self) -> ComparedCost:
        """What it cost, compared."""
        return compared_cost(self.cell, self.before)


def compared(current: float | None, previous: float | None) -> Compared:
    """A figure now and before."""
    current, previous = _rounded(current), _rounded(previous)
    return Compared(current=current, previous=previous, change=change(current, previous))


def compared_cost(cell: Cell, before: Cell | None) -> ComparedCost:
    """The known costs of two cells."""
    current, previous = cost(cell), None if before is None else cost(before)
    moved = change(float(current), None if previous is None else float(previous))
    return ComparedCost(current=current, previous=previous, change=moved)


def change(current: float | None, previous: float | None) -> float | None:
    """By how many percent of the previous figure the current one differs; None where there is nothing to divide by."""
    if current is None or not previous:
        return None
    return round((current - previous) / previous * 100, 2)


def split(
    current: Mapping[K, Cell] | None,
    before: Mapping[K, Cell] | None,
    line: Callable[[Named], L],
    rank: Callable[[Cell], float],
    top: int,
    name_of: Callable[[K], str] = str,
) -> Split[L] | None:
    """A line for each of the `top` names of the highest rank, and one for all others; None for an unknown split."""
    if current is None:
        return None
    named = [
        Named(str(key), name_of(key), current.get(key, NO_CELL), None if before is None else before.get(key, NO_CELL))
        for key in {*current, *(before or ())}
    ]
    named.sort(key=lambda each: (-rank(each.cell), -each.runs, each.name))
    # One name that would stand alone among the others is shown.
    shown = named if len(named) <= top + 1 else named[:top]
    rest = named[len(shown) :]
    return Split(items=tuple(map(line, shown)), others=line(together(rest)) if rest else None)


def together(named: Iterable[Named]) -> Named:
    """Several names as one."""
    cell, before, stands_for = Cell(), Cell(), 0
    known = True
    for each in named:
        stands_for += 1
        cell.add(each.cell)
        before.add(each.before or NO_CELL)
        known = known and each.before is not None
    return Named(None, f"{stands_for:,} others", cell, before if known else None, stands_for)


def earlier(material: Material) -> Figures | None:
    """The figures of the period before; None when nothing ran in it."""
    return material.previous if material.previous.total else None


def merged(cells: Mapping[tuple[str, str], Cell], key: Callable[[tuple[str, str]], str]) -> dict[str, Cell]:
    """Cells of pairs, put together under new keys."""
    found: dict[str, Cell] = {}
    for pair, cell in cells.items():
        found.setdefault(key(pair), Cell()).add(cell)
    return found


def of_strand(cells: Mapping[tuple[str, str], Cell], strand: str) -> dict[str, Cell]:
    """The cells of a strand's versions or task types."""
    return {name: cell for (of, name), cell in cells.items() if of == strand}


def whole(material: Material) -> Named:
    """All of the work."""
    before = earlier(material)
    return Named(None, "all", material.current.total, before.total if before else None)


def headline(material: Material) -> Headline:
    """The figures of the period."""
    total, before = whole(material), earlier(material)
    return Headline(
        total_tasks=total.compared(runs),
        finished=total.compared(finished),
        failed=total.compared(failed),
        success_rate=total.compared(success_rate),
        avg_execution_time=total.compared(mean_duration),
        p95_execution_time=total.compared(p95),
        avg_quality_score=total.compared(quality),
        avg_satisfaction=total.compared(rating),
        total_cost=total.cost,
        total_tokens=total.compared(tokens),
        active_strands=compared(_active(material.current), _active(before) if before else None),
    )


def share(part: float, of: float) -> float | None:
    """A part of a whole, 0 to 1; None of nothing."""
    return round(part / of, 6) if of else None


def runs(cell: Cell) -> int:
    """All runs."""
    return int(cell[Measure.RUNS])


def finished(cell: Cell) -> int:
    """Runs that enter the success rate."""
    return cell.judged


def failed(cell: Cell) -> int:
    """Runs that failed or timed out."""
    return int(cell[Measure.FAILED] + cell[Measure.TIMEOUT])


def timeouts(cell: Cell) -> int:
    """Runs that timed out."""
    return int(cell[Measure.TIMEOUT])


def success_rate(cell: Cell) -> float | None:
    """Completed runs among the judged ones."""
    return cell.success_rate


def mean_duration(cell: Cell) -> float | None:
    """Mean duration in ms."""
    return cell.mean_duration_ms


def p50(cell: Cell) -> float | None:
    """Median duration in ms."""
    return cell.duration_quantile(0.5)


def p95(cell: Cell) -> float | None:
    """What 95% of durations are at most, in ms."""
    return cell.duration_quantile(TAIL)


def p99(cell: Cell) -> float | None:
    """What 99% of durations are at most, in ms."""
    return cell.duration_quantile(0.99)


def quality(cell: Cell) -> float | None:
    """Mean quality."""
    return cell.mean(Measure.QUALITY, Measure.QUALITY_RATED)


def judged(cell: Cell) -> int:
    """Runs with a quality."""
    return int(cell[Measure.QUALITY_RATED])


def rating(cell: Cell) -> float | None:
    """Mean rating."""
    return cell.mean(Measure.SATISFACTION, Measure.SATISFACTION_RATED)


def rated(cell: Cell) -> int:
    """Runs with a rating."""
    return int(cell[Measure.SATISFACTION_RATED])


def cost(cell: Cell) -> Decimal:
    """Known costs in USD."""
    return Decimal(cell[Measure.COST])


def tokens(cell: Cell) -> int:
    """All tokens."""
    return int(cell[Measure.TOKENS_TOTAL])


def duration(cell: Cell) -> int:
    """All time in ms."""
    return int(cell[Measure.DURATION_MS])


def uncosted(cell: Cell) -> int:
    """Runs whose cost is not known."""
    return runs(cell) - int(cell[Measure.COSTED])


def cost_per_run(cell: Cell) -> float | None:
    """Mean of the known costs."""
    return cell.mean(Measure.COST, Measure.COSTED)


def cost_per_1000_tokens(cell: Cell) -> float | None:
    """Known costs by tokens. Runs of which only one of the two is known are in it too: cells do not tell them apart."""
    return float(cost(cell)) * 1000 / tokens(cell) if tokens(cell) else None


def _active(figures: Figures) -> float | None:
    return None if figures.by_strand is None else sum(runs(cell) > 0 for cell in figures.by_strand.values())


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(float(value), 10)
