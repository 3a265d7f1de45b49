"""What is refused, what is cut, and where decompression stops."""

import base64
import gzip
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue, KeyValueList
from opentelemetry.proto.trace.v1.trace_pb2 import Span as SentSpan

from tests.support.otlp import NOW, SPAN, START, TRACE, as_json, got, json_span, pair, request_of, span
from watchbill.platform.errors import BadRequest, PayloadTooLarge
from watchbill.telemetry import limits
from watchbill.telemetry.otlp import Encoding

PROTOBUF, JSON = Encoding.PROTOBUF, Encoding.JSON
LATER = int((NOW + timedelta(days=2)).timestamp()) * 10**9
REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"trace_id": bytes(16)}, "a trace id is 16 bytes"),
    ({"trace_id": SPAN}, "a trace id is 16 bytes"),
    ({"span_id": bytes(8)}, "a span id is 8 bytes"),
    ({"span_id": TRACE}, "a span id is 8 bytes"),
    ({"parent_span_id": b"abc"}, "the id of a parent is 8 bytes"),
    ({"parent_span_id": SPAN}, "not its own parent"),
    ({"start_time_unix_nano": 0}, "has a start"),
    ({"start_time_unix_nano": 5, "end_time_unix_nano": 6}, "between the year 2000 and tomorrow"),
    ({"start_time_unix_nano": LATER, "end_time_unix_nano": LATER}, "between the year 2000 and tomorrow"),
    ({"end_time_unix_nano": LATER}, "between the year 2000 and tomorrow"),
    ({"end_time_unix_nano": START - 1}, "ends after it starts"),
    ({"start_time_unix_nano": START - 367 * 86_400 * 10**9}, "within a year"),
]


@pytest.mark.parametrize(("fields", "reason"), REFUSED, ids=lambda one: str(one))
def test_a_span_that_cannot_be_placed_is_rejected_and_the_others_are_taken(fields: dict[str, Any], reason: str) -> None:
    received = got(request_of(span(**{"name": "bad", **fields}), span(name="good")).SerializeToString())

    assert [one.name for one in received.spans] == ["good"]
    (rejected,) = received.rejected
    assert rejected.name == "bad"
    assert reason in rejected.reason


def test_ids_in_json_that_are_not_hex_reject_the_span() -> None:
    assert got(json_span(traceId=base64.b64encode(TRACE).decode()), JSON).rejected
    assert got(json_span(traceId="0x" + TRACE.hex()[2:]), JSON).rejected
    assert got(json_span(traceId=TRACE.hex().upper()), JSON).spans[0].trace_id == TRACE.hex()


def test_a_parent_of_zeros_is_none_and_an_end_of_zero_is_to_come() -> None:
    (one,) = got(request_of(span(parent_span_id=bytes(8), end_time_unix_nano=0)).SerializeToString()).spans

    assert (one.parent_id, one.end_ns) == (None, None)


def nested(depth: int) -> AnyValue:
    value = AnyValue(string_value="core")
    for _ in range(depth):
        value = AnyValue(array_value=ArrayValue(values=[value]))
    return value


def paired(depth: int) -> AnyValue:
    value = AnyValue(string_value="core")
    for _ in range(depth):
        value = AnyValue(kvlist_value=KeyValueList(values=[KeyValue(key="a", value=value)]))
    return value


