"""Tables of companies as spreadsheets save them, read into rows by the names of their columns. Pure."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from watchbill.platform.errors import BadRequest, Fault

_SYNONYMS = {
    "name": "name, company, company name, organisation, organization, account, account name, business name",
    "website": "website, url, web, web site, homepage, home page, company website, website url",
    "domain": "domain, domain name, company domain, email domain",
    "description": "description, about, summary, company description",
    "industry": "industry, industries, sector, sectors, primary industry",
    "employee_count": (
        "employee count, employees, number of employees, no of employees, headcount, head count, company size, size, "
        "staff, num employees"
    ),
    "revenue": "revenue, annual revenue, turnover, annual turnover, sales",
    "location": "location, city, town, address, headquarters, hq",
    "region": "region, state, county, province, state region",
    "country": "country, nation, country region",
    "registration_number": (
        "registration number, company number, registration no, company registration number, companies house number, "
        "crn, reg no, registered number"
    ),
    "linkedin_url": "linkedin url, linkedin, linkedin page, company linkedin url, linkedin company page",
    "twitter_url": "twitter url, twitter, x, x url, twitter handle url",
    "facebook_url": "facebook url, facebook, facebook company page",
    "instagram_url": "instagram url, instagram",
    "youtube_url": "youtube url, youtube",
    "github_url": "github url, github",
    "phone": "phone, telephone, tel, phone number, company phone",
    "email": "email, e mail, mail, email address, company email",
    "technologies": "technologies, technology, tech stack, technology stack",
}
_COLUMNS = {name.replace(" ", ""): field for field, names in _SYNONYMS.items() for name in names.split(", ")}
_SEVERAL = {"industry": re.compile(r"[;|\n]"), "technologies": re.compile(r"[;|,\n]")}
"""Columns whose cells hold several values, and what parts them: names of industries may have commas."""
_GROUPED = re.compile(r"\d{1,3}(?:[,.' \u00a0\u202f]\d{3})+")
_DELIMITERS = ",;\t"
_BEYOND = "a cell beyond the columns"
"""What a row has too much of: no field of a company, and therefore refused like any other that is none."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table's rows, lazily, as companies are posted, and the names of the columns that mean nothing to us."""

    rows: Iterator[dict[str, Any]]
    ignored: tuple[str, ...]


def read(text: str) -> Sheet:
    """The rows of a table, blank ones left out. Raises BadRequest, also while rows are read that are no table."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=_delimiter(text), strict=True)
    header = next(_lines(reader), [])
    fields = _fields(header)
    if "name" not in fields:
        raise BadRequest("the table's first row names its columns, one of which is `name`", errors=[_no_name(header)])
    ignored = tuple(name[:100] for name, field in zip(header, fields, strict=True) if field is None and name.strip())
    return Sheet(_rows(reader, fields), ignored)


def _rows(reader: Any, fields: list[str | None]) -> Iterator[dict[str, Any]]:
    for cells in _lines(reader):
        named = zip(fields, (cell.strip() for cell in cells), strict=False)
        beyond = {_BEYOND: True} if len(cells) > len(fields) else {}
        yield {field: _value(field, cell) for field, cell in named if field and cell} | beyond


def _lines(reader: Any) -> Iterator[list[str]]:
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield cells
    except csv.Error as error:
        raise BadRequest(f"line {reader.line_num}: {error}") from error


def _fields(header: list[str]) -> list[str | None]:
    """What each column means; of two that mean the same the first counts."""
    found: list[str | None] = []
    for name in header:
        field = _COLUMNS.get("".join(re.findall("[a-z0-9]", name.casefold())))
        found.append(None if field in found else field)
    return found


def _value(field: str, cell: str) -> Any:
    if field in _SEVERAL:
        return [part for text in _SEVERAL[field].split(cell) if (part := text.strip())]
    if field == "employee_count":
        digits = re.sub(r"\D", "", cell) if _GROUPED.fullmatch(cell) else cell
        return int(digits) if digits.isdecimal() and len(digits) < 15 else cell
    if field == "revenue":
        return re.sub(r"(?<=\d)[, '\u00a0\u202f](?=\d{3}\b)", "", cell.lstrip("$£€ "))
    return " ".join(cell.split()) if field != "description" else cell


def _delimiter(text: str) -> str:
    """What parts the cells of the first line: of comma, semicolon and tabulator the one that it has most of."""
    first = re.sub(r'"[^"]*"', "", text[:20_000]).lstrip("\ufeff\r\n").split("\n", 1)[0]
    return max(_DELIMITERS, key=first.count)


def _no_name(header: list[str]) -> Fault:
    return Fault("csv", f"the columns are {', '.join(header)[:500]}" if header else "the table is empty")
