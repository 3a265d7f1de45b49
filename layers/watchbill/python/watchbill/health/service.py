"""How one strand is, and the dashboard of all. What either costs does not grow with the number of runs."""

from collections.abc import Mapping

from watchbill.analytics.models import Cell, Dimension, Measure
from watchbill.analytics.store import RollupStore
from watchbill.anomalies.service import AnomalyService
from watchbill.health import rules
from watchbill.health.models import Dashboard, DashboardStrand, DashboardSummary, StrandHealth
from watchbill.health.rules import Judged
from watchbill.performance.breakdown import Breakdown, metrics, series
from watchbill.performance.models import PerformanceFilters
from watchbill.performance.rules import hours_of
from watchbill.performance.service import PerformanceService
from watchbill.platform import clock
from watchbill.platform.errors import NotFound
from watchbill.registry.service import RegistryService


class HealthService:
    """One organisation's health."""

    def __init__(
        self,
        performance: PerformanceService,
        anomalies: AnomalyService,
        rollups: RollupStore,
        registry: RegistryService,
    ) -> None:
        self._performance = performance
        self._anomalies = anomalies
        self._rollups = rollups
        self._registry = registry

    def strand(self, reference: str) -> StrandHealth:
        """How a strand is; unknown when it has not worked yet, and so when nobody knows it."""
        try:
            newest = self._performance.snapshot(reference)
        except NotFound:
            return rules.NOTHING_KNOWN
        recent = self._anomalies.of_agent(newest.strand_id, rules.RECENTLY)
        return rules.strand_health(newest.metrics, recent, self._last_day(newest.strand_id))

    def dashboard(self, user_id: str | None = None) -> Dashboard:
        """The last 24 hours, of one user or of all."""
        window = rules.last_day(clock.now())
        counted = Breakdown(by_task_type=None, by_user=None)
        asked = PerformanceFilters(user_id=user_id, start_date=window.start, end_date=window.end)
        self._performance.count(asked, counted)
        # Whose strands are not known is shown all anomalies rather than none.
        strands = None if user_id is None else counted.by_strand
        return Dashboard(
            summary=_summary(counted.total),
            strands=None if counted.by_strand is None else tuple(self._rows(counted.by_strand)),
            anomalies=tuple(rules.alarming(self._anomalies.open_ones(), strands)),
            time_series=tuple(series(counted.hours, daily=False)),
        )

    def _last_day(self, agent_id: str) -> Judged:
        hours = hours_of(rules.last_day(clock.now()))
        counted = Cell()
        for _, rollup in self._rollups.hours(self._rollups.layout(), Dimension.AGENT, agent_id, *hours):
            counted.add(rollup.total)
        return Judged(counted.judged, counted.judged - int(counted[Measure.COMPLETED]))

    def _rows(self, by_strand: Mapping[str, Cell]) -> list[DashboardStrand]:
        """The strands' rows, worst first, then by name."""
        agents = self._registry.agents_of(set(by_strand))
        rows = [
            _row(strand, agents[strand].name if strand in agents else strand, cell)
            for strand, cell in by_strand.items()
            if cell
        ]
        return sorted(rows, key=lambda row: (row.health.rank, row.name))


def _row(strand: str, name: str, cell: Cell) -> DashboardStrand:
    figures = metrics(cell)
    return DashboardStrand(id=strand, name=name, metrics=figures, health=rules.row_health(figures))


def _summary(total: Cell) -> DashboardSummary:
    figures = metrics(total)
    return DashboardSummary(
        total_tasks=figures.total_tasks,
        success_rate=figures.success_rate,
        avg_quality=figures.avg_quality_score,
        total_cost=figures.total_cost,
    )
