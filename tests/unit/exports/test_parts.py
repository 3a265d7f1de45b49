"""Parts of exports are read back as they were written, whatever was in them, and no cell is a formula."""

import csv
import io
import string
from decimal import Decimal

import pytest
from arro3.io import read_parquet
from hypothesis import given
from hypothesis import strategies as st

from watchbill.exports.columns import Column, Kind
from watchbill.exports.comma import CommaPart, cell
from watchbill.exports.parquet import ParquetPart

COLUMNS = (
    Column("text", Kind.TEXT, dict.get),
    Column("texts", Kind.TEXTS, dict.get),
    Column("number", Kind.INTEGER, dict.get),
    Column("money", Kind.MONEY, dict.get),
)
TEXT = st.text(st.characters(exclude_categories=("Cs",)) | st.sampled_from(string.punctuation + "\r\n\t"))
ROW = st.fixed_dictionaries(
    {
        "text": TEXT | st.none(),
        "texts": st.lists(TEXT, max_size=3),
        "number": st.integers(-(2**63), 2**63 - 1) | st.none(),
        "money": st.decimals(0, 10**9, places=10) | st.none(),
    }
)


def written(part, rows):
    for row in rows:
        part.add(row)
    return part.content()


@given(st.lists(ROW, max_size=5))
def test_parquet_is_read_back_to_the_last_digit(rows):
    table = read_parquet(io.BytesIO(written(ParquetPart(COLUMNS), rows))).read_all()

    columns = [table[column.name].to_pylist() for column in COLUMNS]
    assert [dict(zip(table.column_names, values, strict=True)) for values in zip(*columns, strict=True)] == rows


@given(st.lists(ROW, max_size=5))
def test_csv_has_a_header_and_a_row_of_as_many_cells_for_each(rows):
    text = written(CommaPart(COLUMNS), rows).decode()

    header, *read = csv.reader(io.StringIO(text, newline=""), strict=True)
    assert header == [column.name for column in COLUMNS]
    assert read == [[cell(row[column.name], column.kind) for column in COLUMNS] for row in rows]
    assert text.endswith("\r\n")


@given(TEXT)
def test_a_text_is_itself_or_itself_behind_an_apostrophe(text):
    shown = cell(text, Kind.TEXT)

    assert shown in (text, "'" + text)
    assert not shown.startswith(("=", "@", "\t", "\r", "\n"))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\uff1d1+1", "'\uff1d1+1"),
        ("-17", "-17"),
        ("+1.5", "+1.5"),
        ("1=1", "1=1"),
        ("'=1", "'=1"),
        ("", ""),
    ],
)
def test_what_a_spreadsheet_takes_for_a_formula_is_text(text, shown):
    assert cell(text, Kind.TEXT) == shown


def test_money_is_written_without_an_exponent():
    assert cell(Decimal("1E-10"), Kind.MONEY) == "0.0000000001"
