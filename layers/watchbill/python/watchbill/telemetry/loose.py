"""Events that came apart from their spans, put where they belong: the same however and how often they came. Pure."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from watchbill.telemetry.lineage import Told
from watchbill.telemetry.reading import facts_of
from watchbill.telemetry.spans import LooseEvent, Span, SpanEvent


def gathered(spans: Iterable[Span], loose: Iterable[LooseEvent]) -> Iterator[Span]:
    """Spans with the events that belong to them."""
    events = _by_span(loose)
    for span in spans:
        yield _with(span, events.get((span.trace_id, span.span_id), ()))


def joined(trace: Mapping[str, Told], loose: Iterable[LooseEvent]) -> Mapping[str, Told]:
    """The spans of a trace with the events that belong to them, and with what these say."""
    spans = {told.span.span_id: told.span for told in trace.values()}
    told_more = {span.span_id: span for span in gathered(spans.values(), loose) if span is not spans[span.span_id]}
    if not told_more:
        return trace
    return {**trace, **{span_id: Told(span, facts_of(span)) for span_id, span in told_more.items()}}


def _by_span(loose: Iterable[LooseEvent]) -> dict[tuple[str, str], list[SpanEvent]]:
    events: dict[tuple[str, str], list[SpanEvent]] = defaultdict(list)
    for trace_id, span_id, event in loose:
        events[trace_id, span_id].append(event)
    return events


def _with(span: Span, events: Iterable[SpanEvent]) -> Span:
    written = {_written(event): event for event in events if event not in span.events}
    return replace(span, events=(*span.events, *(written[key] for key in sorted(written)))) if written else span


def _written(event: SpanEvent) -> tuple[int, str]:
    return event.at_ns, json.dumps([event.name, event.attributes], sort_keys=True)
