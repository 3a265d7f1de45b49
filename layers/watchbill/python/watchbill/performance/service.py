"""Recording how strands work, and answering what their work was like over a window, exactly.

Whole hours are read from rollups; the minutes before and behind them, and whatever rollups do not hold, from the runs
themselves, up to a number of runs that one question may read.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import takewhile
from typing import Any

from watchbill.analytics import rules as analytics
from watchbill.analytics.models import Cell, Dimension, Layout, Rollup
from watchbill.analytics.store import RollupStore
from watchbill.performance import rules
from watchbill.performance.breakdown import Breakdown, Place
from watchbill.performance.breakdown import analytics as answer
from watchbill.performance.models import PerformanceAnalytics, PerformanceFilters, PerformanceRecord, Snapshot
from watchbill.performance.rules import MOST_RUNS_READ, Span
from watchbill.platform import batches, clock
from watchbill.platform.batches import BatchAnswer
from watchbill.platform.errors import NotFound, Unprocessable
from watchbill.platform.table import each
from watchbill.registry.models import UNVERSIONED, Agent, Registration
from watchbill.registry.service import RegistryService
from watchbill.runs import rules as runs
from watchbill.runs.models import Facts, NewRun
from watchbill.runs.service import RunService
from watchbill.runs.views import Run

PROJECT = "tracked"
"""The project of strands that registered themselves."""


class PerformanceService:
    """One organisation's strands at work."""

    def __init__(self, rollups: RollupStore, registry: RegistryService, runs: RunService) -> None:
        self._rollups = rollups
        self._registry = registry
        self._runs = runs

    def track(self, record: PerformanceRecord) -> Run:
        """Store a record as a finished run; a strand nobody knows registers itself."""
        return self._runs.record(self._strand(record.strand_id).id, UNVERSIONED, rules.run_of(record))

    def track_batch(self, records: Sequence[Any]) -> BatchAnswer:
        """Store those of the records that are well-formed and say what is wrong with the others.

        Raises PayloadTooLarge, BadRequest when none is well-formed.
        """
        good, rejected = batches.judged(records, PerformanceRecord, "records")
        by_strand: dict[str, dict[int, NewRun]] = defaultdict(dict)
        for number, record in good.items():
            by_strand[record.strand_id][number] = rules.run_of(record)
        stored: dict[int, str] = {}
        for strand, its in by_strand.items():
            stored |= self._runs.record_all(self._strand(strand).id, UNVERSIONED, its)
        return batches.answer(stored, rejected)

    def snapshot(self, strand: str) -> Snapshot:
        """The newest record of a strand. Raises NotFound."""
        agent = self._registry.agent(strand)
        for record, _ in self._runs.records(self._runs.lines(agent.id), 1):
            return rules.snapshot_of(record)
        raise NotFound(f"nothing is known of the work of {agent.name!r}")

    def analytics(self, filters: PerformanceFilters) -> PerformanceAnalytics:
        """The figures of the tasks asked for. Raises Unprocessable when too many runs would be read."""
        start, end = filters.window
        breakdown = Breakdown()
        self.count(filters.model_copy(update={"start_date": start, "end_date": end}), breakdown)
        return answer(breakdown, end - start)

    def count(self, filters: PerformanceFilters, into: Breakdown) -> None:
        """Count the tasks asked for into a breakdown, which loses the splits that cannot be known.

        Raises Unprocessable when too many runs would be read.
        """
        window = Span(*filters.window)
        layout = self._rollups.layout()
        strands = self._strands(filters, layout)
        if rules.rollups_hold_every_split(filters):
            self._from_rollups(filters, window, strands, layout, into)
        elif self._runs_in(window, strands, layout) <= MOST_RUNS_READ:
            self._from_runs(filters, window, strands, into)
        elif rules.rollups_hold(filters):
            self._from_rollups(filters, window, strands, layout, into)
        else:
            raise Unprocessable(
                f"only the runs themselves can answer this, and the window holds more than {MOST_RUNS_READ:,}:"
                " narrow the window, name a strand, or leave out a filter"
            )

    def runs_within(self, hours: Sequence[str]) -> int:
        """How many runs of all strands were counted in these hours (YYYY-MM-DDTHH)."""
        layout = self._rollups.layout()
        each_hour = (
            self._rollups.hours(layout, Dimension.ORGANISATION, analytics.EVERYONE, hour, hour) for hour in hours
        )
        return sum(rollup.runs for found in each_hour for _, rollup in found)

    def _strand(self, reference: str) -> Agent:
        try:
            return self._registry.agent(reference)
        except NotFound:
            agent, _ = self._registry.register(reference, Registration(project=PROJECT))
            return agent

    def _strands(self, filters: PerformanceFilters, layout: Layout) -> list[str]:
        if filters.strand_id is not None:
            try:
                return [self._registry.agent(filters.strand_id).id]
            except NotFound:
                return []  # strands register themselves with their first record: this one has not worked yet
        start = clock.to_text(filters.window[0])
        totals = self._rollups.totals(layout.current, Dimension.AGENT)
        # A strand whose newest run is older than the window has nothing in it to read.
        return sorted(strand for strand, total in totals.items() if _worked_since(start, total))

    def _runs_in(self, window: Span, strands: Sequence[str], layout: Layout) -> int:
        """How many runs of these strands lie in the hours a window touches."""
        return sum(each(lambda strand: self._count(strand, window, layout), strands))

    def _count(self, strand: str, window: Span, layout: Layout) -> int:
        hours = self._hours(layout, Dimension.AGENT, strand, window)
        return sum(rollup.runs for _, rollup in hours)

    def _from_runs(self, filters: PerformanceFilters, window: Span, strands: Sequence[str], into: Breakdown) -> None:
        for record in self._records(strands, [window]):
            _add_run(into, record, filters)

    def _from_rollups(
        self, filters: PerformanceFilters, window: Span, strands: Sequence[str], layout: Layout, into: Breakdown
    ) -> None:
        inner = rules.whole_hours(window)
        if filters.user_id is not None:
            into.by_strand = into.by_task_type = None
            self._add_users(into, inner, layout, filters.user_id, into_total=True)
        else:
            self._add_strands(into, inner, layout, strands, filters.task_type)
            if not rules.rollups_hold_every_split(filters):
                into.by_user = None
            elif into.by_user is not None:
                self._add_users(into, inner, layout, None, into_total=False)
        for record in self._records(strands, rules.edges(window)):
            _add_run(into, record, filters)

    def _add_strands(
        self, breakdown: Breakdown, inner: Span | None, layout: Layout, strands: Sequence[str], task_type: str | None
    ) -> None:
        def read(strand: str) -> tuple[str, list[tuple[str, Rollup]]]:
            return strand, self._hours(layout, Dimension.AGENT, strand, inner)

        for strand, hours in each(read, strands):
            for hour, rollup in hours:
                for name, cell in rollup.cells.items():
                    version, kind = analytics.parse_agent_cell(name)
                    if task_type in (None, _named(kind)):
                        breakdown.add(hour, cell, Place(strand, version, _named(kind)))

    def _add_users(
        self, breakdown: Breakdown, inner: Span | None, layout: Layout, user: str | None, *, into_total: bool
    ) -> None:
        members = _user_members(layout, user)
        for hours in each(lambda member: self._hours(layout, Dimension.USER, member, inner), members):
            for hour, rollup in hours:
                for name, cell in rollup.cells.items():
                    if user not in (None, name):
                        continue
                    if into_total:
                        breakdown.add(hour, cell, Place(user=name))
                    elif breakdown.by_user is not None:
                        breakdown.by_user.setdefault(name, Cell()).add(cell)

    def _hours(self, layout: Layout, dimension: Dimension, member: str, span: Span | None) -> list[tuple[str, Rollup]]:
        if span is None:
            return []
        return list(self._rollups.hours(layout, dimension, member, *rules.hours_of(span)))

    def _records(self, strands: Sequence[str], spans: Sequence[Span]) -> Iterator[Facts]:
        """The runs of strands within stretches of time."""
        for found in each(lambda strand: [list(self._runs_of(strand, span)) for span in spans], strands):
            for records in found:
                yield from records

    def _runs_of(self, strand: str, span: Span) -> Iterator[Facts]:
        end, start = clock.to_text(span.end), clock.to_text(span.start)
        # Behind the day's last moment there is nothing newer to pass over when the span ends at midnight.
        day = clock.to_text(span.end - timedelta(milliseconds=1))[:10]
        lines = self._runs.lines(strand, position={"day": day, "created": end, "run_id": "", "resume": ""})
        within = takewhile(lambda line: line.position["created"] >= start, lines)
        return (record for record, _ in self._runs.records(within))


def _add_run(breakdown: Breakdown, record: Facts, filters: PerformanceFilters) -> None:
    if rules.matches(record, filters):
        place = Place(record[runs.AGENT_ID], record[runs.VERSION], record.get("task_type"), runs.user_of(record))
        breakdown.add(rules.hour_of(record), analytics.cell_of(record), place)


def _worked_since(start: str, total: Rollup) -> bool:
    return any(cell.newest >= start for cell in total.cells.values())


def _user_members(layout: Layout, user: str | None) -> list[str]:
    """Every item a user, or any, may be kept in."""
    if user is not None:
        return analytics.user_members(user, layout)
    spread = {shards for _, shards in layout.user_shards}
    return [f"{shards}.{shard}" for shards in sorted(spread) for shard in range(shards)]


def _named(task_type: str) -> str | None:
    return None if task_type == analytics.NONE else task_type
