"""The curl examples of the original specification run as they are written there, in their order."""

import json
import re
import subprocess
from dataclasses import dataclass
from typing import Any

import pytest

ONE = "2023-08-01T12:00:00.000Z"
TWO = "2023-08-01T13:00:00.000Z"
CURL = r"""curl() { command curl --silent --show-error --noproxy '*' --write-out '\n%{http_code}' "$@"; }
"""


@dataclass(frozen=True)
class Ran:
    """A command that was run, and what it answered."""

    status: int
    json: Any


@pytest.fixture(scope="module")
def answers(stack, examples):
    """What every example answered, by the headline above it and its place under it."""
    given: dict[str, Any] = {}
    agent_id = "to be answered"
    for headline, command in commands(examples):
        filled = command.replace("9999", str(stack.settings.front_door_port))
        answer = run(filled.replace("{agentId}", agent_id).replace("{version}", "1.0.2"))
        given.setdefault(headline, []).append(answer)
        if headline == "Register a new agent":
            agent_id = answer.json["id"]
    return given


def commands(examples):
    """Each command with the headline it stands under."""
    for headline, block in re.findall(r"#### ([^\n]+)\n\n```bash\n(.*?)```", examples, re.DOTALL):
        for command in re.split(r"^(?=curl)", block, flags=re.MULTILINE)[1:]:
            yield headline, command


def run(command):
    done = subprocess.run(["bash", "-c", CURL + command], capture_output=True, text=True, check=True, timeout=30)
    text, status = done.stdout.rsplit("\n", 1)
    return Ran(int(status), json.loads(text))


def test_every_example_succeeds(answers):
    statuses = {headline: [answer.status for answer in ran] for headline, ran in answers.items()}

    assert statuses == {
        "List all agents": [200],
        "Register a new agent": [201],
        "Add a new agent version": [201],
        "Get all versions for an agent": [200],
        "Get a specific agent version": [200],
        "Add a new agent run": [201, 201],
        "Get all runs for a specific agent version": [200],
        "Get all runs for an agent (across all versions)": [200],
        "Get Dashboard Statistics": [200],
        "Get Recent Activity": [200],
        "Get Agent Versions with Metrics": [200],
    }


def test_the_agent_and_its_version_are_as_they_were_given(answers):
    (agent,), (version,) = answers["Register a new agent"], answers["Add a new agent version"]

    assert (agent.json["name"], agent.json["project"]) == ("my-agent", "my-project")
    assert version.json["agent_id"] == agent.json["id"]
    assert answers["Get all versions for an agent"][0].json == [version.json]
    assert answers["Get a specific agent version"][0].json == version.json


def test_the_run_that_was_posted_singly_and_in_the_batch_is_one_run(answers):
    single, batch = answers["Add a new agent run"]
    listed = answers["Get all runs for an agent (across all versions)"][0].json

    assert single.json["run_id"] == batch.json["accepted"][0]["id"]
    assert [(run["id"], run["status"], run["time_taken"], run["created"]) for run in listed] == [
        (124, "failed", "2m10s", TWO),
        (123, "completed", "5m30s", ONE),
    ]
    assert answers["Get all runs for a specific agent version"][0].json == listed


def test_the_dashboard_shows_them(answers, front_door, soon):
    def row():
        return front_door.get("/api/v1/ui/agent_versions")[0]

    soon(lambda: row()["totalRuns"] == 2)
    figures = row()
    assert (figures["avgRuntime"], figures["successRate"], figures["spend"]) == (230, 50, 0.15)
    assert (figures["lastSeen"], figures["cluster"], figures["deployment"]) == (TWO, "123", "prod")
    assert [run["id"] for run in front_door.get("/api/v1/ui/recent_activity")] == [124, 123]
    assert [card["title"] for card in answers["Get Dashboard Statistics"][0].json] == [
        "Active Agents",
        "Total Runs Today",
        "Avg Response Time",
        "Total Cost Today",
    ]
