"""Fixtures: a complete stack of this suite's own, and callers of its API."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.local.processes import wait_until
from infra.local.stack import Running, running

CURRENT_SECONDS = 2
"""How soon after a write every view shows it."""


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
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A stack on free ports, in a folder of its own."""
    with running(tmp_path_factory.mktemp("stack")) as started:
        yield started


@pytest.fixture(scope="session")
def caller(stack: Running) -> Iterator[Callable[..., Caller]]:
    """Makes callers: of an organisation provisioned for them, or with a given key, past the front door."""
    made: list[Caller] = []

    def make(organisation: str | None = None, *, key: str | None = None, time_zone: str = "UTC") -> Caller:
        if organisation:
            key = stack.service.provision(organisation, organisation, time_zone)["key"]["secret"]
        made.append(Caller(stack.api_url, key))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture(scope="session")
def front_door(stack: Running) -> Iterator[Caller]:
    """Somebody without a key at the front door, which lends the one of organisation `demo`."""
    visitor = Caller(stack.url)
    yield visitor
    visitor.close()


@pytest.fixture
def soon() -> Callable[[Callable[[], Any]], float]:
    """Polls until something holds, for at most `CURRENT_SECONDS`; how many it took."""

    def poll(holds: Callable[[], Any]) -> float:
        begun = time.monotonic()
        assert wait_until(lambda: bool(holds()), CURRENT_SECONDS), "not within two seconds"
        return time.monotonic() - begun

    return poll


@pytest.fixture(scope="session")
def examples() -> str:
    """The examples of the original specification, as they are written there."""
    return Path(__file__).with_name("curl_examples.md").read_text()
