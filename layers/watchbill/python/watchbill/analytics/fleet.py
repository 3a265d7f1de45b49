"""What agents did and cost over a day, a week or a month: the answer, folded from rollups of whole hours. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from watchbill.analytics.cards import DAY, HOUR, Window
from watchbill.analytics.models import OTHER, Cell, Measure, Rollup
from watchbill.analytics.views import (
    AgentFailures,
    AgentFigures,
    AgentsAnalytics,
    AgentSpend,
    Cost,
    Errors,
    Figures,
    Overview,
    Point,
    Range,
)
from watchbill.platform import clock
from watchbill.registry.models import Agent

MOST_AGENTS = 100
"""So many agents are shown by themselves, those that worked last; the overview is of all."""

Hours = Mapping[str, Cell]
"""Cells by hour (YYYY-MM-DDTHH)."""

Days = dict[str, list[Cell]]
"""By name a cell of each day of a window: 24 hours from its start on, and so forth."""

_BUCKETS = {Range.DAY: (24, HOUR), Range.WEEK: (7, DAY), Range.MONTH: (30, DAY)}


def window_of(asked: Range, now: datetime) -> Window:
    """The running hour, or day of UTC, and those before it."""
    count, step = _BUCKETS[asked]
    begun = now.replace(minute=0, second=0, microsecond=0)
    begun = begun if step == HOUR else begun.replace(hour=0)
    return Window(begun - (count - 1) * step, begun + step)


def shown(totals: Mapping[str, Rollup], window: Window) -> tuple[list[str], int]:
    """The agents that worked in a window, the latest first: those that are shown, and how many there are."""
    newest = {agent: max((cell.newest for cell in total.cells.values()), default="") for agent, total in totals.items()}
    active = sorted((at, agent) for agent, at in newest.items() if at >= clock.to_text(window.start))
    return [agent for _, agent in reversed(active)][:MOST_AGENTS], len(active)


def buckets(asked: Range, window: Window, hours: Hours) -> Iterator[tuple[datetime, Cell]]:
    """Every hour, or day, of the window, also those without a run, and what its cells come to."""
    _, step = _BUCKETS[asked]
    at = window.start
    while at < window.end:
        begun = clock.to_text(at)[: 13 if step == HOUR else 10]
        yield at, _sum({hour: cell for hour, cell in hours.items() if hour.startswith(begun)})
        at += step


def days_of(hours: Iterable[tuple[str, Rollup]], window: Window) -> Days:
    """The cells of hours by name and day, of those whose name is known."""
    days: Days = {}
    for hour, rollup in hours:
        day = (clock.from_text(f"{hour}:00:00.000Z") - window.start) // DAY
        for name, cell in rollup.cells.items():
            if name != OTHER:
                days.setdefault(name, [Cell() for _ in range((window.end - window.start) // DAY)])[day].add(cell)
    return days


def analytics(
    asked: Range,
    now: datetime,
    everything: Hours,
    by_agent: Mapping[str, Cell],
    agents: Mapping[str, Agent],
    active: int,
) -> AgentsAnalytics:
    """The answer, from all agents' hours and from some agents' cells of the whole window."""
    window = window_of(asked, now)
    total = _sum(everything)
    # An agent's newest run may lie behind the window: who says so brings nothing.
    cells = {agent: cell for agent, cell in by_agent.items() if cell}
    rows = [_row(agent, agents[agent].name if agent in agents else agent, cell) for agent, cell in cells.items()]
    rows.sort(key=lambda row: (-row.executions, row.name))
    return AgentsAnalytics(
        range=asked,
        start=window.start,
        end=window.end,
        overview=Overview(**_figures(total).model_dump(), active_agents=active),
        agents=tuple(rows),
        errors=_errors(total, rows),
        time_series=tuple(_series(asked, window, everything)),
        cost=_cost(total, rows),
    )


def _figures(cell: Cell) -> Figures:
    return Figures(
        executions=int(cell[Measure.RUNS]),
        completed=int(cell[Measure.COMPLETED]),
        failed=int(cell[Measure.FAILED]),
        timeout=int(cell[Measure.TIMEOUT]),
        cancelled=int(cell[Measure.CANCELLED]),
        success_rate=cell.success_rate,
        avg_duration_ms=cell.mean_duration_ms,
        p95_duration_ms=cell.duration_quantile(0.95),
        avg_quality_score=cell.mean(Measure.QUALITY, Measure.QUALITY_RATED),
        tokens=int(cell[Measure.TOKENS_TOTAL]),
        cost=cell[Measure.COST],
        items_processed=int(cell[Measure.ITEMS]),
        content_produced=int(cell[Measure.CONTENT]),
    )


def _row(agent_id: str, name: str, cell: Cell) -> AgentFigures:
    return AgentFigures(**_figures(cell).model_dump(), agent_id=agent_id, name=name)


def _errors(total: Cell, rows: list[AgentFigures]) -> Errors:
    failing = [
        AgentFailures(
            agent_id=row.agent_id,
            name=row.name,
            failed=row.failed,
            timeout=row.timeout,
            error_rate=_error_rate(row.success_rate),
        )
        for row in rows
        if row.failed or row.timeout
    ]
    failing.sort(key=lambda one: (-(one.failed + one.timeout), one.name))
    return Errors(
        failed=int(total[Measure.FAILED]),
        timeout=int(total[Measure.TIMEOUT]),
        error_rate=_error_rate(total.success_rate),
        by_agent=tuple(failing),
    )


def _error_rate(success_rate: float | None) -> float | None:
    return None if success_rate is None else 1 - success_rate


def _cost(total: Cell, rows: list[AgentFigures]) -> Cost:
    spent = total[Measure.COST]
    spending = sorted((row for row in rows if row.cost), key=lambda row: (-row.cost, row.name))
    return Cost(
        total=spent,
        executions_with_cost=int(total[Measure.COSTED]),
        avg_per_execution=total.mean(Measure.COST, Measure.COSTED),
        tokens_input=int(total[Measure.TOKENS_INPUT]),
        tokens_output=int(total[Measure.TOKENS_OUTPUT]),
        by_agent=tuple(
            AgentSpend(agent_id=row.agent_id, name=row.name, cost=row.cost, share=float(row.cost / spent))
            for row in spending
        ),
    )


def _series(asked: Range, window: Window, everything: Hours) -> Iterator[Point]:
    for at, cell in buckets(asked, window, everything):
        yield Point(
            timestamp=at,
            executions=int(cell[Measure.RUNS]),
            failed=int(cell[Measure.FAILED] + cell[Measure.TIMEOUT]),
            success_rate=cell.success_rate,
            avg_duration_ms=cell.mean_duration_ms,
            tokens=int(cell[Measure.TOKENS_TOTAL]),
            cost=cell[Measure.COST],
        )


def _sum(hours: Hours) -> Cell:
    total = Cell()
    for cell in hours.values():
        total.add(cell)
    return total
