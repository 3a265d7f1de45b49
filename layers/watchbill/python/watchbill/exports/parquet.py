"""A part of an export as Parquet, typed, compressed with Zstandard. Pure; the only importer of `arro3`."""

import io
import json
from decimal import Decimal

from arro3.core import DataType, Field, Schema
from arro3.io import read_json, write_parquet

from watchbill.exports.columns import Column, Kind, Row

_TYPES = {
    Kind.TEXT: DataType.string(),
    Kind.TEXTS: DataType.list(Field("item", DataType.string(), nullable=True)),
    Kind.INTEGER: DataType.int64(),
    Kind.NUMBER: DataType.float64(),
    Kind.MONEY: DataType.decimal128(20, 10),
    Kind.INSTANT: DataType.timestamp("ms", tz="UTC"),
}
_GROUP = 50_000
"""Rows of a row group: a part is one."""


class ParquetPart:
    """Rows as they are added: kept as lines of JSON, which Arrow reads by the columns' types."""

    def __init__(self, columns: tuple[Column, ...]) -> None:
        self._schema = Schema([Field(column.name, _TYPES[column.kind]) for column in columns])
        self._lines = io.BytesIO()
        self.rows = 0

    @property
    def size(self) -> int:
        """How much is written: bytes before they are compressed."""
        return self._lines.tell()

    def add(self, row: Row) -> None:
        """Keep a row."""
        said = {name: value for name, value in row.items() if value is not None}
        self._lines.write(json.dumps(said, ensure_ascii=False, default=_exact).encode() + b"\n")
        self.rows += 1

    def content(self) -> bytes:
        """The file."""
        self._lines.seek(0)
        written = io.BytesIO()
        write_parquet(read_json(self._lines, self._schema, batch_size=_GROUP), written, compression="zstd(3)")
        return written.getvalue()


def _exact(amount: Decimal) -> str:
    return f"{amount:f}"
