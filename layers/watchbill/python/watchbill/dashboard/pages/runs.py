"""Runs: an agent's, one with its trace, and the traces of a session."""

from typing import Annotated, Any

from pydantic import Field

from watchbill.dashboard import waterfall
from watchbill.dashboard.routing import Pages
from watchbill.dashboard.visits import Answer, Visit
from watchbill.platform.errors import NotFound
from watchbill.platform.lists import Page
from watchbill.platform.wire import MAX_CURSOR, Model
from watchbill.registry.models import Agent
from watchbill.runs.models import Status
from watchbill.runs.views import Run
from watchbill.services import Services
from watchbill.telemetry.views import Trace, TraceQuery

pages = Pages()
_ON_A_PAGE, _READ_AT_ONCE, _MOST_READ = 50, 100, 500


class RunsAsked(Model):
    """Which runs of an agent are shown."""

    version: Annotated[str, Field(max_length=200)] | None = None
    status: Status | None = None
    cursor: Annotated[str, Field(max_length=MAX_CURSOR)] | None = None


class SpanAsked(Model):
    """Which span is shown with all that it says."""

    span: Annotated[str, Field(max_length=100)] | None = None


@pages.get("/agents/<agent>/runs")
def runs(visit: Visit, agent: str) -> Answer:
    """An agent's runs, newest first."""
    registry = visit.services.registry
    of = registry.agent(agent)
    versions = [version.version for version in registry.versions(of.id, _READ_AT_ONCE, None).items]
    return visit.page("agent_runs.html", versions=versions, statuses=list(Status), **_found(visit, of))


@pages.get("/parts/agents/<agent>/runs")
def newest_runs(visit: Visit, agent: str) -> Answer:
    """What changes of them while one looks."""
    return visit.page("parts/agent_runs.html", **_found(visit, visit.services.registry.agent(agent)))


@pages.get("/runs/<run>")
def run(visit: Visit, run: str) -> Answer:
    """One run with all its facts, and the trace that it is part of."""
    use, asked = visit.services, visit.asked(SpanAsked)
    shown = use.runs.found(run)
    trace = _trace(use, shown)
    falls = [waterfall.of(trace)] if trace else []
    return visit.page(
        "run.html",
        run=shown,
        trace=trace,
        falls=falls,
        agents=use.registry.agents_of({shown.agent_id}),
        said=use.traces.span(run, asked.span) if asked.span else None,
    )


@pages.get("/sessions/<session>")
def session(visit: Visit, session: str) -> Answer:
    """The traces of a session, one under the other."""
    use = visit.services
    shown = use.traces.of_session(session, TraceQuery())
    return visit.page("session.html", session=shown, falls=waterfall.of_all(shown.traces))


@pages.get("/parts/runs/<run>/spans/<span>")
def span(visit: Visit, run: str, span: str) -> Answer:
    """All that one span says."""
    return visit.page("parts/span.html", span=visit.services.traces.span(run, span))


def _found(visit: Visit, agent: Agent) -> dict[str, Any]:
    asked = visit.asked(RunsAsked)
    page, read = _page(visit.services, agent.id, asked)
    return {"agent": agent, "asked": asked, "runs": page.items, "read": read, "cursor": page.next_cursor}


def _page(use: Services, agent_id: str, asked: RunsAsked) -> tuple[Page[Run], int]:
    """A page of runs, and how many were read for it: a status is looked for in runs that are read, up to a number."""
    if asked.status is None:
        page = use.runs.runs(agent_id, asked.version, _ON_A_PAGE, asked.cursor)
        return page, len(page.items)
    found: list[Run] = []
    read, cursor = 0, asked.cursor
    while True:
        page = use.runs.runs(agent_id, asked.version, _READ_AT_ONCE, cursor)
        found += [run for run in page.items if run.status is asked.status]
        read, cursor = read + len(page.items), page.next_cursor
        if cursor is None or len(found) >= _ON_A_PAGE or read >= _MOST_READ:
            return Page(found, cursor), read


def _trace(use: Services, run: Run) -> Trace | None:
    if run.trace_id is None:
        return None
    try:
        return use.traces.of_run(run.run_id, TraceQuery())
    except NotFound:
        return None  # its spans are not kept any more
