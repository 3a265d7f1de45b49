"""The page of a report on quality."""

from collections.abc import Sequence

from watchbill.reports.data import QualityChange, QualityData, QualityLine
from watchbill.reports.lines import Split
from watchbill.reports.pages.parts import (
    HIGHER,
    Chart,
    Contents,
    Section,
    Series,
    Shown,
    Table,
    card,
    delta,
    plain,
    shown,
)
from watchbill.reports.pages.stretches import Labels
from watchbill.reports.words import COUNT, RATE, SCORE

_VERSIONS = 20
_BEST = 100.0
_ROOM = 10.0
"""Points shown below the worst and above the best: a course without incident looks like one."""


def contents(data: QualityData, labels: Labels) -> Contents:
    """How good the work was."""
    moved = [*data.declined, *data.improved]
    changes = [Section("What changed", tables=[_changes(moved)])] if moved else []
    return Contents(
        [
            card("Quality, 0 to 100", data.quality, SCORE, HIGHER),
            card("Judged runs", data.judged, COUNT, HIGHER),
            card("Share judged", data.share_judged, RATE, HIGHER),
        ],
        (
            Section("Course", charts=[_chart(data, labels)], folded=_timetable(data, labels)),
            *changes,
            Section("Task types, the worst first", tables=[_split("Task type", data.by_task_type)]),
            Section("Strands, the worst first", tables=[_split("Strand", data.by_strand)]),
            Section("Versions, the worst first", tables=[_split("Version", data.by_version)]),
        ),
    )


def _chart(data: QualityData, labels: Labels) -> Chart:
    known = [each.quality for each in data.timeline if each.quality is not None]
    span = f"between {SCORE.show(min(known))} and {SCORE.show(max(known))}" if known else "not known"
    return Chart(
        f"Mean quality by {labels.unit}",
        f"Mean quality of the judged runs of each {labels.unit}, {span}. The table below has every figure.",
        "lines",
        labels.of(data.timeline),
        [Series("quality", [each.quality for each in data.timeline], 0)],
        SCORE,
        least=max(0.0, min(known, default=0.0) - _ROOM),
        most=min(_BEST, max(known, default=_BEST) + _ROOM),
    )


def _timetable(data: QualityData, labels: Labels) -> Table:
    rows = [
        [start, plain(each.quality, SCORE), plain(each.judged, COUNT), plain(each.runs, COUNT)]
        for start, each in zip(labels.rows(data.timeline), data.timeline, strict=True)
    ]
    return Table((labels.unit.title(), "Quality", "Judged", "Runs"), rows, f"Every {labels.unit} in figures")


def _changes(changes: Sequence[QualityChange]) -> Table:
    rows = [
        [
            Shown(change.name),
            Shown(SCORE.show(change.current), delta(change.current, change.previous, SCORE, HIGHER)),
            plain(change.previous, SCORE),
            plain(change.judged, COUNT),
        ]
        for change in changes
    ]
    return Table(("Name", "Quality", "Before", "Judged"), rows)


def _split(what: str, split: Split[QualityLine] | None) -> Table:
    lines = [line for line in (split.lines if split else ()) if line.judged][:_VERSIONS]
    rows = [
        [
            Shown(line.name),
            shown(line.quality, SCORE, HIGHER, bar=(line.quality.current or 0) / _BEST),
            plain(line.judged, COUNT),
            plain(line.share_judged, RATE),
            plain(line.runs, COUNT),
        ]
        for line in lines
    ]
    return Table((what, "Quality", "Judged", "Share judged", "Runs"), rows)
