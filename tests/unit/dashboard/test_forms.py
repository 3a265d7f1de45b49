"""Forms: what was typed comes out as the models take it, and nothing that was not asked for."""

from datetime import UTC, date
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbill.dashboard.bars import WIDTH, Bar
from watchbill.dashboard.forms import as_change, as_columns, as_number, days

NAMES = ("retention_days", "report_hour", "latency_multiplier", "cost_multiplier", "pattern", "csrf", "other")


@given(st.dictionaries(st.sampled_from(NAMES), st.sampled_from(["", " ", "3"]).map(lambda value: [value])))
def test_a_change_names_what_the_form_asks_for_and_takes_back_what_was_left_empty(fields):
    change = as_change(fields)

    flat = {**change, **change.get("anomaly_thresholds", {})}
    asked = set(fields) - {"pattern", "csrf", "other"}
    assert flat.keys() - {"anomaly_thresholds", "content_patterns"} == asked
    assert all(flat[name] == (fields[name][0].strip() or None) for name in asked)
    assert ("content_patterns" in change) == ("pattern" in fields)


def test_rows_that_were_left_empty_are_none():
    fields = {"name": ["a", " ", "c"], "pattern": ["1", "", ""]}

    assert as_columns(fields, "name", "pattern") == [("a", "1"), ("c", "")]


@pytest.mark.parametrize(
    ("typed", "number"), [("2.50", Decimal("2.50")), ("much", "much"), (3, 3), (" 1 ", Decimal(1))]
)
def test_numbers_are_read_exactly_and_others_left_for_who_knows_what_is_asked(typed, number):
    assert as_number(typed) == number


def test_a_stretch_of_days_holds_its_last_day_also_when_the_clock_is_changed_in_it():
    start, end = days(date(2026, 3, 28), date(2026, 3, 29), ZoneInfo("Europe/Madrid"))

    assert (start.astimezone(UTC).isoformat(), end.astimezone(UTC).isoformat()) == (
        "2026-03-27T23:00:00+00:00",
        "2026-03-29T22:00:00+00:00",
    )
    assert days(None, None, ZoneInfo("UTC")) == (None, None)


@given(st.floats(0, 1e6), st.floats(0, 1))
def test_a_bar_stays_within_its_picture(share, mark):
    bar = Bar.of(share, mark)

    assert 0 <= bar.filled <= WIDTH
    assert 0 <= bar.mark <= WIDTH
    assert (bar.filled == WIDTH) or share < 1
