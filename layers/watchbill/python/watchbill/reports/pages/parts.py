"""What a page is put together from: cards, charts, tables. Values only; the template writes them down."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from watchbill.reports import words
from watchbill.reports.lines import Compared, ComparedCost
from watchbill.reports.words import Unit


@dataclass(frozen=True, slots=True)
class Delta:
    """How a figure moved: `way` is up, down or same, `by` how far, `tone` good, bad or plain."""

    way: str
    by: str
    tone: str = "plain"


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure as it is shown, with its movement, and the part of a bar it fills, 0 to 1."""

    text: str
    delta: Delta | None = None
    bar: float | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """A headline figure; `before` says what it was."""

    label: str
    figure: Shown
    before: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings. The first column names the row, the others are figures."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Shown]]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """One line or stack of a chart; `colour` is a number of the style sheet's."""

    name: str
    values: Sequence[float | None]
    colour: int = 0


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of `kind` columns or bars (stacked) or lines over labels; `description` says in words what it shows."""

    title: str
    description: str
    kind: str
    labels: Sequence[str]
    series: Sequence[Series]
    unit: Unit
    most: float | None = None
    least: float | None = 0.0


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page: a heading, a sentence, and what there is to look at."""

    title: str
    text: str = ""
    charts: Sequence[Chart] = ()
    tables: Sequence[Table] = ()
    folded: Table | None = None


@dataclass(frozen=True, slots=True)
class Contents:
    """What a kind of report adds to the page that all reports have."""

    cards: Sequence[Card]
    sections: Sequence[Section] = field(default_factory=tuple)


Figure = Compared | ComparedCost
HIGHER, LOWER, PLAIN = 1, -1, 0
"""Which direction of a figure is the good one."""


def shown(figure: Figure, unit: Unit, better: int = PLAIN, bar: float | None = None) -> Shown:
    """A compared figure."""
    current = None if figure.current is None else float(figure.current)
    previous = None if figure.previous is None else float(figure.previous)
    if current is None:
        return Shown(words.UNKNOWN)
    return Shown(unit.show(current), delta(current, previous, unit, better), bar)


def plain(value: float | None, unit: Unit, bar: float | None = None) -> Shown:
    """A figure that is not compared."""
    return Shown(words.UNKNOWN if value is None else unit.show(float(value)), bar=bar)


def card(label: str, figure: Figure, unit: Unit, better: int = PLAIN) -> Card:
    """A headline figure with what it was."""
    before = "nothing to compare with"
    if figure.previous is not None:
        before = f"{unit.show(float(figure.previous))} before"
    return Card(label, shown(figure, unit, better), before)


def delta(current: float, previous: float | None, unit: Unit, better: int) -> Delta | None:
    """How a figure moved; None without an earlier one."""
    if previous is None:
        return None
    by = unit.distance(current, previous)
    if unit.show(current) == unit.show(previous):
        return Delta("same", "")
    way = 1 if current > previous else -1
    tone = "plain" if better == PLAIN else "good" if way == better else "bad"
    return Delta("up" if way > 0 else "down", by or f"from {unit.show(previous)}", tone)
