"""A stream of an organisation in process with agents that are a user's functions, and what makes them go on."""

from dataclasses import dataclass
from typing import Any

from tests.support.service import Answer
from tests.support.steps import STREAMS, a_stream, make_runnable, register
from tests.support.tasks import Tasks


@dataclass
class Workflow:
    """One stream and its agents, as users see them."""

    tasks: Tasks
    id: str

    @property
    def address(self) -> str:
        """Where it is."""
        return f"{STREAMS}/{self.id}"

    def assign(self, *assignments: dict[str, Any]) -> Answer:
        """What is answered to several assignments at once."""
        return self.ask("POST", "/agents", {"assignments": list(assignments)})

    def assign_chain(self, *agents: str) -> None:
        """Assign agents of which each starts by itself behind the one before."""
        before: tuple[str, ...] = ()
        for agent in agents:
            wish = {"agent_id": agent, "auto_execute": True, "depends_on_agent_ids": before}
            answer = self.ask("POST", "/agents", wish)
            assert answer.status == 201, answer.text
            before = (agent,)

    def execute(self, agent: str, **wish: Any) -> Answer:
        """What is answered to the wish for an execution."""
        return self.ask("POST", f"/agents/{agent}/execute", wish)

    def ask(self, method: str, what: str, body: Any = None) -> Answer:
        """What a request below the stream is answered."""
        return self.tasks.service.request(method, f"{self.address}{what}", body, key=self.tasks.key)

    def agent(self, name: str) -> dict[str, Any]:
        """An assignment as it is listed."""
        (found,) = [each for each in self.tasks.get(f"{self.address}/agents")["items"] if each["agent_name"] == name]
        return found

    def nodes(self) -> dict[str, dict[str, Any]]:
        """The workflow's agents by name."""
        return {node["agent_name"]: node for node in self.tasks.get(f"{self.address}/workflow")["nodes"]}

    def executions(self) -> list[dict[str, Any]]:
        """What was executed on the stream, the oldest first."""
        found: list[dict[str, Any]] = self.tasks.get(f"/api/executions?stream_id={self.id}")["items"]
        return found[::-1]


def workflow_of(tasks: Tasks, *agents: str, **stream: Any) -> Workflow:
    """A stream with agents that can be run, none of which is assigned yet."""
    for agent in agents:
        register(tasks.service, tasks.key, agent)
        make_runnable(tasks.service, tasks.key, agent)
    return Workflow(tasks, a_stream(tasks.service, tasks.key, **stream))
