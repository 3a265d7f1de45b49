"""Charts: nothing that was measured is lost on its way into a chart."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbill.analytics.models import Cell, Measure
from watchbill.dashboard.charts import HOUR, Chart, Kind, Line, Timeline, Unit, work

START = datetime(2026, 3, 10, 5, tzinfo=UTC)


def hours_of(runs):
    return {(START + HOUR * hour).strftime("%Y-%m-%dT%H"): Cell({Measure.RUNS: count}) for hour, count in runs.items()}


@given(runs=st.dictionaries(st.integers(0, 24 * 40), st.integers(1, 1_000)), length=st.integers(1, 24 * 40))
def test_a_timeline_holds_every_hour_of_its_window_once(runs, length):
    end = START + HOUR * length

    timeline = Timeline.of(hours_of(runs), START, end)

    whole_days = length > 7 * 24
    last_day = (end - timedelta(microseconds=1)).strftime("%Y-%m-%d")
    wanted = [
        count
        for hour, count in runs.items()
        if (hour < length if not whole_days else (START + HOUR * hour).strftime("%Y-%m-%d") <= last_day)
    ]
    assert sum(timeline.amounts(Measure.RUNS)) == sum(wanted)
    steps = {later - earlier for earlier, later in zip(timeline.times, timeline.times[1:], strict=False)}
    assert steps <= {timedelta(days=1) if whole_days else HOUR}
    assert timeline.times[0] <= START < end <= timeline.times[-1] + (timedelta(days=1) if whole_days else HOUR)


def test_series_without_anything_are_left_out_and_gaps_stay_gaps():
    times = [START, START + HOUR, START + 2 * HOUR]
    chart = Chart("Runs", Unit.COUNT, Kind.BARS, times, [Line("good", [1, None, 2]), Line("bad", [0, 0, 0], "bad")])

    assert [line["name"] for line in chart.described["lines"]] == ["good"]
    assert chart.described["lines"][0]["values"] == [1, None, 2]
    assert [(at.hour, figures) for at, figures in chart.rows] == [(7, ["2"]), (5, ["1"])]
    assert not chart.empty


def test_a_chart_of_nothing_is_empty():
    assert all(chart.empty for chart in work(Timeline.of({}, START, START + HOUR)))


@pytest.mark.parametrize(
    ("unit", "value", "written"),
    [
        (Unit.COUNT, 12_345, "12,345"),
        (Unit.MONEY, 0.0213, "$0.0213"),
        (Unit.DURATION, 5_300, "5.3 s"),
        (Unit.RATE, 0.985, "98.5%"),
        (Unit.RATE, None, "\N{EN DASH}"),
    ],
)
def test_figures_are_written_in_their_unit(unit, value, written):
    assert unit.write(value) == written
