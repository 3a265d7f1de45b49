"""OTLP over HTTP: the body of a request becomes spans, and what became of them the body of the answer.

What cannot be taken at all is refused with an error of the house: BadRequest for what is malformed, and would be again,
PayloadTooLarge with the limit named, UnsupportedMediaType. Source: opentelemetry.io/docs/specs/otlp, "OTLP/HTTP".
"""

import gzip
import io
import json
import zlib
from collections import Counter
from datetime import datetime
from enum import StrEnum

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTracePartialSuccess,
    ExportTraceServiceResponse,
)

from watchbill.platform.errors import BadRequest, PayloadTooLarge, UnsupportedMediaType
from watchbill.telemetry import limits, otlpjson, protobuf
from watchbill.telemetry.limits import MAX_BYTES, Received, Rejected

SPANS_COUNTED = "rejectedSpans"
_MOST_REASONS = 5
_MAX_ECHO = 100
_REPLACED = "\ufffd".encode()
"""What stands in text for bytes that are none; the second byte of gzip is one."""
_LOOKED_AT = 20


class Encoding(StrEnum):
    """How a body is written; its value is the content type."""

    PROTOBUF = "application/x-protobuf"
    JSON = "application/json"


_DRAFTS = {Encoding.PROTOBUF: protobuf.drafts, Encoding.JSON: otlpjson.drafts}


def encoding_of(content_type: str | None) -> Encoding:
    """The encoding that a request's Content-Type names. Raises UnsupportedMediaType."""
    named = (content_type or "").split(";")[0].strip().lower()
    try:
        return Encoding(named)
    except ValueError:
        raise UnsupportedMediaType(f"the body must be {' or '.join(Encoding)}") from None


def received(body: bytes, encoding: Encoding, compression: str | None, now: datetime) -> Received:
    """The spans that a request brings; `compression` is its Content-Encoding.

    Raises BadRequest, PayloadTooLarge, UnsupportedMediaType.
    """
    return limits.received(_DRAFTS[encoding](decompressed(body, compression)), now)


def decompressed(body: bytes, compression: str | None) -> bytes:
    """A body as it was before its Content-Encoding. Raises BadRequest, PayloadTooLarge, UnsupportedMediaType."""
    named = (compression or "identity").strip().lower()
    if named == "gzip":
        body = _unzipped(body)
    elif named != "identity":
        raise UnsupportedMediaType("a body is compressed with gzip, or not at all")
    if len(body) > MAX_BYTES:
        raise PayloadTooLarge(f"a request has at most {MAX_BYTES:,} bytes, decompressed; send smaller batches")
    return body


def answer(encoding: Encoding, rejected: tuple[Rejected, ...], counted: str = SPANS_COUNTED) -> bytes:
    """The body of a 200: nothing to say, or how many spans were not taken, and why.

    In protobuf the answers for logs and metrics are written as that for spans is; in JSON they are `counted` otherwise.
    """
    if not rejected:
        return b"{}" if encoding is Encoding.JSON else b""
    count, message = len(rejected), _reasons(rejected)
    if encoding is Encoding.JSON:
        partial = {counted: str(count), "errorMessage": message}
        return json.dumps({"partialSuccess": partial}).encode()
    success = ExportTracePartialSuccess(rejected_spans=count, error_message=message)
    return ExportTraceServiceResponse(partial_success=success).SerializeToString()


def refusal(encoding: Encoding, detail: str) -> bytes:
    """The body of any other answer: google.rpc.Status with what went wrong."""
    if encoding is Encoding.JSON:
        return json.dumps({"message": detail}).encode()
    # Its `string message = 2` is written as this message's `string error_message = 2` is.
    return ExportTracePartialSuccess(error_message=detail).SerializeToString()


def _unzipped(body: bytes) -> bytes:
    # One byte more than is allowed is all that is ever decompressed of a bomb.
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(body)) as stream:
            return stream.read(MAX_BYTES + 1)
    except (EOFError, OSError, zlib.error) as error:
        # API Gateway hands JSON on as text, in which compressed bytes are no more what they were.
        hint = "; JSON goes uncompressed, protobuf either way" if _REPLACED in body[:_LOOKED_AT] else ""
        raise BadRequest(f"the body is not gzip: {error}{hint}") from error


def _reasons(rejected: tuple[Rejected, ...]) -> str:
    examples = {one.reason: one.name[:_MAX_ECHO] for one in reversed(rejected)}
    counts = Counter(one.reason for one in rejected)
    told = [f"{reason} ({count}, such as {examples[reason]!r})" for reason, count in counts.most_common(_MOST_REASONS)]
    return "; ".join(told)
