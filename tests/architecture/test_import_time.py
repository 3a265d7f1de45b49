"""Importing a handler starts nothing: no setting is read, no client opened, no connection made."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.functions import FUNCTIONS
from tests.architecture.sources import ROOT

PROBE = """
import json, os, sys
from collections.abc import MutableMapping

met = {"environment": [], "clients": [], "connections": [], "threads": []}

root = sys.argv[1]

class Watched(MutableMapping):
    def __getitem__(self, name):
        frame = sys._getframe(1)
        while "_collections_abc" in frame.f_code.co_filename:
            frame = frame.f_back
        reader = frame.f_code.co_filename
        # Libraries read their own switches; what counts is a setting of ours, or whatever our code reads.
        if name.startswith("WATCHBILL_") or (reader.startswith(root) and "site-packages" not in reader):
            met["environment"].append(name)
        raise KeyError(name)
    def __setitem__(self, name, value): pass
    def __delitem__(self, name): pass
    def __iter__(self): return iter(())
    def __len__(self): return 0

import threading
import botocore.session, boto3
os.environ = Watched()
botocore.session.Session.create_client = lambda self, service, *_, **__: met["clients"].append(service)
threading.Thread.start = lambda self: met["threads"].append(self.name)
sys.addaudithook(lambda event, _: met["connections"].append(event) if event.startswith("socket.") else None)

# Others' packages are imported once, and watched while they are: whoever is forked begins with what they did.
import aws_lambda_powertools.event_handler, aws_lambda_powertools.utilities.batch, pydantic

for line in sys.stdin:
    path, module = json.loads(line)
    if not os.fork():
        sys.path[:0] = path
        __import__(module)
        print(json.dumps(met), flush=True)
        os._exit(0)
    if os.wait()[1]:
        print("null", flush=True)
"""


WhatImportingDoes = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def what_importing_does() -> Iterator[WhatImportingDoes]:
    """Tells what a module does while it is imported in a Python of its own, with no environment."""
    command = [sys.executable, "-c", PROBE, str(ROOT)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env={}, stdin=pipe, stdout=pipe, text=True) as probe:
        assert probe.stdin
        assert probe.stdout

        def tell(module: str, *folders: Path) -> dict[str, Any]:
            print(json.dumps([[str(folder) for folder in (*folders, ROOT)], module]), file=probe.stdin, flush=True)
            met: dict[str, Any] | None = json.loads(probe.stdout.readline())
            assert met is not None, f"{module} cannot be imported"
            return met

        yield tell
        probe.stdin.close()


@pytest.mark.parametrize("name", [function.name for function in FUNCTIONS])
def test_importing_a_handler_starts_nothing(name: str, what_importing_does: WhatImportingDoes) -> None:
    met = what_importing_does(f"functions.{name}.handler")

    assert met == {"environment": [], "clients": [], "connections": [], "threads": []}


@pytest.mark.parametrize(
    ("code", "noticed"),
    [
        (
            "from watchbill.platform.settings import settings\ntry:\n    settings()\nexcept RuntimeError: pass",
            "environment",
        ),
        ("from watchbill.platform import aws\naws.dynamodb()", "clients"),
        ("import socket\nsocket.socket()", "connections"),
        ("import threading\nthreading.Thread().start()", "threads"),
    ],
)
def test_a_module_that_starts_something_is_noticed(
    code: str, noticed: str, tmp_path: Path, what_importing_does: WhatImportingDoes
) -> None:
    (tmp_path / "hasty.py").write_text(code)

    assert what_importing_does("hasty", tmp_path)[noticed]
