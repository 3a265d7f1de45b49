"""The examples in `examples/` run as their docstrings say, and what `docs/client.md` shows is Python that runs."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.client.deployment import Deployment
from tests.integration.client.service import Service

ROOT = Path(__file__).resolve().parents[3]
BLOCKS = re.findall(r"^```python\n(.*?)^```$", (ROOT / "docs" / "client.md").read_text("utf-8"), re.M | re.S)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """A Python of its own, in the repository's root, to which warnings are errors."""
    command = [sys.executable, "-W", "error", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)


def test_the_example_tracks_a_strand_and_asks_about_it(url: str, service: Service) -> None:
    done = run("-m", "examples.track_strand")

    assert (done.returncode, done.stderr) == (0, "")
    assert [metrics["successRate"] for metrics in service.performance.metrics] == ([1.0] * 9 + [0.0]) * 2
    assert "delivered=20" in done.stdout.replace("\n", "")


def test_the_example_shows_how_a_strand_is(deployment: Deployment) -> None:
    assert run("-m", "examples.track_strand").returncode == 0

    done = run("-m", "examples.watch_strand", "writer")

    assert (done.returncode, done.stderr) == (0, "")
    assert "writer is healthy: Strand is performing normally" in done.stdout
    assert "20 tasks in 24 hours" in done.stdout
    assert re.search(r"writer +│ +20 +│ +90% +│ +healthy", done.stdout), done.stdout


def test_the_example_without_a_service_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHBILL_URL", "http://127.0.0.1:9")

    done = run("-m", "examples.track_strand")

    assert done.returncode == 1
    assert "Error: Nothing answers at http://127.0.0.1:9" in done.stderr
    assert "Traceback" not in done.stderr


PRELUDE = """
from types import SimpleNamespace
from watchbill_client import create_performance_tracker
tracker = create_performance_tracker()
result = SimpleNamespace(tokens=5, cost=0.1, score=90, ok=True)
strand = SimpleNamespace(id="writer", execute=lambda task: result)
task = SimpleNamespace(id="t", type="summary", user_id="amara")
class model:
    @staticmethod
    async def answer(text): return text
def summarise(text): return text
def alert(*_): pass
"""


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.splitlines()[0])
def test_what_the_documentation_shows_runs(url: str, service: Service, block: str) -> None:
    done = run("-c", PRELUDE + block)

    assert (done.returncode, done.stderr) == (0, "")
