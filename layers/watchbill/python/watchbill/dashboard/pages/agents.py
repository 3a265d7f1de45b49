"""The list of agents."""

from collections import Counter
from datetime import datetime
from typing import Annotated

from pydantic import Field

from watchbill.analytics import fleet
from watchbill.analytics.cards import Window
from watchbill.analytics.models import Rollup
from watchbill.analytics.views import Range, RangeFilter
from watchbill.dashboard import rows
from watchbill.dashboard.routing import Pages
from watchbill.dashboard.rows import AgentRow
from watchbill.dashboard.visits import Answer, Visit
from watchbill.health.rules import last_day
from watchbill.platform import clock
from watchbill.registry.models import Agent
from watchbill.services import Services

pages = Pages()
_ON_A_PAGE = 50
_Part = Annotated[str, Field(max_length=200)]


class AgentsAsked(RangeFilter):
    """Which agents are shown, and where to go on: behind a name."""

    name: _Part = ""
    project: _Part = ""
    cursor: _Part = ""


@pages.get("/agents")
def agents(visit: Visit) -> Answer:
    """Every agent with its figures over a range."""
    use, asked = visit.services, visit.asked(AgentsAsked)
    known = use.registry.all_agents()
    shown, more = rows.page_of(rows.asked_for(known, asked.name, asked.project), asked.cursor, _ON_A_PAGE)
    return visit.page(
        "agents.html",
        asked=asked,
        ranges=list(Range),
        rows=_rows(use, shown, asked.range),
        cursor=more,
        projects=sorted({agent.project for agent in known}),
        known=len(known),
    )


def _rows(use: Services, shown: list[Agent], asked: Range) -> list[AgentRow]:
    now = clock.now()
    window, day = fleet.window_of(asked, now), last_day(now).start
    read = Window(min(window.start, day), window.end)
    totals = use.analytics.all_time()
    settings = use.registry.settings_of(agent.id for agent in shown)
    versions = Counter(version.agent_id for version in use.registry.all_versions())
    # Who has done nothing since then has no hours to be read.
    worked = use.analytics.worked([one.id for one in shown if _worked(totals.get(one.id), read.start)], read)
    return [
        rows.row_of(
            agent,
            settings[agent.id],
            versions[agent.id],
            totals.get(agent.id, Rollup()),
            worked.get(agent.id, {}),
            window.start,
            day,
        )
        for agent in shown
    ]


def _worked(total: Rollup | None, start: datetime) -> bool:
    at = rows.seen(total) if total else None
    return at is not None and at >= start
