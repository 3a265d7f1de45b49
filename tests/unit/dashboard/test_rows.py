"""The list of agents: which are shown, page by page, and how they are."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from watchbill.analytics.models import Cell, Measure, Rollup
from watchbill.dashboard import rows
from watchbill.health.models import RowHealth
from watchbill.registry.models import Agent, AgentSettings

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def agent(name, project="p"):
    return Agent(id=name, name=name, project=project, created_at=NOW, updated_at=NOW)


@given(names=st.lists(st.text("abcÄ", min_size=1, max_size=3), unique=True), limit=st.integers(1, 5))
def test_pages_show_every_agent_once_by_name(names, limit):
    agents = rows.asked_for([agent(name) for name in names], "", "")
    after, shown = "", []
    while after is not None:
        page, after = rows.page_of(agents, after, limit)
        shown += page

    assert [one.name for one in shown] == sorted(names)


def test_agents_are_found_by_a_part_of_their_name_and_their_project():
    agents = [agent("Writer"), agent("rewriter", "q"), agent("scout")]

    assert [one.name for one in rows.asked_for(agents, "WRITE", "")] == ["Writer", "rewriter"]
    assert [one.name for one in rows.asked_for(agents, "write", "q")] == ["rewriter"]


def test_figures_are_of_the_range_and_health_of_the_last_day():
    failed = Rollup({"1": Cell({Measure.RUNS: 2, Measure.FAILED: 2})})
    worked = Rollup({"1": Cell({Measure.RUNS: 8, Measure.COMPLETED: 8})})
    hours = {"2026-03-07T12": failed, "2026-03-10T11": worked}
    total = Rollup({"1": Cell(newest="2026-03-10T11:05:00.000Z")})

    row = rows.row_of(agent("a"), AgentSettings(), 1, total, hours, NOW - timedelta(days=7), NOW - timedelta(days=1))

    assert (row.figures.total_tasks, row.figures.success_rate, row.health) == (10, 0.8, RowHealth.HEALTHY)
    assert (row.runtime, row.seen) == ("elsewhere", datetime(2026, 3, 10, 11, 5, tzinfo=UTC))


def test_who_has_never_worked_is_neither_well_nor_ill():
    row = rows.row_of(agent("a"), AgentSettings(), 0, Rollup(), {}, NOW, NOW)

    assert (row.health, row.seen, row.figures.total_tasks) == (None, None, 0)
