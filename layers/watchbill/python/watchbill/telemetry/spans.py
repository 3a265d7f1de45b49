"""A span as everything behind the door knows it, whoever sent it and in whichever encoding.

Plain dataclasses: thousands come in one request, each checked once where it is decoded.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

Value = str | bool | int | float | list["Value"] | dict[str, "Value"] | None
"""What an attribute holds. It can be written as JSON and read again as it was.

Bytes are their base64, and a float that is not finite is its name (`NaN`, `Infinity`, `-Infinity`), both as OTLP's own
JSON has them.
"""
Attributes = Mapping[str, Value]


class SpanKind(StrEnum):
    """Which side of a call a span is. Source: opentelemetry/proto/trace/v1/trace.proto, `Span.SpanKind`."""

    UNSPECIFIED = "unspecified"
    INTERNAL = "internal"
    SERVER = "server"
    CLIENT = "client"
    PRODUCER = "producer"
    CONSUMER = "consumer"


class StatusCode(StrEnum):
    """How a span says that it ended; `unset` unless its sender judged it. Source: the same file, `Status`."""

    UNSET = "unset"
    OK = "ok"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Scope:
    """The instrumentation that made a span; empty text where it did not say."""

    name: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class SpanEvent:
    """Something that happened at a moment of a span."""

    name: str
    at_ns: int
    attributes: Attributes = field(default_factory=dict)


class LooseEvent(NamedTuple):
    """An event that its sender tells apart from the span it belongs to, as log records are."""

    trace_id: str
    span_id: str
    event: SpanEvent


@dataclass(frozen=True, slots=True)
class Span:
    """One span. Times are nanoseconds since 1970, ids are lower-case hex of 32 and 16 digits."""

    trace_id: str
    span_id: str
    parent_id: str | None
    name: str
    kind: SpanKind
    start_ns: int
    end_ns: int | None
    """None while it goes on: some senders tell of a span when it begins, and again when it has ended."""
    status: StatusCode = StatusCode.UNSET
    status_message: str = ""
    attributes: Attributes = field(default_factory=dict)
    events: tuple[SpanEvent, ...] = ()
    resource: Attributes = field(default_factory=dict)
    """What the sending process says of itself, such as `service.name`; spans of one request share the mapping."""
    scope: Scope = Scope()
