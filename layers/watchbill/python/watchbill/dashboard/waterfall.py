"""A trace as a waterfall: a row for each span, with a bar where its time lies in the whole. Pure.

Bars are measured in parts of a thousand of the whole time: what draws them needs no arithmetic.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from watchbill.telemetry.views import Trace, TraceSpan

WHOLE = 1_000
MOST_ROWS = 500
"""So many spans are drawn: a browser draws more of them slowly, and nobody reads them."""
_THINNEST = 4
_DEEPEST = 12
"""How far rows are moved in, at most."""
_MARKS = 4


@dataclass(frozen=True, slots=True)
class Row:
    """A span's row. `holds` is how many rows behind it are within it, `tone` what the span is, or that it failed."""

    span: TraceSpan
    x: int
    width: int
    indent: int
    holds: int
    tone: str


@dataclass(frozen=True, slots=True)
class Waterfall:
    """A trace's rows, the first of them if there are more than are drawn, and the times along the top in ms."""

    trace: Trace
    rows: Sequence[Row]
    marks: Sequence[float]
    runs: Mapping[str, str]
    """The runs in it by their ids, the first first, and whose each is."""

    @property
    def first_run(self) -> str | None:
        """The run that leads to the trace, if it has one."""
        return next(iter(self.runs), None)

    @property
    def left_out(self) -> int:
        """How many spans are not drawn."""
        return len(self.trace.spans) - len(self.rows)


def of(trace: Trace, most: int = MOST_ROWS) -> Waterfall:
    """The waterfall of a trace."""
    shown = trace.spans[:most]
    marks = [trace.duration_ms * number / _MARKS for number in range(_MARKS + 1)]
    runs: dict[str, str] = {}
    for span in trace.spans:
        if span.run_id:
            runs.setdefault(span.run_id, span.agent or span.name)
    held = _held([span.depth for span in shown])
    rows = [_row(span, holds, trace.duration_ms) for span, holds in zip(shown, held, strict=True)]
    return Waterfall(trace, rows, marks, runs)


def of_all(traces: Iterable[Trace]) -> list[Waterfall]:
    """The waterfalls of several traces, which together have no more rows than one may have."""
    left, falls = MOST_ROWS, []
    for trace in traces:
        falls.append(of(trace, left))
        left -= len(falls[-1].rows)
    return falls


def _held(depths: Sequence[int]) -> list[int]:
    """How many of the depths behind each are deeper, up to the next that is not."""
    held, within = [0] * len(depths), list[int]()
    for at, depth in enumerate([*depths, -1]):
        while within and depths[within[-1]] >= depth:
            begun = within.pop()
            held[begun] = at - begun - 1
        within.append(at)
    return held


def _row(span: TraceSpan, holds: int, whole_ms: float) -> Row:
    # What goes on has lasted to the end of what is known.
    lasted = whole_ms - span.offset_ms if span.duration_ms is None else span.duration_ms
    x = min(_part(span.offset_ms, whole_ms), WHOLE - _THINNEST)
    width = max(_THINNEST, min(_part(lasted, whole_ms), WHOLE - x))
    return Row(span, x, width, min(span.depth, _DEEPEST), holds, "failed" if span.error else span.kind)


def _part(ms: float, whole_ms: float) -> int:
    return round(max(0.0, ms) / whole_ms * WHOLE) if whole_ms > 0 else 0
