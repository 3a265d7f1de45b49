"""One agent: how it is, what it does and costs, and which of its versions is better."""

from collections.abc import Container, Iterable
from typing import Annotated, Any

from pydantic import Field

from watchbill.analytics import fleet
from watchbill.analytics.models import Cell, Rollup
from watchbill.analytics.views import Range, RangeFilter
from watchbill.dashboard import charts, rows, versions
from watchbill.dashboard.charts import Timeline
from watchbill.dashboard.routing import Pages
from watchbill.dashboard.spending import by_model
from watchbill.dashboard.versions import Side
from watchbill.dashboard.visits import Answer, Visit
from watchbill.experiments.models import ExperimentState
from watchbill.experiments.views import ExperimentReport, ShownExperiment
from watchbill.platform import clock
from watchbill.platform.table import each, together
from watchbill.registry.models import UNVERSIONED, Version
from watchbill.runs.views import Run
from watchbill.services import Services

pages = Pages()
NEWEST = 100
"""So many of the newest runs are read: of the agent, and of each of two versions."""
_SHOWN = 10
_MOST_VERSIONS = 20
_Part = Annotated[str, Field(max_length=200)]


class AgentAsked(RangeFilter):
    """How far back figures go, and which versions are compared."""

    left: _Part = ""
    right: _Part = ""


@pages.get("/agents/<agent>")
def agent(visit: Visit, agent: str) -> Answer:
    """What an agent is, its work, its versions, what its models cost, its newest runs."""
    use, asked = visit.services, visit.asked(AgentAsked)
    shown = use.registry.detail(agent)
    window = fleet.window_of(asked.range, clock.now())
    made = together(
        hours=lambda: use.analytics.worked([shown.id], window)[shown.id],
        registered=lambda: use.registry.versions(shown.id, NEWEST, None).items,
        anomalies=lambda: [one for one in use.anomalies.open_ones() if one.strand_id == shown.id],
        runs=lambda: use.runs.runs(shown.id, None, NEWEST, None).items,
        experiment=lambda: _experiment(use, shown.id),
    )
    cells = versions.by_version(made["hours"])
    names = _names(made["registered"], cells)
    left, right = _pair(asked, [name for name in names if name in cells] or names)
    totals = {hour: rollup.total for hour, rollup in made["hours"].items()}
    return visit.page(
        "agent.html",
        agent=shown,
        runtime=rows.runtime_of(shown),
        asked=asked,
        ranges=list(Range),
        charts=charts.work(Timeline.of(totals, window.start, window.end)),
        total=Rollup(totals).total,
        names=names,
        cells=[(name, cells[name]) for name in names if name in cells][:_MOST_VERSIONS],
        comparison=_comparison(use, shown.id, left, right, cells) if left and right else None,
        models=by_model(made["runs"]),
        newest=made["runs"][:_SHOWN],
        **{name: made[name] for name in ("registered", "anomalies", "runs", "experiment")},
    )


@pages.get("/parts/agents/<agent>/health")
def health(visit: Visit, agent: str) -> Answer:
    """How an agent is, by the running hour too: that is judged when it is asked for, which takes its time."""
    return visit.page("parts/health.html", health=visit.services.health.strand(visit.services.registry.agent(agent).id))


def _names(registered: Iterable[Version], cells: Container[str]) -> list[str]:
    """The names of versions, the newest first, and behind them that of runs which name none."""
    unversioned = [UNVERSIONED] if UNVERSIONED in cells else []
    return [version.version for version in registered] + unversioned


def _pair(asked: AgentAsked, names: list[str]) -> tuple[str, str]:
    """The versions that are compared: unless others are asked for, the newest with the one before it."""
    newest, before = [*names[:2], "", ""][:2]
    return asked.left or before, asked.right or newest


def _comparison(use: Services, agent_id: str, left: str, right: str, cells: dict[str, Cell]) -> dict[str, Any]:
    newest = each(lambda name: _newest(use, agent_id, name), [left, right])
    sides = [Side(name, cells.get(name, Cell()), runs) for name, runs in zip((left, right), newest, strict=True)]
    judged = versions.beside(*sides)
    return {"left": sides[0], "right": sides[1], "rows": judged, "verdict": versions.verdict(left, right, judged)}


def _newest(use: Services, agent_id: str, version: str) -> list[Run]:
    return list(use.runs.runs(agent_id, version, NEWEST, None).items)


def _experiment(use: Services, agent_id: str) -> ExperimentReport | ShownExperiment | None:
    """The experiment that was begun last, with what came of it while it runs."""
    newest = next(iter(use.experiments.experiments(agent_id, 1, None).items), None)
    if newest is None or newest.status is not ExperimentState.RUNNING:
        return newest
    return use.experiments.report(agent_id, newest.id)
