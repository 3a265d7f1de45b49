"""An organisation as Prometheus scrapes it.

What a scrape reads grows with the number of agents, and not with their runs: the totals of all, and of those that are
shown and worked in the last day the hours of it.
"""

from collections import Counter
from collections.abc import Callable, Mapping

from watchbill import __version__
from watchbill.analytics.cards import ACTIVE_WINDOW
from watchbill.analytics.models import Cell, Dimension, Layout, Rollup
from watchbill.analytics.rules import EVERYONE
from watchbill.analytics.store import RollupStore
from watchbill.anomalies.models import Anomaly, Severity
from watchbill.anomalies.service import AnomalyService
from watchbill.execution.models import TaskStatus
from watchbill.execution.store import TaskStore
from watchbill.exposition import rules
from watchbill.exposition.models import AgentState, Exposition, Snapshot, TaskState
from watchbill.health.rules import last_day
from watchbill.performance.rules import hours_of
from watchbill.platform import clock
from watchbill.platform.table import each
from watchbill.registry.models import Agent
from watchbill.registry.service import RegistryService


class ExpositionService:
    """One organisation's metrics."""

    def __init__(
        self,
        rollups: RollupStore,
        anomalies: AnomalyService,
        registry: RegistryService,
        tasks: TaskStore,
        slots: Callable[[], int],
    ) -> None:
        self._rollups = rollups
        self._anomalies = anomalies
        self._registry = registry
        self._tasks = tasks
        self._slots = slots

    def text(self, accept: str) -> Exposition:
        """The metrics as they are now, in the format that an Accept header asks for."""
        # The library takes a tenth of a second to load, which only a scrape pays.
        from watchbill.exposition.collecting import exposition

        return exposition(self.snapshot(), openmetrics=rules.wants_openmetrics(accept))

    def snapshot(self) -> Snapshot:
        """The organisation as it is now."""
        layout, now = self._rollups.layout(), clock.now()
        totals = {
            agent_id: total
            for agent_id, total in self._rollups.totals(layout.current, Dimension.AGENT).items()
            if total.cells
        }
        shown = rules.latest(totals)
        anomalies = self._anomalies.open_ones()
        return Snapshot(
            agents=self._agents(layout, {agent_id: totals[agent_id] for agent_id in shown}, anomalies),
            left_out=len(totals) - len(shown),
            active=sum(rules.worked_since(total, now - ACTIVE_WINDOW) for total in totals.values()),
            ever=rules.summed(total.total for total in totals.values()),
            day=self._day(layout, Dimension.ORGANISATION, EVERYONE),
            open=_by_severity(anomalies),
            tasks=self._task_state(),
            build=__version__,
        )

    def _agents(self, layout: Layout, totals: Mapping[str, Rollup], anomalies: list[Anomaly]) -> tuple[AgentState, ...]:
        agents = self._registry.agents_of(set(totals))
        since = last_day(clock.now()).start
        today = [agent_id for agent_id, total in totals.items() if rules.worked_since(total, since)]
        days = dict(zip(today, each(lambda one: self._day(layout, Dimension.AGENT, one), today), strict=True))
        states = [
            _state(agent, totals[agent_id], days.get(agent_id, Cell()), anomalies) for agent_id, agent in agents.items()
        ]
        return tuple(sorted(states, key=lambda state: rules.newest([state.ever]), reverse=True))

    def _day(self, layout: Layout, dimension: Dimension, member: str) -> Cell:
        hours = self._rollups.hours(layout, dimension, member, *hours_of(last_day(clock.now())))
        return rules.summed(rollup.total for _, rollup in hours)

    def _task_state(self) -> TaskState:
        counts = self._tasks.counts()
        by_status = {status: counts.get(status.value, 0) for status in TaskStatus}
        return TaskState(by_status, self._slots(), self._tasks.runner().stopped)


def _state(agent: Agent, total: Rollup, day: Cell, anomalies: list[Anomaly]) -> AgentState:
    versions = rules.latest_versions(total)
    own = [anomaly for anomaly in anomalies if anomaly.strand_id == agent.id]
    return AgentState(agent, total.total, versions, len(total.cells) - len(versions), day, _by_severity(own))


def _by_severity(anomalies: list[Anomaly]) -> dict[Severity, int]:
    counted = Counter(anomaly.severity for anomaly in anomalies)
    return {severity: counted[severity] for severity in Severity}
