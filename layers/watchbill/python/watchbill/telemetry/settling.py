"""Runs whose own span has not come: when they are shown, and when they are taken for ended.

Children are sent before their parents, so that a run may be known by its calls of models alone. When nothing more is
heard of it, its span was lost, or is kept somewhere else: the trace of a service whose spans go to other people.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from watchbill.platform import clock
from watchbill.runs.models import Status
from watchbill.telemetry.fold import Folded, FoldedRun
from watchbill.telemetry.lineage import Told, age
from watchbill.telemetry.spending import instant

GRACE = timedelta(minutes=2)
"""How long after the last of its spans a run is still waited for that has not told its end."""


def due() -> str:
    """When it is settled what has come of a trace now, if nothing more is heard of it."""
    return clock.to_text(clock.now() + GRACE)


def open_run(folded: Folded) -> FoldedRun | None:
    """The run of a trace that no span of its own tells, if there is one: then it is the only one."""
    return next((run for run in folded.runs if run.span_id is None), None)


def withheld(folded: Folded, trace: Mapping[str, Told]) -> bool:
    """Whether it is too early to say whose run it is: neither has its span come, nor does another name the agent."""
    return open_run(folded) is not None and not any(told.facts.agent for told in trace.values())


def settled(folded: Folded, trace: Mapping[str, Told]) -> Folded:
    """The runs with the open one taken for ended, with what ended last."""
    run = open_run(folded)
    if run is None:
        return folded
    last = max(trace.values(), key=lambda told: (told.span.end_ns or told.span.start_ns, age(told.span)))
    end = instant(last.span.end_ns or last.span.start_ns)
    ended = replace(
        run,
        status=Status.FAILED if last.facts.failure else Status.COMPLETED,
        completed_at=end,
        duration_ms=round((end - run.started_at).total_seconds() * 1000),
        failure=last.facts.failure,
    )
    return replace(folded, runs=tuple(ended if one is run else one for one in folded.runs))
