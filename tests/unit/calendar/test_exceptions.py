"""Occurrences that are moved, changed, done, or taken from their series."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchbill.calendar import exceptions
from watchbill.calendar.exceptions import TooMany, amended, only_unlike, without
from watchbill.calendar.models import EventChange, EventStatus, NewEvent
from watchbill.calendar.packing import from_event, to_event
from watchbill.calendar.rules import NotAllowed, changed, completed, drafted
from watchbill.calendar.series import extent, occurrence_at, occurrences

NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)
WEEK = timedelta(days=7)
ALL = (datetime(1999, 1, 1, tzinfo=UTC), datetime(2250, 1, 1, tzinfo=UTC))
TIMES = 8

acts = st.one_of(
    st.tuples(st.just("start_time"), st.integers(-40, 40).map(lambda days: NOON + timedelta(days=days, hours=1))),
    st.tuples(st.just("status"), st.sampled_from(EventStatus)),
    st.tuples(st.just("title"), st.sampled_from(["Bread", "Rolls"])),
    st.tuples(st.just("gone"), st.just(True)),
)


def a_series(**rule):
    wish = {"title": "Bread", "type": "meeting", "start_time": NOON, "description": "Rye"}
    return drafted(NewEvent(**wish, recurrence=rule or {"type": "weekly", "count": TIMES}), "e", NOON)


def one_of(series, number=1):
    return occurrence_at(series, NOON + number * WEEK).event


def change(series, number=1, **fields):
    return amended(series, changed(one_of(series, number), EventChange(**fields), NOON + timedelta(minutes=1)))


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, TIMES - 1), acts), max_size=12))
def test_each_occurrence_is_as_it_was_last_made_and_all_are_in_their_order(wishes):
    series = a_series()
    expected = {number: {"start_time": NOON + number * WEEK, "title": "Bread"} for number in range(TIMES)}
    for number, (name, value) in wishes:
        if number not in expected:
            continue
        if name == "gone":
            series = without(series, one_of(series, number), NOON)
            del expected[number]
        else:
            series = change(series, number, **{name: value})
            expected[number][name] = value

    series = to_event(from_event(series, None))
    found = list(occurrences(series, *ALL))

    assert [one.start for one in found] == sorted(facts["start_time"] for facts in expected.values())
    for one in found:
        facts = expected[(one.original_start - NOON) // WEEK]
        assert {name: getattr(one.event, name) for name in facts} == facts
        assert one.end - one.start == timedelta(minutes=30)
    if found:
        assert extent(series)[0] <= found[0].start
        assert max(one.end for one in found) <= extent(series)[1]


def test_what_an_occurrence_has_in_common_with_its_series_changes_with_it():
    series = change(a_series(), title="Rolls", description=None)

    series = changed(series, EventChange(title="Cake", priority="high"), NOON)

    told = [(one.event.title, one.event.description, one.event.priority) for one in occurrences(series, *ALL)][:3]
    assert told == [("Cake", "Rye", "high"), ("Rolls", None, "high"), ("Cake", "Rye", "high")]


def test_an_occurrence_that_is_as_the_others_again_is_no_exception():
    series = change(a_series(), title="Rolls")

    assert len(series.exceptions) == 1
    assert change(series, title="Bread").exceptions == ()


def test_a_new_rule_keeps_the_exceptions_that_it_has_a_place_for():
    series = change(change(a_series(), 2, title="Rolls"), 3, title="Cake")

    fortnightly = changed(series, EventChange(recurrence={"type": "weekly", "interval": 2}), NOON)
    single = changed(series, EventChange(recurrence=None), NOON)

    assert [one.original_start for one in fortnightly.exceptions] == [NOON + 2 * WEEK]
    assert (single.exceptions, single.last_start, len(list(occurrences(single, *ALL)))) == ((), None, 1)


def test_a_series_is_not_done_at_once_and_its_occurrences_have_no_rule_of_their_own():
    series = a_series()

    for refused in (
        lambda: completed(series, NOON),
        lambda: changed(series, EventChange(status="in_progress"), NOON),
        lambda: change(series, recurrence={"type": "daily"}),
        lambda: change(series, time_zone="Europe/Madrid"),
    ):
        with pytest.raises(NotAllowed):
            refused()
    assert completed(one_of(series), NOON).status is EventStatus.COMPLETED


def test_a_series_has_so_many_exceptions_and_no_more(monkeypatch):
    monkeypatch.setattr(exceptions, "MOST_EXCEPTIONS", 2)
    series = change(change(a_series(), 1, title="Rolls"), 2, title="Rolls")

    with pytest.raises(TooMany):
        change(series, 3, title="Rolls")
    assert len(change(series, 2, title="Cake").exceptions) == 2
    monkeypatch.setattr(exceptions, "MOST_BYTES", 300)
    with pytest.raises(TooMany):
        change(series, 2, description="a" * 300)


def test_one_occurrence_that_has_changed_is_told_from_a_series_that_has():
    before = a_series()
    after = change(before, title="Rolls")

    was, now = only_unlike(before, after)

    assert (was.facts, now.facts["title"], now.original_start) == ({}, "Rolls", NOON + WEEK)
    assert only_unlike(after, without(after, one_of(after), NOON))[1].gone
    assert only_unlike(before, changed(before, EventChange(title="Cake"), NOON)) is None
    assert only_unlike(before, change(after, 2, title="Cake")) is None
