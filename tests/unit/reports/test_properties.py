"""Whatever ran: parts add up to the whole, changes are those of the figures, numbers are finite, none is invented."""

import json
import math
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.reports.material import END, a_run, material
from watchbill.reports import rules
from watchbill.reports.models import Period, Report, ReportFilters, ReportType
from watchbill.reports.rules import Wish

STATUSES = ("completed", "failed", "timeout", "cancelled", "running")
NAMES = [f"name-{number}" for number in range(9)]

runs = st.lists(
    st.builds(
        lambda hours, **facts: a_run(END - timedelta(hours=hours), **facts),
        hours=st.floats(0.01, 95.9),
        strand=st.sampled_from(NAMES),
        version=st.sampled_from(("1", "2")),
        task_type=st.sampled_from((None, "a", "b")),
        user=st.sampled_from((None, *NAMES)),
        status=st.sampled_from(STATUSES),
        duration_ms=st.none() | st.integers(0, 10**7),
        cost=st.none() | st.decimals(0, 500, places=6),
        tokens=st.sampled_from(({}, {"total": 0}, {"total": 777})),
        quality_score=st.none() | st.floats(0, 100),
        user_satisfaction=st.none() | st.integers(1, 5),
    ),
    max_size=14,
)
each_type = pytest.mark.parametrize("type", ReportType)


def report(type: ReportType, told: list, top: int = 50, days: int = 2) -> Report:
    """A report of the last days before END."""
    length = timedelta(days=days)
    wish = Wish("id", type, ReportFilters(), Period(start=END - length, end=END))
    return rules.composed(wish, lambda _: material(told, length=length, top=top), [])


def in_period(told: list) -> list:
    return [run for run in told if run["created_at"] >= END - timedelta(days=2)]


def splits(value, path=""):
    """Every split in a report's data, with its place."""
    if isinstance(value, dict):
        if value.keys() == {"items", "others"}:
            yield path, value["items"] + ([value["others"]] if value["others"] else [])
        for name, inner in value.items():
            yield from splits(inner, f"{path}.{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from splits(inner, path)


def numbers(value):
    """Every number, however deep."""
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from numbers(inner)
    elif isinstance(value, int | float | Decimal):
        yield value


def compared(value):
    """Every figure with its change, however deep."""
    if isinstance(value, dict):
        if value.keys() >= {"current", "previous", "change"}:
            yield value
        for inner in value.values():
            yield from compared(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from compared(inner)


@each_type
@settings(max_examples=20)
@given(told=runs, top=st.integers(1, 4))
def test_the_lines_of_a_split_are_the_whole(type, told, top):
    data = report(type, told, top).data.model_dump(mode="json")

    inside = in_period(told)
    whole = {
        "most_active": len(inside),
        "strands": len(inside),
        "by_strand": len(inside),
        "by_version": len(inside),
        "by_model": len(inside),
        "by_task_type": sum(run["task_type"] is not None for run in inside),
        "by_user": sum(run["user"] is not None for run in inside),
    }
    for path, lines in splits(data):
        name = path.split(".")[1]
        if path.count(".") == 1:
            assert sum(line["runs"] for line in lines) == whole[name], path
            assert len(lines) <= top + 1
    for line in data.get("strands", {}).get("items", []):
        for part in ("versions", "task_types"):
            untold = sum(run["strand"] == line["id"] and run["task_type"] is None for run in inside)
            assert sum(each["runs"] for each in line[part]["items"]) + (
                line[part]["others"]["runs"] if line[part]["others"] else 0
            ) == line["runs"] - (untold if part == "task_types" else 0)


@given(told=runs, top=st.integers(1, 4))
def test_costs_add_up_exactly_however_they_are_split(told, top):
    data = report(ReportType.COST_ANALYSIS, told, top).data

    spent = sum((run["cost"] for run in in_period(told) if run["cost"] is not None), Decimal(0))
    assert data.cost.current == spent
    for split in (data.by_strand, data.by_model):
        assert sum(line.cost.current for line in split.lines) == spent
    assert sum(stretch.cost for stretch in data.timeline) == spent
    assert all(sum(stretch.parts) <= stretch.cost for stretch in data.timeline)


@each_type
@settings(max_examples=20)
@given(told=runs)
def test_every_number_is_finite_and_every_change_is_that_of_its_figures(type, told):
    document = json.loads(report(type, told).model_dump_json(by_alias=True))

    assert all(math.isfinite(number) for number in numbers(document))
    for figure in compared(document):
        now, before = figure["current"], figure["previous"]
        if now is None or not before:
            assert figure["change"] is None
        else:
            assert figure["change"] == pytest.approx((now - before) / before * 100, abs=0.011, rel=1e-3)


@each_type
@settings(max_examples=20)
@given(told=runs)
def test_what_is_recommended_follows_from_an_insight(type, told):
    made = report(type, told)

    insights = {(insight.metric, insight.subject, insight.severity) for insight in made.insights}
    for advice in made.recommendations:
        assert (advice.metric, advice.subject, advice.severity) in insights
    assert made.insights
    assert all("None" not in text and "nan" not in text for text in (made.summary, *(i.text for i in made.insights)))


@each_type
@settings(max_examples=20)
@given(told=runs)
def test_an_empty_period_says_so_and_nothing_else(type, told):
    earlier = [run for run in told if run not in in_period(told)]

    made = report(type, earlier)

    (insight,) = made.insights
    assert insight.text.startswith("Nothing ran in this period")
    assert insight.previous == (float(len(recent)) if (recent := _before(earlier)) else None)
    assert len(made.recommendations) == bool(_before(earlier))
    assert made.summary == insight.text


def _before(told: list) -> list:
    return [run for run in told if run["created_at"] >= END - timedelta(days=4)]


@each_type
@settings(max_examples=20)
@given(told=runs)
def test_a_report_is_read_back_as_it_was(type, told):
    made = report(type, told)

    again = Report.model_validate_json(made.model_dump_json(by_alias=True))

    assert again.data.__class__ is made.data.__class__
    assert again.model_dump_json(by_alias=True) == made.model_dump_json(by_alias=True)
