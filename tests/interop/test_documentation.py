"""What `docs/telemetry.md` shows is what the senders run, and the versions that it names are those that were tried."""

import re
import tomllib

import pytest

from infra.packaging import ROOT
from tests.interop.running import SCRIPTS, SENDERS

DOCUMENT = (ROOT / "docs" / "telemetry.md").read_text("utf-8")
EXAMPLES = re.findall(r"^## ([\w -]+)$(?:(?!^## ).)*?^```python\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)
TRIED = re.findall(r"^\| .*?`([\w-]+)`.*? \| ([\w.]+) \|", DOCUMENT.partition("## What was tried")[2], re.MULTILINE)
PROGRAMS = {sender.script: (SCRIPTS / f"{sender.script}.py").read_text("utf-8") for sender in SENDERS.values()}


def lines(text: str) -> list[str]:
    """What a program says, a name that is imported with others on a line of its own."""
    said = []
    for line in filter(str.strip, text.splitlines()):
        module, imports, names = line.partition(" import ")
        said += [f"{module.strip()} import {name}" for name in names.split(", ")] if imports else [line]
    return said


def holds(program: list[str], example: list[str]) -> bool:
    """Whether a program has the lines of an example, in their order, imports in any."""
    rest = iter([line for line in program if " import " not in line])
    return all(line in program if " import " in line else line in rest for line in example)


def test_each_of_them_has_an_example() -> None:
    assert [name for name, _ in EXAMPLES] == [
        "OpenTelemetry",
        "pydantic-ai",
        "Strands Agents",
        "OpenLLMetry",
        "OpenInference",
        "LangChain and LangGraph",
    ]


@pytest.mark.parametrize("example", [text for _, text in EXAMPLES], ids=[name for name, _ in EXAMPLES])
def test_an_example_is_a_program_that_a_sender_runs(example: str) -> None:
    compile(example, "example", "exec")

    assert any(holds(lines(program), lines(example)) for program in PROGRAMS.values())


@pytest.mark.parametrize(("package", "version"), TRIED, ids=[package for package, _ in TRIED])
def test_a_version_that_is_said_to_be_tried_is_locked(package: str, version: str) -> None:
    locks = [tomllib.loads(path.read_text("utf-8")) for path in sorted(SCRIPTS.glob("*.lock"))]
    locked = {one["version"] for lock in locks for one in lock["package"] if one["name"] == package}

    assert version in locked


def test_every_sender_is_in_the_table() -> None:
    assert {"opentelemetry-exporter-otlp-json-http", "pydantic-ai-slim", "strands-agents", "traceloop-sdk"} <= {
        package for package, _ in TRIED
    }
    assert len(TRIED) == 13
