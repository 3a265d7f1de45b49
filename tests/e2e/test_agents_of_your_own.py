"""Agents that run elsewhere, on the local stack: in a process, behind an endpoint, and in two versions side by side."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from string import ascii_lowercase

import pytest

from infra.local.processes import wait_until
from tests.integration.client.server import Reply, serving
from tests.support.receiver import receiving

ROOT = Path(__file__).parents[2]
SOON = 60
"""Seconds: cold functions on a busy machine."""
COUNT = "import json, sys; print(json.dumps({'words': len(json.load(sys.stdin)['payload']['text'].split())}))"
EXPERIMENTS = "/api/v1/agents/variant/experiments"


@pytest.fixture(scope="module")
def us(caller):
    """An organisation of its own."""
    return caller("elsewhere")


@contextmanager
def process(us, *words):
    """A process of ours that is told where the service is, for as long as the block lasts; then it ends in order."""
    known = os.environ | {"WATCHBILL_URL": us.url, "WATCHBILL_API_KEY": us.key}
    with subprocess.Popen([sys.executable, "-m", *words], cwd=ROOT, env=known) as started:
        try:
            yield
        finally:
            started.send_signal(signal.SIGTERM)
            assert started.wait(SOON) == 0


def point_at(us, agent, url):
    """Make the agent the endpoint of that address; its secret."""
    runtime = {"runtime": {"kind": "http", "url": url}}
    return us.call("PATCH", f"/api/v1/agents/{agent}", runtime).raise_for_status().json()["secret"]


def make(us, agent, **wish):
    return us.post("/api/tasks", {"agent_id": agent, "task_type": "work", **wish})["id"]


def ended(us, *tasks):
    return {us.get(f"/api/tasks/{task}")["status"] for task in tasks} <= {"completed", "failed"}


def done(us, agent):
    """What came of an agent's executions that completed, the oldest first."""
    found = us.get("/api/executions?status=completed")["items"][::-1]
    return [us.get(f"/api/executions/{one['id']}")["output_data"] for one in found if one["agent_name"] == agent]


def test_a_process_of_ours_does_tasks_by_the_example_and_by_the_command(us):
    with process(us, "examples.worker"):
        assert wait_until(lambda: done(us, "word-counter"), SOON)
    task = make(us, "word-counter", payload={"text": "all hands on deck"})
    assert us.get(f"/api/tasks/{task}/why")["reasons"][0]["hold"] == "waiting_for_worker"
    with process(us, "watchbill_client.cli", "worker", "--agent", "word-counter", "--", sys.executable, "-c", COUNT):
        assert wait_until(lambda: ended(us, task), SOON)

    assert done(us, "word-counter") == [{"words": 9}, {"words": 4}]
    recorded = lambda: us.get("/api/v1/agents/word-counter/runs")  # noqa: E731
    assert wait_until(lambda: [run["status"] for run in recorded()] == ["completed"] * 2, SOON), recorded()


def test_an_endpoint_that_verifies_the_signature_answers_at_once_or_calls_back(us):
    us.prepare("endpoint")
    with receiving(Reply(200, {"output": "at once"}), Reply(202)) as endpoint:
        secret = point_at(us, "endpoint", endpoint.url)
        first = make(us, "endpoint")
        assert wait_until(lambda: ended(us, first), SOON)
        second = make(us, "endpoint")
        assert wait_until(lambda: len(endpoint.seen) == 2, SOON)

    told = endpoint.verified(secret)
    assert [task["id"] for task in told] == [first, second]
    callback = told[1]["callback"]
    us.post(callback["complete"], {"lease_token": callback["lease_token"], "output": "later"})
    assert done(us, "endpoint") == ["at once", "later"]


def test_sessions_keep_their_version_and_an_experiment_compares_the_runs_of_both(us):
    us.prepare("variant", "1.0", "2.0")
    told = []

    def answer(request):
        told.append(json.loads(request.body))
        refused = {"error": {"type": "Bad", "message": "m", "retryable": False}}
        return Reply(200, {"output": 1} if told[-1]["version"] == "1.0" else refused)

    with serving(answer) as url:
        point_at(us, "variant", url)
        versions = [{"version": "1.0"}, {"version": "2.0"}]
        wish = {"name": "n", "versions": versions, "sticky_by": "session", "hypothesis": "success"}
        experiment = us.post(EXPERIMENTS, wish)["id"]
        tasks = []
        for session in ascii_lowercase:
            tasks += [make(us, "variant", session_id=session) for _ in range(2)]
            if {us.get(f"/api/tasks/{task}")["version"] for task in tasks} == {"1.0", "2.0"}:
                break
        assert wait_until(lambda: ended(us, *tasks), SOON)

    chosen = {(task["session_id"], task["version"]) for task in told}
    assert len(chosen) == len({session for session, _ in chosen}) == len(tasks) / 2
    counted = Counter(task["version"] for task in told)
    expected = {"1.0": (counted["1.0"], 1.0), "2.0": (counted["2.0"], 0.0)}
    # The tasks have ended before their runs are on record with how they ended.
    assert wait_until(lambda: rates(us, experiment) == expected, SOON), rates(us, experiment)
    assert {run["status"] for run in us.get("/api/v1/agents/variant/versions/2.0/runs")} == {"failed"}


def rates(caller, experiment):
    """By version, how many runs there were, and which share of those that have ended succeeded."""
    figures = caller.get(f"{EXPERIMENTS}/{experiment}")["figures"]
    return {each["version"]: (each["runs"], each["success"] and each["success"]["value"]) for each in figures}
