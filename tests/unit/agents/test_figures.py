"""Growth and presence, against cases reckoned by hand."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbill.agents.figures import Growth, growth_of, social_score
from watchbill.companies.models import NETWORKS, HeadcountOn

DAY = date(2026, 1, 1)


def history(*counts):
    return [HeadcountOn(date=DAY - timedelta(days=days), count=count) for days, count in counts]


@pytest.mark.parametrize(
    ("headcount", "percent"), [(0, 50), (9, 50), (10, 30), (49, 30), (50, 20), (199, 20), (200, 10)]
)
def test_growth_is_estimated_by_size_and_says_so(headcount, percent):
    assert growth_of(None, headcount) == Growth(percent, estimated=True)


@pytest.mark.parametrize(
    ("known", "percent"),
    [
        (history((0, 120), (365, 100)), 20.0),
        (history((0, 90), (365, 100)), -10.0),
        (history((0, 120), (730, 100)), 10.0),
        (history((0, 120), (350, 100), (800, 1), (100, 500)), 20.9),
        (history((365, 100), (0, 100)), 0.0),
    ],
)
def test_growth_is_reckoned_a_year_by_headcounts(known, percent):
    assert growth_of(known, 5) == Growth(percent, estimated=False)


@pytest.mark.parametrize("known", [history((0, 120), (30, 100)), history((0, 120)), history((0, 120), (365, 0))])
def test_headcounts_that_say_nothing_of_a_year_leave_an_estimate(known):
    assert growth_of(known, None) == Growth(20, estimated=True)


def test_of_what_nothing_is_known_no_growth_is_made_up():
    assert growth_of(None, None) is None


@given(st.sets(st.sampled_from(NETWORKS)))
def test_presence_adds_up_to_a_hundred(found):
    points = {"linkedin": 30, "twitter": 20, "facebook": 15, "instagram": 15, "youtube": 10, "github": 10}

    assert social_score(dict.fromkeys(found, "https://a.example")) == sum(points[network] for network in found)
    assert sum(points.values()) == 100
