"""The figures a dashboard shows, read from rollups.

What a read costs follows from the window and the number of agents, never from the number of runs.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from watchbill.analytics import cards, fleet
from watchbill.analytics.cards import Window
from watchbill.analytics.fleet import Days
from watchbill.analytics.models import Cell, Dimension, Layout, Measure, Rollup
from watchbill.analytics.rules import EVERYONE
from watchbill.analytics.store import RollupStore
from watchbill.analytics.views import Activity, AgentsAnalytics, AgentVersion, Card, Range
from watchbill.identity.models import Organisation
from watchbill.platform import clock
from watchbill.platform.table import each
from watchbill.registry.models import UNVERSIONED, Agent, Version
from watchbill.registry.rules import newest_first
from watchbill.registry.service import RegistryService
from watchbill.runs import rules as runs
from watchbill.runs.models import Facts, Status
from watchbill.runs.service import RunService

RECENT_SHOWN = 10
_ACTIONS = {
    Status.COMPLETED: "completed run",
    Status.FAILED: "failed run",
    Status.TIMEOUT: "timed out",
    Status.RUNNING: "started run",
    Status.QUEUED: "queued run",
    Status.CANCELLED: "cancelled run",
}


class AnalyticsService:
    """One organisation's figures."""

    def __init__(
        self,
        store: RollupStore,
        registry: RegistryService,
        runs: RunService,
        organisation: Callable[[], Organisation],
    ) -> None:
        self._store = store
        self._registry = registry
        self._runs = runs
        self._organisation = organisation

    def stats(self) -> list[Card]:
        """The four cards, at this minute, in the organisation's time zone."""
        layout = self._store.layout()
        windows = cards.windows_at(clock.now(), self._organisation().zone)
        first, last = min(windows.yesterday.start, windows.hour_before.start), windows.today.end
        span = cards.hours_of(Window(first, last))
        hours = dict(self._store.hours(layout, Dimension.ORGANISATION, EVERYONE, *span))
        totals = self._store.totals(layout.current, Dimension.AGENT)
        active_from = clock.now() - cards.ACTIVE_WINDOW
        active = sum(_last_seen(total) >= active_from for total in totals.values() if total.cells)
        return cards.cards(hours, windows, active, self._active_before(layout, list(totals), windows.active_before))

    def recent_activity(self) -> list[Activity]:
        """The newest runs of the organisation, newest first."""
        records = self._runs.newest(self._store.recent(), RECENT_SHOWN)
        agents = self._registry.agents_of({record[runs.AGENT_ID] for record in records})
        return [_activity(record, agents) for record in records]

    def agent_versions(self) -> list[AgentVersion]:
        """Every version of every agent with its figures, by agent name, newest version first."""
        totals = self._store.totals(self._store.layout().current, Dimension.AGENT)
        versions: dict[str, list[Version]] = {}
        for version in self._registry.all_versions():
            versions.setdefault(version.agent_id, []).append(version)
        active_from = clock.now() - cards.ACTIVE_WINDOW
        return [
            _agent_version(agent, version, totals.get(agent.id, Rollup()).cells, active_from)
            for agent in self._registry.all_agents()
            for version in _rows(agent, versions.get(agent.id, []), totals.get(agent.id, Rollup()).cells)
        ]

    def agents(self, asked: Range) -> AgentsAnalytics:
        """What agents did and cost over a range of time."""
        now, layout = clock.now(), self._store.layout()
        window = fleet.window_of(asked, now)
        span = cards.hours_of(window)
        ids, active = fleet.shown(self._store.totals(layout.current, Dimension.AGENT), window)

        def worked(agent_id: str) -> Cell:
            hours = self._store.hours(layout, Dimension.AGENT, agent_id, *span)
            return Rollup({hour: rollup.total for hour, rollup in hours}).total

        hours = self._store.hours(layout, Dimension.ORGANISATION, EVERYONE, *span)
        everything = {hour: rollup.total for hour, rollup in hours}
        by_agent = dict(zip(ids, each(worked, ids), strict=True))
        return fleet.analytics(asked, now, everything, by_agent, self._registry.agents_of(set(ids)), active)

    def all_time(self) -> dict[str, Rollup]:
        """What every agent has done so far: its cells are its versions, and none of them holds durations."""
        return self._store.totals(self._store.layout().current, Dimension.AGENT)

    def worked(self, agent_ids: Sequence[str], window: Window) -> dict[str, dict[str, Rollup]]:
        """What agents did in each hour (YYYY-MM-DDTHH) of a window; the cells are by version and task type."""
        layout, span = self._store.layout(), cards.hours_of(window)

        def hours(agent_id: str) -> dict[str, Rollup]:
            return dict(self._store.hours(layout, Dimension.AGENT, agent_id, *span))

        return dict(zip(agent_ids, each(hours, agent_ids), strict=True))

    def course(self, window: Window) -> dict[str, Cell]:
        """What all agents did in each hour (YYYY-MM-DDTHH) that a window touches."""
        span = cards.hours_of(window)
        hours = self._store.hours(self._store.layout(), Dimension.ORGANISATION, EVERYONE, *span)
        return {hour: rollup.total for hour, rollup in hours}

    def days(self, window: Window) -> tuple[Days, Days]:
        """What was done on each day of a window of whole days that begins with an hour: by task type, and by agent.

        Of the agents those that worked last.
        """
        layout, span = self._store.layout(), cards.hours_of(window)
        ids, _ = fleet.shown(self._store.totals(layout.current, Dimension.AGENT), window)

        def worked(agent_id: str) -> list[Cell] | None:
            hours = self._store.hours(layout, Dimension.AGENT, agent_id, *span)
            together = ((hour, Rollup({agent_id: rollup.total})) for hour, rollup in hours)
            return fleet.days_of(together, window).get(agent_id)

        by_type = fleet.days_of(self._store.hours(layout, Dimension.ORGANISATION, EVERYONE, *span), window)
        by_agent = zip(ids, each(worked, ids), strict=True)
        return by_type, {agent_id: days for agent_id, days in by_agent if days}

    def _active_before(self, layout: Layout, agent_ids: list[str], window: Window) -> int:
        """How many agents had a run in the earlier window; each is asked for its newest hours until one proves it."""
        span = cards.hours_of(window)

        def was_active(agent_id: str) -> bool:
            hours = self._store.hours(layout, Dimension.AGENT, agent_id, *span, newest_first=True)
            return any(cards.amount({hour: rollup}, Measure.RUNS, window) for hour, rollup in hours)

        return sum(each(was_active, agent_ids))


