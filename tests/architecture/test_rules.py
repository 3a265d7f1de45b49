"""Every module keeps the rules of the house, and every rule finds a module that does not."""

from collections.abc import Mapping

import pytest

from tests.architecture.rules import RULES, Rule
from tests.architecture.sources import ROOT, Source, sources

MODULE = '"""A module."""\n'
STORE = "layers/watchbill/python/watchbill/runs/store.py"
HANDLER = "functions/runs/handler.py"
COMMAND = "layers/client/python/watchbill_client/cli/runs.py"
TEST = "tests/unit/test_something.py"

BREACHES = {
    "only settings reads the environment": [
        (STORE, "import os\nname = os.environ['NAME']"),
        (STORE, "from os import getenv"),
        (HANDLER, "import os\nname = os.getenv('NAME')"),
    ],
    "only clock asks what time it is": [
        (STORE, "from datetime import UTC, datetime\nnow = datetime.now(UTC)"),
        (STORE, "import datetime\ntoday = datetime.date.today()"),
        (STORE, "from time import monotonic"),
        (HANDLER, "import time"),
    ],
    "only ids makes ids and random bytes": [
        (STORE, "import secrets"),
        (STORE, "from ulid import ULID"),
        (HANDLER, "import uuid"),
    ],
    "only keys writes keys": [
        (STORE, "key = f'{organisation}#RUNS'"),
        (STORE, "prefix = 'RUN#'"),
        (STORE, "parts = key.split('#')"),
        (STORE, "key = '#'.join(parts)"),
        (HANDLER, "key = 'demo#ORGANISATION'"),
    ],
    "nothing scans the table": [
        (STORE, "client.scan(TableName='runs')"),
        (STORE, "pages = client.get_paginator('scan')"),
        ("infra/functions.py", "READ = ('GetItem', 'Scan')"),
        ("infra/functions.py", "READ = ('dynamodb:Scan',)"),
    ],
    "a handler decides nothing": [
        (HANDLER, "def record():\n    try:\n        pass\n    finally:\n        pass"),
        (HANDLER, "def record(run):\n    if run.cost > 10:\n        return 1"),
        (HANDLER, "def record(run):\n    return 1 if run.status == 'failed' else 2"),
        (HANDLER, "def record(run):\n    while run:\n        pass"),
    ],
    "a handler is a screen": [(HANDLER, "x = 1\n" * 60)],
    "a module is a screen or two": [(STORE, "x = 1\n" * 300), (TEST, "x = 1\n" * 400)],
    "a function is short": [(code, "def store():\n" + "    x = 1\n" * 41) for code in (STORE, COMMAND)],
    "a module is named for what is in it": [
        ("layers/watchbill/python/watchbill/runs/utils.py", ""),
        ("tests/helpers/wait.py", ""),
    ],
    "nothing is left to do": [(STORE, "# TO" + "DO: store runs"), (TEST, "# FIX" + "ME")],
    "a module begins by saying what it is": [(STORE, ""), (TEST, "")],
    "tests wait for what they wait for": [(TEST, "import time\ntime.sleep(1)")],
    "every test runs": [
        (TEST, "@pytest.mark.skip\ndef test_runs(): pass"),
        (TEST, "def test_runs():\n    pytest.xfail('some day')"),
    ],
}
KEPT = {
    "only clock asks what time it is": [(STORE, "from datetime import time\nnow = clock.now()")],
    "only keys writes keys": [
        (STORE, "def key():\n    '''Makes demo#RUNS.'''\nREF = '#/components/NewRun'\nNAME = f'#{name} = :{name}'"),
        ("infra/functions.py", "key = 'demo#RUNS'"),
    ],
    "nothing scans the table": [(STORE, "query(ScanIndexForward=False)")],
    "a handler decides nothing": [
        (HANDLER, "def record(body):\n    if isinstance(body, list):\n        return 1 if new else 2"),
        (HANDLER, "def record(found):\n    if found is None:\n        return 404"),
    ],
    "a function is short": [
        (COMMAND, "def add(\n" + "    option: int,\n" * 50 + "):\n    pass"),
    ],
}


@pytest.fixture(scope="module")
def breaches() -> Mapping[str, list[str]]:
    """What breaks each rule, from every module's tree, which is read once and not kept."""
    found: dict[str, list[str]] = {rule.name: [] for rule in RULES}
    for source in sources():
        for rule in RULES:
            found[rule.name] += rule.breaches(source)
    return found


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_rule_is_kept(rule: Rule, breaches: Mapping[str, list[str]]) -> None:
    assert not breaches[rule.name], "\n".join(breaches[rule.name])


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_breach_of_the_rule_is_found(rule: Rule) -> None:
    for path, code in BREACHES[rule.name]:
        text = code if rule.name == "a module begins by saying what it is" else MODULE + code
        assert rule.breaches(Source(path, text or "x = 1")), code


@pytest.mark.parametrize("name", KEPT)
def test_what_only_looks_like_a_breach_is_none(name: str) -> None:
    (rule,) = [rule for rule in RULES if rule.name == name]

    for path, code in KEPT[name]:
        assert not rule.breaches(Source(path, MODULE + code)), code


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.allowed], ids=lambda rule: rule.name)
def test_a_module_that_may_break_the_rule_does(rule: Rule) -> None:
    for path, why in rule.allowed.items():
        source = Source(path, (ROOT / path).read_text("utf-8"))
        assert list(rule.find(source)), f"{path} needs no exception: {why}"
