"""What logs carry of GenAI becomes events of the spans that they name; everything else is let go."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue, KeyValueList
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, ResourceLogs, ScopeLogs

from tests.support.otlp import NOW, SPAN, START, TRACE, as_json, pair
from watchbill.platform.errors import BadRequest, PayloadTooLarge, UnsupportedMediaType
from watchbill.telemetry import logs, otlp
from watchbill.telemetry.logs import ReceivedLogs
from watchbill.telemetry.otlp import Encoding
from watchbill.telemetry.reading import facts_of
from watchbill.telemetry.spans import Span as KeptSpan
from watchbill.telemetry.spans import SpanEvent, SpanKind

text = st.text(max_size=5)
bodies = st.one_of(
    st.just(AnyValue()),
    st.builds(AnyValue, string_value=text),
    st.builds(AnyValue, kvlist_value=st.builds(KeyValueList, values=st.lists(st.builds(pair, text, text), max_size=2))),
)
records = st.builds(
    LogRecord,
    trace_id=st.sampled_from([TRACE, bytes(16), b""]),
    span_id=st.sampled_from([SPAN, b"short"]),
    event_name=st.sampled_from(["", "gen_ai.choice", "app.started"]),
    time_unix_nano=st.sampled_from([0, START, 1]),
    observed_time_unix_nano=st.sampled_from([0, START]),
    attributes=st.lists(st.builds(pair, st.sampled_from(["event.name", "x"]), text), max_size=2),
    body=bodies,
)


def request_of(*sent: LogRecord) -> ExportLogsServiceRequest:
    """A request of these records."""
    return ExportLogsServiceRequest(resource_logs=[ResourceLogs(scope_logs=[ScopeLogs(log_records=sent)])])


def record(name: str = "gen_ai.user.message", **fields: Any) -> LogRecord:
    """A record that is right in all that is not said."""
    return LogRecord(**{"trace_id": TRACE, "span_id": SPAN, "event_name": name, "time_unix_nano": START, **fields})


def got(*sent: LogRecord) -> ReceivedLogs:
    """What these records bring."""
    return logs.received(request_of(*sent).SerializeToString(), Encoding.PROTOBUF, None, NOW)


def body(**fields: str) -> AnyValue:
    """A record's body that is an object."""
    return AnyValue(kvlist_value=KeyValueList(values=[pair(key, value) for key, value in fields.items()]))


@given(st.lists(records, max_size=3), st.booleans())
def test_protobuf_and_json_of_the_same_records_are_the_same_events(sent: list[LogRecord], camel: bool) -> None:
    written = as_json(request_of(*sent), camel)

    assert logs.received(written, Encoding.JSON, None, NOW) == got(*sent)


@given(st.binary(max_size=40), st.sampled_from(Encoding), st.sampled_from([None, "gzip", "br"]))
def test_junk_raises_errors_of_the_house_only(junk: bytes, encoding: Encoding, compression: str | None) -> None:
    with suppress(BadRequest, UnsupportedMediaType):
        logs.received(junk, encoding, compression, NOW)


@pytest.mark.parametrize(
    "sent",
    [record(), record("", attributes=[pair("event.name", "gen_ai.user.message")])],
    ids=["field", "attribute"],
)
def test_an_event_belongs_to_the_span_that_it_names_with_its_body_beside_its_attributes(sent: LogRecord) -> None:
    sent.MergeFrom(LogRecord(body=body(content="Hola"), attributes=[pair("gen_ai.system", "openai")]))

    (told,) = got(sent).events

    assert (told.trace_id, told.span_id) == (TRACE.hex(), SPAN.hex())
    assert told.event == SpanEvent("gen_ai.user.message", START, {"content": "Hola", "gen_ai.system": "openai"})


def test_what_events_say_is_the_span_s_input_and_output() -> None:
    details = [pair("gen_ai.input.messages", "in"), pair("gen_ai.output.messages", "out")]
    (told,) = got(record("gen_ai.client.inference.operation.details", attributes=details)).events
    span = KeptSpan(TRACE.hex(), SPAN.hex(), None, "chat", SpanKind.CLIENT, START, START, events=(told.event,))

    facts = facts_of(span)

    assert (facts.input, facts.output) == ("in", "out")


def test_records_that_are_not_of_genai_are_let_go() -> None:
    assert got(LogRecord(body=AnyValue(string_value="started")), record("app.started")) == ReceivedLogs((), ())


def test_an_event_without_a_time_happened_when_it_was_observed() -> None:
    (told,) = got(record(time_unix_nano=0, observed_time_unix_nano=START)).events

    assert told.event.at_ns == START


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"trace_id": b""}, "a trace id is 16 bytes"),
        ({"span_id": b"x"}, "a span id"),
        ({"time_unix_nano": 5}, "the year 2000"),
    ],
    ids=["trace", "span", "time"],
)
def test_an_event_that_cannot_be_placed_is_rejected_and_the_answer_says_why(
    fields: dict[str, Any], reason: str
) -> None:
    received = got(record(**fields), record())

    answer = json.loads(otlp.answer(Encoding.JSON, received.rejected, logs.COUNTED))

    assert len(received.events) == 1
    assert answer["partialSuccess"]["rejectedLogRecords"] == "1"
    assert reason in answer["partialSuccess"]["errorMessage"]


def test_a_request_has_only_so_many_records() -> None:
    with pytest.raises(PayloadTooLarge, match="10,000"):
        got(*[record("x")] * (logs.MAX_RECORDS + 1))


def test_an_event_s_attributes_and_body_may_be_nested() -> None:
    message = KeyValue(key="message", value=body(role="assistant", content="Hola"))
    sent = record("gen_ai.choice", body=AnyValue(kvlist_value=KeyValueList(values=[message])))

    (told,) = got(sent).events

    assert told.event.attributes == {"message": {"role": "assistant", "content": "Hola"}}
