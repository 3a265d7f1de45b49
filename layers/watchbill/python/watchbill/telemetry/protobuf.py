"""The spans of a request in protobuf, not yet judged, and what requests of other kinds have in common with it."""

import base64
import math
from collections.abc import Iterable, Iterator
from typing import TypeVar

from google.protobuf.message import DecodeError, Message
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, InstrumentationScope, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span as SentSpan

from watchbill.platform.errors import BadRequest
from watchbill.telemetry.limits import MAX_ATTRIBUTES, MAX_DEPTH, MAX_EVENTS, MAX_NAME, MAX_TEXT, Draft, kept
from watchbill.telemetry.spans import Attributes, Scope, SpanEvent, Value

M = TypeVar("M", bound=Message)


def parsed(kind: type[M], body: bytes) -> M:
    """A request of some kind. Raises BadRequest."""
    try:
        return kind.FromString(body)
    except DecodeError as error:
        raise BadRequest(f"the body is not an {kind.__name__} in protobuf") from error


def drafts(body: bytes) -> Iterator[Draft]:
    """The spans of a request. Raises BadRequest."""
    for of_resource in parsed(ExportTraceServiceRequest, body).resource_spans:
        resource = attributes(of_resource.resource.attributes)
        for of_scope in of_resource.scope_spans:
            scope = scope_of(of_scope.scope)
            for span in of_scope.spans:
                yield _draft(span, resource, scope)


def number(value: float) -> Value:
    """A float as it is kept: one that is not finite by the name that JSON has for it."""
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _draft(span: SentSpan, resource: Attributes, scope: Scope) -> Draft:
    status = span.status
    return Draft(
        trace_id=span.trace_id.hex(),
        span_id=span.span_id.hex(),
        parent_id=span.parent_span_id.hex(),
        name=span.name[:MAX_NAME],
        kind=span.kind,
        start_ns=span.start_time_unix_nano,
        end_ns=span.end_time_unix_nano,
        status=status.code,
        status_message=status.message[:MAX_TEXT],
        attributes=attributes(span.attributes),
        events=tuple(_event(event) for event in span.events[:MAX_EVENTS]),
        resource=resource,
        scope=scope,
    )


def _event(event: SentSpan.Event) -> SpanEvent:
    return SpanEvent(event.name[:MAX_NAME], event.time_unix_nano, attributes(event.attributes))


def scope_of(scope: InstrumentationScope) -> Scope:
    """The instrumentation as it names itself."""
    return Scope(scope.name[:MAX_NAME], scope.version[:MAX_NAME])


def attributes(pairs: Iterable[KeyValue], depth: int = 1) -> dict[str, Value]:
    """Attributes, or the pairs of an object."""
    return kept((pair.key, value_of(pair.value, depth)) for pair in pairs)


def value_of(value: AnyValue, depth: int = 1) -> Value:
    """What an attribute or a body holds."""
    match value.WhichOneof("value"):
        case "string_value":
            return value.string_value[:MAX_TEXT]
        case "int_value":
            return value.int_value
        case "double_value":
            return number(value.double_value)
        case "bool_value":
            return value.bool_value
        case "bytes_value":
            return base64.b64encode(value.bytes_value).decode()[:MAX_TEXT]
        case "array_value" if depth < MAX_DEPTH:
            return [value_of(item, depth + 1) for item in value.array_value.values[:MAX_ATTRIBUTES]]
        case "kvlist_value" if depth < MAX_DEPTH:
            return attributes(value.kvlist_value.values, depth + 1)
        case _:
            return None
