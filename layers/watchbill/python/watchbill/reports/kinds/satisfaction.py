"""What users say of the work: who is content, with what, and how many say anything."""

from datetime import datetime

from watchbill.analytics.models import Cell
from watchbill.reports import findings as shared
from watchbill.reports import rows, words
from watchbill.reports.data import RatingLine, RatingStretch, SatisfactionData
from watchbill.reports.figures import Material
from watchbill.reports.findings import ENOUGH_VOICES, RATING_LIMIT, finding
from watchbill.reports.models import Finding, InsightSeverity
from watchbill.reports.rows import NO_CELL, Named

FEW = 0.05
FELL = 0.5
NOTED = 5


def data(material: Material) -> SatisfactionData:
    """The ratings."""
    current, before, top = material.current, rows.earlier(material), material.top
    everything = rows.whole(material)
    return SatisfactionData(
        rating=everything.compared(rows.rating),
        rated=everything.compared(rows.rated),
        share_rated=everything.compared(_share_rated),
        by_user=rows.split(current.by_user, before.by_user if before else None, _line, _least_content, top),
        by_strand=rows.split(
            current.by_strand, before.by_strand if before else None, _line, _least_content, top, material.name_of
        ),
        by_task_type=rows.split(
            current.by_task_type, before.by_task_type if before else None, _line, _least_content, top
        ),
        timeline=tuple(_stretch(at, current.course.get(at, NO_CELL)) for at in material.calendar.stretches()),
    )


def findings(data: SatisfactionData, material: Material) -> list[Finding]:  # noqa: ARG001 - as every kind's
    """The mean, who or what is rated low, what fell, and how much of the work is rated at all."""
    splits = {"User": data.by_user, "Strand": data.by_strand, "Task type": data.by_task_type}
    lines = [(what, line) for what, split in splits.items() if split for line in split.items]
    told = [(what, line) for what, line in lines if line.rated >= ENOUGH_VOICES]
    low = [(what, line) for what, line in told if (line.rating.current or 0) < RATING_LIMIT]
    fallen = [(what, line) for what, line in told if (what, line) not in low and _fell(line)]
    return shared.known(
        (
            shared.satisfaction(data.rating),
            *(_noted(what, line) for what, line in (*low[:NOTED], *fallen[:NOTED])),
            _most_content(data) if not low else None,
            _share(data),
        )
    )


def _share_rated(cell: Cell) -> float | None:
    return rows.share(rows.rated(cell), rows.runs(cell))


def _least_content(cell: Cell) -> float:
    mean = rows.rating(cell)
    # Behind all that were rated come those that were not.
    return -1_000.0 if mean is None else -mean


def _line(named: Named) -> RatingLine:
    return RatingLine(
        **named.head,
        rated=rows.rated(named.cell),
        share_rated=_share_rated(named.cell),
        rating=named.compared(rows.rating),
    )


def _stretch(at: datetime, cell: Cell) -> RatingStretch:
    return RatingStretch(start=at, runs=rows.runs(cell), rated=rows.rated(cell), rating=rows.rating(cell))


def _fell(line: RatingLine) -> bool:
    now, before = line.rating.current, line.rating.previous
    return now is not None and before is not None and before - now >= FELL


def _noted(what: str, line: RatingLine) -> Finding:
    rating = words.rating(line.rating.current or 0)
    asks = f"Ask {line.name!r} what is missing" if what == "User" else f"Look at the low-rated runs of {line.name!r}"
    return finding(
        "userSatisfaction",
        InsightSeverity.WARNING,
        f"{what} {line.name!r}: {rating} of 5 over {words.plural(line.rated, 'rating')}",
        words.RATING,
        line.rating,
        subject=line.name,
        advice=f"{asks}.",
    )


def _most_content(data: SatisfactionData) -> Finding | None:
    lines = [line for line in (data.by_strand.items if data.by_strand else ()) if line.rated >= ENOUGH_VOICES]
    if len(lines) < 2:
        return None
    line = max(lines, key=lambda each: each.rating.current or 0)
    said = f"{line.name!r} is rated best, with {words.rating(line.rating.current or 0)} of 5"
    return finding("userSatisfaction", InsightSeverity.INFO, said, words.RATING, line.rating, subject=line.name)


def _share(data: SatisfactionData) -> Finding | None:
    share = data.share_rated.current
    if share is None:
        return None
    few = share < FEW
    return finding(
        "shareRated",
        InsightSeverity.WARNING if few else InsightSeverity.INFO,
        f"{words.rate(share)} of the runs were rated",
        words.RATE,
        data.share_rated,
        advice="Ask users for ratings more often: so few say little of the others." if few else None,
    )
