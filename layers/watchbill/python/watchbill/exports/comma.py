"""A part of an export as CSV: RFC 4180, UTF-8, a header, and no cell that a spreadsheet would run. Pure."""

import csv
import io
import json
import re
from decimal import Decimal
from typing import Any

from watchbill.exports.columns import Column, Kind, Row

_FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")  # noqa: RUF001  # full-width signs begin formulas too
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


class CommaPart:
    """Rows as they are added; null is an empty cell, a list is JSON."""

    def __init__(self, columns: tuple[Column, ...]) -> None:
        self._columns = columns
        self._text = io.StringIO(newline="")
        self._writer = csv.writer(self._text, lineterminator="\r\n")
        self._writer.writerow(column.name for column in columns)
        self.rows = 0

    @property
    def size(self) -> int:
        """How much is written: characters."""
        return self._text.tell()

    def add(self, row: Row) -> None:
        """Write a row."""
        self._writer.writerow(cell(row[column.name], column.kind) for column in self._columns)
        self.rows += 1

    def content(self) -> bytes:
        """The file."""
        return self._text.getvalue().encode()


def cell(value: Any, kind: Kind) -> str:
    """A value as a cell."""
    match value:
        case None:
            return ""
        case list():
            return json.dumps(value, ensure_ascii=False)
        case Decimal():
            return f"{value:f}"
        case str() if kind is Kind.TEXT:
            return _harmless(value)
        case _:
            return str(value)


def _harmless(text: str) -> str:
    """Text with an apostrophe before what a spreadsheet takes for the beginning of a formula, unless it is a number."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text
