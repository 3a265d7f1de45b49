"""What the benchmarks record: runs of 20 agents in two versions each, five task types, 50 users; always the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from watchbill.identity.models import Provision
from watchbill.platform import clock
from watchbill.registry.models import NewVersion, Registration
from watchbill.services import services

AGENTS = tuple(f"agent-{number:02d}" for number in range(20))
VERSIONS = ("1.9.0", "1.10.0")
USERS = tuple(f"user-{number:02d}@example.com" for number in range(50))
TASK_TYPES = ("summarise", "classify", "translate", "research", "review")
TOOLS = ("web_search", "fetch_page", "read_file", "write_file", "run_tests")
MODELS = ("claude-haiku", "claude-sonnet", "nova-pro")


@dataclass
class Workload:
    """Makes the runs of one organisation, all events between `start` and `start + span`."""

    organisation: str
    start: datetime
    span: timedelta
    random: Random

    def runs(self, count: int) -> list[dict[str, Any]]:
        """So many new runs, as they are posted."""
        return [self._run() for _ in range(count)]

    def post(self, number: int, runs: Sequence[dict[str, Any]]) -> None:
        """Record a batch the way the API does, for the agents in turn."""
        agent, version = place(number)
        recording = services(self.organisation).runs
        answer = recording.record_batch(agent, version, runs)
        if answer.rejected:
            raise AssertionError(answer.rejected[0])

    def _run(self) -> dict[str, Any]:
        draw = self.random
        user = draw.choice(USERS)
        failed = draw.random() < 0.05
        tokens = {"input": draw.randint(500, 30_000), "output": draw.randint(50, 3_000)}
        created = self.start + timedelta(seconds=draw.random() * self.span.total_seconds())
        facts = {
            "id": f"{self.organisation}-{draw.getrandbits(64):016x}",
            "created": clock.to_text(created),
            "status": "failed" if failed else "completed",
            "duration_ms": int(draw.lognormvariate(8.5, 0.8)),
            "initiator": user,
            "user_id": user,
            "session_id": f"session-{draw.getrandbits(48):012x}",
            "task_id": draw.randrange(10**6),
            "task_type": draw.choice(TASK_TYPES),
            "trigger": "api",
            "tools": draw.sample(TOOLS, 2),
            "models": [draw.choice(MODELS)],
            "tokens": tokens,
            "cost": round((tokens["input"] * 3 + tokens["output"] * 15) / 1e6, 6),
        }
        if failed:
            return facts | {"error": {"type": "ToolError", "message": "fetch_page: the site did not answer"}}
        judged = {"quality_score": round(draw.uniform(60, 100), 1)} if draw.random() < 0.3 else {}
        rated = {"user_satisfaction": draw.randint(1, 5)} if draw.random() < 0.2 else {}
        return facts | judged | rated


def workload(organisation: str, start: datetime, span: timedelta) -> Workload:
    """The workload of an organisation, which is made with its agents unless it is there."""
    wanted = services(organisation)
    wanted.identity.provision(Provision(organisation=organisation, name=organisation))
    for agent in AGENTS:
        registered, new = wanted.registry.register(agent, Registration(project="benchmarks"))
        for version in VERSIONS if new else ():
            wanted.registry.add_version(registered.id, NewVersion(version=version, models=MODELS, tools=TOOLS))
    return Workload(organisation, start, span, Random(f"{organisation} {start}"))


def place(number: int) -> tuple[str, str]:
    """Agent and version of a batch: agents in turn, and versions in turn from round to round."""
    return AGENTS[number % len(AGENTS)], VERSIONS[number // len(AGENTS) % len(VERSIONS)]
