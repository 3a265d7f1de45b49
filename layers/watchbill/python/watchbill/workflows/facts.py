"""What a stream's review is told of the agents that are assigned to it."""

from watchbill.registry.service import RegistryService
from watchbill.streams.models import AgentFacts
from watchbill.workflows.store import WorkflowStore


class AssignedFacts:
    """One organisation's assignments, as its streams ask for them."""

    def __init__(self, store: WorkflowStore, registry: RegistryService) -> None:
        self._store = store
        self._registry = registry

    def of_stream(self, stream_id: str) -> list[AgentFacts]:
        """The agents that work on a stream, with how often they were executed there."""
        active = [one for one in self._store.workflow(stream_id).assignments.values() if one.is_active]
        agents = self._registry.agents_of({one.agent_id for one in active})
        return [
            AgentFacts(
                agent_id=one.agent_id,
                name=agents[one.agent_id].name,
                role=one.assignment_role.value,
                total=one.total_executions,
                successful=one.successful_executions,
            )
            for one in active
        ]
