"""Charts as data: what is drawn, not how. `charts.js` draws it, and a table beneath says the same in figures. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from watchbill.analytics.models import Cell, Measure
from watchbill.anomalies.course import Course
from watchbill.anomalies.models import AnomalyType
from watchbill.campaigns.views import CampaignPoint
from watchbill.reports import words

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Unit(StrEnum):
    """What figures are measured in."""

    COUNT = "count"
    MONEY = "money"
    DURATION = "duration"
    RATE = "rate"
    SCORE = "score"

    def write(self, value: float | None) -> str:
        """A figure in words."""
        return words.UNKNOWN if value is None else _WRITTEN[self](value)


_WRITTEN: dict[Unit, Callable[[float], str]] = {
    Unit.COUNT: words.large,
    Unit.MONEY: words.money,
    Unit.DURATION: words.duration,
    Unit.RATE: words.rate,
    Unit.SCORE: words.score,
}


class Kind(StrEnum):
    """How a series is drawn."""

    BARS = "bars"
    LINES = "lines"


@dataclass(frozen=True, slots=True)
class Line:
    """A series: a value for each moment, None where nothing was measured. `tone` picks the colour by what it means."""

    name: str
    values: Sequence[float | None]
    tone: str = "first"


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of time that is pointed out."""

    start: datetime
    end: datetime
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Series over the same moments. Bars stand on each other; `band` is what is expected, a lowest and a highest."""

    title: str
    unit: Unit
    kind: Kind
    times: Sequence[datetime]
    lines: Sequence[Line]
    band: tuple[Sequence[float | None], Sequence[float | None]] | None = None
    marks: Sequence[Mark] = ()

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not self.told

    @property
    def told(self) -> list[Line]:
        """The series that have something in them."""
        return [line for line in self.lines if any(line.values)]

    @property
    def described(self) -> dict[str, Any]:
        """What the script needs to draw it; moments in ms since 1970."""
        return {
            "title": self.title,
            "unit": self.unit.value,
            "kind": self.kind.value,
            "times": [_ms(at) for at in self.times],
            "lines": [{"name": line.name, "values": list(line.values), "tone": line.tone} for line in self.told],
            "band": None if self.band is None else [list(edge) for edge in self.band],
            "marks": [{"start": _ms(mark.start), "end": _ms(mark.end), "label": mark.label} for mark in self.marks],
        }

    @property
    def rows(self) -> list[tuple[datetime, list[str]]]:
        """The same in figures: each moment at which there was something, newest first."""
        together = zip(self.times, *(line.values for line in self.told), strict=True)
        measured = [(at, values) for at, *values in together if any(values)]
        return [(at, [self.unit.write(value) for value in values]) for at, values in reversed(measured)]


@dataclass(frozen=True, slots=True)
class Timeline:
    """What was done in each hour, or day, of a window, those in which nothing was among them."""

    times: Sequence[datetime]
    cells: Sequence[Cell]

    @classmethod
    def of(cls, hours: Mapping[str, Cell], start: datetime, end: datetime) -> "Timeline":
        """The hours (YYYY-MM-DDTHH) of a window that begins with one; by the day when it is longer than a week."""
        step = DAY if end - start > 7 * DAY else HOUR
        digits = len("YYYY-MM-DD") if step is DAY else len("YYYY-MM-DDTHH")
        first = start.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        first = first.replace(hour=0) if step is DAY else first
        times = [first + step * number for number in range(-((first - end) // step))]
        cells = {at.strftime("%Y-%m-%dT%H")[:digits]: Cell() for at in times}
        for hour, cell in hours.items():
            if hour[:digits] in cells:
                cells[hour[:digits]].add(cell)
        return cls(times, list(cells.values()))

    def amounts(self, measure: Measure) -> list[float]:
        """A sum for each moment."""
        return [float(cell[measure]) for cell in self.cells]

    def figures(self, figure: Callable[[Cell], float | None]) -> list[float | None]:
        """A figure for each moment."""
        return [figure(cell) for cell in self.cells]


def work(timeline: Timeline) -> list[Chart]:
    """The four charts of some agents' work: runs by their end, cost, how long they take, how many succeed."""
    counted = Unit.COUNT, Kind.BARS, timeline.times
    return [
        Chart(
            "Runs",
            *counted,
            [
                Line("completed", timeline.amounts(Measure.COMPLETED), "good"),
                Line("failed", timeline.amounts(Measure.FAILED), "bad"),
                Line("timed out", timeline.amounts(Measure.TIMEOUT), "warn"),
                Line("cancelled", timeline.amounts(Measure.CANCELLED), "quiet"),
                Line("under way", timeline.amounts(Measure.RUNNING), "first"),
            ],
        ),
        Chart("Cost", Unit.MONEY, Kind.BARS, timeline.times, [Line("cost", timeline.amounts(Measure.COST))]),
        Chart(
            "Duration",
            Unit.DURATION,
            Kind.LINES,
            timeline.times,
            [
                Line("p50", timeline.figures(lambda cell: cell.duration_quantile(0.5))),
                Line("p95", timeline.figures(lambda cell: cell.duration_quantile(0.95)), "second"),
            ],
        ),
        Chart(
            "Success rate",
            Unit.RATE,
            Kind.LINES,
            timeline.times,
            [Line("success", timeline.figures(lambda cell: cell.success_rate), "good")],
        ),
    ]


