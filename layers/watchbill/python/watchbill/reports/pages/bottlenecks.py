"""The page of a bottleneck analysis."""

from watchbill.reports.data import BottleneckData, WaitLine
from watchbill.reports.lines import Split
from watchbill.reports.pages.parts import LOWER, Chart, Contents, Section, Series, Shown, Table, card, plain, shown
from watchbill.reports.pages.stretches import Labels
from watchbill.reports.words import CONCURRENCY, COUNT, DURATION, RATE

_COLUMNS = ("95% take at most", "Half take at most", "All time", "Share", "Runs", "Failed", "Timed out", "Could save")


def contents(data: BottleneckData, labels: Labels) -> Contents:
    """Where time goes."""
    return Contents(
        [
            card("95% take at most", data.p95_execution_time, DURATION, LOWER),
            card("Time of all runs", data.total_ms, DURATION),
            card("Could be saved", data.saved_ms, DURATION, LOWER),
            card("Busiest hour, runs at once", data.peak_concurrency, CONCURRENCY),
            card("Failed or timed out", data.failed, COUNT, LOWER),
            card("Timed out", data.timeouts, COUNT, LOWER),
        ],
        (
            Section(
                "Strands, the slowest first",
                "What could be saved is what the slowest 5% of a strand's runs took beyond its median.",
                tables=[_split("Strand", data.by_strand)],
            ),
            Section("Course", charts=_charts(data, labels), folded=_timetable(data, labels)),
            Section("Task types, the slowest first", tables=[_split("Task type", data.by_task_type)]),
        ),
    )


def _charts(data: BottleneckData, labels: Labels) -> list[Chart]:
    names = labels.of(data.timeline)
    return [
        Chart(
            "Runs at work at once",
            f"Mean number of runs at work in each {labels.unit}, each counted where it began."
            " The table below has every figure.",
            "columns",
            names,
            [Series("at once", [each.concurrency for each in data.timeline], 0)],
            CONCURRENCY,
        ),
        Chart(
            "95% of runs take at most",
            f"The 95th percentile of durations by {labels.unit}. The table below has every figure.",
            "lines",
            names,
            [Series("95%", [each.p95_execution_time for each in data.timeline], 1)],
            DURATION,
        ),
    ]


def _timetable(data: BottleneckData, labels: Labels) -> Table:
    rows = [
        [
            start,
            plain(each.concurrency, CONCURRENCY),
            plain(each.p95_execution_time, DURATION),
            plain(each.runs, COUNT),
            plain(each.failed, COUNT),
        ]
        for start, each in zip(labels.rows(data.timeline), data.timeline, strict=True)
    ]
    heads = (labels.unit.title(), "At once", "95%", "Runs", "Failed")
    return Table(heads, rows, f"Every {labels.unit} in figures")


def _split(what: str, split: Split[WaitLine] | None) -> Table:
    return Table((what, *_COLUMNS), [_row(line) for line in (split.lines if split else ())])


def _row(line: WaitLine) -> list[Shown]:
    return [
        Shown(line.name),
        shown(line.p95_execution_time, DURATION, LOWER),
        plain(line.p50_execution_time, DURATION),
        shown(line.total_ms, DURATION),
        plain(line.share, RATE, bar=line.share or 0),
        plain(line.runs, COUNT),
        plain(line.failed, COUNT),
        plain(line.timeouts, COUNT),
        plain(line.saved_ms.current, DURATION),
    ]
