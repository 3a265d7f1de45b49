"""What importing the client brings along: httpx and pydantic, nothing of the command line, nothing of the service."""

import subprocess
import sys
from pathlib import Path

import pytest

import watchbill_client

PACKAGE = Path(watchbill_client.__file__).parent
# A module that is None in sys.modules cannot be imported. (httpx looks for click and rich by itself, and does without.)
WITHOUT = "import sys; sys.modules.update(dict.fromkeys({names!r}))\n{code}"


def run_without(names: list[str], code: str) -> subprocess.CompletedProcess[str]:
    program = WITHOUT.format(names=names, code=code)
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)


def test_the_client_needs_neither_typer_nor_rich() -> None:
    result = run_without(["typer", "rich", "click"], "from watchbill_client import Watchbill; Watchbill().close()")

    assert result.returncode == 0, result.stderr


def test_tracking_needs_no_event_loop_and_no_command_line() -> None:
    result = run_without(
        ["asyncio", "typer", "rich", "click"],
        "from watchbill_client import create_performance_tracker\n"
        "with create_performance_tracker(enabled=False).track('strand', 'task'): pass",
    )

    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("missing", ["typer", "rich"])
def test_the_command_without_them_says_in_one_sentence_how_to_install_them(missing: str) -> None:
    result = run_without([missing], "from watchbill_client.cli import main; main()")

    said = f"Error: the watchbill command needs {missing}: pip install 'watchbill-client[cli]'.\n"
    assert (result.returncode, result.stdout, result.stderr) == (1, "", said)


def test_the_command_needs_nothing_of_the_service() -> None:
    result = run_without(["watchbill", "boto3", "aws_lambda_powertools"], "import watchbill_client.cli.app")

    assert result.returncode == 0, result.stderr


def test_only_the_command_line_names_typer_and_rich() -> None:
    naming = {
        path.relative_to(PACKAGE).parts[0]
        for path in PACKAGE.rglob("*.py")
        if any(word in path.read_text() for word in ("import typer", "from typer", "from rich", "import rich"))
    }

    assert naming == {"cli"}


def test_the_client_reads_no_environment_when_it_is_imported() -> None:
    code = (
        "import os\n"
        "class Forbidden(dict):\n"
        "    def get(self, name, default=None):\n"
        "        assert not name.startswith('WATCHBILL'), name\n"
        "        return dict.get(self, name, default)\n"
        "    __getitem__ = get\n"
        "os.environ = Forbidden(os.environ)\n"
        "import watchbill_client"
    )

    result = run_without([], code)

    assert result.returncode == 0, result.stderr
