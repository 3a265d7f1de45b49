"""Malformed requests to the routes of companies."""

from typing import Any

from tests.support.bad_requests import NO_CURSOR, Bad
from tests.support.steps import COMPANIES

IMPORTS = f"{COMPANIES}/imports"
CSV = {"Content-Type": "text/csv"}
A_SIGNAL = {"type": "funding", "title": "Seed"}


def company(what: str, names: str, **fields: Any) -> Bad:
    """A post of a company with something wrong in these fields."""
    return Bad(what, "POST", COMPANIES, names, {"name": "Ada", **fields})


def table(what: str, names: str, text: str | bytes, address: str = COMPANIES, **kind: Any) -> Bad:
    """A post of a table with something wrong in it."""
    return Bad(what, "POST", address, names, raw=text, headers=CSV, **kind)


BAD_COMPANIES = (
    company("a company without a name", "name", name=None),
    company("a website that is none", "website", website="ada"),
    company("a domain that is an address", "domain", domain="https://ada.example/x"),
    company("a headcount in words", "employee_count", employee_count="51-200"),
    company("a negative revenue", "revenue", revenue=-1),
    company("a history without counts", "employee_history.0.count", employee_history=[{"date": "2026-01-01"}]),
    company("a signal of unknown strength", "signals.0.strength", signals=[A_SIGNAL | {"strength": "x"}]),
    company("too many technologies", "technologies", technologies=[f"t{n}" for n in range(101)]),
    company("a register that is a list", "registry", registry=[1]),
    company("something companies have not", "colour: extra", colour="red"),
    Bad("a batch of companies without names", "POST", COMPANIES, "none of the companies", {"companies": [{}]}),
    Bad("too many companies", "POST", COMPANIES, "at most 1,000", {"companies": [{}] * 1001}, status=413),
    Bad("an import of nothing", "POST", IMPORTS, "companies", {"companies": []}),
    Bad("an import of one company", "POST", IMPORTS, "companies", {"name": "Ada"}),
    table("a table without names", "columns", "website\na.example\n"),
    table("a table without rows", "no rows", "name\n"),
    table("a table that is not text", "not UTF-8", b"name\n\xff\n"),
    table("a table of too many rows", IMPORTS, "name\n" + "Ada\n" * 1001, status=413),
    table("a table too large", "5,000,000 bytes", "name\n" + "x" * 5_000_001, status=413),
    table("an import of too many rows", "20,000", "name\n" + "A\n" * 20_001, IMPORTS, status=413),
    table("an import of half a cell", "line 2", 'name\n"Ada', IMPORTS),
    Bad("a headcount nobody has", "GET", f"{COMPANIES}?min_employees=-1", "min_employees"),
    Bad("a company's change of nothing", "PATCH", f"{COMPANIES}/any", "nothing to change", {}),
    Bad("a company's change to no name", "PATCH", f"{COMPANIES}/any", "a company has one", {"name": None}),
    Bad("a cursor of no search", "GET", f"{COMPANIES}?cursor=abc", NO_CURSOR),
    Bad(
        "a text where JSON is due",
        "POST",
        "/api/tasks",
        "application/json",
        raw="a,b",
        headers=CSV,
        status=415,
    ),
)
