"""Keeping an agent's schedule in EventBridge Scheduler, and making a task of what fires."""

from collections.abc import Callable
from datetime import datetime

from watchbill.execution.models import NewTask, Origin, Task
from watchbill.platform import clock, ids, scheduler
from watchbill.platform.observability import count, logger
from watchbill.registry.models import AgentSettings
from watchbill.registry.service import RegistryService
from watchbill.runs.models import Trigger
from watchbill.schedules import rules
from watchbill.schedules.rules import Passed

SYSTEM = "system"
_KIND = "scheduled"
_TRIES = 20


class StillChanging(RuntimeError):
    """An agent's settings changed as often as they were read; the message comes again."""


class ScheduleService:
    """One organisation's schedules."""

    def __init__(self, organisation: str, registry: RegistryService, create: Callable[[NewTask, Origin], Task]) -> None:
        self._organisation = organisation
        self._registry = registry
        self._create = create

    def keep(self, agent_id: str) -> None:
        """Have the scheduler hold what the agent's settings say.

        Another may be doing the same with settings that were read before or after these: whoever wrote last looks
        once more, so that what stays is what the settings say. Raises StillChanging.
        """
        settings = self._registry.settings(agent_id)
        for _ in range(_TRIES):
            self._write(agent_id, settings)
            before, settings = settings, self._registry.settings(agent_id)
            if settings == before:
                return
        raise StillChanging(agent_id)

    def fire(self, agent_id: str, at: datetime) -> Task | None:
        """The task that a firing of the time `at` makes, the same however often it arrives; None when it makes none."""
        settings = self._registry.settings(agent_id)
        decided = rules.firing(settings, at.replace(second=0, microsecond=0), clock.now())
        if isinstance(decided, Passed):
            logger().info("a firing made no task", extra={"agent": agent_id, "reason": decided.reason})
            count("FiringsPassed")
            return None
        wish = NewTask(agent_id=agent_id, task_type=settings.agent_type or _KIND, scheduled_for=decided.at)
        task_id = ids.derived_id(_KIND, self._organisation, agent_id, decided.occasion)
        return self._create(wish, Origin(trigger=Trigger.SCHEDULED, user_id=SYSTEM, task_id=task_id))

    def scheduled(self) -> list[str]:
        """The ids of the agents that have a schedule."""
        return self._registry.scheduled()

    def _write(self, agent_id: str, settings: AgentSettings) -> None:
        wanted = rules.entries(self._organisation, agent_id, settings, clock.now())
        for entry in wanted:
            scheduler.put(entry)
        for number in range(len(wanted) + 1, rules.MOST_ENTRIES + 1):
            scheduler.remove(rules.name_of(agent_id, number))
