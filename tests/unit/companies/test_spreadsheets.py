"""Tables as spreadsheets save them: what each of their columns means, however they are written."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbill.companies.models import NewCompany
from watchbill.companies.spreadsheets import read
from watchbill.platform.errors import BadRequest

CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), min_size=1, max_size=20).filter(str.strip)


def rows(text):
    return list(read(text).rows)


@given(
    cells=st.lists(st.tuples(CELL, CELL), min_size=1, max_size=5),
    delimiter=st.sampled_from(",;\t"),
    line_end=st.sampled_from(("\n", "\r\n")),
    mark=st.sampled_from(("", "\ufeff")),
)
def test_what_a_spreadsheet_writes_is_read(cells, delimiter, line_end, mark):
    written = io.StringIO(newline="")
    table = csv.writer(written, delimiter=delimiter, lineterminator=line_end)
    table.writerows([("Name", "Description"), *cells])

    read_again = rows(mark + written.getvalue())

    assert read_again == [{"name": " ".join(name.split()), "description": text.strip()} for name, text in cells]


@pytest.mark.parametrize(
    ("column", "field"),
    [
        ("Web-site", "website"),
        ("URL", "website"),
        ("Number of Employees", "employee_count"),
        ("headcount", "employee_count"),
        ("Annual Revenue", "revenue"),
        ("CompanyNumber", "registration_number"),
        ("Company Number", "registration_number"),
        ("registration_number", "registration_number"),
        ("LinkedIn URL", "linkedin_url"),
        ("E-Mail", "email"),
        ("Tel.", "phone"),
    ],
)
def test_columns_are_known_by_their_usual_names(column, field):
    assert rows(f"Company name,{column}\nAda,7\n") == [{"name": "Ada", field: 7 if field == "employee_count" else "7"}]


@pytest.mark.parametrize("name", ["NAME", "company", "Company Name", "Organisation", " account "])
def test_a_name_goes_by_several_names(name):
    assert rows(f"{name}\nAda\n") == [{"name": "Ada"}]


def test_columns_that_mean_nothing_or_the_same_again_are_reported():
    sheet = read("name,Colour,website,URL,\nAda,red,ada.example,other.example,x\n")

    assert list(sheet.rows) == [{"name": "Ada", "website": "ada.example"}]
    assert sheet.ignored == ("Colour", "URL")


def test_a_cell_may_hold_line_breaks_delimiters_and_quotation_marks():
    text = 'name;description;phone\n"Ada; ""the first""";"one\ntwo";1\n\n;;\nBo;;2\n'

    assert rows(text) == [
        {"name": 'Ada; "the first"', "description": "one\ntwo", "phone": "1"},
        {"name": "Bo", "phone": "2"},
    ]


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        ("employees", "1200", 1200),
        ("employees", "1,200", 1200),
        ("employees", "1 200", 1200),
        ("employees", "51-200", "51-200"),
        ("employees", "many", "many"),
        ("employees", "1.5", "1.5"),
        ("revenue", "1,200,000.50", "1200000.50"),
        ("revenue", "£1,200", "1200"),
        ("revenue", "1.2m", "1.2m"),
        ("industry", "SaaS; Oil, Gas | Retail", ["SaaS", "Oil, Gas", "Retail"]),
        ("technologies", "React, Vue;Go", ["React", "Vue", "Go"]),
    ],
)
def test_cells_are_read_as_people_write_them(column, cell, value):
    (row,) = rows(f'name,{column}\nAda,"{cell}"\n')

    assert row.popitem()[1] == value


@pytest.mark.parametrize("cell", ["51-200", "many", "1.5", "-3"])
def test_a_headcount_that_is_none_is_refused_rather_than_guessed(cell):
    (row,) = rows(f'name,employees\nAda,"{cell}"\n')

    with pytest.raises(ValueError, match="employee_count"):
        NewCompany.model_validate(row)


def test_a_row_with_more_cells_than_columns_is_refused_by_itself():
    good, bad = rows("name,phone\nAda,1\nBo,1,2\n")

    assert NewCompany.model_validate(good).name == "Ada"
    with pytest.raises(ValueError, match="a cell beyond the columns"):
        NewCompany.model_validate(bad)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "one of which is `name`"),
        ("\n\n", "one of which is `name`"),
        ("website,phone\na.example,1\n", "one of which is `name`"),
        ('name,phone\n"Ada,1\n', "line 2"),
        ('name\n"Ada"x\n', "line 2"),
        ("name\n" + "x" * 200_000, "line 2"),
    ],
)
def test_what_is_no_table_of_companies_is_refused(text, says):
    with pytest.raises(BadRequest, match=says):
        rows(text)
