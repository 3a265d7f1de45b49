"""The page of a strand-performance report."""

from collections.abc import Sequence

from watchbill.reports.data import PartLine, StrandData, StrandLine
from watchbill.reports.lines import Split
from watchbill.reports.pages.parts import HIGHER, LOWER, Chart, Contents, Section, Series, Shown, Table, plain, shown
from watchbill.reports.pages.stretches import Labels
from watchbill.reports.pages.summary import headline_cards
from watchbill.reports.words import COUNT, DURATION, MONEY, RATE, RATING, SCORE

_CHARTED = 8
_IN_FULL = 12


def contents(data: StrandData, labels: Labels) -> Contents:  # noqa: ARG001 - as every kind's
    """How each strand does."""
    lines = data.strands.lines if data.strands else ()
    return Contents(
        headline_cards(data.figures),
        (
            Section("Outcome", charts=_success(lines), tables=[_outcomes(lines)]),
            Section(
                "Latency",
                "Half of the runs take at most the first figure, 95 and 99 of a hundred the others.",
                tables=[_latencies(lines)],
            ),
            *(_strand(line) for line in lines[:_IN_FULL] if line.stands_for == 1),
        ),
    )


def _success(lines: Sequence[StrandLine]) -> list[Chart]:
    charted = [line for line in lines if line.success_rate.current is not None][:_CHARTED]
    if len(charted) < 2:
        return []
    return [
        Chart(
            "How runs ended, by strand",
            "How the runs of the busiest strands ended. The table below has every figure.",
            "bars",
            [line.name for line in charted],
            [
                Series("failed or timed out", [line.failed for line in charted], 5),
                Series("other runs", [line.runs - line.failed for line in charted], 0),
            ],
            COUNT,
        )
    ]


def _outcomes(lines: Sequence[StrandLine]) -> Table:
    heads = ("Strand", "Runs", "Failed", "Timed out", "Success", "Quality", "Rating", "Cost", "Cost per run")
    return Table(heads, list(map(_outcome, lines)))


def _outcome(line: StrandLine) -> list[Shown]:
    return [
        Shown(line.name),
        plain(line.runs, COUNT),
        plain(line.failed, COUNT),
        plain(line.timeouts, COUNT),
        shown(line.success_rate, RATE, HIGHER),
        shown(line.avg_quality_score, SCORE, HIGHER),
        shown(line.avg_satisfaction, RATING, HIGHER),
        shown(line.total_cost, MONEY, LOWER),
        shown(line.cost_per_run, MONEY, LOWER),
    ]


def _latencies(lines: Sequence[StrandLine]) -> Table:
    rows = [
        [
            Shown(line.name),
            shown(line.avg_execution_time, DURATION, LOWER),
            shown(line.p50_execution_time, DURATION, LOWER),
            shown(line.p95_execution_time, DURATION, LOWER),
            shown(line.p99_execution_time, DURATION, LOWER),
        ]
        for line in lines
    ]
    return Table(("Strand", "Mean", "Half", "95%", "99%"), rows)


def _strand(line: StrandLine) -> Section:
    tables = [
        _parts(what, split)
        for what, split in (("Version", line.versions), ("Task type", line.task_types))
        if split and split.lines
    ]
    return Section(line.name, tables=tables)


def _parts(what: str, split: Split[PartLine]) -> Table:
    heads = (what, "Runs", "Success", "Mean duration", "95%", "Quality", "Cost")
    return Table(heads, list(map(_part, split.lines)))


def _part(line: PartLine) -> list[Shown]:
    return [
        Shown(line.name),
        plain(line.runs, COUNT),
        shown(line.success_rate, RATE, HIGHER),
        shown(line.avg_execution_time, DURATION, LOWER),
        plain(line.p95_execution_time, DURATION),
        shown(line.avg_quality_score, SCORE, HIGHER),
        shown(line.total_cost, MONEY, LOWER),
    ]
