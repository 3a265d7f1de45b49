"""The page of a cost analysis."""

from watchbill.reports.data import CostData, CostLine
from watchbill.reports.lines import Split
from watchbill.reports.pages.parts import (
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
from watchbill.reports.words import COUNT, LARGE, MONEY, RATE


def contents(data: CostData, labels: Labels) -> Contents:
    """What was spent."""
    return Contents(
        _cards(data),
        (
            Section("Course", charts=[_chart(data, labels)], folded=_timetable(data, labels)),
            Section("By strand", tables=[_split("Strand", data.by_strand)]),
            Section("By model", data.by_model_basis, tables=[_split("Model", data.by_model)]),
            Section("By user", tables=[_split("User", data.by_user)]),
        ),
    )


def _cards(data: CostData) -> list[Card]:
    cards = [
        card("Cost", data.cost, MONEY, LOWER),
        card("Cost per run", data.cost_per_run, MONEY, LOWER),
        card("Cost per 1,000 tokens", data.cost_per_1000_tokens, MONEY, LOWER),
        card("Runs", data.runs, COUNT),
        card("Tokens", data.tokens, LARGE),
        card("Runs of unknown cost", data.runs_without_cost, COUNT, LOWER),
    ]
    seen = data.projection
    if seen:
        figure = Shown(MONEY.show(float(seen.cost)))
        cards.insert(1, Card(f"Next {seen.days} days", figure, f"at {MONEY.show(float(seen.per_day))} a day"))
    return cards


def _chart(data: CostData, labels: Labels) -> Chart:
    names = labels.of(data.timeline)
    series = [
        Series(name, [float(each.parts[at]) for each in data.timeline], at) for at, name in enumerate(data.course_of)
    ]
    rest = [float(each.cost - sum(each.parts)) for each in data.timeline]
    if any(amount > 0 for amount in rest) or not series:
        series.append(Series("all others" if series else "cost", [max(0.0, amount) for amount in rest], len(series)))
    dearest = max(data.timeline, key=lambda each: each.cost)
    return Chart(
        f"Cost by {labels.unit}",
        f"What each {labels.unit} cost, by strand; the most, {MONEY.show(float(dearest.cost))}, at"
        f" {names[data.timeline.index(dearest)]}. The table below has every figure.",
        "columns",
        names,
        series,
        MONEY,
    )


def _timetable(data: CostData, labels: Labels) -> Table:
    rows = [
        [start, plain(each.runs, COUNT), plain(float(each.cost), MONEY), *(plain(float(p), MONEY) for p in each.parts)]
        for start, each in zip(labels.rows(data.timeline), data.timeline, strict=True)
    ]
    heads = (labels.unit.title(), "Runs", "Cost", *data.course_of)
    return Table(heads, rows, f"Every {labels.unit} in figures")


def _split(what: str, split: Split[CostLine] | None) -> Table:
    heads = (what, "Cost", "Share", "Runs", "Cost per run", "Tokens", "Cost per 1,000 tokens")
    return Table(heads, [_row(line) for line in (split.lines if split else ())])


def _row(line: CostLine) -> list[Shown]:
    return [
        Shown(line.name),
        shown(line.cost, MONEY, LOWER),
        plain(line.share, RATE, bar=line.share or 0),
        plain(line.runs, COUNT),
        shown(line.cost_per_run, MONEY, LOWER),
        plain(line.tokens, LARGE),
        shown(line.cost_per_1000_tokens, MONEY, LOWER),
    ]
