"""How long a fresh process takes until a function has answered its first event. Run: `python -m benchmarks.cold_start`.

Each handler that somebody waits for is imported and called in a Python of its own: an API function with an authorised
request, a consumer with a batch of the stream, the authorizer with a key, against DynamoDB on this machine. The time
is given as a ratio to what any such function pays: importing boto3 with a DynamoDB client and pydantic with one model.
Both are measured in turn, so that a slow minute of the machine is in both. As on AWS, modules are compiled before.

Exits with 1 when a handler's median ratio is above the target.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from benchmarks.deployment import deployed
from benchmarks.tables import Value, show
from benchmarks.workload import AGENTS, VERSIONS, workload
from infra.declarations import Api, Events, Function, Messages, Schedule
from infra.functions import FUNCTIONS
from infra.packaging import ROOT
from tests.support.service import LambdaContext, http_event
from watchbill.alerts.models import AlertChannel, NewSubscription
from watchbill.identity.models import Provision
from watchbill.platform import clock
from watchbill.services import services

TARGET = 1.5
REPETITIONS = 15
ORGANISATION = "benchmark"
MEASURED = [each for each in FUNCTIONS if not isinstance(each.trigger, Schedule | Messages | Events)]
"""The functions that somebody waits for, and the stream's; nobody notices when the clock's begin."""
QUERIES = {"anomalies": f"?strandId={AGENTS[0]}"}
"""What a function's first address must be asked with."""
LAMBDA = {
    "AWS_LAMBDA_FUNCTION_NAME": "benchmark",
    "LAMBDA_TASK_ROOT": str(ROOT),
    "POWERTOOLS_TRACE_DISABLED": "false",
    "PYTHONPATH": str(ROOT),
    "_X_AMZN_TRACE_ID": "Root=1-65f2a9c0-0123456789abcdef01234567;Parent=0123456789abcdef;Sampled=1",
}
"""What tells libraries that they run in Lambda, so that tracing, with its cost, is on as it is there."""

BASELINE = """
import time
begun = time.perf_counter()
import boto3
import pydantic
boto3.client("dynamodb")
class Model(pydantic.BaseModel):
    name: str
Model(name="x")
print(time.perf_counter() - begun)
"""
FIRST_CALL = """
import json, sys, time, types
event, context = json.load(sys.stdin)
context = types.SimpleNamespace(**context, get_remaining_time_in_millis=lambda: 29_000)
begun = time.perf_counter()
from functions.{name}.handler import lambda_handler
imported = time.perf_counter()
answer = lambda_handler(event, context)
ended = time.perf_counter()
if answer.get("statusCode", 200) >= 400 or answer.get("batchItemFailures"):
    raise SystemExit(json.dumps(answer))
print(imported - begun, ended - begun)
"""


def main() -> int:
    """Measure and print; the exit code."""
    with deployed() as written, tempfile.TemporaryDirectory() as elsewhere:
        events = first_events(written.runs)
        # Every module is compiled once, by a first run that is not measured.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        environment |= LAMBDA | {"PYTHONPYCACHEPREFIX": elsewhere}
        rows = [measure(function.name, events[function.name], environment, elsewhere) for function in MEASURED]
    show(
        f"Import and first call, {REPETITIONS} processes each: milliseconds (medians), and ratios to the baseline",
        ["function", "baseline", "import", "with first call", "ratio", "lower quartile", "upper"],
        rows,
    )
    slow = [row[0] for row in rows if float(row[4]) > TARGET]
    print(f"\nTarget {TARGET}: {'missed by ' + ', '.join(map(str, slow)) if slow else 'met by every function'}")
    return int(bool(slow))


def measure(name: str, event: dict[str, Any], environment: Mapping[str, str], folder: str) -> list[Value]:
    """A row of the table: what a function's cold start takes."""
    stdin = json.dumps([event, vars(LambdaContext(function_name=name))])
    baselines, imports, calls = [], [], []
    code = FIRST_CALL.format(name=name)
    _times(BASELINE, "", environment, folder)
    _times(code, stdin, environment, folder)
    for _ in range(REPETITIONS):
        baselines += _times(BASELINE, "", environment, folder)
        imported, called = _times(code, stdin, environment, folder)
        imports.append(imported)
        calls.append(called)
    ratios = [called / baseline for called, baseline in zip(calls, baselines, strict=True)]
    medians = [statistics.median(times) * 1000 for times in (baselines, imports, calls)]
    return [name, *map(round, medians), statistics.median(ratios), *quartiles(ratios)]


def quartiles(values: list[float]) -> tuple[float, float]:
    """The lower and the upper quartile."""
    lower, _, upper = statistics.quantiles(values, n=4)
    return lower, upper


def first_events(runs: Any) -> dict[str, dict[str, Any]]:
    """A function's first event, by its name; makes what it asks for."""
    load = workload(ORGANISATION, clock.now() - timedelta(hours=1), timedelta(hours=1))
    key = services(ORGANISATION).identity.provision(Provision(organisation=ORGANISATION)).key
    load.post(0, load.runs(25))
    batch = {"Records": runs()}
    services(ORGANISATION).rebuild.advance()
    caller = {"organisation": ORGANISATION, "keyId": key.id, "scopes": " ".join(key.scopes)}

    def get(path: str) -> dict[str, Any]:
        event = http_event("GET", path, None, {"authorization": f"Bearer {key.secret}"})
        event["requestContext"]["authorizer"] = {"lambda": caller}
        return event

    wish = NewSubscription(channel=AlertChannel.WEBHOOK, target="https://1.1.1.1/hook", kinds=["daily-summary"])
    subscription = services(ORGANISATION).alerts.subscribe(wish).id
    events = {each.name: get(asked(each, subscription)) for each in FUNCTIONS if isinstance(each.trigger, Api)}
    return events | {
        "authorizer": get("/api/v1/agents"),
        "rollups": batch,
        "outbox": batch,
        "provision": {"organisation": ORGANISATION},
    }


def asked(function: Function, subscription: str) -> str:
    """What an API function is asked first: its first address that is read, about what is there."""
    assert isinstance(function.trigger, Api)
    paths = [route.removeprefix("GET ") for route in function.trigger.routes if route.startswith("GET ")]
    there = {"agentId": AGENTS[0], "strandId": AGENTS[0], "version": VERSIONS[0], "subscriptionId": subscription}
    for name, value in there.items():
        paths = [path.replace(f"{{{name}}}", value) for path in paths]
    return min(path for path in paths if "{" not in path) + QUERIES.get(function.name, "")


def _times(code: str, stdin: str, environment: Mapping[str, str], folder: str) -> list[float]:
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, input=stdin, env=environment, cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise AssertionError(done.stderr)
    return [float(seconds) for seconds in done.stdout.splitlines()[-1].split()]


if __name__ == "__main__":
    sys.exit(main())
