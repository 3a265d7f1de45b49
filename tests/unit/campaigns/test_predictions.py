"""What a planned campaign may reach, by what those before it reached, and what it is planned with."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from watchbill.campaigns.predictions import Basis, Past, predicted

amounts = st.none() | st.decimals(0, 10**6, places=2)
pasts = st.lists(st.builds(Past, st.integers(1, 500), st.integers(1, 6), amounts, amounts, amounts), max_size=5)


def test_without_campaigns_before_the_figures_are_the_usual_ones_and_say_so() -> None:
    found = predicted(43, 2, None, [])

    assert (found.estimated_reach, found.estimated_engagement, found.budget) == (86_000, 4_300, 1_075)
    assert set(dict(found.based_on).values()) == {Basis.DEFAULT}


def test_each_figure_rests_on_the_campaigns_in_which_it_was_measured() -> None:
    before = [
        Past(items=10, channels=2, reach=Decimal(4_000), engagement=None, spend=Decimal(50)),
        Past(items=10, channels=1, reach=Decimal(2_000), engagement=None, spend=None),
    ]

    found = predicted(20, 3, None, before)

    assert (found.estimated_reach, found.estimated_engagement, found.budget) == (12_000, 3_000, 100)
    assert (found.based_on.reach, found.based_on.engagement) == (Basis.PAST_CAMPAIGNS, Basis.DEFAULT)


@given(st.integers(1, 522), st.integers(1, 6), st.decimals(0, 10**6, places=2), pasts)
def test_a_plan_never_costs_more_than_is_given(items: int, channels: int, given: Decimal, before: list[Past]) -> None:
    found = predicted(items, channels, given, before)

    assert 0 <= found.budget <= given
    assert found.estimated_reach >= 0
    assert found.estimated_engagement >= 0
