"""What a request in OTLP brings: the same spans in either encoding, and for junk nothing but errors of the house."""

import gzip
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import Span as SentSpan
from opentelemetry.sdk.resources import Resource as SdkResource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode as SdkStatus

from tests.support.otlp import SPAN, START, TRACE, as_json, got, json_span, pair, request_of, requests, span
from watchbill.platform.errors import BadRequest, UnsupportedMediaType, WatchbillError
from watchbill.telemetry import otlp
from watchbill.telemetry.limits import Received, Rejected
from watchbill.telemetry.otlp import Encoding
from watchbill.telemetry.spans import Scope, SpanKind, StatusCode

PROTOBUF, JSON = Encoding.PROTOBUF, Encoding.JSON


def json_value(**value: Any) -> Any:
    """What an attribute is read as that JSON has so."""
    (one,) = got(json_span(attributes=[{"key": "it", "value": value}]), JSON).spans
    return one.attributes["it"]


@settings(max_examples=60, deadline=None)
@given(requests, st.booleans(), st.booleans())
def test_protobuf_and_json_of_the_same_request_are_the_same_spans(request: Any, camel: bool, names: bool) -> None:
    from_protobuf = got(request.SerializeToString())
    from_json = got(as_json(request, camel, names), JSON)

    assert from_json == from_protobuf
    sent = [one for of_resource in request.resource_spans for of in of_resource.scope_spans for one in of.spans]
    assert len(from_protobuf.spans) + len(from_protobuf.rejected) == len(sent)


@settings(max_examples=40, deadline=None)
@given(requests)
def test_what_is_taken_can_be_kept_as_json(request: Any) -> None:
    for one in got(request.SerializeToString()).spans:
        kept = [one.attributes, one.resource, *(event.attributes for event in one.events)]
        assert json.loads(json.dumps(kept, allow_nan=False)) == kept


def refused_with(body: bytes, encoding: Encoding, compression: str | None = None) -> int | None:
    """The status that a body is refused with, None when it is not; whatever else is raised fails the test."""
    try:
        got(body, encoding, compression)
    except WatchbillError as error:
        return error.status
    return None


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60), st.sampled_from(Encoding), st.sampled_from([None, "gzip", "identity", "br"]))
def test_junk_raises_errors_of_the_house_only(body: bytes, encoding: Encoding, compression: str | None) -> None:
    assert refused_with(body, encoding, compression) in (None, 400, 415)


