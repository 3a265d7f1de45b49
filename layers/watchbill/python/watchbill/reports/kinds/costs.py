"""What was spent, on what, and where it is going."""

from datetime import datetime, timedelta
from decimal import Decimal
from statistics import median

from watchbill.analytics.models import Cell, Measure
from watchbill.reports import findings as shared
from watchbill.reports import rows, words
from watchbill.reports.data import CostData, CostLine, CostStretch, Projection
from watchbill.reports.figures import Figures, Material, Pair
from watchbill.reports.findings import finding
from watchbill.reports.lines import Split
from watchbill.reports.models import Finding, InsightSeverity
from watchbill.reports.rows import NO_CELL, Named

UNKNOWN_MODEL = "unknown"
BY_MODEL_BASIS = (
    "A run's cost counts for the models that its agent's version was registered with; several models are named"
    " together, and versions registered without any are unknown."
)
PROJECTED = timedelta(days=30)
LEAST_TO_PROJECT = timedelta(hours=1)
COURSES_SHOWN = 4
HALF = 0.5
DEARER = 20.0
"""Percent by which a price must rise to be noted."""
STANDS_OUT = 1.6
"""Times the median day that a day must cost to be noted."""
NOTABLE = 1.0
"""USD by which a cost must rise to be noted."""


def data(material: Material) -> CostData:
    """The costs."""
    current, before = material.current, rows.earlier(material)
    everything = rows.whole(material)
    courses = _courses(material)

    def line(named: Named) -> CostLine:
        return _line(named, rows.cost(current.total))

    def by(here: dict[str, Cell] | None, there: dict[str, Cell] | None) -> Split[CostLine] | None:
        return rows.split(here, there, line, _cost, material.top)

    return CostData(
        cost=everything.cost,
        cost_per_run=everything.compared(rows.cost_per_run),
        cost_per_1000_tokens=everything.compared(rows.cost_per_1000_tokens),
        tokens=everything.compared(rows.tokens),
        runs=everything.compared(rows.runs),
        dearest_stretch=rows.compared_cost(_dearest(current), _dearest(before) if before else None),
        runs_without_cost=everything.compared(rows.uncosted),
        by_strand=rows.split(
            current.by_strand, before.by_strand if before else None, line, _cost, material.top, material.name_of
        ),
        by_model=by(_by_model(current, material), _by_model(before, material) if before else None),
        by_model_basis=BY_MODEL_BASIS,
        by_user=by(current.by_user, before.by_user if before else None),
        timeline=tuple(_stretch(at, current, courses) for at in material.calendar.stretches()),
        course_of=tuple(map(material.name_of, courses)),
        projection=_projection(material),
    )


def findings(data: CostData, material: Material) -> list[Finding]:
    """The sum, where it goes, what became dearer, and what is not known."""
    strands = data.by_strand.items if data.by_strand else ()
    models = data.by_model.items if data.by_model else ()
    return shared.known(
        (
            shared.spending(data.cost, strands[0].name if strands else None),
            _heaviest(strands),
            _peak(data, material),
            *(_risen(line, "strand") for line in strands[:5]),
            *(_risen(line, "model") for line in models[:3]),
            _dearer(data),
            _per_run(data),
            _unknown(data),
            _projected(data),
        )
    )


def _cost(cell: Cell) -> float:
    return float(rows.cost(cell))


def _line(named: Named, total: Decimal) -> CostLine:
    return CostLine(
        **named.head,
        cost=named.cost,
        share=rows.share(_cost(named.cell), float(total)),
        costed_runs=int(named.cell[Measure.COSTED]),
        cost_per_run=named.compared(rows.cost_per_run),
        tokens=rows.tokens(named.cell),
        cost_per_1000_tokens=named.compared(rows.cost_per_1000_tokens),
    )


def _by_model(figures: Figures, material: Material) -> dict[str, Cell] | None:
    if figures.by_strand is None:
        return None

    def models_of(version: Pair) -> str:
        return material.models.get(version, UNKNOWN_MODEL)

    return rows.merged(figures.versions, models_of)


def _courses(material: Material) -> list[str]:
    """The strands whose costs are shown over time: those with the dearest stretches, so that none of these hides."""
    peaks: dict[str, float] = {}
    for (strand, _), cell in material.current.strands_course.items():
        peaks[strand] = max(peaks.get(strand, 0.0), _cost(cell))
    costly = [strand for strand, peak in peaks.items() if peak]
    return sorted(costly, key=lambda strand: (-peaks[strand], strand))[:COURSES_SHOWN]


def _stretch(at: datetime, figures: Figures, courses: list[str]) -> CostStretch:
    cell = figures.course.get(at, NO_CELL)
    parts = (rows.cost(figures.strands_course.get((strand, at), NO_CELL)) for strand in courses)
    return CostStretch(start=at, runs=rows.runs(cell), cost=rows.cost(cell), parts=tuple(parts))


