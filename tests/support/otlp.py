"""Made-up requests in OpenTelemetry's own messages, and their JSON by a way of its own: protobuf's, mended for OTLP."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

from google.protobuf.json_format import MessageToDict
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import (
    AnyValue,
    ArrayValue,
    InstrumentationScope,
    KeyValue,
    KeyValueList,
)
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span, Status

from watchbill.telemetry import otlp
from watchbill.telemetry.limits import Received
from watchbill.telemetry.otlp import Encoding

NOW = datetime(2026, 3, 1, tzinfo=UTC)
START = 1_700_000_000_000_000_000
TRACE, SPAN = bytes(range(16)), bytes(range(8))

_text = st.text(max_size=8)
_times = st.one_of(st.just(0), st.integers(START - 5, START + 5), st.integers(0, 2**64 - 1))


def _values() -> st.SearchStrategy[AnyValue]:
    leaves = st.one_of(
        st.just(AnyValue()),
        st.builds(AnyValue, string_value=_text),
        st.builds(AnyValue, bool_value=st.booleans()),
        st.builds(AnyValue, int_value=st.integers(-(2**63), 2**63 - 1)),
        st.builds(AnyValue, double_value=st.floats()),
        st.builds(AnyValue, bytes_value=st.binary(max_size=5)),
    )
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.builds(AnyValue, array_value=st.builds(ArrayValue, values=st.lists(inner, max_size=3))),
            st.builds(AnyValue, kvlist_value=st.builds(KeyValueList, values=_pairs(inner))),
        ),
        max_leaves=5,
    )


def _pairs(values: st.SearchStrategy[AnyValue]) -> st.SearchStrategy[list[KeyValue]]:
    return st.lists(st.builds(KeyValue, key=_text, value=values), max_size=3)


_attributes = _pairs(_values())
_events = st.lists(st.builds(Span.Event, name=_text, time_unix_nano=_times, attributes=_attributes), max_size=2)
_spans = st.builds(
    Span,
    trace_id=st.sampled_from([TRACE, bytes(16), b"short", b""]),
    span_id=st.sampled_from([SPAN, SPAN[::-1], bytes(8), b"long enough"]),
    parent_span_id=st.sampled_from([b"", bytes(8), SPAN, SPAN[::-1], b"x"]),
    name=_text,
    kind=st.integers(0, 5),
    start_time_unix_nano=_times,
    end_time_unix_nano=_times,
    attributes=_attributes,
    events=_events,
    status=st.builds(Status, code=st.integers(0, 2), message=_text),
)
_of_scopes = st.builds(
    ScopeSpans,
    scope=st.builds(InstrumentationScope, name=_text, version=_text),
    spans=st.lists(_spans, max_size=3),
)
_of_resources = st.builds(
    ResourceSpans,
    resource=st.builds(Resource, attributes=_attributes),
    scope_spans=st.lists(_of_scopes, max_size=2),
)
requests = st.builds(ExportTraceServiceRequest, resource_spans=st.lists(_of_resources, max_size=2))


def got(body: bytes, encoding: Encoding = Encoding.PROTOBUF, compression: str | None = None) -> Received:
    """What a body brings."""
    return otlp.received(body, encoding, compression, NOW)


def request_of(*spans: Span, resource: Resource | None = None) -> ExportTraceServiceRequest:
    """A request of these spans."""
    of_scope = ScopeSpans(scope=InstrumentationScope(name="tests", version="1.2"), spans=spans)
    return ExportTraceServiceRequest(resource_spans=[ResourceSpans(resource=resource, scope_spans=[of_scope])])


def span(**fields: Any) -> Span:
    """A span that is right in all that is not said."""
    ids = {"trace_id": TRACE, "span_id": SPAN, "name": "chat"}
    times = {"start_time_unix_nano": START, "end_time_unix_nano": START + 1}
    return Span(**{**ids, **times, **fields})


def json_span(**fields: Any) -> bytes:
    """A request in JSON of one span, right in all that is not said."""
    whole = {
        "traceId": TRACE.hex(),
        "spanId": SPAN.hex(),
        "startTimeUnixNano": str(START),
        "endTimeUnixNano": str(START + 1),
        **fields,
    }
    return json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [whole]}]}]}).encode()


def pair(key: str, value: str) -> KeyValue:
    """An attribute that is text."""
    return KeyValue(key=key, value=AnyValue(string_value=value))


def as_json(request: ExportTraceServiceRequest, camel: bool = True, enum_names: bool = False) -> bytes:
    """The request in OTLP's JSON."""
    written = MessageToDict(request, preserving_proto_field_name=not camel, use_integers_for_enums=not enum_names)
    return json.dumps(_with_hex_ids(written)).encode()


def _with_hex_ids(value: Any) -> Any:
    if isinstance(value, list):
        return [_with_hex_ids(item) for item in value]
    if not isinstance(value, dict):
        return value
    ids = ("traceId", "spanId", "parentSpanId", "trace_id", "span_id", "parent_span_id")
    return {
        name: base64.b64decode(held).hex().upper() if name in ids else _with_hex_ids(held)
        for name, held in value.items()
    }
