"""Agents as the page lists them: which of them are asked for, and what is shown of each. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from watchbill.analytics.models import Cell, Rollup
from watchbill.health import rules as health
from watchbill.health.models import RowHealth
from watchbill.performance.breakdown import metrics
from watchbill.performance.models import StrandMetrics
from watchbill.platform import clock
from watchbill.registry.models import Agent, AgentSettings

ELSEWHERE = "elsewhere"
"""Where an agent runs that only reports what it did."""

Hours = Mapping[str, Rollup]
"""What an agent did, by hour (YYYY-MM-DDTHH)."""


@dataclass(frozen=True, slots=True)
class AgentRow:
    """An agent with its figures over a range; `health` is of the last 24 hours, None without any work in them."""

    agent: Agent
    runtime: str
    versions: int
    seen: datetime | None
    figures: StrandMetrics
    health: RowHealth | None


def asked_for(agents: Iterable[Agent], name: str, project: str) -> list[Agent]:
    """Agents by name whose name has `name` in it, in capitals or not, of one project if one is given."""
    found = (one for one in agents if name.casefold() in one.name.casefold() and project in ("", one.project))
    return sorted(found, key=lambda agent: agent.name)


def page_of(agents: Sequence[Agent], after: str, limit: int) -> tuple[list[Agent], str | None]:
    """The agents behind a name, and the last one's name if there are more."""
    left = [agent for agent in agents if agent.name > after]
    return left[:limit], left[limit - 1].name if len(left) > limit else None


def row_of(
    agent: Agent, settings: AgentSettings, versions: int, total: Rollup, hours: Hours, start: datetime, day: datetime
) -> AgentRow:
    """An agent's row: its figures since `start`, its health since `day`."""
    today = since(hours, day)
    return AgentRow(
        agent=agent,
        runtime=runtime_of(settings),
        versions=versions,
        seen=seen(total),
        figures=metrics(since(hours, start)),
        health=health.row_health(metrics(today)) if today else None,
    )


def runtime_of(settings: AgentSettings) -> str:
    """What runs an agent, in a word."""
    return settings.runs_as.kind if settings.runs_as else ELSEWHERE


def seen(total: Rollup) -> datetime | None:
    """When an agent has last worked."""
    newest = total.total.newest
    return clock.from_text(newest) if newest else None


def since(hours: Hours, start: datetime) -> Cell:
    """What was done from an hour on."""
    cell, first = Cell(), clock.to_text(start)[:13]
    for hour, rollup in hours.items():
        if hour >= first:
            cell.add(rollup.total)
    return cell
