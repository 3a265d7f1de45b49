"""What an organisation's agents and task types did day by day, for who compares days."""

from watchbill.agents.shifts import Work
from watchbill.analytics.cards import Window
from watchbill.analytics.rules import NONE
from watchbill.analytics.service import AnalyticsService
from watchbill.registry.service import RegistryService


def works(analytics: AnalyticsService, registry: RegistryService, window: Window) -> tuple[list[Work], list[Work]]:
    """What was done on each day of a window, by agent and by task type."""
    by_type, by_agent = analytics.days(window)
    agents = registry.agents_of(set(by_agent))
    names = {agent_id: agents[agent_id].name if agent_id in agents else agent_id for agent_id in by_agent}
    of_agents = [Work(names[agent_id], f"agent:{agent_id}", days) for agent_id, days in by_agent.items()]
    of_types = [
        Work("runs without a task type" if name == NONE else name, f"task_type:{name}", days)
        for name, days in by_type.items()
    ]
    return of_agents, of_types