def _last_seen(total: Rollup) -> datetime:
    return max(clock.from_text(cell.newest) for cell in total.cells.values())


def _activity(record: Facts, agents: Mapping[str, Agent]) -> Activity:
    status, agent_id = Status(record[runs.STATUS]), record[runs.AGENT_ID]
    duration = record.get(runs.DURATION_MS)
    return Activity(
        id=record.get("client_id", record[runs.RUN_ID]),
        agent=agents[agent_id].name if agent_id in agents else agent_id,
        action=_ACTIONS[status],
        status=status.value,
        time=clock.from_text(record[runs.CREATED_AT]),
        duration=None if duration is None else duration / 1000,
        cost=record.get("cost"),
    )


def _rows(agent: Agent, versions: list[Version], cells: Mapping[str, Cell]) -> list[Version]:
    """The registered versions, and behind them the unversioned runs' row when there are some."""
    unversioned = Version(version=UNVERSIONED, agent_id=agent.id, created_at=agent.created_at)
    return newest_first(versions) + ([unversioned] if UNVERSIONED in cells else [])


def _agent_version(agent: Agent, version: Version, cells: Mapping[str, Cell], active_from: datetime) -> AgentVersion:
    cell = cells.get(version.version, Cell())
    last_seen = clock.from_text(cell.newest) if cell.newest else None
    mean, success = cell.mean_duration_ms, cell.success_rate
    return AgentVersion(
        id=agent.id,
        name=agent.name,
        project=agent.project,
        status="active" if last_seen and last_seen >= active_from else "idle",
        last_seen=last_seen,
        version=version.version,
        avg_runtime=None if mean is None else round(mean / 1000, 3),
        success_rate=None if success is None else success * 100,
        total_runs=int(cell[Measure.RUNS]),
        spend=cell[Measure.COST],
        tools=version.tools,
        models=version.models,
        cluster=version.cluster,
        deployment=version.deployment,
    )
