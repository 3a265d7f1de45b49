"""Rebuilding rollups beside the ones being read, exactly, while runs go on arriving.

A rebuild starts a new generation of rollups. Runs recorded from then on count in both; every older run is replayed: it
is written again with the generation's number, so that the stream, and nothing else, counts it. When the stream has
counted every replayed run, readers turn to the new generation. Each step can be repeated, and a rebuild that was left
goes on where it stopped.

Hours older than the runs that still exist cannot be recomputed: there the former generation stays the one that is read.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice

from watchbill.analytics import rules as analytics
from watchbill.analytics.models import Cell, Dimension, Generation, Layout, Rollup, RollupKey
from watchbill.analytics.store import KEPT_DAYS, RollupStore
from watchbill.identity.models import Organisation
from watchbill.platform import clock, ids
from watchbill.platform.errors import Conflict, NotFound
from watchbill.platform.table import Changed, each
from watchbill.rebuild.models import Position, Progress, Rebuild, RebuildState, RebuildStatus
from watchbill.rebuild.store import RebuildStore
from watchbill.registry.service import RegistryService
from watchbill.runs import rules as runs
from watchbill.runs.models import Facts, Line
from watchbill.runs.service import RunService

WORK_TIME = timedelta(seconds=12)
SETTLING_TIME = timedelta(seconds=35)
"""Longer than a request may take, so that what was being written when a rebuild began is written when it counts."""
_CHUNK = 500
_CARRIED = "rebuild"
"""The name under which a total keeps note that the hours before the rebuild were added to it."""


class RebuildService:
    """One organisation's rebuilds."""

    def __init__(
        self,
        organisation: Callable[[], Organisation],
        store: RebuildStore,
        rollups: RollupStore,
        runs: RunService,
        registry: RegistryService,
        shortest_retention: Callable[[], timedelta],
        settling_time: timedelta = SETTLING_TIME,
    ) -> None:
        self._organisation = organisation
        self._store = store
        self._rollups = rollups
        self._runs = runs
        self._registry = registry
        self._shortest_retention = shortest_retention
        self._settling_time = settling_time

    def status(self) -> RebuildStatus:
        """The newest rebuild. Raises NotFound when there never was one."""
        found = self._store.newest()
        if found is None:
            raise NotFound("there has been no rebuild yet")
        return self._shown(found[0])

    def advance(self) -> RebuildStatus:
        """Start a rebuild, or take the one under way further, for some seconds. Raises Conflict when another does."""
        found = self._store.newest()
        try:
            if found is None or found[0].state is RebuildState.COMPLETED:
                return self._shown(self._start())
            return self._shown(self._go_on(*found))
        except Changed as error:
            raise Conflict("the rebuild is being advanced by another request") from error

    def _start(self) -> Rebuild:
        now, layout = clock.now(), self._rollups.layout()
        generation = Generation(layout.current.number + 1, self._since(now), clock.to_text(now))
        # A rebuild that died between these two writes has left its generation behind: it is begun again.
        number = layout.building.number + 1 if layout.building else generation.number
        generation = replace(generation, number=number)
        self._rollups.replace_layout(replace(layout, building=generation))
        totals = self._rollups.totals(layout.current, Dimension.AGENT).values()
        total = sum(rollup.runs for rollup in totals)
        rebuild = Rebuild(id=ids.new_id(), state=RebuildState.SETTLING, generation=number, started_at=now, total=total)
        self._store.save(rebuild, 0)
        return rebuild

    def _go_on(self, rebuild: Rebuild, revision: int) -> Rebuild:
        deadline = clock.now() + WORK_TIME
        if rebuild.state is RebuildState.SETTLING and clock.now() >= rebuild.started_at + self._settling_time:
            rebuild = rebuild.model_copy(update={"state": RebuildState.COUNTING})
        while rebuild.state is RebuildState.COUNTING and clock.now() < deadline:
            rebuild = self._count_some(rebuild)
            self._store.save(rebuild, revision)
            revision += 1
        if rebuild.state is RebuildState.APPLYING and (self._read(rebuild) or self._applied(rebuild)):
            self._finish()
            rebuild = rebuild.model_copy(update={"state": RebuildState.COMPLETED, "completed_at": clock.now()})
            self._store.save(rebuild, revision)
        return rebuild

    def _count_some(self, rebuild: Rebuild) -> Rebuild:
        """Replay the next runs of the agent the rebuild has come to."""
        agents = sorted(agent.id for agent in self._registry.all_agents())
        position = rebuild.position or Position(agent_id=agents[0] if agents else "")
        lines = self._runs.lines(position.agent_id, position=position.line) if agents else iter(())
        chunk = list(islice(lines, _CHUNK))
        generation = self._building(rebuild)
        # A run that was replayed before a crash counts again here, because the chunk did not: the sums must agree.
        due = list(self._due(chunk, generation))
        replayed = sum(each(lambda found: self._runs.replay(*found, generation.number), due))
        if len(chunk) == _CHUNK:
            after: Position | None = Position(agent_id=position.agent_id, line=chunk[-1].position)
        else:
            following = [agent for agent in agents if agent > position.agent_id]
            after = Position(agent_id=following[0]) if following else None
        state = RebuildState.COUNTING if after else RebuildState.APPLYING
        done = {"position": after, "state": state, "replayed": rebuild.replayed + replayed}
        return rebuild.model_copy(update=done)

    def _due(self, chunk: list[Line], generation: Generation) -> Iterator[tuple[Line, Facts]]:
        """The runs that were recorded before the generation began, and so must be replayed for it; whoever has them."""
        for line, record in self._runs.listed(chunk):
            recorded_before = record[runs.RECORDED_AT] < generation.started_at
            if recorded_before and record[runs.CREATED_AT][:13] >= generation.since:
                yield line, record

    def _read(self, rebuild: Rebuild) -> bool:
        """Whether readers have turned to the rebuild already: it died before it could say that it is completed."""
        return self._rollups.layout().current.number == rebuild.generation

    def _applied(self, rebuild: Rebuild) -> bool:
        return self._rollups.replayed(self._building(rebuild)) >= rebuild.replayed

    def _finish(self) -> None:
        layout = self._rollups.layout()
        if layout.building is None:
            return  # an earlier try came this far
        generation = layout.building
        self._carry_over(layout, generation)
        read = (*layout.read, generation) if generation.since else (generation,)
        self._rollups.replace_layout(replace(layout, read=read, building=None))

    def _carry_over(self, layout: Layout, generation: Generation) -> None:
        """Add what lies before the recomputed hours to the new totals, once."""
        if not generation.since:
            return
        first = clock.to_text(clock.now() - timedelta(days=KEPT_DAYS))[:13]
        for dimension in (Dimension.AGENT, Dimension.CAMPAIGN):
            for member, total in self._rollups.totals(layout.current, dimension).items():
                hours = self._rollups.hours(layout, dimension, member, first, generation.since)
                before = _summed(dimension, [rollup for hour, rollup in hours if hour < generation.since])
                for name, cell in before.cells.items():
                    cell.newest = total.cells[name].newest if name in total.cells else ""
                self._rollups.count({RollupKey(generation.number, dimension, member, None): [(1, before)]}, _CARRIED)

    def _building(self, rebuild: Rebuild) -> Generation:
        building = self._rollups.layout().building
        if building is None or building.number != rebuild.generation:
            raise Conflict("the rebuild has been overtaken by another one")
        return building

    def _since(self, now: datetime) -> str:
        """The hour from which on every run still exists, "" when none has expired yet."""
        oldest = now - self._shortest_retention() + timedelta(days=1)
        return "" if self._organisation().created_at > oldest else f"{clock.to_text(oldest)[:10]}T00"

    def _shown(self, rebuild: Rebuild) -> RebuildStatus:
        completed = rebuild.state is RebuildState.COMPLETED
        # What the stream has counted, not what was replayed: that is when the figures are there. The total is what the
        # rollups knew, and they may have been broken.
        counted = self._rollups.replayed(Generation(rebuild.generation))
        total = max(rebuild.total, rebuild.replayed, counted)
        done = total if completed else counted
        share = 100.0 if completed else 100 * done / total if total else 0.0
        return RebuildStatus(
            id=rebuild.id,
            state=rebuild.state,
            progress=Progress(done=done, total=total, percentage=round(share, 1)),
            started_at=rebuild.started_at,
            completed_at=rebuild.completed_at,
            retry_after=None if completed else self._wait(rebuild),
        )

    def _wait(self, rebuild: Rebuild) -> int:
        if rebuild.state is RebuildState.SETTLING:
            left = rebuild.started_at + self._settling_time - clock.now()
            return max(1, round(left.total_seconds()))
        return 1 if rebuild.state is RebuildState.APPLYING else 0


def _summed(dimension: Dimension, rollups: list[Rollup]) -> Rollup:
    """Hours as a total: sums only, an agent's by version."""
    total = Rollup()
    for rollup in rollups:
        for name, cell in rollup.cells.items():
            home = analytics.parse_agent_cell(name)[0] if dimension is Dimension.AGENT else name
            total.add(Rollup({home: Cell(dict(cell.sums))}))
    return total
