"""The spans of a request in OTLP's JSON, not yet judged."""

from collections.abc import Iterator
from itertools import islice

from watchbill.telemetry.jsonfields import Object, attributes, enum, inner, objects, request_of, scope_of, text, time
from watchbill.telemetry.limits import MAX_EVENTS, MAX_NAME, MAX_TEXT, Draft, kind_number, status_number
from watchbill.telemetry.spans import Attributes, Scope, SpanEvent


def drafts(body: bytes) -> Iterator[Draft]:
    """The spans of a request. Raises BadRequest."""
    for of_resource in objects(request_of(body), "resourceSpans", "resource_spans"):
        resource = attributes(inner(of_resource, "resource"))
        for of_scope in objects(of_resource, "scopeSpans", "scope_spans"):
            scope = scope_of(of_scope)
            for span in objects(of_scope, "spans"):
                yield _draft(span, resource, scope)


def _draft(span: Object, resource: Attributes, scope: Scope) -> Draft:
    status = inner(span, "status")
    return Draft(
        trace_id=text(span, "traceId", "trace_id").lower(),
        span_id=text(span, "spanId", "span_id").lower(),
        parent_id=text(span, "parentSpanId", "parent_span_id").lower(),
        name=text(span, "name")[:MAX_NAME],
        kind=enum(span, "kind", kind_number),
        start_ns=time(span, "startTimeUnixNano", "start_time_unix_nano"),
        end_ns=time(span, "endTimeUnixNano", "end_time_unix_nano"),
        status=enum(status, "code", status_number),
        status_message=text(status, "message")[:MAX_TEXT],
        attributes=attributes(span),
        events=tuple(_event(event) for event in islice(objects(span, "events"), MAX_EVENTS)),
        resource=resource,
        scope=scope,
    )


def _event(event: Object) -> SpanEvent:
    return SpanEvent(text(event, "name")[:MAX_NAME], time(event, "timeUnixNano", "time_unix_nano"), attributes(event))
