"""How it went: the figures of a period, who did most and who did worst, and its course."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from watchbill.analytics.models import Cell
from watchbill.anomalies.intervals import wilson
from watchbill.reports import findings as shared
from watchbill.reports import rows, words
from watchbill.reports.data import OutcomeLine, OutcomeStretch, SummaryData
from watchbill.reports.figures import Calendar, Figures, Material, instant_of
from watchbill.reports.findings import finding
from watchbill.reports.lines import Line
from watchbill.reports.models import Finding, InsightSeverity
from watchbill.reports.rows import NO_CELL, Named

WORST_SHOWN = 5
NAMES_SHOWN = 10


def data(material: Material) -> SummaryData:
    """The figures of a summary."""
    current, before = material.current, rows.earlier(material)
    strands, strands_before = current.by_strand, before.by_strand if before else None
    tasks_before = before.by_task_type if before else None
    all_runs, top = rows.runs(current.total), material.top

    def line(named: Named) -> OutcomeLine:
        return _line(named, all_runs)

    return SummaryData(
        figures=rows.headline(material),
        most_active=rows.split(strands, strands_before, line, rows.runs, top, material.name_of),
        worst=tuple(map(line, _worst(material))),
        by_task_type=rows.split(current.by_task_type, tasks_before, line, rows.runs, top),
        new_strands=_only(material, lambda now, before: now and not before),
        silent_strands=_only(material, lambda now, before: before and not now),
        timeline=tuple(_stretch(at, current.course.get(at, NO_CELL)) for at in material.calendar.stretches()),
        busiest=_busiest(current, material.calendar),
    )


def findings(data: SummaryData, material: Material) -> list[Finding]:  # noqa: ARG001 - as every kind's
    """What stands out in a summary."""
    figures = data.figures
    worst = data.worst[0].name if data.worst else None
    return shared.known(
        (
            shared.volume(figures),
            shared.success(figures, worst),
            shared.quality(figures.avg_quality_score),
            shared.execution(figures),
            shared.spending(figures.total_cost),
            shared.satisfaction(figures.avg_satisfaction),
            *map(_silent, data.silent_strands),
            *map(_new, data.new_strands),
        )
    )


def _line(named: Named, all_runs: int) -> OutcomeLine:
    return OutcomeLine(
        **named.head,
        share=rows.share(named.runs, all_runs),
        finished=rows.finished(named.cell),
        failed=rows.failed(named.cell),
        timeouts=rows.timeouts(named.cell),
        success_rate=named.compared(rows.success_rate),
        avg_execution_time=named.compared(rows.mean_duration),
        total_cost=named.cost,
    )


def _worst(material: Material) -> list[Named]:
    """The strands with failures that most surely fail most: one failure of one run proves less than fifty of sixty."""
    before = rows.earlier(material)
    known = (before.by_strand if before else None) or {}
    failing = [
        Named(strand, material.name_of(strand), cell, known.get(strand, NO_CELL) if before else None)
        for strand, cell in (material.current.by_strand or {}).items()
        if rows.failed(cell)
    ]
    return sorted(failing, key=lambda named: (_best_case(named.cell), named.name))[:WORST_SHOWN]


def _best_case(cell: Cell) -> float:
    return wilson(cell.judged - rows.failed(cell), cell.judged).high


def _only(material: Material, wanted: Callable[[int, int], int | bool]) -> tuple[Line, ...]:
    """The strands with so many runs now and before, the busiest first; none without anything to compare with."""
    before = rows.earlier(material)
    here, there = material.current.by_strand, before.by_strand if before else None
    if here is None or there is None:
        return ()
    every = (
        Named(strand, material.name_of(strand), here.get(strand, NO_CELL), there.get(strand, NO_CELL))
        for strand in sorted({*here, *there})
    )
    lines = [
        Line.model_validate(named.head) for named in every if wanted(named.runs, rows.runs(named.before or NO_CELL))
    ]
    return tuple(sorted(lines, key=lambda line: (-line.runs - (line.previous_runs or 0), line.name)))[:NAMES_SHOWN]


def _stretch(at: datetime, cell: Cell) -> OutcomeStretch:
    return OutcomeStretch(
        start=at,
        runs=rows.runs(cell),
        failed=rows.failed(cell),
        success_rate=rows.success_rate(cell),
        avg_execution_time=rows.mean_duration(cell),
        avg_quality_score=rows.quality(cell),
        total_cost=rows.cost(cell),
    )


def _busiest(figures: Figures, calendar: Calendar) -> tuple[float, ...]:
    if not calendar.daily:
        return ()
    by_hour: Counter[int] = Counter()
    for hour, cell in figures.hours.items():
        by_hour[instant_of(hour).astimezone(calendar.zone).hour] += rows.runs(cell)
    days = calendar.period.length / timedelta(days=1)
    return tuple(round(by_hour[hour] / days, 2) for hour in range(24))


def _silent(line: Line) -> Finding:
    return finding(
        "totalTasks",
        InsightSeverity.WARNING,
        f"{line.name!r} did not work",
        words.COUNT,
        rows.compared(line.runs, line.previous_runs),
        subject=line.name,
        advice=f"Check whether {line.name!r} was meant to stop.",
    )


def _new(line: Line) -> Finding:
    return finding(
        "totalTasks",
        InsightSeverity.INFO,
        f"{line.name!r} is back or new, with {words.plural(line.runs, 'run')}",
        words.COUNT,
        rows.compared(line.runs, line.previous_runs),
        subject=line.name,
    )