json_junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(
                ["resourceSpans", "scopeSpans", "spans", "attributes", "key", "value", "values", "code", "arrayValue"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(json_junk)
def test_json_of_another_shape_raises_errors_of_the_house_only(junk: Any) -> None:
    bodies = [
        json.dumps(junk).encode(),
        json_span(attributes=[{"key": "it", "value": junk}]),
        json_span(events=[junk], status=junk),
        json_span(kind=junk, name=junk, startTimeUnixNano=junk),
    ]
    assert {refused_with(body, JSON) for body in bodies} <= {None, 400}


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_request_that_was_damaged_on_the_way_raises_errors_of_the_house_only(data: st.DataObject) -> None:
    encoding = data.draw(st.sampled_from(Encoding))
    request = request_of(span(attributes=[pair("gen_ai.request.model", "m")], events=[SentSpan.Event(name="e")]))
    body = bytearray(as_json(request) if encoding is JSON else request.SerializeToString())
    body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    assert refused_with(bytes(body[: data.draw(st.integers(0, len(body)))]), encoding) in (None, 400)


def test_every_field_of_a_span_arrives() -> None:
    sent = span(
        parent_span_id=SPAN[::-1],
        kind=SentSpan.SPAN_KIND_CLIENT,
        attributes=[pair("gen_ai.request.model", "m")],
        events=[SentSpan.Event(name="exception", time_unix_nano=START, attributes=[pair("exception.type", "E")])],
        status={"code": 2, "message": "no"},
    )

    (one,) = got(request_of(sent, resource=Resource(attributes=[pair("service.name", "s")])).SerializeToString()).spans

    assert (one.trace_id, one.span_id, one.parent_id) == (TRACE.hex(), SPAN.hex(), SPAN[::-1].hex())
    assert (one.name, one.kind, one.start_ns, one.end_ns) == ("chat", SpanKind.CLIENT, START, START + 1)
    assert (one.status, one.status_message) == (StatusCode.ERROR, "no")
    assert one.attributes == {"gen_ai.request.model": "m"}
    assert [(e.name, e.at_ns, e.attributes) for e in one.events] == [("exception", START, {"exception.type": "E"})]
    assert (one.resource, one.scope) == ({"service.name": "s"}, Scope("tests", "1.2"))


def test_the_sdk_s_own_spans_arrive_as_they_were() -> None:
    exported = InMemorySpanExporter()
    provider = TracerProvider(resource=SdkResource({"service.name": "shop"}), shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exported))
    tracer = provider.get_tracer("an.instrumentation", "3.1")
    with tracer.start_as_current_span("invoke_agent planner", attributes={"gen_ai.agent.name": "planner"}) as outer:
        with tracer.start_as_current_span("chat") as inner:
            inner.set_attribute("gen_ai.response.finish_reasons", ["stop", "length"])
            inner.set_attribute("gen_ai.usage.input_tokens", 12)
            inner.set_attribute("operation.cost", 0.25)
        outer.set_status(SdkStatus.ERROR, "went wrong")
    finished: tuple[ReadableSpan, ...] = exported.get_finished_spans()
    now = datetime.now(UTC)

    request = encode_spans(finished)
    chat, agent = otlp.received(request.SerializeToString(), PROTOBUF, None, now).spans

    assert otlp.received(as_json(request), JSON, None, now).spans == (chat, agent)
    assert (chat.parent_id, chat.trace_id, agent.parent_id) == (agent.span_id, agent.trace_id, None)
    assert chat.attributes == {
        "gen_ai.response.finish_reasons": ["stop", "length"],
        "gen_ai.usage.input_tokens": 12,
        "operation.cost": 0.25,
    }
    assert (agent.status, agent.status_message, chat.status) == (StatusCode.ERROR, "went wrong", StatusCode.UNSET)
    assert (agent.scope, agent.resource["service.name"]) == (Scope("an.instrumentation", "3.1"), "shop")
    assert (agent.start_ns, agent.end_ns) == (finished[1].start_time, finished[1].end_time)


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ({"intValue": "9223372036854775807"}, 2**63 - 1),
        ({"intValue": -3}, -3),
        ({"intValue": 3.0}, 3),
        ({"int_value": 4}, 4),
        ({"doubleValue": 1}, 1.0),
        ({"doubleValue": "2.5"}, 2.5),
        ({"doubleValue": "NaN"}, "NaN"),
        ({"doubleValue": "-Infinity"}, "-Infinity"),
        ({"doubleValue": 1e999}, "Infinity"),
        ({"boolValue": False}, False),
        ({"bytesValue": "+/8="}, "+/8="),
        ({"bytesValue": "-_8"}, "+/8="),
        ({"arrayValue": {}}, []),
        ({"arrayValue": {"values": [{"stringValue": "a"}, {}]}}, ["a", None]),
        ({"kvlistValue": {"values": [{"key": "a", "value": {"intValue": 1}}]}}, {"a": 1}),
        ({"newerValue": 1}, None),
        ({"newerValue": 1, "stringValue": None, "boolValue": True}, True),
    ],
    ids=str,
)
def test_json_values_are_read_as_the_specification_has_them(value: dict[str, Any], read: Any) -> None:
    assert json_value(**value) == read
    assert type(json_value(**value)) is type(read)


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"traceId": 5}, "traceId is text"),
        ({"attributes": {}}, "attributes is a list of objects"),
        ({"attributes": ["a"]}, "attributes is an object"),
        ({"attributes": [{"key": "a", "value": 1}]}, "value is an object"),
        ({"attributes": [{"key": 1}]}, "key is text"),
        ({"startTimeUnixNano": "soon"}, "startTimeUnixNano is an integer"),
        ({"startTimeUnixNano": -1}, "startTimeUnixNano is an integer from 0 to 18446744073709551615"),
        ({"startTimeUnixNano": True}, "startTimeUnixNano is an integer"),
        ({"endTimeUnixNano": 2**64}, "endTimeUnixNano is an integer"),
        ({"kind": [3]}, "kind is an integer"),
        ({"status": "OK"}, "status is an object"),
        ({"events": [{"timeUnixNano": 1.5}]}, "timeUnixNano is an integer"),
        ({"attributes": [{"key": "a", "value": {"stringValue": 1}}]}, "stringValue is text"),
        ({"attributes": [{"key": "a", "value": {"boolValue": 1}}]}, "boolValue is true or false"),
        ({"attributes": [{"key": "a", "value": {"intValue": str(2**63)}}]}, "intValue is an integer"),
        ({"attributes": [{"key": "a", "value": {"doubleValue": "much"}}]}, "doubleValue is a number"),
        ({"attributes": [{"key": "a", "value": {"doubleValue": True}}]}, "doubleValue is a number"),
        ({"attributes": [{"key": "a", "value": {"bytesValue": "a"}}]}, "bytesValue is base64"),
        ({"attributes": [{"key": "a", "value": {"bytesValue": "!abcd!!!"}}]}, "bytesValue is base64"),
        ({"attributes": [{"key": "a", "value": {"arrayValue": []}}]}, "arrayValue is an object"),
    ],
    ids=str,
)
def test_json_of_the_wrong_type_is_refused_and_says_where(fields: dict[str, Any], complaint: str) -> None:
    with pytest.raises(BadRequest, match=complaint):
        got(json_span(**fields), JSON)


