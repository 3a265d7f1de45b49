"""A campaign's milestones, by its dates."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbill.calendar.milestones import milestones
from watchbill.calendar.models import Course, EventKind
from watchbill.decisions.models import Language

START = datetime(2026, 3, 10, 9, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(("lasts", "reviewed"), [(7 * DAY, False), (7 * DAY + timedelta(seconds=1), True)])
def test_only_a_campaign_longer_than_a_week_is_reviewed_at_half_time(lasts: timedelta, reviewed: bool) -> None:
    found = milestones("demo", "c", Course("Spring", START, START + lasts))

    reviews = [one.event.start_time for one in found if one.event.type is EventKind.REVIEW]
    assert reviews == ([START + lasts / 2] if reviewed else [])


@given(st.integers(0, 365), st.text(min_size=1, max_size=200), st.sampled_from(Language))
def test_milestones_are_in_order_and_the_same_for_the_same_campaign(days: int, name: str, language: Language) -> None:
    course = Course("".join(filter(str.isprintable, name)).strip() or "x", START, START + days * DAY)

    found = milestones("demo", "c", course, language=language)

    starts = [one.event.start_time for one in found]
    assert starts == sorted(starts)
    assert starts[0] == START
    assert starts[-1] == course.end + 2 * DAY
    assert [one.id for one in found] == [one.id for one in milestones("demo", "c", course)]
    for other in (milestones("demo", "d", course), milestones("other", "c", course)):
        assert not {one.id for one in found} & {one.id for one in other}
