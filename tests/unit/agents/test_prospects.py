"""How well a company fits, and what says that now is the time, against cases reckoned by hand."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from watchbill.agents.prospects import best_first, criteria_of, fit_of, goal_of, signals_of
from watchbill.companies.models import Company, Criteria
from watchbill.streams.models import GoalCriteria, Stream

NOW = datetime(2026, 3, 10, tzinfo=UTC)
CRITERIA = Criteria(industry=("SaaS",), location=("UK",), min_employees=10, max_employees=500)


def company(**known):
    return Company(**{"id": "1", "name": "Ada", "created_at": NOW, "updated_at": NOW, **known})


@pytest.mark.parametrize(
    ("known", "fit"),
    [
        ({}, 3.0),
        ({"industry": ["B2B SaaS"]}, 3.5),
        ({"country": "United Kingdom"}, 3.3),
        ({"employee_count": 10}, 3.4),
        ({"employee_count": 501}, 3.0),
        ({"website": "a.example"}, 3.2),
        ({"description": "Tools"}, 3.1),
        ({"linkedin_url": "linkedin.com/company/a"}, 3.2),
        ({"linkedin_url": "linkedin.com/company/a", "github_url": "github.com/a"}, 3.2),
        ({"revenue": 0}, 3.3),
        ({"industry": "SaaS", "country": "UK", "employee_count": 50, "website": "a.example"}, 4.4),
        (
            {
                "industry": "SaaS",
                "country": "UK",
                "employee_count": 50,
                "website": "a.example",
                "description": "Tools",
                "linkedin_url": "linkedin.com/company/a",
                "revenue": 1,
            },
            5.0,
        ),
    ],
)
def test_a_fit_adds_up(known, fit):
    assert fit_of(company(**known), CRITERIA) == fit


def test_what_is_not_asked_for_earns_nothing():
    assert fit_of(company(industry="SaaS", country="UK", employee_count=50), Criteria()) == 3.0


def test_the_best_come_first_and_the_unfit_not_at_all():
    companies = [company(id=name, name=name, **known) for name, known in (("b", {}), ("a", {}), ("c", {"revenue": 1}))]

    assert [one.name for _, one in best_first(companies, CRITERIA, 3.0)] == ["c", "a", "b"]
    assert [one.name for _, one in best_first(companies, CRITERIA, 3.1)] == ["c"]


def test_the_tasks_context_comes_before_the_stream():
    stream = Stream(id="1", name="s", goal_criteria={"industry": ["Retail"]}, created_at=NOW, updated_at=NOW)

    assert goal_of(stream, None)[0].industry == ("Retail",)
    assert goal_of(stream, {"goal_criteria": {"industry": ["SaaS"]}})[0].industry == ("SaaS",)


def test_a_goal_is_asked_of_the_directory():
    goal = GoalCriteria(location=("UK",), employee_count={"min": 1}, revenue={"max": 9})

    assert criteria_of(goal) == Criteria(location=("UK",), min_employees=1, max_revenue=Decimal(9))


def test_signals_are_what_was_noticed_and_is_not_over_and_known_growth():
    noticed = [
        {"type": "funding", "title": "Seed", "strength": "strong", "expires_at": NOW + timedelta(days=1)},
        {"type": "news", "title": "Old", "expires_at": NOW},
    ]
    grown = [{"date": "2025-03-10", "count": 10}, {"date": "2026-03-10", "count": 13}]

    found = signals_of(company(signals=noticed, employee_history=grown), NOW)

    assert [(signal.type, signal.strength) for signal in found] == [
        ("headcount_growth", "strong"),
        ("funding", "strong"),
    ]
    assert signals_of(company(employee_count=5), NOW) == []
