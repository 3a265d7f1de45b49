"""Which companies fit what is looked for."""

from decimal import Decimal

import pytest

from watchbill.companies.matching import Entry, confirmed, fits, in_industry, in_place
from watchbill.companies.models import CompanyQuery, Criteria

ADA = Entry(
    "1", "Ada Analytics", ("B2B SaaS", "Oil, Gas"), ("London", "Greater London", "United Kingdom"), 50, Decimal(9)
)
UNKNOWN = Entry("2", "Nobody")


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("saas", True), ("B2B SaaS", True), ("gas", True), ("aas", False), ("SaaS B2B", False), ("", False), ("-", False)],
)
def test_an_industry_is_found_by_whole_words(wanted, found):
    assert in_industry(ADA, [wanted]) is found


@pytest.mark.parametrize(
    ("place", "wanted", "found"),
    [
        ("United Kingdom", "UK", True),
        ("Leeds, England", "uk", True),
        ("Ukraine", "UK", False),
        ("Belfast, Northern Ireland", "GB", True),
        ("Dublin, Ireland", "Ireland", True),
        ("Austin, USA", "united states", True),
        ("Paris, France", "france", True),
        ("Paris", "France", False),
    ],
)
def test_a_place_is_found_by_its_names(place, wanted, found):
    assert in_place(Entry("1", "x", places=(place,)), [wanted]) is found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, True),
        ({"name": "analyt"}, True),
        ({"name": "anal tics"}, False),
        ({"industry": "fintech, saas"}, True),
        ({"industry": "fintech"}, False),
        ({"location": "france,uk"}, True),
        ({"min_employees": 50, "max_employees": 50}, True),
        ({"min_employees": 51}, False),
        ({"max_revenue": 8}, False),
        ({"industry": "saas", "location": "france"}, False),
    ],
)
def test_a_company_is_listed_that_fits_everything_asked_for(query, found):
    assert fits(ADA, CompanyQuery(**query)) is found


@pytest.mark.parametrize("query", [{"min_employees": 0}, {"max_revenue": 10}, {"industry": "saas"}, {"location": "uk"}])
def test_a_company_of_which_it_is_not_known_is_not_listed(query):
    assert not fits(UNKNOWN, CompanyQuery(**query))


def test_criteria_are_met_or_not_or_nobody_knows():
    criteria = Criteria(industry=("SaaS",), location=("France",), min_employees=10, min_revenue=Decimal(1))

    assert confirmed(ADA, criteria) == (True, False, True, True)
    assert confirmed(UNKNOWN, criteria) == (None, None, None, None)
    assert confirmed(ADA, Criteria()) == ()
