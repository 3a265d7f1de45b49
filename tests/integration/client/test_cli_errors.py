"""How the `watchbill` command fails: exit codes, one sentence on stderr, and never a traceback.

Most of it in process; what only a process shows (its exit code, what it prints uncaught) is shown by a few of them.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.integration.client.service import STATUSES, Service
from watchbill_client.cli.app import app

CLOSED = "http://127.0.0.1:9"


def watchbill(*arguments: str, stdin: str = "") -> Result:
    return CliRunner().invoke(app, arguments, input=stdin, prog_name="watchbill", env={"COLUMNS": "100"})


def process(*arguments: str | bytes, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "watchbill_client.cli", *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_arguments_that_are_not_text_are_one_sentence(url: str) -> None:
    name = process(*("agents", "show", b"\xff"))
    summary = process(*("runs", "add", "scout", "1.0.0", "--status", "completed", "--summary", b"\xff"))

    for result in (name, summary):
        assert result.returncode == 1
        assert result.stderr.startswith("Error: ")
        assert result.stderr.count("\n") == 1


def test_success_is_exit_code_0(url: str, service: Service) -> None:
    service.add_agent("scout")

    result = process("agents", "list", "--json")

    assert (result.returncode, result.stderr) == (0, "")
    assert [agent["name"] for agent in json.loads(result.stdout)] == ["scout"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("agents", "show", "nobody"), "Error: No agent 'nobody'.\n"),
        (("agents", "show", "nobody", "--json"), "Error: No agent 'nobody'.\n"),
        (
            ("agents", "list", "--key", "wb_wrong"),
            "Error: This API key is not known. Pass a valid API key with --key or WATCHBILL_API_KEY.\n",
        ),
        (
            ("agents", "list", "--key", "wb two words"),
            "Error: The API key holds a space or a character that no API key has; was it copied whole?\n",
        ),
        (
            ("agents", "list", "--url", "localhost:9999"),
            "Error: The URL 'localhost:9999' must begin with http:// or https:// and name a host.\n",
        ),
        (("runs", "list", "nobody"), "Error: No agent 'nobody'.\n"),
        (("rebuild", "--status"), "Error: There has been no rebuild.\n"),
        (("keys", "revoke", "nothing"), "Error: No key 'nothing'.\n"),
        (
            ("runs", "add", "scout", "1.0.0", "--status", "sideways"),
            f"Error: The run is malformed (status: is one of {', '.join(STATUSES)}).\n",
        ),
    ],
)
def test_a_refusal_is_one_sentence_and_exit_code_1(
    url: str, service: Service, arguments: tuple[str, ...], sentence: str
) -> None:
    service.add_agent("scout", "1.0.0")

    result = watchbill(*arguments)

    assert (result.exit_code, result.stdout, result.stderr) == (1, "", sentence)


def test_a_refused_process_ends_with_exit_code_1(url: str) -> None:
    result = process("agents", "show", "nobody")

    assert (result.returncode, result.stdout, result.stderr) == (1, "", "Error: No agent 'nobody'.\n")


def test_a_service_that_is_down_is_one_sentence_and_exit_code_1() -> None:
    result = process("agents", "list", "--url", CLOSED)

    assert result.returncode == 1
    assert result.stderr == (
        f"Error: Nothing answers at {CLOSED}; is the service up, and is that its URL? "
        "Name the deployment with --url or WATCHBILL_URL.\n"
    )


@pytest.mark.parametrize("text", ["not json", "[1, 2]", "3", '{"runs": {}}', "[" * 100_000])
def test_a_file_without_runs_is_one_sentence_and_exit_code_1(url: str, text: str) -> None:
    result = watchbill("runs", "add", "scout", "1.0.0", "--file", "-", stdin=text)

    assert result.exit_code == 1
    assert result.stderr.startswith("Error: <stdin> ")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("agents", "lst"),
        ("agents", "list", "--nonsense"),
        ("agents", "show"),
        ("keys", "create", "ci"),
        ("keys", "create", "ci", "--scope", "everything"),
        ("runs", "list", "scout", "--limit", "0"),
        ("runs", "add", "scout", "1.0.0"),
        ("runs", "add", "scout", "1.0.0", "--status", "completed", "--cost", "cheap"),
        ("runs", "add", "scout", "1.0.0", "--status", "completed", "--cost", "NaN"),
        ("runs", "add", "scout", "1.0.0", "--status", "completed", "--file", "-"),
        ("runs", "add", "scout", "1.0.0", "--file", "no-such-file.json"),
    ],
)
def test_wrong_usage_is_exit_code_2(arguments: tuple[str, ...]) -> None:
    result = watchbill(*arguments, "--url", CLOSED)

    assert (result.exit_code, result.stdout) == (2, "")
    assert "Usage: " in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "command",
    [
        (),
        ("agents",),
        ("agents", "list"),
        ("agents", "show"),
        ("runs",),
        ("runs", "list"),
        ("runs", "show"),
        ("runs", "add"),
        ("keys",),
        ("keys", "create"),
        ("keys", "list"),
        ("keys", "revoke"),
        ("rebuild",),
    ],
)
def test_every_command_explains_itself(command: tuple[str, ...]) -> None:
    result = watchbill(*command, "--help")

    assert result.exit_code == 0
    is_group = command in {(), ("agents",), ("runs",), ("keys",)}
    assert ("Commands" if is_group else f"watchbill {' '.join(command)}") in result.stdout
    assert is_group or all(option in result.stdout for option in ("--url", "--key", "--json", "Examples"))


def test_wrong_usage_of_the_process_is_exit_code_2_without_a_traceback() -> None:
    result = process("agents", "lst")

    assert (result.returncode, result.stdout) == (2, "")
    assert "Traceback" not in result.stderr


def test_the_version_is_shown() -> None:
    assert watchbill("--version").stdout == "watchbill 0.1.0\n"


def test_the_installed_command_is_the_same_program() -> None:
    installed = Path(sys.executable).parent / "watchbill"

    shown = subprocess.run([installed, "--version"], capture_output=True, text=True, check=True, timeout=60)

    assert shown.stdout == watchbill("--version").stdout
