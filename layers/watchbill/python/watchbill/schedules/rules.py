"""What EventBridge Scheduler has to hold for an agent, and what becomes of a firing that arrives. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from watchbill.platform.scheduler import SCHEDULED_TIME, Entry
from watchbill.platform.schedules import Rate
from watchbill.registry.models import AgentSettings

MOST_ENTRIES = 2
"""An agent has an entry for the days of its months, and one for those of its weeks where it names both."""
GRACE = timedelta(minutes=10)
"""How long after the next time has come a firing may still arrive. Behind that the next one stands for both."""


@dataclass(frozen=True, slots=True)
class Due:
    """A firing that makes a task. Firings of one occasion make one."""

    at: datetime
    occasion: str


@dataclass(frozen=True, slots=True)
class Passed:
    """A firing that makes none, and why."""

    reason: str


def name_of(agent_id: str, number: int) -> str:
    """The name of an agent's entry. Agents' ids follow from their organisations, so that two never share one."""
    return f"{agent_id}-{number}"


def entries(organisation: str, agent_id: str, settings: AgentSettings, now: datetime) -> list[Entry]:
    """What the scheduler has to hold for an agent: nothing for one that is not active, or has no time ahead."""
    schedule, following = settings.schedule, settings.next_run(now)
    if schedule is None or following is None:
        return []
    message = {"organisation": organisation, "agent": agent_id, "at": SCHEDULED_TIME}
    starts = following if isinstance(schedule, Rate) else None
    return [
        Entry(name_of(agent_id, number), expression, settings.time_zone, message, starts)
        for number, expression in enumerate(schedule.expressions, start=1)
    ]


def firing(settings: AgentSettings, at: datetime, now: datetime) -> Due | Passed:
    """What becomes of a firing of the time `at`, by the settings as they are now."""
    schedule = settings.schedule
    if schedule is None:
        return Passed("the agent has no schedule any more")
    if not settings.works:
        return Passed("the agent is not active, or is paused")
    if not schedule.includes(at, settings.zone):
        return Passed("the agent has another schedule by now")
    following = schedule.next(at, settings.zone)
    if following and following + GRACE < now:
        return Passed("it comes so late that the next one has come too")
    return Due(at, schedule.occasion(at, settings.zone))
