"""How good the work was, what was worst, and what changed."""

from datetime import datetime

from watchbill.analytics.models import Cell
from watchbill.reports import findings as shared
from watchbill.reports import rows, words
from watchbill.reports.data import QualityChange, QualityData, QualityLine, QualityStretch
from watchbill.reports.figures import Material, Pair
from watchbill.reports.findings import ENOUGH_VOICES, finding
from watchbill.reports.lines import Split
from watchbill.reports.models import Finding, InsightSeverity
from watchbill.reports.rows import NO_CELL, Named

MOVED = 5.0
"""Points by which quality must move to be noted."""
FEW = 0.1
NOTED = 5


def data(material: Material) -> QualityData:
    """The quality of everything."""
    current, before, top = material.current, rows.earlier(material), material.top
    everything = rows.whole(material)

    def version_name(version: Pair) -> str:
        return f"{material.name_of(version[0])} {version[1]}"

    by_task = _split(current.by_task_type, before.by_task_type if before else None, top)
    strands = rows.split(
        current.by_strand, before.by_strand if before else None, _line, _worst_first, top, material.name_of
    )
    versions = rows.split(
        None if current.by_strand is None else current.versions,
        before.versions if before else None,
        _line,
        _worst_first,
        top,
        version_name,
    )
    moved = _moved(strands, by_task)
    return QualityData(
        quality=everything.compared(rows.quality),
        judged=everything.compared(rows.judged),
        share_judged=everything.compared(lambda cell: rows.share(rows.judged(cell), rows.runs(cell))),
        by_task_type=by_task,
        by_strand=strands,
        by_version=versions,
        declined=tuple(change for change in moved if change.points < 0)[:NOTED],
        improved=tuple(change for change in reversed(moved) if change.points > 0)[:NOTED],
        timeline=tuple(_stretch(at, current.course.get(at, NO_CELL)) for at in material.calendar.stretches()),
    )


def findings(data: QualityData, material: Material) -> list[Finding]:  # noqa: ARG001 - as every kind's
    """The mean, the worst, what fell and rose, and how much of the work is judged at all."""
    tasks = data.by_task_type.items if data.by_task_type else ()
    strands = data.by_strand.items if data.by_strand else ()
    poor = [line for line in (*strands, *tasks) if _is_poor(line)]
    return shared.known(
        (
            shared.quality(data.quality, poor[0].name if poor else None),
            *map(_poor, poor[:NOTED]),
            *(_changed(change) for change in (*data.declined, *data.improved[:2])),
            _share(data),
        )
    )


def _split(here: dict[str, Cell] | None, there: dict[str, Cell] | None, top: int) -> Split[QualityLine] | None:
    return rows.split(here, there, _line, _worst_first, top)


def _worst_first(cell: Cell) -> float:
    mean = rows.quality(cell)
    # Behind all that were judged come those that were not.
    return -1_000.0 if mean is None else -mean


def _line(named: Named) -> QualityLine:
    return QualityLine(
        **named.head,
        judged=rows.judged(named.cell),
        share_judged=rows.share(rows.judged(named.cell), named.runs),
        quality=named.compared(rows.quality),
    )


def _stretch(at: datetime, cell: Cell) -> QualityStretch:
    return QualityStretch(start=at, runs=rows.runs(cell), judged=rows.judged(cell), quality=rows.quality(cell))


def _moved(*splits: Split[QualityLine] | None) -> list[QualityChange]:
    """What moved notably, the greatest fall first."""
    lines = [line for split in splits if split for line in split.items if line.judged >= ENOUGH_VOICES]
    changes = [
        QualityChange(
            name=line.name,
            current=line.quality.current,
            previous=line.quality.previous,
            points=round(line.quality.current - line.quality.previous, 4),
            judged=line.judged,
        )
        for line in lines
        if line.quality.current is not None and line.quality.previous is not None
    ]
    return sorted((each for each in changes if abs(each.points) >= MOVED), key=lambda each: (each.points, each.name))


def _is_poor(line: QualityLine) -> bool:
    mean = line.quality.current
    return line.judged >= ENOUGH_VOICES and mean is not None and mean < shared.QUALITY_LIMIT


def _poor(line: QualityLine) -> Finding:
    return finding(
        "qualityScore",
        InsightSeverity.WARNING,
        f"{line.name!r} had a quality of {words.score(line.quality.current or 0)} over"
        f" {words.plural(line.judged, 'judged run')}, below the limit of {words.score(shared.QUALITY_LIMIT)}",
        words.SCORE,
        line.quality,
        subject=line.name,
        advice=f"Look at the runs of {line.name!r} with the lowest scores.",
    )


def _changed(change: QualityChange) -> Finding:
    fell = change.points < 0
    advice = (
        f"Find out what changed for {change.name!r}: its version, its model, or what it is asked." if fell else None
    )
    return finding(
        "qualityScore",
        InsightSeverity.WARNING if fell else InsightSeverity.INFO,
        f"The quality of {change.name!r} {'fell' if fell else 'rose'} to {words.score(change.current)}",
        words.SCORE,
        rows.compared(change.current, change.previous),
        subject=change.name,
        advice=advice,
    )


def _share(data: QualityData) -> Finding | None:
    share = data.share_judged.current
    if share is None:
        return None
    few = share < FEW
    return finding(
        "shareJudged",
        InsightSeverity.WARNING if few else InsightSeverity.INFO,
        f"{words.rate(share)} of the runs were judged",
        words.RATE,
        data.share_judged,
        advice="Have more runs judged: so few say little of the others." if few else None,
    )
