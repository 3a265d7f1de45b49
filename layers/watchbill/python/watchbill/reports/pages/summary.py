"""The page of a daily, weekly or monthly summary."""

from watchbill.reports.data import Headline, OutcomeLine, SummaryData
from watchbill.reports.lines import Split
from watchbill.reports.pages.parts import (
    HIGHER,
    LOWER,
    Card,
    Chart,
    Contents,
    Section,
    Series,
    Shown,
    Table,
    card,
    plain,
    shown,
)
from watchbill.reports.pages.stretches import Labels
from watchbill.reports.words import COUNT, DURATION, LARGE, MONEY, RATE, RATING, SCORE

_COLUMNS = ("Runs", "Share", "Failed", "Success", "Mean duration", "Cost")


def contents(data: SummaryData, labels: Labels) -> Contents:
    """How it went."""
    return Contents(
        headline_cards(data.figures),
        (
            Section(
                "Course",
                charts=_course(data, labels),
                folded=_timetable(data, labels),
            ),
            *_by_hour(data),
            Section("Most active strands", tables=[_outcomes("Strand", data.most_active)]),
            *_worst(data),
            Section("Task types", tables=[_outcomes("Task type", data.by_task_type)]),
        ),
    )


def headline_cards(figures: Headline) -> list[Card]:
    """The figures of all."""
    return [
        card("Runs", figures.total_tasks, COUNT),
        card("Success", figures.success_rate, RATE, HIGHER),
        card("Mean duration", figures.avg_execution_time, DURATION, LOWER),
        card("95% take at most", figures.p95_execution_time, DURATION, LOWER),
        card("Cost", figures.total_cost, MONEY, LOWER),
        card("Tokens", figures.total_tokens, LARGE),
        card("Quality", figures.avg_quality_score, SCORE, HIGHER),
        card("Rating, 1 to 5", figures.avg_satisfaction, RATING, HIGHER),
    ]


def _course(data: SummaryData, labels: Labels) -> list[Chart]:
    names = labels.of(data.timeline)
    runs = [
        Series("failed or timed out", [each.failed for each in data.timeline], 5),
        Series("other runs", [each.runs - each.failed for each in data.timeline], 0),
    ]
    costs = [Series("cost", [float(each.total_cost) for each in data.timeline], 1)]
    busiest = max(data.timeline, key=lambda each: each.runs)
    return [
        Chart(
            f"Runs by {labels.unit}",
            f"Runs by {labels.unit}; the most, {busiest.runs:,}, at {names[data.timeline.index(busiest)]}."
            " The table below has every figure.",
            "columns",
            names,
            runs,
            COUNT,
        ),
        Chart(
            f"Cost by {labels.unit}",
            f"What the runs of each {labels.unit} cost. The table below has every figure.",
            "columns",
            names,
            costs,
            MONEY,
        ),
    ]


def _timetable(data: SummaryData, labels: Labels) -> Table:
    rows = [
        [
            start,
            plain(each.runs, COUNT),
            plain(each.failed, COUNT),
            plain(each.success_rate, RATE),
            plain(each.avg_execution_time, DURATION),
            plain(each.avg_quality_score, SCORE),
            plain(float(each.total_cost), MONEY),
        ]
        for start, each in zip(labels.rows(data.timeline), data.timeline, strict=True)
    ]
    heads = (labels.unit.title(), "Runs", "Failed", "Success", "Mean duration", "Quality", "Cost")
    return Table(heads, rows, f"Every {labels.unit} in figures")


def _by_hour(data: SummaryData) -> list[Section]:
    if not any(data.busiest):
        return []
    hours = [f"{hour:02d}:00" for hour in range(24)]
    most = max(data.busiest)
    chart = Chart(
        "Runs in an average day",
        f"Mean runs by hour of the day; the most, {SCORE.show(most)}, at {hours[data.busiest.index(most)]}.",
        "columns",
        hours,
        [Series("runs", data.busiest, 1)],
        SCORE,
    )
    table = Table(
        ("Hour", "Mean runs"),
        [[Shown(hour), plain(runs, SCORE)] for hour, runs in zip(hours, data.busiest, strict=True)],
        "Every hour in figures",
    )
    return [Section("Hours of the day", charts=[chart], folded=table)]


def _worst(data: SummaryData) -> list[Section]:
    if not data.worst:
        return []
    text = "The strands that most surely fail most: few runs prove less than many."
    return [Section("Strands with failures", text, tables=[Table(("Strand", *_COLUMNS), list(map(_row, data.worst)))])]


def _outcomes(what: str, split: Split[OutcomeLine] | None) -> Table:
    return Table((what, *_COLUMNS), [_row(line) for line in (split.lines if split else ())])


def _row(line: OutcomeLine) -> list[Shown]:
    return [
        Shown(line.name),
        plain(line.runs, COUNT),
        plain(line.share, RATE, bar=line.share or 0),
        plain(line.failed, COUNT),
        shown(line.success_rate, RATE, HIGHER),
        shown(line.avg_execution_time, DURATION, LOWER),
        shown(line.total_cost, MONEY, LOWER),
    ]
