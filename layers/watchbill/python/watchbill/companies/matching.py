"""Which companies fit what is looked for, by the little of each that is looked at in a search. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from watchbill.companies.models import Company, CompanyQuery, Criteria

_WORD = re.compile(r"[^\W_]+")
_COUNTRIES = (
    ("uk", "gb", "united kingdom", "great britain", "england", "scotland", "wales", "northern ireland"),
    ("us", "usa", "united states", "united states of america"),
    ("ireland", "ie", "republic of ireland", "eire"),
    ("germany", "de", "deutschland"),
    ("netherlands", "nl", "holland"),
    ("uae", "ae", "united arab emirates"),
)
"""Names by which people mean the same country, or a part of it; others are known by the name they are given."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a search looks at of a company."""

    id: str
    name: str
    industry: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    employee_count: int | None = None
    revenue: Decimal | None = None


def entry_of(company: Company) -> Entry:
    """What a search looks at of a company."""
    places = tuple(place for place in (company.location, company.region, company.country) if place)
    return Entry(company.id, company.name, company.industry or (), places, company.employee_count, company.revenue)


def in_industry(entry: Entry, wanted: Iterable[str]) -> bool:
    """Whether one of the words is one of its industries or part of one: SaaS of B2B SaaS, not art of Martial arts."""
    return any(_mentions(industry, term) for term in wanted for industry in entry.industry)


def in_place(entry: Entry, wanted: Iterable[str]) -> bool:
    """Whether it is in one of the places."""
    terms = [name for term in wanted for name in _names_of(term)]
    return any(_mentions(place, term) for term in terms for place in entry.places)


def within(value: int | Decimal | None, least: int | Decimal | None, most: int | Decimal | None) -> bool:
    """Whether a figure is known and within the bounds that are given."""
    return value is not None and (least is None or value >= least) and (most is None or value <= most)


def fits(entry: Entry, query: CompanyQuery) -> bool:
    """Whether a company fits everything that a query asks for."""
    headcount, revenue = (query.min_employees, query.max_employees), (query.min_revenue, query.max_revenue)
    return (
        (query.name is None or query.name.casefold() in entry.name.casefold())
        and (query.industry is None or in_industry(entry, _terms(query.industry)))
        and (query.location is None or in_place(entry, _terms(query.location)))
        and (headcount == (None, None) or within(entry.employee_count, *headcount))
        and (revenue == (None, None) or within(entry.revenue, *revenue))
    )


def confirmed(entry: Entry, criteria: Criteria) -> tuple[bool | None, ...]:
    """For each of the criteria that ask for something whether the company meets it, None when that is not known."""
    headcount, revenue = (criteria.min_employees, criteria.max_employees), (criteria.min_revenue, criteria.max_revenue)
    checks: Sequence[tuple[bool, bool, bool]] = (
        (bool(criteria.industry), bool(entry.industry), in_industry(entry, criteria.industry)),
        (bool(criteria.location), bool(entry.places), in_place(entry, criteria.location)),
        (headcount != (None, None), entry.employee_count is not None, within(entry.employee_count, *headcount)),
        (revenue != (None, None), entry.revenue is not None, within(entry.revenue, *revenue)),
    )
    return tuple(meets if known else None for asked, known, meets in checks if asked)


def _terms(text: str) -> list[str]:
    return [term for part in text.split(",") if (term := part.strip())]


def _names_of(place: str) -> tuple[str, ...]:
    folded = " ".join(_words(place))
    return next((names for names in _COUNTRIES if folded in names), (place,))


def _mentions(text: str, term: str) -> bool:
    words, sought = _words(text), _words(term)
    starts = range(len(words) - len(sought) + 1)
    return bool(sought) and any(words[start : start + len(sought)] == sought for start in starts)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
