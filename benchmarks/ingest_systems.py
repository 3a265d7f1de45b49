"""The systems that take in the same requests: Watchbill on a local stack, the peers with a server of their own each."""

import os
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any

import httpx

from benchmarks.ingest_load import Door, Export
from benchmarks.task_peers import uv
from infra.local.processes import wait_until
from infra.local.settings import LOOPBACK
from infra.local.stack import Running, free_port
from watchbill.telemetry.fold import run_id

PATIENCE = 600.0
_START_SECONDS = 300.0
_SCRIPTS = Path(__file__).parent / "peers"


@dataclass(frozen=True)
class System:
    """Something that takes in telemetry.

    `there` says whether a request's last run can be asked for and as many runs are there as should be; `counted` how
    many runs there are by its own count; `settle` waits until it does nothing any more.
    """

    name: str
    door: Door
    there: Callable[[Export, int], bool]
    counted: Callable[[], int]
    settle: Callable[[], None] = lambda: None


class Watchbill:
    """An organisation on the local stack."""

    def __init__(self, stack: Running) -> None:
        self.stack = stack
        secret = stack.service.provision("benchmark", "Benchmark", "UTC")["key"]["secret"]
        self._headers = {"Authorization": f"Bearer {secret}"}
        self._client = httpx.Client(base_url=stack.api_url, headers=self._headers, timeout=60, trust_env=False)

    @property
    def system(self) -> System:
        """What is measured."""
        door = Door(f"{self.stack.api_url}/v1/traces", self._headers)
        return System("Watchbill", door, self._there, self._counted, self._settle)

    def runs_today(self) -> int:
        """How many runs the dashboard counts."""
        cards = self._client.get("/api/v1/ui/stats").raise_for_status().json()
        return next(int(card["raw"]) for card in cards if card["title"] == "Total Runs Today")

    def _counted(self) -> int:
        versions = self._client.get("/api/v1/ui/agent_versions").raise_for_status().json()
        return sum(version["totalRuns"] for version in versions)

    def _there(self, last: Export, _: int) -> bool:
        # What was answered is stored: that as many are there as should be, the counts prove afterwards.
        address = f"/api/v1/agents/{last.agent}/runs/{run_id(last.traces[-1])}"
        return self._client.get(address).is_success

    def _settle(self) -> None:
        if not wait_until(lambda: not self.stack.backlog(), PATIENCE):
            raise AssertionError("the stream's consumers do not come to an end")


@contextmanager
def phoenix() -> Iterator[System]:
    """Arize Phoenix with SQLite. It answers before it stores, so its traces are counted until all are there."""

    def counted() -> int:
        query = {"query": "{projects{edges{node{traceCount}}}}"}
        answer = client.post("/graphql", json=query).raise_for_status().json()
        return sum(edge["node"]["traceCount"] for edge in answer["data"]["projects"]["edges"])

    with _server("phoenix", "Arize Phoenix", "arize-phoenix", "/healthz") as (name, client):
        door = Door(f"{client.base_url}/v1/traces", {})
        yield System(name, door, lambda _, expected: counted() >= expected, counted)


@contextmanager
def mlflow() -> Iterator[System]:
    """MLflow with SQLite. It stores before it answers."""
    everywhere = [{"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": "0"}}]

    def there(last: Export, _: int) -> bool:
        return client.get("/api/3.0/mlflow/traces/get", params={"trace_id": f"tr-{last.traces[-1]}"}).is_success

    def counted() -> int:
        found, page = 0, ""
        while True:
            asked: dict[str, Any] = {"locations": everywhere, "max_results": 500, "page_token": page}
            answer = client.post("/api/3.0/mlflow/traces/search", json=asked).raise_for_status().json()
            found, page = found + len(answer.get("traces", [])), answer.get("next_page_token", "")
            if not page:
                return found

    with _server("mlflow", "MLflow", "mlflow", "/health") as (name, client):
        yield System(name, Door(f"{client.base_url}/v1/traces", {"x-mlflow-experiment-id": "0"}), there, counted)


PEERS = {"mlflow": mlflow, "phoenix": phoenix}


@contextmanager
def _server(script: str, name: str, package: str, health: str) -> Iterator[tuple[str, httpx.Client]]:
    """A peer's server, in an environment of its own, for as long as the block runs; all that it writes is removed."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "log").open("wb") as log:
        process = subprocess.Popen(
            [uv(), "run", "--quiet", "--no-project", "--script", str(_SCRIPTS / f"{script}_server.py")],
            cwd=folder,
            env={**os.environ, "PEER_FOLDER": folder, "PEER_PORT": str(port), "PEER_SECOND_PORT": str(free_port())},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            with httpx.Client(base_url=f"http://{LOOPBACK}:{port}", timeout=60, trust_env=False) as client:
                if not wait_until(lambda: process.poll() is not None or _answers(client, health), _START_SECONDS):
                    raise RuntimeError(f"{name} does not answer")
                if process.returncode is not None:
                    raise RuntimeError(f"{name} ended: {Path(log.name).read_text()[-2_000:]}")
                yield f"{name} {version_of(script, package)}", client
        finally:
            _end(process)


def version_of(script: str, package: str) -> str:
    """The version that a peer's script pins."""
    for line in (_SCRIPTS / f"{script}_server.py").read_text().splitlines():
        _, found, version = line.partition(f"{package}==")
        if found:
            return version.partition('"')[0]
    raise PackageNotFoundError(package)


def _answers(client: httpx.Client, path: str) -> bool:
    try:
        return client.get(path).is_success
    except httpx.TransportError:
        return False


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a server and those that it started, which are its group."""
    for signalled in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, signalled)
            process.wait(15)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue
