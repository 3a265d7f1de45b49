"""The `watchbill` command in process: what it shows to people, and what it prints for programs."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tests.integration.client.service import Service, derived_id
from watchbill_client.cli.app import app

WIDTH = 80

pytestmark = pytest.mark.usefixtures("url")


def watchbill(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(app, list(arguments), input=stdin, env={"COLUMNS": str(WIDTH), "NO_COLOR": "1"})


def printed_json(*arguments: str, exit_code: int = 0, stdin: str | None = None) -> Any:
    result = watchbill(*arguments, "--json", stdin=stdin)
    assert result.exit_code == exit_code, result.output
    return json.loads(result.stdout)


@pytest.fixture(autouse=True)
def _some_history(service: Service) -> None:
    service.add_agent("scout", "1.9.0", "1.10.0")
    service.add_agent("triage", "2.0.0")
    service.add_run(
        "scout", "1.9.0", id=1, created="2026-11-18T09:00:00Z", duration_ms=330_000, cost=0.1, models=["nova"]
    )
    service.add_run(
        "scout",
        "1.10.0",
        status="failed",
        created="2026-11-19T10:00:00Z",
        duration_ms=1_500,
        tokens={"input": 1200, "output": 80, "total": 1280},
        error={"type": "ToolError", "message": "no [answer]"},
        input={"topic": "tides"},
    )


def test_agents_are_listed_by_name() -> None:
    result = watchbill("agents", "list")

    assert result.exit_code == 0
    assert result.stdout.index("scout") < result.stdout.index("triage")
    assert [agent["name"] for agent in printed_json("agents", "list")] == ["scout", "triage"]


def test_an_agent_is_shown_with_its_versions_figures() -> None:
    shown = watchbill("agents", "show", "scout").stdout

    assert "1.10.0" in shown
    assert "98.5 %" in shown
    assert "$123.45" in shown
    assert "2.0.0" not in shown
    versions = printed_json("agents", "show", "scout")["versions"]
    assert [version["version"] for version in versions] == ["1.9.0", "1.10.0"]
    assert versions[0]["spend"] == 123.45


def test_runs_are_listed_newest_first() -> None:
    shown = watchbill("runs", "list", "scout").stdout

    assert shown.index("Nov 19 10:00") < shown.index("Nov 18 09:00")
    assert "5 m 30 s" in shown
    assert "$0.1000" in shown
    assert [run["duration_ms"] for run in printed_json("runs", "list", "scout")] == [1_500, 330_000]


def test_runs_can_be_narrowed_to_a_version_and_a_number(service: Service) -> None:
    assert [run["version"] for run in printed_json("runs", "list", "scout", "--version", "1.9.0")] == ["1.9.0"]
    assert [run["status"] for run in printed_json("runs", "list", "scout", "--limit", "1")] == ["failed"]
    assert service.seen[-1].query["limit"] == "1"


def test_all_runs_are_listed_however_many(service: Service) -> None:
    for number in range(1_100):
        service.add_run("triage", "2.0.0", id=number)

    assert len(printed_json("runs", "list", "triage")) == 20
    assert len(printed_json("runs", "list", "triage", "--limit", "700")) == 700
    assert len(printed_json("runs", "list", "triage", "--all")) == 1_100


def test_a_run_is_shown_with_all_that_is_known() -> None:
    (run,) = printed_json("runs", "list", "scout", "--limit", "1")

    shown = watchbill("runs", "show", "scout", run["run_id"]).stdout

    assert "1,200 in, 80 out, 1,280 in all" in shown
    assert "ToolError: no [answer]" in shown
    assert '"topic": "tides"' in shown
    assert "Rating" not in shown
    assert printed_json("runs", "show", "scout", run["run_id"])["error"]["type"] == "ToolError"


def test_a_run_is_recorded_from_options(service: Service) -> None:
    result = watchbill(
        *("runs", "add", "scout", "1.9.0", "--status", "success", "--time-taken", "2m10s", "--cost", "0.05"),
        *("--model", "nova", "--model", "haiku", "--input-tokens", "7", "--rating", "4", "--error", "none"),
    )

    assert result.stdout.startswith("Recorded run 01JD")
    sent = service.seen[-1].json
    assert sent.pop("created").endswith("+00:00")
    assert sent == {
        "status": "success",
        "time_taken": "2m10s",
        "cost": 0.05,
        "models": ["nova", "haiku"],
        "tokens": {"input": 7},
        "user_satisfaction": 4,
        "error": {"message": "none"},
    }
    assert printed_json("runs", "add", "scout", "1.9.0", "--status", "success")["version"] == "1.9.0"


@pytest.mark.parametrize(
    "document",
    [
        [{"status": "completed", "id": 7, "cost": 0.1234567891}],
        {"runs": [{"status": "completed", "id": 7, "cost": 0.1234567891}]},
        {"status": "completed", "id": 7, "cost": 0.1234567891},
    ],
)
def test_runs_are_recorded_from_a_file(service: Service, tmp_path: Path, document: Any) -> None:
    file = tmp_path / "runs.json"
    file.write_text(json.dumps(document))

    result = watchbill("runs", "add", "scout", "1.9.0", "--file", str(file))

    assert result.stdout == "Recorded 1 run.\n"
    assert service.seen[-1].json == {"runs": [{"status": "completed", "id": 7, "cost": 0.1234567891}]}


def test_runs_are_recorded_from_a_pipe() -> None:
    answer = printed_json("runs", "add", "scout", "1.9.0", "--file", "-", stdin='[{"status": "completed"}]')

    assert [one["index"] for one in answer["accepted"]] == [0]


def test_refused_runs_are_named_and_make_the_command_fail() -> None:
    runs = json.dumps([{"status": "completed", "id": 1}, {"status": "sideways", "id": 2}])

    result = watchbill("runs", "add", "scout", "1.9.0", "--file", "-", stdin=runs)

    assert result.exit_code == 1
    assert "Recorded 1 of 2 runs; refused:" in result.stdout
    assert "is one of completed" in result.stdout
    answer = printed_json("runs", "add", "scout", "1.9.0", "--file", "-", stdin=runs, exit_code=1)
    assert answer["rejected"][0]["index"] == 1


def test_a_key_is_created_with_its_secret_shown_once() -> None:
    result = watchbill("keys", "create", "ci", "--scope", "ingest", "--scope", "read")

    assert "\nwb_demo_secret1\n" in result.stdout
    assert "shown this once" in result.stderr
    listed = watchbill("keys", "list")
    assert "ingest, read" in listed.stdout
    assert "secret" not in listed.stdout
    assert printed_json("keys", "create", "cd", "--scope", "read")["secret"] == "wb_demo_secret2"


def test_a_key_is_revoked(service: Service) -> None:
    watchbill("keys", "create", "ci", "--scope", "ingest")

    assert watchbill("keys", "revoke", "key-1").stdout == "Revoked key-1.\n"
    assert service.keys == {}


def test_a_rebuild_runs_to_its_end(service: Service) -> None:
    steps = [("settling", 0), ("counting", 600), ("completed", 1_200)]
    service.rebuild_steps.extend(
        {
            "id": "r1",
            "state": state,
            "progress": {"done": done, "total": 1_200, "percentage": done / 12},
            "started_at": "2026-11-20T16:00:00Z",
            "completed_at": "2026-11-20T16:00:14Z" if state == "completed" else None,
            "retry_after": 0.001,
        }
        for state, done in steps
    )

    assert watchbill("rebuild").stdout == "The figures are rebuilt: 1,200 done in 14.0 s.\n"


def test_the_newest_rebuild_can_be_looked_at_without_advancing_it(service: Service) -> None:
    service.rebuild_steps.append({"id": "r1", "state": "counting", "progress": {"done": 6, "total": 12}})

    assert watchbill("rebuild", "--status").stdout == "The rebuild is counting: 6 of 12 done.\n"
    assert printed_json("rebuild", "--status")["state"] == "counting"
    assert {seen.method for seen in service.seen} == {"GET"}


@pytest.mark.parametrize(
    "arguments",
    [
        ("agents", "list"),
        ("agents", "show", "scout"),
        ("runs", "list", "scout"),
        ("runs", "show", "scout", derived_id("1.9.0", 1)),
        ("keys", "list"),
    ],
)
def test_nothing_is_wider_than_a_terminal(service: Service, arguments: tuple[str, ...]) -> None:
    service.add_agent("an-agent-with-a-rather-long-name-for-a-table-of-agents", "2026.11.20-nightly")
    watchbill("keys", "create", "a key with a rather long name", "--scope", "ingest", "--scope", "read")

    lines = watchbill(*arguments).stdout.splitlines()

    assert lines
    assert max(len(line) for line in lines) <= WIDTH


def test_ids_in_a_table_are_whole_however_long_the_rest_is(service: Service) -> None:
    agent, version = "an-agent-with-a-rather-long-name-for-a-table-of-agents", "2026.11.20-nightly-with-a-suffix"
    service.add_agent(agent, version)
    run_id = service.add_run(agent, version, duration_ms=8_000_000, cost=1_234.5)

    assert run_id in watchbill("runs", "list", agent).stdout
    assert service.agents[agent]["id"] in watchbill("agents", "list").stdout