_COURSES = {
    AnomalyType.LATENCY: ("Duration", Unit.DURATION),
    AnomalyType.COST: ("Cost of a run", Unit.MONEY),
    AnomalyType.ERROR_RATE: ("Failures", Unit.RATE),
    AnomalyType.QUALITY: ("Quality", Unit.SCORE),
    AnomalyType.SILENCE: ("Runs an hour", Unit.COUNT),
    AnomalyType.VOLUME: ("Runs an hour", Unit.COUNT),
}


def course(shown: Course, now: datetime) -> Chart:
    """What an anomaly is about, hour by hour: what was measured, usual, and expected, and the time that it lasted."""
    title, unit = _COURSES[shown.anomaly.type]
    lines = [
        Line("measured", [point.value for point in shown.points]),
        Line("usual", [point.usual for point in shown.points], "quiet"),
    ]
    band = tuple([point.expected[edge] if point.expected else None for point in shown.points] for edge in (0, 1))
    times = [point.hour for point in shown.points]
    end = min(shown.anomaly.resolved_at or now, times[-1] + HOUR)
    mark = Mark(shown.anomaly.window_start, end, shown.anomaly.type.value)
    known = any(point.expected for point in shown.points)
    return Chart(title, unit, Kind.LINES, times, lines, (band[0], band[1]) if known else None, (mark,))


def of_campaign(points: Sequence[CampaignPoint]) -> list[Chart]:
    """The four charts of what was done for a campaign: runs by their end, cost, how long they took, what they wrote."""
    times = [point.timestamp for point in points]

    def bars(name: str, tone: str = "first") -> Line:
        return Line(name.replace("_", " "), [float(getattr(point, name)) for point in points], tone)

    ends = [bars("completed", "good"), bars("failed", "bad"), Line("timed out", bars("timeout").values, "warn")]
    durations = [
        Line("p50", [point.p50_duration_ms for point in points]),
        Line("p95", [point.p95_duration_ms for point in points], "second"),
    ]
    return [
        Chart("Runs", Unit.COUNT, Kind.BARS, times, ends),
        Chart("Cost", Unit.MONEY, Kind.BARS, times, [bars("cost")]),
        Chart("Duration", Unit.DURATION, Kind.LINES, times, durations),
        Chart("Content produced", Unit.COUNT, Kind.BARS, times, [bars("content_produced", "third")]),
    ]


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)
