"""Where a campaign is: what somebody set, and what the clock makes of it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.campaigns.demo import NOW, campaign
from watchbill.campaigns import rules
from watchbill.campaigns.models import CampaignChange, CampaignStatus

YESTERDAY, TOMORROW, LATER = NOW - timedelta(days=1), NOW + timedelta(days=1), NOW + timedelta(days=2)
DRAFT, SCHEDULED, ACTIVE, PAUSED, COMPLETED, ARCHIVED = CampaignStatus
INSTANTS = st.integers(-30, 30).map(lambda days: NOW + timedelta(days=days))
CAMPAIGNS = st.builds(
    lambda held, dates: campaign(held=held, start_date=dates[0], end_date=dates[1]),
    st.none() | st.sampled_from([status for status in CampaignStatus if status is not SCHEDULED]),
    st.tuples(st.none() | INSTANTS, st.none() | INSTANTS).filter(lambda two: None in two or two[0] <= two[1]),
)
BY_ITSELF = {
    SCHEDULED: {SCHEDULED, ACTIVE, COMPLETED},
    ACTIVE: {ACTIVE, COMPLETED},
    PAUSED: {PAUSED, COMPLETED},
    DRAFT: {DRAFT},
    COMPLETED: {COMPLETED},
    ARCHIVED: {ARCHIVED},
}
"""Where the clock may have moved a campaign on to."""


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ({}, SCHEDULED),
        ({"start_date": TOMORROW}, SCHEDULED),
        ({"start_date": NOW}, ACTIVE),
        ({"start_date": YESTERDAY}, ACTIVE),
        ({"start_date": YESTERDAY, "end_date": TOMORROW}, ACTIVE),
        ({"end_date": TOMORROW}, SCHEDULED),
        ({"start_date": YESTERDAY, "end_date": NOW}, COMPLETED),
        ({"end_date": YESTERDAY}, COMPLETED),
        ({"held": ACTIVE}, ACTIVE),
        ({"held": ACTIVE, "start_date": TOMORROW}, ACTIVE),
        ({"held": ACTIVE, "end_date": YESTERDAY}, COMPLETED),
        ({"held": PAUSED, "start_date": YESTERDAY}, PAUSED),
        ({"held": PAUSED, "end_date": YESTERDAY}, COMPLETED),
        ({"held": DRAFT, "start_date": YESTERDAY}, DRAFT),
        ({"held": DRAFT, "end_date": YESTERDAY}, DRAFT),
        ({"held": COMPLETED, "end_date": TOMORROW}, COMPLETED),
        ({"held": ARCHIVED, "start_date": YESTERDAY}, ARCHIVED),
    ],
    ids=str,
)
def test_a_campaign_is_where_somebody_put_it_as_far_as_the_clock_has_not_moved_it_on(
    facts: dict[str, Any], status: CampaignStatus
) -> None:
    assert rules.status_at(campaign(**facts), NOW) is status


@given(CAMPAIGNS, INSTANTS, INSTANTS)
def test_the_clock_moves_a_campaign_forward_only(one: Any, first: datetime, second: datetime) -> None:
    before, after = (rules.status_at(one, instant) for instant in sorted((first, second)))

    assert after in BY_ITSELF[before]


@given(CAMPAIGNS, INSTANTS)
def test_what_is_set_by_hand_holds_until_the_end(one: Any, instant: datetime) -> None:
    over = one.end_date is not None and one.end_date <= instant

    if one.held is not None and (not over or one.held in (DRAFT, ARCHIVED)):
        assert rules.status_at(one, instant) is one.held


@given(CAMPAIGNS, st.sampled_from(CampaignStatus), INSTANTS)
def test_a_status_that_is_set_is_shown_unless_the_dates_say_otherwise(
    one: Any, wished: CampaignStatus, instant: datetime
) -> None:
    after = rules.changed(one, CampaignChange(status=wished), instant)

    if wished is SCHEDULED:
        dates_only = campaign(start_date=one.start_date, end_date=one.end_date)
        assert rules.status_at(after, instant) is rules.status_at(dates_only, instant)
    else:
        assert rules.status_at(after, instant) in (wished, COMPLETED)


def test_an_archived_campaign_is_changed_only_by_giving_it_another_status() -> None:
    there = campaign(held=ARCHIVED)

    with pytest.raises(rules.NotAllowed, match="archived"):
        rules.changed(there, CampaignChange(name="Winter"), NOW)
    with pytest.raises(rules.NotAllowed, match="archived"):
        rules.changed(there, CampaignChange(name="Winter", status=ARCHIVED), NOW)
    with pytest.raises(rules.NotAllowed, match="archived"):
        rules.linked(there, "an agent", NOW)

    assert rules.changed(there, CampaignChange(name="Winter", status=PAUSED), NOW).name == "Winter"
    assert rules.changed(there, CampaignChange(status=None), NOW).held is None
    assert rules.changed(there, CampaignChange(status=ARCHIVED), LATER) is there


def test_a_change_that_changes_nothing_leaves_the_campaign_as_it_was_changed_last() -> None:
    there = campaign(description="All of it", budget=100)

    assert rules.changed(there, CampaignChange(description="All of it", budget=100), LATER) is there
    assert rules.changed(there, CampaignChange(description=None), LATER).updated_at == LATER


def test_a_campaign_never_looks_older_than_it_was() -> None:
    assert rules.changed(campaign(), CampaignChange(name="Winter"), YESTERDAY).updated_at == NOW


def test_a_change_must_not_turn_the_dates_round() -> None:
    there = campaign(start_date=TOMORROW, end_date=LATER)

    with pytest.raises(rules.Backwards):
        rules.changed(there, CampaignChange(end_date=NOW), NOW)
    assert rules.changed(there, CampaignChange(start_date=None, end_date=NOW), NOW).end_date == NOW
