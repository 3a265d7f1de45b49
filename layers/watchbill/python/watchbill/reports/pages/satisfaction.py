"""The page of a report on what users say."""

from watchbill.reports.data import RatingLine, SatisfactionData
from watchbill.reports.lines import Split
from watchbill.reports.pages.parts import HIGHER, Chart, Contents, Section, Series, Shown, Table, card, plain, shown
from watchbill.reports.pages.stretches import Labels
from watchbill.reports.words import COUNT, RATE, RATING

_LOWEST, _BEST = 1.0, 5.0


def contents(data: SatisfactionData, labels: Labels) -> Contents:
    """How content users are."""
    return Contents(
        [
            card("Rating, 1 to 5", data.rating, RATING, HIGHER),
            card("Rated runs", data.rated, COUNT, HIGHER),
            card("Share rated", data.share_rated, RATE, HIGHER),
        ],
        (
            Section("Course", charts=_charts(data, labels), folded=_timetable(data, labels)),
            Section("Users, the least content first", tables=[_split("User", data.by_user)]),
            Section("Strands, the least liked first", tables=[_split("Strand", data.by_strand)]),
            Section("Task types, the least liked first", tables=[_split("Task type", data.by_task_type)]),
        ),
    )


def _charts(data: SatisfactionData, labels: Labels) -> list[Chart]:
    names = labels.of(data.timeline)
    return [
        Chart(
            f"Mean rating by {labels.unit}",
            f"Mean rating of the rated runs of each {labels.unit}, from 1 to 5. The table below has every figure.",
            "lines",
            names,
            [Series("rating", [each.rating for each in data.timeline], 0)],
            RATING,
            most=_BEST,
            least=_LOWEST,
        ),
        Chart(
            f"Ratings by {labels.unit}",
            f"How many runs of each {labels.unit} were rated. The table below has every figure.",
            "columns",
            names,
            [Series("ratings", [each.rated for each in data.timeline], 1)],
            COUNT,
        ),
    ]


def _timetable(data: SatisfactionData, labels: Labels) -> Table:
    rows = [
        [start, plain(each.rating, RATING), plain(each.rated, COUNT), plain(each.runs, COUNT)]
        for start, each in zip(labels.rows(data.timeline), data.timeline, strict=True)
    ]
    return Table((labels.unit.title(), "Rating", "Rated", "Runs"), rows, f"Every {labels.unit} in figures")


def _split(what: str, split: Split[RatingLine] | None) -> Table:
    rows = [_row(line) for line in (split.lines if split else ()) if line.rated]
    return Table((what, "Rating", "Rated", "Share rated", "Runs"), rows)


def _row(line: RatingLine) -> list[Shown]:
    full = ((line.rating.current or _LOWEST) - _LOWEST) / (_BEST - _LOWEST)
    return [
        Shown(line.name),
        shown(line.rating, RATING, HIGHER, bar=full),
        plain(line.rated, COUNT),
        plain(line.share_rated, RATE),
        plain(line.runs, COUNT),
    ]
