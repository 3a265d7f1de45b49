"""Fixtures: who comes through the front door, and who uses the command."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.local.processes import wait_until
from infra.local.stack import Running
from tests.support.running_stack import Caller

CURRENT_SECONDS = 2
"""How soon after a write every view shows it."""

COMMAND_SECONDS = 90


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
def watchbill() -> Callable[..., Any]:
    """Runs the `watchbill` command as a caller; what it prints as JSON."""
    command = Path(sys.executable).with_name("watchbill")

    def run(caller: Caller, *arguments: str) -> Any:
        access = ["--url", caller.url, "--key", str(caller.key), "--json"]
        done = subprocess.run(
            [command, *arguments, *access], capture_output=True, text=True, check=False, timeout=COMMAND_SECONDS
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout) if done.stdout else None

    return run


@pytest.fixture(scope="session")
def examples() -> str:
    """The examples of the original specification, as they are written there."""
    return Path(__file__).with_name("curl_examples.md").read_text()