def depth_of(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + depth_of(value["a"])
    return 1 + depth_of(value[0]) if isinstance(value, list) else 0


@pytest.mark.parametrize("encoded", [lambda r: (r.SerializeToString(), PROTOBUF), lambda r: (as_json(r), JSON)])
def test_what_exceeds_a_limit_is_cut_and_the_span_is_taken(
    encoded: Callable[[Any], tuple[bytes, Encoding]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_ATTRIBUTES", 8)
    long, key = "ä" * (limits.MAX_TEXT + 1), "k" * (limits.MAX_NAME + 1)
    sent = span(
        name=long,
        status={"message": long},
        attributes=[
            pair("long", long),
            pair(key, "left out"),
            pair("", "left out"),
            {"key": "bytes", "value": AnyValue(bytes_value=b"x" * limits.MAX_TEXT)},
            {"key": "deep", "value": nested(30)},
            {"key": "just", "value": nested(limits.MAX_DEPTH - 1)},
            {"key": "pairs", "value": paired(30)},
            *(pair(f"many {number}", "") for number in range(10)),
        ],
        events=[SentSpan.Event(name="e")] * (limits.MAX_EVENTS + 5),
    )

    (one,) = got(*encoded(request_of(sent))).spans

    assert (len(one.name), len(one.status_message)) == (limits.MAX_NAME, limits.MAX_TEXT)
    assert list(one.attributes) == ["long", "bytes", "deep", "just", "pairs", "many 0"]
    assert one.attributes["long"] == long[:-1]
    kept = one.attributes["bytes"]
    assert isinstance(kept, str)
    assert base64.b64decode(kept, validate=True) == b"x" * (limits.MAX_TEXT // 4 * 3)
    assert depth_of(one.attributes["deep"]) == limits.MAX_DEPTH - 1
    assert depth_of(one.attributes["just"]) == limits.MAX_DEPTH - 1
    assert depth_of(one.attributes["pairs"]) == limits.MAX_DEPTH - 1
    assert len(one.events) == limits.MAX_EVENTS


@pytest.mark.parametrize("encoding", Encoding)
def test_a_list_has_a_most_of_items(encoding: Encoding) -> None:
    items = [AnyValue(bool_value=True)] * (limits.MAX_ATTRIBUTES + 5)
    request = request_of(span(attributes=[{"key": "long", "value": AnyValue(array_value=ArrayValue(values=items))}]))

    (one,) = got(as_json(request) if encoding is JSON else request.SerializeToString(), encoding).spans

    assert one.attributes["long"] == [True] * limits.MAX_ATTRIBUTES


def in_message(field: int, content: bytes) -> bytes:
    """A message in protobuf that holds another in one of its fields."""
    size, length = len(content), bytearray()
    while size > 0x7F:
        length.append(size & 0x7F | 0x80)
        size >>= 7
    return bytes([field << 3 | 2, *length, size]) + content


def nested_bytes(depth: int) -> bytes:
    """A value that is a list that holds a list, and so on, which no encoder would write."""
    value = b""
    for _ in range(depth):
        value = in_message(5, in_message(1, value))
    return value


@pytest.mark.parametrize("depth", [300, 3_000])
def test_values_nested_beyond_what_parsers_take_are_refused(depth: int) -> None:
    with pytest.raises(BadRequest):
        got(b'{"resourceSpans":' * depth + b"1" + b"}" * depth, JSON)
    with pytest.raises(BadRequest):
        got(in_message(1, in_message(2, in_message(2, in_message(9, in_message(2, nested_bytes(depth)))))))


def test_too_many_spans_are_refused_with_the_limit_named() -> None:
    request = request_of(*[span()] * (limits.MAX_SPANS + 1))

    with pytest.raises(PayloadTooLarge, match="at most 10,000 spans"):
        got(request.SerializeToString())


def test_gzip_is_read_also_in_several_members() -> None:
    body = request_of(span()).SerializeToString()

    assert got(gzip.compress(body), compression="gzip") == got(body)
    assert got(gzip.compress(body[:9]) + gzip.compress(body[9:]), compression=" GZIP ") == got(body)
    assert got(body, compression="identity") == got(body)


@pytest.mark.parametrize(
    "damage",
    [
        lambda b: b[:-3],
        lambda b: b[:5],
        lambda b: b + b"x",
        lambda b: b"x" + b,
        lambda b: b[:10] + b"\xff" * 9 + b[19:],  # behind the head: no deflate
    ],
)
def test_damaged_gzip_is_refused(damage: Callable[[bytes], bytes]) -> None:
    with pytest.raises(BadRequest, match="not gzip"):
        got(damage(gzip.compress(request_of(span()).SerializeToString())), compression="gzip")


def test_a_bomb_is_put_out_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = gzip.compress(bytes(limits.MAX_BYTES * 5), compresslevel=1)
    read: list[int] = []
    original = gzip.GzipFile.read

    def counted(self: gzip.GzipFile, size: int | None = -1) -> bytes:
        content = original(self, size)
        read.append(len(content))
        return content

    monkeypatch.setattr(gzip.GzipFile, "read", counted)

    with pytest.raises(PayloadTooLarge, match="at most 20,000,000 bytes, decompressed"):
        got(bomb, compression="gzip")
    assert read == [limits.MAX_BYTES + 1]


def test_a_body_that_is_not_compressed_has_the_same_limit() -> None:
    with pytest.raises(PayloadTooLarge, match="20,000,000"):
        got(bytes(limits.MAX_BYTES + 1))
