"""Trends as they are told: in one order, with a change where there is one, and never more than a run record holds."""

import json
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from watchbill.agents.news import Unread
from watchbill.agents.trends import (
    MOST_BYTES,
    Direction,
    Periods,
    Trend,
    Trending,
    TrendKind,
    fitting,
    surest_first,
    trend,
)
from watchbill.runs.models import MAX_BODY


def a_trend(name: str, probability: float) -> Trend:
    return trend(name, TrendKind.TOPIC, 0.25, 0.1, probability, ["https://a.example/1"])


def test_a_change_is_in_percent_of_what_was_usual() -> None:
    up = trend("ana", TrendKind.VOLUME, 30.0, 7.0, 0.001, ["agent:a"])

    assert (up.direction, up.recent, up.baseline, up.change, up.score) == (Direction.UP, 30, 7, 328.6, 3)
    assert trend("ana", TrendKind.COST, 1 / 3e5, 0.1, 0.01, []).recent == 3.333e-6
    assert trend("ana", TrendKind.FAILURES, 0.5, 0.0, 0.01, []).change is None


@given(st.permutations([a_trend("a", 0.01), a_trend("b", 0.01), a_trend("c", 1e-9)]))
def test_the_surest_come_first_and_of_those_that_are_as_sure_each_has_its_place(trends) -> None:
    assert [one.name for one in surest_first(trends)] == ["c", "a", "b"]


def test_the_baseline_ends_where_what_is_recent_begins() -> None:
    end = datetime(2026, 3, 10, tzinfo=UTC)

    assert Periods.until(end, 7, 28) == Periods(end - timedelta(days=35), end - timedelta(days=7), end)


@given(st.sampled_from(["a", "ñ", "\U0001f680", '"']))
def test_the_longest_of_everything_fits_in_a_run_record(character: str) -> None:
    long = trend(character * 300, TrendKind.TOPIC, 0.25, 0.1, 0.01, [character * 500] * 5)
    unread = Unread(source=character * 500, reason=character * 300)

    trends, skipped = fitting([long] * 99, MOST_BYTES), fitting([unread] * 40, MOST_BYTES // 2)
    brought = Trending(trends=trends, trends_detected=len(trends), skipped=skipped).model_dump(mode="json")

    assert 3 <= len(trends) < 99
    assert len(json.dumps(brought, ensure_ascii=False).encode()) <= MAX_BODY
