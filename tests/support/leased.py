"""What tests of leases need beside the service: how agents are run, and a table in which others are faster."""

from collections.abc import Callable, Iterable, Sequence
from types import SimpleNamespace

from tests.support.memory_table import MemoryTable
from watchbill.platform.writes import Write
from watchbill.registry.models import AgentSettings, LambdaRuntime, PullRuntime

PULL, LAMBDA = PullRuntime(kind="pull"), LambdaRuntime(kind="lambda", function="watchbill-agent-x")
TIMEOUT = 60


def running(pull: bool) -> AgentSettings:
    return AgentSettings(runtime=PULL if pull else LAMBDA, timeout=TIMEOUT, concurrency=None)


class Registry:
    """How agents are run."""

    def __init__(self, **agents: AgentSettings) -> None:
        self.agents = agents

    def agent(self, reference: str) -> SimpleNamespace:
        return SimpleNamespace(id=reference, name=reference)

    def settings(self, agent_id: str) -> AgentSettings:
        return self.agents[agent_id]

    def settings_of(self, agent_ids: Iterable[str]) -> dict[str, AgentSettings]:
        return {agent_id: self.agents[agent_id] for agent_id in agent_ids}


class Table(MemoryTable):
    """A table in which something else happens between what is read and what is written, when the test says so."""

    meanwhile: Callable[[], object] | None = None

    def transact(self, writes: Sequence[Write]) -> None:
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile:
            meanwhile()
        super().transact(writes)
