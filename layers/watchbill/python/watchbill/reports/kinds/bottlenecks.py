"""Where time goes, what is slowest, and what could be saved."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from watchbill.analytics.histograms import value_of
from watchbill.analytics.models import Cell
from watchbill.reports import findings as shared
from watchbill.reports import rows, words
from watchbill.reports.data import BottleneckData, WaitLine, WaitStretch
from watchbill.reports.figures import HOUR, Figures, Material, instant_of
from watchbill.reports.findings import ENOUGH_RUNS, EXECUTION_LIMIT_MS, finding
from watchbill.reports.models import Finding, InsightSeverity, Period
from watchbill.reports.rows import NO_CELL, Named

HALF = 0.5
SLOW_ONE_IN = 20
NOTED = 3
MANY_TIMEOUTS = 0.01


def data(material: Material) -> BottleneckData:
    """The times."""
    current, before, top = material.current, rows.earlier(material), material.top
    everything = rows.whole(material)

    def line(named: Named) -> WaitLine:
        return _line(named, rows.duration(current.total))

    return BottleneckData(
        p95_execution_time=everything.compared(rows.p95),
        total_ms=everything.compared(rows.duration),
        failed=everything.compared(rows.failed),
        timeouts=everything.compared(rows.timeouts),
        peak_concurrency=rows.compared(
            _peak(current, material.period, material.now),
            _peak(before, material.period.before, material.now) if before else None,
        ),
        saved_ms=rows.compared(_saved(current), _saved(before) if before else None),
        by_strand=rows.split(
            current.by_strand, before.by_strand if before else None, line, _slowest_first, top, material.name_of
        ),
        by_task_type=rows.split(
            current.by_task_type, before.by_task_type if before else None, line, _slowest_first, top
        ),
        timeline=tuple(_stretches(material)),
    )


def findings(data: BottleneckData, material: Material) -> list[Finding]:
    """The slowest, the heaviest, timeouts, the busiest hour, and what faster outliers would save."""
    lines = [line for line in (data.by_strand.items if data.by_strand else ()) if line.runs >= ENOUGH_RUNS]
    slow = [line for line in lines if (line.p95_execution_time.current or 0) > EXECUTION_LIMIT_MS]
    return shared.known(
        (
            _overall(data),
            *map(_slow, slow[:NOTED]),
            _heaviest(lines),
            _timeouts(data, rows.runs(material.current.total)),
            _busiest(data),
            _saving(data),
        )
    )


def saved_ms(cell: Cell) -> int:
    """What the slowest 5% of runs took beyond the median, read from the histogram's buckets of 1% error."""
    median = rows.p50(cell)
    left, saved = sum(cell.durations.values()) // SLOW_ONE_IN, 0.0
    if median is None:
        return 0
    for bucket in sorted(cell.durations, reverse=True):
        taken = min(left, cell.durations[bucket])
        saved += taken * (value_of(bucket) - median)
        left -= taken
    return round(saved)


def _saved(figures: Figures) -> int:
    # Each strand beside its own median: where strands are not known, all runs beside one.
    cells = [figures.total] if figures.by_strand is None else figures.by_strand.values()
    return sum(map(saved_ms, cells))


def concurrency(cell: Cell, length: timedelta) -> float:
    """How many runs were at work at a time, on average over a stretch."""
    return round(rows.duration(cell) / (length / timedelta(milliseconds=1)), 4) if length else 0.0


def _slowest_first(cell: Cell) -> float:
    return rows.p95(cell) or 0.0


def _line(named: Named, total: int) -> WaitLine:
    return WaitLine(
        **named.head,
        failed=rows.failed(named.cell),
        timeouts=rows.timeouts(named.cell),
        p50_execution_time=rows.p50(named.cell),
        p95_execution_time=named.compared(rows.p95),
        total_ms=named.compared(rows.duration),
        share=rows.share(rows.duration(named.cell), total),
        saved_ms=named.compared(saved_ms),
    )


def _peak(figures: Figures, period: Period, now: datetime) -> float | None:
    """The concurrency of the busiest whole hour."""
    whole = {hour: cell for hour, cell in figures.hours.items() if _length(instant_of(hour), period, now) == HOUR}
    return max((concurrency(cell, HOUR) for cell in whole.values()), default=None)


