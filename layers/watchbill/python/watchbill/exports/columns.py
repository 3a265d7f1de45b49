"""The columns of an export: what each is called, what kind of value it has, and where a run's record says it. Pure."""

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import Enum, auto
from typing import Any, NamedTuple

from watchbill.runs import rules as runs
from watchbill.runs.models import Facts


class Kind(Enum):
    """What kind of values a column has; each may be null."""

    TEXT = auto()
    TEXTS = auto()  # a list of texts, empty rather than null
    INTEGER = auto()
    NUMBER = auto()
    MONEY = auto()  # USD, exact to ten decimals
    INSTANT = auto()  # RFC 3339 in UTC with milliseconds


class Column(NamedTuple):
    """A column."""

    name: str
    kind: Kind
    of: Callable[[Facts], Any]


Row = Mapping[str, Any]
"""What a run has in each column: text, a list of texts, int, float, Decimal or None."""


def _same(kind: Kind, *names: str) -> tuple[Column, ...]:
    """Columns that are called as the record calls them."""
    return tuple(Column(name, kind, lambda record, name=name: record.get(name)) for name in names)  # type: ignore[misc]


def _inside(kind: Kind, fact: str, **names: str) -> tuple[Column, ...]:
    """Columns of what is inside a fact, each with its name there."""
    return tuple(
        Column(name, kind, lambda record, inner=inner: record.get(fact, {}).get(inner))  # type: ignore[misc]
        for name, inner in names.items()
    )


def _number(record: Facts, name: str) -> float | None:
    value: Decimal | None = record.get(name)
    return None if value is None else float(value)


def _as_json(record: Facts, name: str) -> str | None:
    return json.dumps(record[name], ensure_ascii=False) if name in record else None


def _client_id(record: Facts, name: str) -> str | None:
    # An integer or text: they name the same run, and a column has one kind.
    return None if record.get(name) is None else str(record[name])


COLUMNS = (
    *_same(Kind.TEXT, runs.RUN_ID, runs.AGENT_ID, "agent", runs.VERSION),
    Column("id", Kind.TEXT, lambda record: _client_id(record, "client_id")),
    *_same(Kind.TEXT, runs.STATUS, "trigger"),
    Column("attempt", Kind.INTEGER, lambda record: record.get("attempt", 1)),
    Column("created", Kind.INSTANT, lambda record: record[runs.CREATED_AT]),
    *_same(Kind.INSTANT, "started_at", "completed_at", runs.RECORDED_AT),
    *_same(Kind.INTEGER, runs.DURATION_MS),
    *_same(Kind.MONEY, "cost"),
    *_inside(
        Kind.INTEGER,
        "tokens",
        input_tokens="input",
        output_tokens="output",
        total_tokens="total",
        cache_read_tokens="cache_read",
        cache_write_tokens="cache_write",
        reasoning_tokens="reasoning",
    ),
    Column("models", Kind.TEXTS, lambda record: record.get("models", [])),
    Column("tools", Kind.TEXTS, lambda record: record.get("tools", [])),
    *_same(Kind.TEXT, "initiator", "user_id"),
    Column("task_id", Kind.TEXT, lambda record: _client_id(record, "task_id")),
    *_same(Kind.TEXT, "task_type", "session_id", "stream_id", "campaign_id", "experiment_id", "parent_run_id"),
    Column("quality_score", Kind.NUMBER, lambda record: _number(record, "quality_score")),
    Column("user_satisfaction", Kind.NUMBER, lambda record: _number(record, "user_satisfaction")),
    *_same(Kind.INTEGER, "items_processed", "content_produced", "trends_detected"),
    *_same(Kind.TEXT, "summary"),
    *_inside(Kind.TEXT, "error", error_type="type", error_message="message"),
)
BODIES = (
    Column("input", Kind.TEXT, lambda record: _as_json(record, "input")),
    Column("output", Kind.TEXT, lambda record: _as_json(record, "output")),
)
"""Any JSON, written as such."""


def columns_of(bodies: bool) -> tuple[Column, ...]:
    """The columns of an export, with what went in and came out or without."""
    return COLUMNS + BODIES if bodies else COLUMNS


def row_of(record: Facts, agent: str, columns: tuple[Column, ...]) -> Row:
    """A run's row; `agent` is its agent's name."""
    named = {**record, "agent": agent}
    return {column.name: column.of(named) for column in columns}
