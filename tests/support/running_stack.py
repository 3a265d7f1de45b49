"""A complete stack of the tests' own, and callers of its API: one stack for all suites that need a running one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from infra.local.processes import wait_until
from infra.local.stack import Running, running
from tests.support.elsewhere import Elsewhere, elsewhere
from tests.support.local_model import LocalModel, local_model

COLD_SECONDS = 30
"""How soon every view shows a write when no function has run yet, on a machine that is busy."""


@dataclass
class Caller:
    """Somebody with a key, or without one, at an address of the API."""

    url: str
    key: str | None = None
    _client: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        self._client = httpx.Client(base_url=self.url, headers=headers, timeout=30, trust_env=False)

    def call(self, method: str, path: str, body: Any = None, **options: Any) -> httpx.Response:
        """Send a request."""
        sent = options if body is None else {"json": body, **options}
        return self._client.request(method, path, **sent)

    def get(self, path: str) -> Any:
        """What a GET answers, which must succeed."""
        return self.call("GET", path).raise_for_status().json()

    def post(self, path: str, body: Any) -> Any:
        """What a POST answers, which must succeed."""
        return self.call("POST", path, body).raise_for_status().json()

    def prepare(self, agent: str, *versions: str) -> str:
        """Register an agent with versions; its id."""
        agent_id: str = self.post(f"/api/v1/agents/{agent}/register", {"project": "e2e"})["id"]
        for version in versions:
            self.post(f"/api/v1/agents/{agent}/versions", {"version": version})
        return agent_id

    def close(self) -> None:
        """Let the connections go."""
        self._client.close()


@pytest.fixture(scope="session")
def language_model() -> Iterator[LocalModel]:
    """A language model on this machine, which the stack's agents ask; it has nothing to say until it is told."""
    with local_model() as model, pytest.MonkeyPatch.context() as patch:
        patch.setenv("MINISTACK_BEDROCK_PROXY_URL", model.url)
        yield model


@pytest.fixture(scope="session")
def other_platforms() -> Iterator[Elsewhere]:
    """The platforms on this machine that know the stack, and a backend that generates media for it."""
    with elsewhere() as known, pytest.MonkeyPatch.context() as patch:
        for name, value in known.variables().items():
            patch.setenv(name, value)
        yield known


@pytest.fixture(scope="session")
def stack(
    tmp_path_factory: pytest.TempPathFactory, language_model: LocalModel, other_platforms: Elsewhere
) -> Iterator[Running]:
    """A stack on free ports, in a folder of its own, whose functions have all been started."""
    with running(tmp_path_factory.mktemp("stack")) as started:
        begin_a_rebuild(started)
        yield started


def begin_a_rebuild(stack: Running) -> None:
    """Record runs in organisation `rebuilt`, wait until they are counted, and begin to rebuild their figures.

    A rebuild waits for half a minute before it counts; begun here, it has waited when a test goes on with it.
    """
    secret = stack.service.provision("rebuilt", "Rebuilt", where_it_is_noon())["key"]["secret"]
    caller = Caller(stack.api_url, secret)
    caller.prepare("old-hand", "1.0.0", "1.1.0")
    now = datetime.now(UTC)
    statuses = ("completed", "failed", "timeout", "cancelled")
    for days, version in enumerate(("1.0.0", "1.1.0", "1.1.0")):
        created = (now - timedelta(days=days)).isoformat()
        runs = [{"created": created, "status": statuses[i % 4], "time_taken": i, "cost": i / 7} for i in range(20)]
        caller.post(f"/api/v1/agents/old-hand/versions/{version}/runs", {"runs": runs})
    counted = lambda: sum(row["totalRuns"] for row in caller.get("/api/v1/ui/agent_versions")) == 60  # noqa: E731
    assert wait_until(counted, COLD_SECONDS)
    caller.get("/api/v1/ui/recent_activity")
    caller.post("/api/admin/rebuild", {})
    caller.close()


def where_it_is_noon() -> str:
    """A time zone whose midnight is far away, so that no day ends while a test looks at it."""
    return f"Etc/GMT{datetime.now(UTC).hour - 12:+d}"


@pytest.fixture(scope="session")
def caller(stack: Running) -> Iterator[Callable[..., Caller]]:
    """Makes callers: of an organisation provisioned for them, or with a given key, past the front door."""
    made: list[Caller] = []

    def make(organisation: str | None = None, *, key: str | None = None) -> Caller:
        if organisation:
            key = stack.service.provision(organisation, organisation, where_it_is_noon())["key"]["secret"]
        made.append(Caller(stack.api_url, key))
        return made[-1]

    yield make
    for each in made:
        each.close()
