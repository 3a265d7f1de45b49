"""Agents that run for campaigns, in process."""

import time
from types import SimpleNamespace
from typing import Any

import pytest

from tests.support.tasks import Tasks
from watchbill.platform import clock

RUNNING = "/api/agents/campaign/worker"
A_POST = {"config": {"topic": "How sails work", "contentType": "BLOG_POST"}}
SEED = {**A_POST, "tokenUsage": {"input": 350, "output": 2200, "total": 2550, "model": "gpt-4"}}


def go_on_while_waiting(tasks: Tasks, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let everything happen that follows by itself while somebody waits."""
    # The clock's alone: other threads of the process sleep, too, such as those that a library has begun.
    monkeypatch.setattr(clock, "time", SimpleNamespace(sleep=lambda _: tasks.go_on(), monotonic=time.monotonic))


def a_run_for(tasks: Tasks, body: Any = None, query: str = "", status: int = 200, **headers: str) -> Any:
    """What the wish is answered with that the agent runs for a campaign."""
    answer = tasks.service.request("POST", f"{RUNNING}/run{query}", body or A_POST, key=tasks.key, headers=headers)
    assert answer.status == status, answer.text
    return answer.json
