"""The runs of a trace: a fold over the spans that have come, the same for every order and every repetition of them.

Each span of an agent or a workflow is a run, and has the run of the next one above as its parent; where no span is an
agent's, the root of a trace that calls models is the run. A run holds what was spent below its span and above its
children's: summed over the runs of a trace, every call counts once, wherever it lies.

**Ids.** One run, the first, bears the trace's id, the others their span's, so that a fold of more spans meets the runs
of a fold of fewer. First is the eldest of the agents that have none above; what no agent is above is counted with it,
and while no agent and no root has come, it is told by what is there. As long as parents begin before their children, an
id that was given once is given by every later fold, though perhaps to another span (`test_fold.py`).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from watchbill.platform import ids
from watchbill.runs.models import Status
from watchbill.telemetry.facts import Failure, Kind
from watchbill.telemetry.lineage import Adrift, Lineage, Told, age, lineage_of
from watchbill.telemetry.spans import Value
from watchbill.telemetry.spending import Price, Spending, calls_of, instant, together

UNNAMED = "unnamed"
"""The agent of a run whose spans name neither an agent nor a service."""
_MS, _HALF_MS = 1_000_000, 500_000
_ENDS = {
    "timeout": Status.TIMEOUT,
    "timedout": Status.TIMEOUT,
    "deadlineexceeded": Status.TIMEOUT,
    "cancelled": Status.CANCELLED,
    "canceled": Status.CANCELLED,
}
"""Ends other than failure, by what the type of an error has in it, such as `asyncio.CancelledError`."""


@dataclass(frozen=True, slots=True)
class FoldedRun:
    """A run as its spans tell it."""

    id: str
    parent_id: str | None
    """The run it was part of."""
    span_id: str | None
    """The span that tells when it began and how it ended; None while only spans below that one have come."""
    provisional: bool
    """Whether a span above is known to be missing, so that what the run is may yet change."""
    agent: str
    version: str | None
    status: Status
    started_at: datetime
    completed_at: datetime | None
    duration_ms: int | None
    spent: Spending
    unpriced: tuple[str, ...]
    """Models that were called and whose price is not known."""
    models: tuple[str, ...]
    tools: tuple[str, ...]
    session: str | None
    user: str | None
    failure: Failure | None
    first_token_ms: int | None
    """From the beginning of the run's span when that tells it, else of the first call that does."""
    input: Value
    output: Value


@dataclass(frozen=True, slots=True)
class Folded:
    """The runs of a trace."""

    runs: tuple[FoldedRun, ...]
    """Parents before their children."""
    run_of: Mapping[str, str]
    """The run that each span belongs to, by span id; of a trace without runs none does."""
    spans: int
    """How many spans they are folded from: a fold of more spans knows better."""
    circles: tuple[str, ...]
    """Spans whose parents went in a circle, which was cut above them."""

    @property
    def spent(self) -> Spending:
        """What the whole trace has spent."""
        return together(run.spent for run in self.runs)


@dataclass(frozen=True, slots=True)
class _Part:
    """A run's share of a trace: its span, and all spans that belong to it."""

    id: str
    parent_id: str | None
    own: Told | None
    provisional: bool
    spans: list[Told]


class _Shared(NamedTuple):
    """What the spans of a trace say that holds for its runs unless their own spans say otherwise."""

    service: str | None
    session: str | None
    user: str | None


@lru_cache(maxsize=2_000)  # a request asks for each of its runs' ids several times
def run_id(trace_id: str, span_id: str | None = None) -> str:
    """The id of the run that a span tells, or of a trace's first run."""
    return ids.derived_id("trace", trace_id, *([span_id] if span_id else []))


def fold(trace: Mapping[str, Told], price: Price) -> Folded:
    """The runs of one trace, of which any spans may be missing. `lineage.united` makes the trace of what has come."""
    lineage = lineage_of(trace)
    return fold_lineage(lineage, calls_of(lineage, price))


def fold_lineage(lineage: Lineage, calls: Mapping[str, Spending]) -> Folded:
    """The runs of a trace of which it is known what its calls have spent."""
    told = lineage.trace.values()
    circles = tuple(span_id for span_id, why in lineage.adrift.items() if why is Adrift.CIRCLE)
    if not any(one.facts.kind.runs or _calls_model(one, calls) for one in told):
        return Folded((), {}, len(told), circles)
    parts, run_of = _parts(lineage)
    in_order = [lineage.trace[span_id] for span_id in lineage.order]
    shared = _Shared(*(_first(in_order, name) for name in _Shared._fields))
    return Folded(tuple(_run(part, calls, shared) for part in parts), run_of, len(told), circles)


