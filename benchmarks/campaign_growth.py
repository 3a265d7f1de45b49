"""What a campaign's performance costs at 100 and at 100 000 runs. Run: `python -m benchmarks.campaign_growth`.

Runs of 20 agents over 30 days are counted for two campaigns by the service's own code, as the stream's consumer counts
them, in the emulator's DynamoDB; then the route is asked through its handler. A range of time costs what its hours
hold: of 100 runs most hours hold none, of 100 000 each holds about 140 runs of all 20 agents, and little more fits in.
Exits with 1 when the performance of all time costs more for more runs.
"""

import sys
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from statistics import median
from typing import Any

from benchmarks.deployment import deployed
from benchmarks.growth import Reading, read
from benchmarks.tables import Value, show
from benchmarks.workload import AGENTS, Workload, workload
from watchbill.analytics.models import Dimension, Layout, Rollup, RollupKey
from watchbill.analytics.rules import Change, contributions
from watchbill.analytics.store import RollupStore
from watchbill.campaigns.models import NewCampaign
from watchbill.platform import clock
from watchbill.platform.table import Table
from watchbill.services import services

ORGANISATION = "campaigning"
SIZES = (100, 100_000)
SPAN = timedelta(days=30)
QUERIES = ("", "?range=24h", "?range=7d", "?range=30d")


def main() -> int:
    """Count, measure, print; the exit code."""
    with deployed():
        load = workload(ORGANISATION, clock.now() - SPAN, SPAN)
        found = {size: measured(load, size) for size in SIZES}
    few, many = found.values()
    rows: list[list[Value]] = [
        [f"performance{query}", few[query].units, many[query].units, f"{median(many[query].ms):.0f}"]
        for query in QUERIES
    ]
    show("Read units", ["route", *(f"{size:,} runs" for size in SIZES), "ms"], rows)
    grows = many[""].units > few[""].units
    print(f"\nThe performance of all time costs {'more' if grows else 'the same'} for more runs")
    return int(grows)


def measured(load: Workload, size: int) -> dict[str, Reading]:
    """What each form of the route costs for a campaign with so many runs."""
    wish = NewCampaign(name=f"{size} runs", budget=Decimal(10_000))
    campaign = services(ORGANISATION).campaigns.create(wish).id
    store = RollupStore(Table(ORGANISATION))
    deltas: dict[RollupKey, list[tuple[int, Rollup]]] = defaultdict(list)
    for sequence, run in enumerate(counted(load, campaign, size)):
        for key, delta in contributions(Change(sequence, None, run), Layout()).items():
            if key.dimension is Dimension.CAMPAIGN:
                deltas[key].append((sequence, delta))
    store.count(deltas, "shard")
    path = f"/api/campaigns/{campaign}/performance"
    return {query: read(ORGANISATION, path + query, "analytics") for query in QUERIES}


def counted(load: Workload, campaign: str, size: int) -> Iterator[dict[str, Any]]:
    """So many runs as they are kept, by all agents in turn."""
    agents = [services(ORGANISATION).registry.agent(name).id for name in AGENTS]
    now = clock.to_text(clock.now())
    for number, run in enumerate(load.runs(size)):
        tokens = run["tokens"] | {"total": sum(run["tokens"].values())}
        yield {
            "agent_id": agents[number % len(agents)],
            "version": "1.9.0",
            "status": run["status"],
            "created_at": run["created"],
            "recorded_at": now,
            "campaign_id": campaign,
            "cost": Decimal(str(run["cost"])),
            "duration_ms": run["duration_ms"],
            "tokens": tokens,
        }


if __name__ == "__main__":
    sys.exit(main())
