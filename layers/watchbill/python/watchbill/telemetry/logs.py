"""What logs carry of GenAI: the events of a span that its sender tells apart from it, in either encoding.

Newer instrumentations have prompts and answers in log records that name the span they belong to. Each becomes an event
of it, with the fields of its body beside its attributes, as readers of spans' own events expect them. Other records are
let go without a word. Source: open-telemetry/semantic-conventions-genai, "Events".
"""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord

from watchbill.telemetry import jsonfields, limits, protobuf
from watchbill.telemetry.jsonfields import Object
from watchbill.telemetry.limits import EARLIEST_NS, MAX_NAME, Rejected
from watchbill.telemetry.otlp import Encoding, decompressed
from watchbill.telemetry.spans import Attributes, LooseEvent, SpanEvent, Value

COUNTED = "rejectedLogRecords"
"""What an answer in JSON calls the number of those that were not taken."""
MAX_RECORDS = 10_000
_PREFIX = "gen_ai."
_NAMES = ("event.name", "event_name")
"""What tells an event's name where the record has no field for it, as before version 1.5 of the schema."""


class ReceivedLogs(NamedTuple):
    """What a request brought of GenAI."""

    events: tuple[LooseEvent, ...]
    rejected: tuple[Rejected, ...]


class _Record(NamedTuple):
    trace_id: str
    span_id: str
    name: str
    at_ns: int
    attributes: Attributes
    body: Value


def received(body: bytes, encoding: Encoding, compression: str | None, now: datetime) -> ReceivedLogs:
    """The events that a request brings. Raises BadRequest, PayloadTooLarge, UnsupportedMediaType."""
    read = _from_json if encoding is Encoding.JSON else _from_protobuf
    events, rejected = [], []
    latest_ns = limits.latest(now)
    for record in limits.at_most(MAX_RECORDS, "log records", read(decompressed(body, compression))):
        name = _name(record)
        if not name.startswith(_PREFIX):
            continue
        if reason := _refusal(record, latest_ns):
            rejected.append(Rejected(name, reason))
        else:
            event = SpanEvent(name, record.at_ns, _attributes(record))
            events.append(LooseEvent(record.trace_id, record.span_id, event))
    return ReceivedLogs(tuple(events), tuple(rejected))


def _name(record: _Record) -> str:
    named = (record.name, *(record.attributes.get(name) for name in _NAMES))
    return next((name[:MAX_NAME] for name in named if isinstance(name, str) and name), "")


def _refusal(record: _Record, latest_ns: int) -> str | None:
    if reason := limits.misplaced(record.trace_id, record.span_id):
        return f"an event of a model's call belongs to a span: {reason}"
    if not EARLIEST_NS <= record.at_ns <= latest_ns:
        return "an event lies between the year 2000 and tomorrow"
    return None


def _attributes(record: _Record) -> Attributes:
    told = {name: value for name, value in record.attributes.items() if name not in _NAMES}
    if isinstance(record.body, dict):
        return record.body | told
    return told if record.body is None else {"body": record.body} | told


def _from_protobuf(body: bytes) -> Iterator[_Record]:
    request = protobuf.parsed(ExportLogsServiceRequest, body)
    for of_resource in request.resource_logs:
        for of_scope in of_resource.scope_logs:
            yield from map(_sent, of_scope.log_records)


def _sent(record: LogRecord) -> _Record:
    return _Record(
        trace_id=record.trace_id.hex(),
        span_id=record.span_id.hex(),
        name=record.event_name,
        at_ns=record.time_unix_nano or record.observed_time_unix_nano,
        attributes=protobuf.attributes(record.attributes),
        body=protobuf.value_of(record.body),
    )


def _from_json(body: bytes) -> Iterator[_Record]:
    request = jsonfields.request_of(body)
    for of_resource in jsonfields.objects(request, "resourceLogs", "resource_logs"):
        for of_scope in jsonfields.objects(of_resource, "scopeLogs", "scope_logs"):
            yield from map(_written, jsonfields.objects(of_scope, "logRecords", "log_records"))


def _written(record: Object) -> _Record:
    at_ns = jsonfields.time(record, "timeUnixNano", "time_unix_nano")
    return _Record(
        trace_id=jsonfields.text(record, "traceId", "trace_id").lower(),
        span_id=jsonfields.text(record, "spanId", "span_id").lower(),
        name=jsonfields.text(record, "eventName", "event_name"),
        at_ns=at_ns or jsonfields.time(record, "observedTimeUnixNano", "observed_time_unix_nano"),
        attributes=jsonfields.attributes(record),
        body=jsonfields.value_of(jsonfields.inner(record, "body")),
    )
