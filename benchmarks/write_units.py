"""Write units per run, from DynamoDB's ConsumedCapacity, rollups included. Run: `python -m benchmarks.write_units`.

First 10 000 runs of 20 agents fill an hour, so that its rollup items have the size they have in a busy one. Then
batches are posted for the agents in turn, and the stream is fed to its consumer in two ways. Neither lets a stream
batch join the runs of several posts, as Lambda does when there are many, and which is cheaper:

- as posted: a stream batch for each post, with the runs of the agent version that the post was for;
- all agents mixed: stream batches of the same size, each with runs of all 20 agents, and so with the most rollup
  items that its runs can touch.

Exits with 1 when posts of 100 runs cost more than the target.
"""

import sys
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from benchmarks.capacity import metered
from benchmarks.deployment import Stream, deployed
from benchmarks.tables import show
from benchmarks.workload import Workload, workload
from watchbill.platform import clock, stream
from watchbill.services import services

TARGET, TARGET_BATCH = 1.5, 100
POSTS = {1: 200, 25: 40, 100: 40, 1000: 10}
"""How many posts are measured, by the number of runs in each."""
WARM_RUNS, WARM_BATCH = 10_000, 250
HOUR, LIVE = datetime(2026, 6, 1, 12, tzinfo=UTC), timedelta(minutes=40)
"""The hour that is measured; after `LIVE` its runs are posted as they end, so that each is the newest."""
TICK = timedelta(seconds=2)

Units = Counter[str]
"""Write units per run, by what they were spent on."""

_sequence = count(1)


def main() -> int:
    """Measure and print; the exit code."""
    posted: dict[int, Units] = {}
    mixed: dict[int, Units] = {}
    with deployed() as written, clock.frozen_at(HOUR + timedelta(hours=1)):
        load = workload("benchmark", HOUR, LIVE)
        for number in range(WARM_RUNS // WARM_BATCH):
            load.post(number, load.runs(WARM_BATCH))
            take_in(written.runs())
        for size, posts in POSTS.items():
            posted[size], mixed[size] = measure(load, written, size, posts)
    report("Write units per run, as posted", posted)
    report("Write units per run, all agents mixed in each stream batch", mixed)
    cost = posted[TARGET_BATCH].total()
    print(f"\nPosts of {TARGET_BATCH} runs: {cost:.2f} write units per run, target {TARGET}")
    return int(cost > TARGET)


def measure(load: Workload, written: Stream, size: int, posts: int) -> tuple[Units, Units]:
    """The cost of posts of `size` runs with their rollups, as posted and mixed."""
    batches = []
    with metered() as ingest:
        for number in range(posts):
            load.start, load.span = load.start + load.span, TICK
            load.post(number, load.runs(size))
            batches.append(written.runs())
    with metered() as as_posted:
        for batch in batches:
            take_in(batch)
    # The same records again, in another order and as new ones: what they add is wrong now, what it costs is not.
    records = [record for batch in batches for record in batch]
    Random(size).shuffle(records)
    with metered() as mixed:
        for start in range(0, len(records), size):
            take_in(records[start : start + size])
    # What is newest does not change a second time.
    mixed.write_units["RECENT"] = as_posted.write_units["RECENT"]
    runs = posts * size
    return (
        _per_run(runs, ingest.write_units + as_posted.write_units),
        _per_run(runs, ingest.write_units + mixed.write_units),
    )


def take_in(records: Sequence[dict[str, Any]]) -> None:
    """Give records to the consumer as one batch."""
    event = {"Records": numbered(records)}
    for organisation, changes in stream.by_organisation(event).items():
        services(organisation).rollups.take_in(changes, stream.shard_of(event))


def numbered(records: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Records of the stream, numbered as the newest of their shard."""
    return [
        {**record, "dynamodb": {**record["dynamodb"], "SequenceNumber": f"{10**20 + next(_sequence)}"}}
        for record in records
    ]


def report(title: str, results: dict[int, Units]) -> None:
    """Print what a run costs for each size of batch."""
    names = sorted({name for units in results.values() for name in units}, key=lambda name: (name != "RUN", name))
    rows: list[list[str | float]] = [[name, *(units[name] for units in results.values())] for name in names]
    rows.append(["total", *(units.total() for units in results.values())])
    show(title, ["runs in a batch", *map(str, results)], rows)


def _per_run(runs: int, units: Units) -> Units:
    return Counter({name: spent / runs for name, spent in units.items()})


if __name__ == "__main__":
    sys.exit(main())