def test_what_json_does_not_know_is_passed_over_and_null_is_absent() -> None:
    body = json_span(
        flags=1, links=[{}], newer={"a": 1}, kind="SPAN_KIND_NEWER", status={"code": 17}, parentSpanId=None
    )

    (one,) = got(body, JSON).spans

    assert (one.kind, one.status, one.parent_id) == (SpanKind.UNSPECIFIED, StatusCode.UNSET, None)
    (other,) = got(json_span(kind=-1, status={"code": -1}), JSON).spans
    assert (other.kind, other.status) == (SpanKind.UNSPECIFIED, StatusCode.UNSET)


def test_other_types_and_compressions_are_refused() -> None:
    assert otlp.encoding_of("Application/JSON; charset=utf-8") is JSON
    assert otlp.encoding_of("application/x-protobuf") is PROTOBUF
    for other in ("text/plain", "", None):
        with pytest.raises(UnsupportedMediaType, match="application/x-protobuf or application/json"):
            otlp.encoding_of(other)
    with pytest.raises(UnsupportedMediaType, match="gzip"):
        got(b"", compression="br")


def test_an_empty_request_in_protobuf_brings_nothing() -> None:
    assert got(b"") == Received((), ())
    assert got(b"{}", JSON) == Received((), ())


def test_when_all_is_taken_the_answer_says_nothing() -> None:
    assert otlp.answer(PROTOBUF, ()) == ExportTraceServiceResponse().SerializeToString()
    assert otlp.answer(JSON, ()) == b"{}"


def test_the_answer_says_how_many_were_rejected_and_why_in_the_encoding_of_the_request() -> None:
    rejected = (Rejected("a", "too old"), Rejected("b", "no id"), Rejected("c", "too old"))
    message = "too old (2, such as 'a'); no id (1, such as 'b')"

    in_protobuf = ExportTraceServiceResponse.FromString(otlp.answer(PROTOBUF, rejected))

    assert json.loads(otlp.answer(JSON, rejected)) == MessageToDict(in_protobuf)
    assert in_protobuf.partial_success.rejected_spans == 3
    assert in_protobuf.partial_success.error_message == message


def test_a_refusal_is_a_status_of_google_s_rpc() -> None:
    # Field 2, text of 3 bytes.
    assert otlp.refusal(PROTOBUF, "bad") == b"\x12\x03bad"
    assert json.loads(otlp.refusal(JSON, "bad")) == {"message": "bad"}


def test_who_compresses_json_is_told_that_a_gateway_makes_text_of_it() -> None:
    as_text = gzip.compress(b"{}").decode("utf-8", errors="replace").encode()

    with pytest.raises(BadRequest, match="JSON goes uncompressed"):
        otlp.received(as_text, Encoding.JSON, "gzip", datetime(2026, 3, 1, tzinfo=UTC))
