"""What reads cost at 10 000 and at 100 000 runs. Run: `python -m benchmarks.growth` (some minutes; it says how many).

20 agents record runs through the service's own code, in process, against the emulator's DynamoDB; the stream is counted
by the real consumer, and the hours that are over are checked for anomalies. Each route of the dashboards and of the
lists is asked through its handler, and the read units of its requests are summed: with 10 000 runs of two days, with
100 000 of 20 days, and, for comparison, with 10 000 spread over the same 20 days, where hours hold a tenth and their
rollups are smaller.

Latency includes the emulator, whose queries take longer in larger partitions, and whatever else the machine is doing;
read units do not. Exits with 1 when a route's read units grow with the number of runs.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from importlib import import_module
from statistics import median
from time import perf_counter
from typing import Any

from benchmarks.capacity import metered
from benchmarks.deployment import Stream, deployed
from benchmarks.tables import show
from benchmarks.workload import AGENTS, VERSIONS, Workload, workload
from tests.support.service import LambdaContext, http_event
from watchbill.platform import clock, stream
from watchbill.services import services

BUSY, QUIET = "busy", "quiet"
POST = 25
POSTS_A_DAY = {BUSY: 10, QUIET: 1}
"""How often each agent posts a batch on a day, by organisation."""
DAYS = (2, 20)
REPETITIONS = 20
TOLERANCE = 1.05
"""By how much read units may differ, as pages end elsewhere."""
ROUTES = {
    "/api/v1/ui/stats": "analytics",
    "/api/v1/ui/recent_activity": "analytics",
    "/api/v1/ui/agent_versions": "analytics",
    "/api/analytics/dashboard": "health",
    f"/api/analytics/strands/{AGENTS[0]}/health": "health",
    "/api/v1/agents": "registry",
    f"/api/v1/agents/{AGENTS[0]}/versions": "registry",
    f"/api/v1/agents/{AGENTS[0]}/runs": "runs",
    f"/api/v1/agents/{AGENTS[0]}/versions/{VERSIONS[0]}/runs": "runs",
}


@dataclass(frozen=True)
class Reading:
    """What a route's answer cost: read units of one, and milliseconds of many."""

    units: float
    ms: Sequence[float]


def main() -> int:
    """Record, measure, print; the exit code."""
    with deployed() as written:
        now = clock.now()
        quiet = measured_after(written, QUIET, now, range(DAYS[1]))
        before = measured_after(written, BUSY, now, range(DAYS[0]))
        after = measured_after(written, BUSY, now, range(*DAYS))
    readings = list(zip(ROUTES, quiet, before, after, strict=True))
    header = ["route", "10,000 in 20 days", "10,000 in 2 days", "100,000 in 20 days"]
    show("Read units", header, [[path, *(each.units for each in found)] for path, *found in readings])
    rows = [[path, *(_latency(each) for each in found)] for path, *found in readings]
    show(f"Milliseconds: median, and the slowest of {REPETITIONS}", header, rows)
    grown = [path for path, _, few, many in readings if grew(few, many)]
    print(f"\nRead units that grow with the number of runs: {', '.join(grown) or 'none'}")
    return int(bool(grown))


def measured_after(written: Stream, organisation: str, now: datetime, days: range) -> list[Reading]:
    """What each route costs when the runs of some days, counted back from now, have been recorded as well."""
    begun, load = perf_counter(), workload(organisation, now, timedelta())
    for day in days:
        record_day(written, load, now - timedelta(days=day))
    anomalies = services(organisation).anomalies
    anomalies.check_all(anomalies.agents_to_check(), now)
    runs = len(days) * POSTS_A_DAY[organisation] * len(AGENTS) * POST
    print(f"{runs:,} runs recorded and counted in {perf_counter() - begun:.0f} s", flush=True)
    return [read(organisation, path, function) for path, function in ROUTES.items()]


def grew(before: Reading, after: Reading) -> bool:
    """Whether a route's read units follow the number of runs."""
    return after.units > before.units * TOLERANCE


def record_day(written: Stream, load: Workload, end: datetime) -> None:
    """Record and count a day's runs; what the agents post at the same time is one batch of the stream."""
    posts = POSTS_A_DAY[load.organisation]
    span = timedelta(days=1) / posts
    for number in range(posts):
        start = end - timedelta(days=1) + number * span
        hours = replace(load, start=start, span=span)
        turn = start.toordinal() + number
        for agent in range(len(AGENTS)):
            hours.post(turn * len(AGENTS) + agent, hours.runs(POST))
        event = {"Records": written.runs()}
        services(load.organisation).rollups.take_in(list(stream.records_of(event)), stream.shard_of(event))


def read(organisation: str, path: str, function: str) -> Reading:
    """Ask a route, once for what it costs and many times for how long it takes."""
    handler = import_module(f"functions.{function}.handler").lambda_handler
    event = http_event("GET", path, None, {})
    event["requestContext"]["authorizer"] = {
        "lambda": {"organisation": organisation, "keyId": "benchmark", "scopes": "read"}
    }
    with metered() as meter:
        _ask(handler, event)
    return Reading(meter.read_units, [_ask(handler, event) for _ in range(REPETITIONS)])


def _ask(handler: Any, event: dict[str, Any]) -> float:
    begun = perf_counter()
    answer = handler(event, LambdaContext())
    if answer["statusCode"] != 200:
        raise AssertionError(answer["body"])
    return (perf_counter() - begun) * 1000


def _latency(reading: Reading) -> str:
    return f"{median(reading.ms):.0f} / {max(reading.ms):.0f}"


if __name__ == "__main__":
    sys.exit(main())