def _parts(lineage: Lineage) -> tuple[list[_Part], dict[str, str]]:
    agents = [span_id for span_id, told in lineage.trace.items() if told.facts.kind.runs]
    runner = _nearest(lineage, agents or lineage.roots[:1])
    above = {span_id: runner[parent] if parent else None for span_id, parent in lineage.parents.items()}
    names = _run_ids(lineage, runner, above)
    top_run = run_id(lineage.trace_id)
    run_of = {span_id: names[teller] if teller else top_run for span_id, teller in runner.items()}
    spans: dict[str, list[Told]] = defaultdict(list)
    for span_id, name in run_of.items():
        spans[name].append(lineage.trace[span_id])
    if not names:
        return [_Part(top_run, None, None, True, spans[top_run])], run_of
    loose = _loose(lineage)
    return [
        _Part(
            id=name,
            parent_id=names[parent] if (parent := above[teller]) else None,
            own=lineage.trace[teller],
            provisional=parent is None and teller in loose,
            spans=spans[name],
        )
        for teller, name in names.items()
    ], run_of


def _run_ids(lineage: Lineage, runner: Mapping[str, str | None], above: Mapping[str, str | None]) -> dict[str, str]:
    """The runs' ids by the spans that tell them. The eldest of those with none above has the trace's."""
    tellers = [span_id for span_id in lineage.order if runner[span_id] == span_id]
    topmost = {teller for teller in tellers if above[teller] is None}
    first = next((span_id for span_id in lineage.trace if span_id in topmost), None)
    return {teller: run_id(lineage.trace_id, None if teller == first else teller) for teller in tellers}


def _nearest(lineage: Lineage, some: Collection[str]) -> dict[str, str | None]:
    """Which of some spans is the nearest at or above each span."""
    chosen, nearest = set(some), dict[str, str | None]()
    for span_id in lineage.order:
        parent = lineage.parents[span_id]
        nearest[span_id] = span_id if span_id in chosen else nearest[parent] if parent else None
    return nearest


def _loose(lineage: Lineage) -> set[str]:
    """The spans of which not all that are above have come."""
    loose = set(lineage.adrift)
    for span_id in lineage.order:
        if lineage.parents[span_id] in loose:
            loose.add(span_id)
    return loose


def _run(part: _Part, calls: Mapping[str, Spending], shared: _Shared) -> FoldedRun:
    own, known = part.own, [*([part.own] if part.own else []), *part.spans]
    start_ns = min(told.span.start_ns for told in (known if own is None else [own]))
    end_ns = own.span.end_ns if own else None
    called = [told for told in part.spans if told.span.span_id in calls]
    return FoldedRun(
        id=part.id,
        parent_id=part.parent_id,
        span_id=own.span.span_id if own else None,
        provisional=part.provisional,
        agent=_first(known, "agent") or _first(known, "service") or shared.service or UNNAMED,
        version=_first(known, "version"),
        status=_status(own),
        started_at=instant(start_ns),
        # Clocks of machines that disagree may end a span before it began.
        completed_at=None if end_ns is None else instant(max(start_ns, end_ns)),
        duration_ms=None if end_ns is None else (max(0, end_ns - start_ns) + _HALF_MS) // _MS,
        spent=together(calls[told.span.span_id] for told in called),
        unpriced=_names(told.facts.model for told in called if not calls[told.span.span_id].priced),
        models=_names(told.facts.model for told in part.spans if _calls_model(told, calls)),
        tools=_names(told.facts.tool for told in part.spans if told.facts.kind is Kind.TOOL),
        session=_first(known, "session") or shared.session,
        user=_first(known, "user") or shared.user,
        failure=own.facts.failure if own else None,
        first_token_ms=_first_token(own, part.spans),
        input=own.facts.input if own else None,
        output=own.facts.output if own else None,
    )


def _calls_model(told: Told, calls: Mapping[str, Spending]) -> bool:
    return told.facts.kind is Kind.MODEL or told.span.span_id in calls


def _status(own: Told | None) -> Status:
    if own is None or own.span.end_ns is None:
        return Status.RUNNING
    if own.facts.failure is None:
        return Status.COMPLETED
    kind = own.facts.failure.type.rpartition(".")[2].lower().replace("_", "")
    return next((status for word, status in _ENDS.items() if word in kind), Status.FAILED)


def _first_token(own: Told | None, spans: Iterable[Told]) -> int | None:
    if own and own.facts.first_token_ms is not None:
        return own.facts.first_token_ms
    telling = [told for told in spans if told.facts.first_token_ms is not None]
    return min(telling, key=lambda told: age(told.span)).facts.first_token_ms if telling else None


def _first(told: Iterable[Told], name: str) -> str | None:
    return next((said for one in told if (said := getattr(one.facts, name))), None)


def _names(names: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))
