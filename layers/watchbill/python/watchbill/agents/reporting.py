"""What a report is asked for, and its figures beside those of the period before; only what was measured. Pure."""

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from watchbill.analytics.models import Cell, Measure
from watchbill.analytics.views import AgentFigures, AgentsAnalytics, Figures, Range
from watchbill.campaigns.views import CampaignPerformance
from watchbill.decisions.text import table
from watchbill.documents.words import words_of
from watchbill.platform.wire import CamelModel, Figure, Spend

MOST_AGENTS, MOST_CAMPAIGNS, _MOST_METRICS = 5, 5, 10


class Group(StrEnum):
    """What is reported on."""

    RUNS = "runs"
    SUCCESS = "success"
    COST = "cost"
    LATENCY = "latency"
    CAMPAIGNS = "campaigns"


_GROUPS = {
    Group.RUNS: table("runs run volume activity executions ejecuciones actividad volumen tareas tasks"),
    Group.SUCCESS: table("success successrate errors failures quality exito errores fallos fiabilidad reliability"),
    Group.COST: table("cost costs spend spending budget coste costes costo gasto gastos presupuesto"),
    Group.LATENCY: table("latency duration durations time speed latencia duracion tiempo velocidad"),
    Group.CAMPAIGNS: table("campaign campaigns performance roi campana campanas rendimiento"),
}
_ENDED = (Measure.COMPLETED, Measure.FAILED, Measure.TIMEOUT, Measure.CANCELLED)
_EVERYTHING = table("overview all everything general summary todo resumen rendimiento performance analytics")
_RANGES = {
    Range.DAY: table("24h 1d day daily today hoy dia diario"),
    Range.WEEK: table("7d week weekly semana semanal"),
    Range.MONTH: table("30d month monthly mes mensual"),
}


class ComparedFigure(CamelModel):
    """A figure beside that of the period before; `change` in percent, null where there is nothing to compare with."""

    current: float | None
    previous: float | None
    change: float | None


class AgentLine(CamelModel):
    """What one agent did; `runs` are those that ended."""

    name: str
    runs: int
    success_rate: float | None
    cost: Spend
    avg_duration_ms: float | None


class CampaignLine(CamelModel):
    """What was done for one campaign since it began; `metrics` are sums of what was reported for it, by name."""

    id: str
    name: str
    status: str
    runs: int
    cost: Spend
    budget_used: float | None
    revenue: Figure | None
    roi: float | None
    metrics: dict[str, Figure]


class ReportFigures(CamelModel):
    """The figures of a report; those that were not asked for are left out."""

    runs: ComparedFigure | None = None
    success_rate: ComparedFigure | None = None
    cost: ComparedFigure | None = None
    avg_duration_ms: ComparedFigure | None = None
    p95_duration_ms: float | None = None
    agents: tuple[AgentLine, ...] = ()
    campaigns: tuple[CampaignLine, ...] = ()


class Subject(NamedTuple):
    """What is asked for: groups of figures, or a metric that campaigns report."""

    groups: frozenset[Group]
    metric: str | None = None

    @property
    def of_work(self) -> bool:
        """Whether what agents did is asked for, and not only campaigns."""
        return self.groups != {Group.CAMPAIGNS}


class Material(NamedTuple):
    """What a report is made from; `ever` is whether anything has ever ended."""

    now: AgentsAnalytics
    before: Cell
    ever: bool
    campaigns: Sequence[tuple[str, CampaignPerformance]]


def subject_of(metric: str | None) -> Subject:
    """What a metric's name asks for: everything, some figures, or what campaigns report under it."""
    said = set(words_of(metric or ""))
    groups = frozenset(group for group, names in _GROUPS.items() if said & names)
    if not said or said & _EVERYTHING:
        return Subject(frozenset(Group))
    return Subject(groups) if groups else Subject(frozenset({Group.CAMPAIGNS}), metric)


def range_of(period: str | None) -> Range | None:
    """Which range of time is meant, a week unless something is said; None for one that there is not."""
    said = set(words_of(period or "7d"))
    return next((found for found, names in _RANGES.items() if said & names), None)


def figures_of(material: Material, subject: Subject) -> ReportFigures:
    """The figures that are asked for, beside those of the period before."""
    now, before, asked = material.now.overview, material.before, subject.groups
    ended, ended_before = ended_of(now), sum(int(before[measure]) for measure in _ENDED)
    ran_before = bool(before[Measure.RUNS])
    compared = {
        Group.RUNS: _compared(ended, ended_before if ran_before else None),
        Group.SUCCESS: _compared(now.success_rate, before.success_rate),
        Group.COST: _compared(now.cost, before[Measure.COST] if ran_before else None),
        Group.LATENCY: _compared(now.avg_duration_ms, before.mean_duration_ms),
    }
    agents = sorted((one for one in material.now.agents if ended_of(one)), key=lambda one: (-ended_of(one), one.name))
    return ReportFigures(
        runs=compared[Group.RUNS] if Group.RUNS in asked else None,
        success_rate=compared[Group.SUCCESS] if Group.SUCCESS in asked else None,
        cost=compared[Group.COST] if Group.COST in asked else None,
        avg_duration_ms=compared[Group.LATENCY] if Group.LATENCY in asked else None,
        p95_duration_ms=now.p95_duration_ms if Group.LATENCY in asked else None,
        agents=tuple(map(_agent, agents[:MOST_AGENTS])) if subject.of_work else (),
        campaigns=tuple(_campaign(*one) for one in material.campaigns) if Group.CAMPAIGNS in asked else (),
    )


def ended_of(figures: Figures) -> int:
    """How many runs ended: one that goes on, such as that which makes the report, has nothing to tell."""
    return figures.completed + figures.failed + figures.timeout + figures.cancelled


def _agent(known: AgentFigures) -> AgentLine:
    return AgentLine(
        name=known.name,
        runs=ended_of(known),
        success_rate=known.success_rate,
        cost=known.cost,
        avg_duration_ms=known.avg_duration_ms,
    )


def _campaign(name: str, known: CampaignPerformance) -> CampaignLine:
    return CampaignLine(
        id=known.campaign_id,
        name=name,
        status=known.status,
        runs=known.runs,
        cost=known.cost,
        budget_used=known.budget_used,
        revenue=known.revenue,
        roi=known.roi,
        metrics={one.name: one.sum for one in known.metrics[:_MOST_METRICS]},
    )


def _compared(current: float | Decimal | None, previous: float | Decimal | None) -> ComparedFigure:
    now, before = (None if one is None else float(one) for one in (current, previous))
    change = None if now is None or not before else round(100 * (now - before) / before, 1)
    return ComparedFigure(current=now, previous=before, change=change)
