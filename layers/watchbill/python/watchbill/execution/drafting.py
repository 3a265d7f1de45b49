"""The task that a wish comes to: whose it is, how often it is tried, and which version does it."""

from collections.abc import Callable

from watchbill.execution.models import NewTask, Origin, Task
from watchbill.experiments.models import Chosen
from watchbill.platform import clock, ids
from watchbill.platform.errors import Unprocessable
from watchbill.registry.service import RegistryService

Choose = Callable[[str, str, str | None, str | None], Chosen | None]
"""The version for a task of an agent, by the agent's id, the task's, its stream's and its session's."""


class Drafter:
    """Drafts an organisation's tasks; nothing is stored."""

    def __init__(self, organisation: str, registry: RegistryService, choose: Choose) -> None:
        self._organisation = organisation
        self._registry = registry
        self._choose = choose

    def drafted(self, wish: NewTask, origin: Origin) -> Task:
        """The task; it waits for everything that it depends on.

        Raises NotFound, Unprocessable for an agent that is not run from here.
        """
        agent = self._registry.agent(wish.agent_id)
        settings = self._registry.settings(agent.id)
        if settings.runs_as is None:
            raise Unprocessable(f"agent {agent.name!r} has no runtime: set one with PATCH /api/v1/agents/{agent.id}")
        task_id = origin.task_id or ids.new_id()
        chosen = self._choose(agent.id, task_id, origin.stream_id, wish.session_id)
        now, due = clock.now(), wish.scheduled_for
        depends_on = tuple(dict.fromkeys(wish.depends_on))
        return Task(
            id=task_id,
            agent_id=agent.id,
            agent_name=agent.name,
            org_id=self._organisation,
            task_type=wish.task_type,
            trigger=origin.trigger,
            priority=wish.priority,
            payload=wish.payload,
            max_retries=settings.max_retries if wish.max_retries is None else wish.max_retries,
            stream_id=origin.stream_id,
            campaign_id=origin.campaign_id,
            session_id=wish.session_id,
            orchestration_id=origin.orchestration_id,
            version=chosen.version if chosen else None,
            experiment_id=chosen.experiment_id if chosen else None,
            goal_context=origin.goal_context,
            stated=origin.stated,
            upstream=dict(origin.upstream),
            depends_on=depends_on,
            trigger_rule=wish.trigger_rule,
            waits_for=depends_on,
            user_id=origin.user_id or wish.user_id,
            scheduled_for=due,
            not_before=due if due and due > now else None,
            created_at=now,
        )
