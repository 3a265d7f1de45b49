"""The quality of items and what it is made of, against cases reckoned by hand."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbill.agents.qualities import Parts, known_of, parts_of, priority_of
from watchbill.companies.models import Description
from watchbill.streams.models import GoalCriteria, Item

NOW = datetime(2026, 3, 10, tzinfo=UTC)
GOAL = GoalCriteria(industry=("SaaS",), location=("UK",), employee_count={"min": 10}, growth={"min": 15})


def item(**facts):
    common = {"id": "i", "stream_id": "s", "kind": "company", "name": "Ada", "stage": "discover", "position": 1}
    return Item(**common, created_at=NOW, updated_at=NOW, **facts)


def parts(known, goal=GOAL, **facts):
    return parts_of(item(**facts), Description(**known), goal, NOW)


@pytest.mark.parametrize(
    ("known", "criteria"),
    [
        ({}, 0),
        ({"industry": "SaaS"}, 0.25),
        ({"industry": "Retail", "country": "UK"}, 0.25),
        ({"employee_count": 60}, 0.5),  # enough people, and 20% estimated growth
        ({"employee_count": 300}, 0.25),  # 10% estimated growth is not enough
        ({"industry": "SaaS", "country": "UK", "employee_count": 60}, 1),
    ],
)
def test_criteria_are_the_mean_over_those_that_are_set(known, criteria):
    assert parts(known).criteria == criteria


def test_without_criteria_all_are_met():
    assert parts({}, GoalCriteria()).criteria == 1


def test_completeness_is_the_filled_share_of_nine():
    assert parts({"name": "Ada", "phone": "1", "employee_count": 0}).completeness == pytest.approx(3 / 9)
    assert parts({"name": "Ada", "country": "UK", "description": ""}).completeness == pytest.approx(1 / 9)


@pytest.mark.parametrize(
    ("known", "facts", "enrichment"),
    [
        ({}, {}, 0),
        ({}, {"enriched_at": NOW}, 0.2),
        ({"technologies": ["React"]}, {}, 0.2),
        ({"registry": {"status": "active"}}, {}, 0.2),
        ({}, {"enrichment": {"technologies": ["React"], "registry": {"a": 1}}}, 0.4),
        ({"linkedin_url": "l.example", "twitter_url": "t.example"}, {}, 0),  # 50 is not above 50
        ({"linkedin_url": "l.example", "twitter_url": "t.example", "github_url": "g.example"}, {}, 0.2),
        ({"employee_count": 200}, {}, 0),  # 10% is not above 10%
        ({"employee_count": 199}, {}, 0.2),
    ],
)
def test_enrichment_counts_in_fifths(known, facts, enrichment):
    assert parts(known, **facts).enrichment == pytest.approx(enrichment)


def signal(strength, confidence, **more):
    return {
        "type": f"{strength} {confidence}",
        "strength": strength,
        "confidence": confidence,
        "detected_at": NOW,
        **more,
    }


def test_signals_are_the_mean_of_strength_by_confidence_over_the_active():
    signals = (signal("very_strong", 1), signal("weak", 0.4), signal("strong", 1, expires_at=NOW))

    assert parts({}, signals=signals).signals == pytest.approx((1 + 0.1) / 2)
    assert parts({}, signals=(signal("moderate", 0.5),)).signals == 0.25
    assert parts({}).signals == 0


def test_a_signal_that_item_and_company_have_counts_once():
    of_company = {"type": "news", "title": "x", "strength": "weak", "confidence": 1, "source": "feed"}
    of_item = {"type": "news", "strength": "weak", "confidence": 1, "source": "feed", "detected_at": NOW}
    other = signal("very_strong", 1)

    assert parts({"signals": [of_company]}, signals=(of_item, other)).signals == pytest.approx((0.25 + 1) / 2)


def test_a_quality_is_twice_the_criteria_and_once_the_rest():
    assert Parts(1, 1, 1, 1).quality == 5
    assert Parts(0.5, 4 / 9, 0.4, 0.25).quality == 2.09
    assert Parts(0, 0, 0, 0).scores == {"quality": 0, "criteria": 0, "completeness": 0, "enrichment": 0, "signals": 0}


@pytest.mark.parametrize(
    ("quality", "priority"),
    [(5, "critical"), (4.5, "critical"), (4.49, "high"), (4, "high"), (3.99, "medium"), (3, "medium"), (2.99, "low")],
)
def test_a_priority_follows_from_the_quality(quality, priority):
    assert priority_of(quality) == priority


@given(*[st.floats(0, 1)] * 4)
def test_a_quality_lies_between_0_and_5(criteria, completeness, enrichment, signals):
    assert 0 <= Parts(criteria, completeness, enrichment, signals).quality <= 5


def test_what_an_item_says_of_its_company_counts_as_far_as_it_can_be_read():
    metadata = {"industry": "SaaS", "employee_count": "many", "website": "a.example", "owner": "me"}

    known = known_of(item(metadata=metadata))

    assert (known.name, known.industry, known.website) == ("Ada", ("SaaS",), "https://a.example")
    assert known.employee_count is None
