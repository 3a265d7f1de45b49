"""Spans packed: many of them as one piece of compressed text, and unpacked as they were.

A pack is named after what it holds, so that a request that is sent again makes the packs that are there.
"""

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from watchbill.platform import ids
from watchbill.telemetry.spans import Attributes, LooseEvent, Scope, Span, SpanEvent, SpanKind, StatusCode

SPANS, FILE = "spans", "file"
"""What the item of a pack has: the spans, or that they are in a file, because they are too many for an item."""
MAX_PACK = 300_000
"""Bytes before compression from which spans of further traces go into another pack: it then fits into one item."""
_LEVEL = 3


@dataclass(frozen=True, slots=True)
class Pack:
    """Spans as they are stored."""

    id: str
    data: bytes


def packed(spans: Sequence[Span], loose: Sequence[LooseEvent] = ()) -> Pack:
    """Spans in one pack, and events that came apart. What spans share, such as the resource, is written once."""
    resources: dict[int, tuple[int, Attributes]] = {}
    scopes: dict[Scope, int] = {}
    rows = [
        (
            span.trace_id,
            span.span_id,
            span.parent_id,
            span.name,
            span.kind,
            span.start_ns,
            span.end_ns,
            span.status,
            span.status_message,
            span.attributes,
            [_row(event) for event in span.events],
            # Spans of one request share the mapping itself: comparing its address is enough, and quick.
            resources.setdefault(id(span.resource), (len(resources), span.resource))[0],
            scopes.setdefault(span.scope, len(scopes)),
        )
        for span in spans
    ]
    whole: dict[str, Any] = {
        "resources": [resource for _, resource in resources.values()],
        "scopes": [(scope.name, scope.version) for scope in scopes],
        "spans": rows,
    }
    if loose:
        whole["events"] = [(one.trace_id, one.span_id, *_row(one.event)) for one in loose]
    text = json.dumps(whole, separators=(",", ":"), check_circular=False).encode()
    return Pack(ids.derived_id("pack", text.decode("ascii")), zlib.compress(text, _LEVEL))


def unpacked(data: bytes, traces: Iterable[str] | None = None) -> tuple[list[Span], list[LooseEvent]]:
    """The spans in a pack, and the events that came apart from theirs; or those of some traces."""
    whole = json.loads(zlib.decompress(data))
    wanted = None if traces is None else set(traces)
    scopes = [Scope(*scope) for scope in whole["scopes"]]
    rows, events = (
        [row for row in whole.get(name, ()) if wanted is None or row[0] in wanted] for name in ("spans", "events")
    )
    spans = [_span(row, whole["resources"], scopes) for row in rows]
    return spans, [LooseEvent(trace_id, span_id, SpanEvent(*event)) for trace_id, span_id, *event in events]


def bundles(traces: Mapping[str, Sequence[Span]]) -> list[list[str]]:
    """Traces that go into one pack together, by their ids: as many as are not too large."""
    bundled: list[list[str]] = []
    room = 0
    for trace_id, spans in traces.items():
        size = sum(map(_size, spans))
        if not bundled or size > room:
            bundled.append([])
            room = MAX_PACK
        bundled[-1].append(trace_id)
        room -= size
    return bundled


def _size(span: Span) -> int:
    """About how long a span is when it is written; exact for what can make it long."""
    attributes = [span.attributes, *(event.attributes for event in span.events)]
    return 300 + sum(len(name) + _length(value) for some in attributes for name, value in some.items())


def _length(value: object) -> int:
    if isinstance(value, str):
        return len(value)
    return len(json.dumps(value)) if isinstance(value, list | dict) else 20


def _row(event: SpanEvent) -> tuple[str, int, Attributes]:
    return event.name, event.at_ns, event.attributes


def _span(row: list, resources: list[Attributes], scopes: list[Scope]) -> Span:  # type: ignore[type-arg]
    trace_id, span_id, parent_id, name, kind, start, end, status, message, attributes, events, resource, scope = row
    return Span(
        trace_id=trace_id,
        span_id=span_id,
        parent_id=parent_id,
        name=name,
        kind=SpanKind(kind),
        start_ns=start,
        end_ns=end,
        status=StatusCode(status),
        status_message=message,
        attributes=attributes,
        events=tuple(SpanEvent(*event) for event in events),
        resource=resources[resource],
        scope=scopes[scope],
    )