def _length(hour: datetime, period: Period, now: datetime) -> timedelta:
    return min(hour + HOUR, period.end, now) - max(hour, period.start)


def _stretches(material: Material) -> list[WaitStretch]:
    starts = list(material.calendar.stretches())
    ends = [*starts[1:], material.period.end]
    return [
        _stretch(start, min(end, max(material.now, start)) - start, material.current.course)
        for start, end in zip(starts, ends, strict=True)
    ]


def _stretch(at: datetime, length: timedelta, course: Mapping[datetime, Cell]) -> WaitStretch:
    cell = course.get(at, NO_CELL)
    return WaitStretch(
        start=at,
        runs=rows.runs(cell),
        concurrency=concurrency(cell, length),
        p95_execution_time=rows.p95(cell),
        failed=rows.failed(cell),
    )


def _overall(data: BottleneckData) -> Finding | None:
    figure = data.p95_execution_time
    if figure.current is None:
        return None
    said = f"The slowest 5% of all runs took {words.duration(figure.current)} and more"
    return finding("p95ExecutionTime", InsightSeverity.INFO, said, words.DURATION, figure)


def _slow(line: WaitLine) -> Finding:
    spread = (line.p95_execution_time.current or 0) / (line.p50_execution_time or 1)
    advice = (
        f"Look at what the slowest runs of {line.name!r} have in common: they take {spread:.0f} times its median."
        if spread >= 3
        else f"{line.name!r} is slow throughout: look at the work itself, its model and its tools, not at outliers."
    )
    return finding(
        "p95ExecutionTime",
        InsightSeverity.WARNING,
        f"The slowest 5% of the runs of {line.name!r} took {words.duration(line.p95_execution_time.current or 0)} and"
        f" more, against a limit of {words.duration(EXECUTION_LIMIT_MS)}",
        words.DURATION,
        line.p95_execution_time,
        subject=line.name,
        advice=advice,
    )


def _heaviest(lines: list[WaitLine]) -> Finding | None:
    line = max(lines, key=lambda each: each.total_ms.current or 0, default=None)
    if line is None or len(lines) < 2 or (line.share or 0) < HALF:
        return None
    return finding(
        "shareOfTime",
        InsightSeverity.INFO,
        f"{line.name!r} takes {words.rate(line.share or 0)} of all time, {words.duration(line.total_ms.current or 0)}",
        words.DURATION,
        line.total_ms,
        subject=line.name,
    )


def _timeouts(data: BottleneckData, runs: int) -> Finding | None:
    timeouts = int(data.timeouts.current or 0)
    if not timeouts:
        return None
    many = timeouts >= MANY_TIMEOUTS * runs
    names = data.by_strand.items if data.by_strand else ()
    most = max(names, key=lambda line: line.timeouts, default=None)
    whose = f", first at {most.name!r} with {most.timeouts:,} of them" if most else ""
    return finding(
        "timeouts",
        InsightSeverity.WARNING if many else InsightSeverity.INFO,
        f"{words.plural(timeouts, 'run')} of {runs:,} timed out",
        words.COUNT,
        data.timeouts,
        advice=f"Look at the runs that timed out{whose}: they took all their time and gave nothing." if many else None,
    )


def _busiest(data: BottleneckData) -> Finding | None:
    peak = data.peak_concurrency
    if not peak.current:
        return None
    said = f"In the busiest hour {words.CONCURRENCY.show(peak.current)} runs were at work at once"
    return finding("peakConcurrency", InsightSeverity.INFO, said, words.CONCURRENCY, peak)


def _saving(data: BottleneckData) -> Finding | None:
    total = data.total_ms.current
    saved = data.saved_ms.current
    if not total or not saved:
        return None
    said = (
        f"Had the slowest 5% of each strand's runs taken its median, {words.duration(saved)} of"
        f" {words.duration(total)} would have been saved ({words.rate(saved / total)})"
    )
    return finding("savedTime", InsightSeverity.INFO, said, words.DURATION, data.saved_ms)
