"""What is kept of a span, and which spans are refused: the same for both encodings.

As in an OpenTelemetry SDK, a limit never costs a span: text beyond it is cut, what is one too many or nested too deep
is left out. A span is refused only when it cannot be placed, in its trace or in time; the sender is told why. Limits
on a request as a whole refuse all of it.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import NamedTuple, TypeVar

from watchbill.platform.errors import PayloadTooLarge
from watchbill.platform.wire import MAX_DURATION_MS
from watchbill.telemetry.spans import Attributes, Scope, Span, SpanEvent, SpanKind, StatusCode, Value

MAX_BYTES = 20_000_000
"""Of a request, decompressed."""
MAX_SPANS = 10_000
"""Of a request. An SDK sends 512 at a time unless told otherwise."""
MAX_ATTRIBUTES = 10_000
"""Of a span, and the items of a list or an object. OpenInference flattens conversations into attributes and sets its
own limit to this (openinference-instrumentation, `_tracer_providers.py`), the SDK's 128 would lose the token counts."""
MAX_EVENTS = 1_000
MAX_TEXT = 100_000
"""Characters of a value; an SDK has no limit. A multiple of four, so that cut base64 is base64."""
MAX_NAME = 1_000
"""Characters of a span's name and of an attribute's; an attribute with a longer name is left out."""
MAX_DEPTH = 16
"""Levels of a value; below there is nothing."""

KINDS = tuple(SpanKind)
STATUSES = tuple(StatusCode)
_NAMES_OF_KINDS = {f"SPAN_KIND_{kind.name}": number for number, kind in enumerate(KINDS)}
_NAMES_OF_STATUSES = {f"STATUS_CODE_{code.name}": number for number, code in enumerate(STATUSES)}

_TRACE_ID = re.compile(r"(?!0{32})[0-9a-f]{32}")
_SPAN_ID = re.compile(r"(?!0{16})[0-9a-f]{16}")
_NO_PARENT = ("", "0" * 16)
EARLIEST_NS = int(datetime(2000, 1, 1, tzinfo=UTC).timestamp()) * 10**9
_CLOCK_SKEW = timedelta(days=1)
_LONGEST_NS = MAX_DURATION_MS * 10**6

T = TypeVar("T")


class Draft(NamedTuple):
    """A span as it was decoded, before anything is known to be right: ids are hex, an absent one is empty."""

    trace_id: str
    span_id: str
    parent_id: str
    name: str
    kind: int
    start_ns: int
    end_ns: int
    status: int
    status_message: str
    attributes: Attributes
    events: tuple[SpanEvent, ...]
    resource: Attributes
    scope: Scope


class Rejected(NamedTuple):
    """A span that is not taken, and why; sent again it would be refused again."""

    name: str
    reason: str


class Received(NamedTuple):
    """What a request brought."""

    spans: tuple[Span, ...]
    rejected: tuple[Rejected, ...]


def received(drafts: Iterable[Draft], now: datetime) -> Received:
    """The spans of a request that are taken, and those that are not. Raises PayloadTooLarge."""
    spans, rejected = [], []
    latest_ns = latest(now)
    for draft in at_most(MAX_SPANS, "spans", drafts):
        if reason := _refusal(draft, latest_ns):
            rejected.append(Rejected(draft.name, reason))
        else:
            spans.append(_span(draft))
    return Received(tuple(spans), tuple(rejected))


def at_most(most: int, called: str, sent: Iterable[T]) -> Iterator[T]:
    """What a request brings, as long as it is not too much. Raises PayloadTooLarge."""
    for count, one in enumerate(sent):
        if count == most:
            raise PayloadTooLarge(f"a request has at most {most:,} {called}; send smaller batches")
        yield one


def latest(now: datetime) -> int:
    """What nothing comes after (nanoseconds since 1970), however fast its sender's clock is."""
    return int((now + _CLOCK_SKEW).timestamp() * 1000) * 10**6


def misplaced(trace_id: str, span_id: str) -> str | None:
    """Why these are not the ids of a span, None when they are."""
    if not _TRACE_ID.fullmatch(trace_id):
        return "a trace id is 16 bytes, in JSON 32 hex digits, and not all zero"
    if not _SPAN_ID.fullmatch(span_id):
        return "a span id is 8 bytes, in JSON 16 hex digits, and not all zero"
    return None


def kind_number(name: str) -> int:
    """The number of a kind that JSON names; that of the unspecified one for a name that is not known."""
    return _NAMES_OF_KINDS.get(name, 0)


def status_number(name: str) -> int:
    """The number of a status that JSON names; that of the unset one for a name that is not known."""
    return _NAMES_OF_STATUSES.get(name, 0)


def kept(pairs: Iterable[tuple[str, Value]]) -> dict[str, Value]:
    """Attributes as they are kept; of two of one name the last."""
    return {name: value for name, value in islice(pairs, MAX_ATTRIBUTES) if 0 < len(name) <= MAX_NAME}


def _refusal(draft: Draft, latest_ns: int) -> str | None:
    if reason := misplaced(draft.trace_id, draft.span_id):
        return reason
    if draft.parent_id not in _NO_PARENT and not _SPAN_ID.fullmatch(draft.parent_id):
        return "the id of a parent is 8 bytes, in JSON 16 hex digits"
    if draft.parent_id == draft.span_id:
        return "a span is not its own parent"
    if not draft.start_ns:
        return "a span has a start"
    if not EARLIEST_NS <= draft.start_ns <= latest_ns or draft.end_ns > latest_ns:
        return "a span lies between the year 2000 and tomorrow"
    if draft.end_ns and not 0 <= draft.end_ns - draft.start_ns <= _LONGEST_NS:
        return "a span ends after it starts, within a year"
    return None


def _span(draft: Draft) -> Span:
    return Span(
        trace_id=draft.trace_id,
        span_id=draft.span_id,
        parent_id=None if draft.parent_id in _NO_PARENT else draft.parent_id,
        name=draft.name,
        kind=KINDS[draft.kind] if 0 <= draft.kind < len(KINDS) else SpanKind.UNSPECIFIED,
        start_ns=draft.start_ns,
        end_ns=draft.end_ns or None,
        status=STATUSES[draft.status] if 0 <= draft.status < len(STATUSES) else StatusCode.UNSET,
        status_message=draft.status_message,
        attributes=draft.attributes,
        events=draft.events,
        resource=draft.resource,
        scope=draft.scope,
    )