def _projection(material: Material) -> Projection | None:
    elapsed = min(material.period.end, material.now) - material.period.start
    spent = rows.cost(material.current.total)
    if elapsed < LEAST_TO_PROJECT or not spent:
        return None
    before = rows.earlier(material)
    per_day = spent * Decimal(timedelta(days=1) / elapsed)
    days_before = Decimal(PROJECTED / material.period.length)
    cents = Decimal("0.0001")
    return Projection(
        days=PROJECTED.days,
        cost=(per_day * PROJECTED.days).quantize(cents),
        previous=(rows.cost(before.total) * days_before).quantize(cents) if before else None,
        per_day=per_day.quantize(cents),
        basis="The mean of a day of this period, so many times; no growth and no season is assumed.",
    )


def _heaviest(lines: tuple[CostLine, ...]) -> Finding | None:
    if len(lines) < 2 or not lines[0].cost.current or (lines[0].share or 0) < HALF:
        return None
    line = lines[0]
    return finding(
        "costShare",
        InsightSeverity.INFO,
        f"{line.name!r} accounts for {words.rate(line.share or 0)} of the cost, with"
        f" {words.money(float(line.cost.current))}",
        words.MONEY,
        line.cost,
        subject=line.name,
    )


def _dearest(figures: Figures) -> Cell:
    return max(figures.course.values(), key=_cost, default=NO_CELL)


def _peak(data: CostData, material: Material) -> Finding | None:
    """The dearest day, when it stands out from the others."""
    costs = sorted(float(stretch.cost) for stretch in data.timeline)
    usual = median(costs)
    dearest = max(data.timeline, key=lambda stretch: stretch.cost)
    if not material.calendar.daily or usual <= 0 or float(dearest.cost) < max(NOTABLE, STANDS_OUT * usual):
        return None
    at = words.day(dearest.start.astimezone(material.calendar.zone))
    said = (
        f"{at} was the dearest day with {words.money(float(dearest.cost))},"
        f" {float(dearest.cost) / usual:.1f} times the usual"
    )
    driven = _driver(dearest.start, material)
    begin = f", beginning with {material.name_of(driven)!r}" if driven else ""
    advice = f"Compare what ran on {at} with the days around it{begin}."
    return finding("dearestDay", InsightSeverity.WARNING, said, words.MONEY, data.dearest_stretch, advice=advice)


def _driver(at: datetime, material: Material) -> str | None:
    """The strand that rose most above its own usual cost in a stretch."""
    stretches = list(material.calendar.stretches())
    course = material.current.strands_course

    def rise(strand: str) -> float:
        usual = median(_cost(course.get((strand, each), NO_CELL)) for each in stretches)
        return _cost(course.get((strand, at), NO_CELL)) - usual

    return max(sorted({strand for strand, _ in course}), key=rise, default=None)


def _risen(line: CostLine, what: str) -> Finding | None:
    if line.cost.previous is None:
        return None
    rise = float(line.cost.current - line.cost.previous)
    if rise < NOTABLE or rise < float(line.cost.previous) * DEARER / 100:
        return None
    price = line.cost_per_1000_tokens
    dearer = price.change is not None and price.change >= DEARER
    why = "its tokens became dearer, so look at the model it calls" if dearer else "it used more tokens, or ran more"
    return finding(
        f"{what}Cost",
        InsightSeverity.WARNING,
        f"{line.name!r} cost {words.money(float(line.cost.current))}",
        words.MONEY,
        line.cost,
        subject=line.name,
        advice=f"Find out why {line.name!r} costs more: {why}.",
    )


def _dearer(data: CostData) -> Finding | None:
    price = data.cost_per_1000_tokens
    if price.current is None:
        return None
    risen = price.change is not None and price.change >= DEARER
    advice = "Check which models are called: a token costs more than it did." if risen else None
    said = f"1,000 tokens cost {words.money(price.current)}"
    severity = InsightSeverity.WARNING if risen else InsightSeverity.INFO
    return finding("costPer1000Tokens", severity, said, words.MONEY, price, advice=advice)


def _per_run(data: CostData) -> Finding | None:
    if data.cost_per_run.current is None:
        return None
    said = f"A run cost {words.money(data.cost_per_run.current)} on average"
    return finding("costPerRun", InsightSeverity.INFO, said, words.MONEY, data.cost_per_run)


def _unknown(data: CostData) -> Finding | None:
    runs, unknown = int(data.runs.current or 0), int(data.runs_without_cost.current or 0)
    if not runs or unknown * 10 < runs:
        return None
    return finding(
        "runsWithoutCost",
        InsightSeverity.WARNING,
        f"The cost of {words.plural(unknown, 'run')} of {runs:,} is not known",
        words.COUNT,
        data.runs_without_cost,
        advice="Have the agents report what their runs cost: sums leave out what is not known.",
    )


def _projected(data: CostData) -> Finding | None:
    seen = data.projection
    if seen is None:
        return None
    said = (
        f"At {words.money(float(seen.per_day))} a day, the next {seen.days} days cost {words.money(float(seen.cost))}"
    )
    figure = rows.compared(float(seen.cost), None if seen.previous is None else float(seen.previous))
    return finding("projectedCost", InsightSeverity.INFO, said, words.MONEY, figure)
