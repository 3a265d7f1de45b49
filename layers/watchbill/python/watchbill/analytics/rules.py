"""What a run contributes to which rollups. Pure: a rollup is the sum of its runs' contributions in any order."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from watchbill.analytics.histograms import bucket_of
from watchbill.analytics.models import (
    COST_STEP,
    SQUARE_STEPS,
    Cell,
    Dimension,
    Generation,
    Layout,
    Measure,
    Rollup,
    RollupKey,
    Sums,
)
from watchbill.platform import ids, keys
from watchbill.runs import rules as runs
from watchbill.runs.models import Entry, Facts, Status

EVERYONE = "*"
NONE = "-"
"""The cell of runs that name no task type, agent or user."""
MAX_RECENT = 20

_OF_STATUS = {
    Status.COMPLETED: Measure.COMPLETED,
    Status.FAILED: Measure.FAILED,
    Status.TIMEOUT: Measure.TIMEOUT,
    Status.CANCELLED: Measure.CANCELLED,
    Status.RUNNING: Measure.RUNNING,
    Status.QUEUED: Measure.QUEUED,
}
_SUMMED = {
    "items_processed": Measure.ITEMS,
    "content_produced": Measure.CONTENT,
    "trends_detected": Measure.TRENDS,
}
_AVERAGED = {
    "cost": (Measure.COST, Measure.COSTED),
    "quality_score": (Measure.QUALITY, Measure.QUALITY_RATED),
    "user_satisfaction": (Measure.SATISFACTION, Measure.SATISFACTION_RATED),
}
_SQUARED = {
    "cost": Measure.COST_SQUARES,
    "quality_score": Measure.QUALITY_SQUARES,
    "user_satisfaction": Measure.SATISFACTION_SQUARES,
}
_TOKENS = {"input": Measure.TOKENS_INPUT, "output": Measure.TOKENS_OUTPUT, "total": Measure.TOKENS_TOTAL}


@dataclass(frozen=True, slots=True)
class Change:
    """A run before and after one write, as the stream tells it; `sequence` grows with every write of a shard."""

    sequence: int
    before: Facts | None
    after: Facts | None


def contributions(change: Change, layout: Layout) -> dict[RollupKey, Rollup]:
    """What a change adds to each rollup: what the run contributes now less what it contributed before."""
    delta: dict[RollupKey, Rollup] = {}
    for record, sign in ((change.before, -1), (change.after, 1)):
        for key, rollup in _contribution(record, layout) if record else ():
            delta.setdefault(key, Rollup()).add(rollup, sign)
    moved = (change.before or {}).get(runs.CREATED_AT) != (change.after or {}).get(runs.CREATED_AT)
    return {key: rollup for key, rollup in delta.items() if moved or rollup.sums}


def counts_for(record: Facts, generation: Generation) -> bool:
    """Whether a generation counts a run in the state the record shows."""
    replayed: int = record.get(runs.REPLAYED, 0)
    return bool(record[runs.RECORDED_AT] >= generation.started_at or replayed >= generation.number)


def replays(change: Change, generation: Generation) -> bool:
    """Whether the change is a run being replayed for a generation."""
    before = (change.before or {}).get(runs.REPLAYED, 0)
    return bool(before < generation.number <= (change.after or {}).get(runs.REPLAYED, 0))


def cell_of(record: Facts) -> Cell:
    """A run as a cell of one."""
    status = Status(record[runs.STATUS])
    sums: Sums = {Measure.RUNS: 1, _OF_STATUS[status]: 1}
    for name, measure in _SUMMED.items():
        _put(sums, measure, record.get(name))
    for name, (amount, counted) in _AVERAGED.items():
        if record.get(name) is not None:
            _put(sums, amount, record[name])
            sums[counted] = 1
    for name, measure in _TOKENS.items():
        _put(sums, measure, record.get("tokens", {}).get(name))
    durations: Counter[int] = Counter()
    if status.judged and record.get(runs.DURATION_MS) is not None:
        _put(sums, Measure.DURATION_MS, record[runs.DURATION_MS])
        sums[Measure.TIMED] = 1
        durations[bucket_of(record[runs.DURATION_MS])] = 1
    return Cell(sums, durations)


def agent_cell(version: str, task_type: str | None) -> str:
    """The name of an agent rollup's cell."""
    return keys.joined(version, task_type or NONE)


def parse_agent_cell(name: str) -> tuple[str, str]:
    """Version and task type of an agent rollup's cell; those of the overflow cell are its name."""
    version, *task_type = keys.parted(name)
    return version, task_type[0] if task_type else version


def user_member(user: str, hour: str, layout: Layout) -> str:
    """The member that holds a user in an hour."""
    return user_shard(user, layout.shards_of_hour(hour))


def user_shard(user: str, shards: int) -> str:
    """The member that holds a user where users are spread over so many shards."""
    return f"{shards}.{ids.shard_of(user, shards)}"


def user_members(user: str, layout: Layout) -> list[str]:
    """Every member that may hold a user in some hour."""
    return [user_shard(user, shards) for shards in sorted({shards for _, shards in layout.user_shards})]


def newest(entries: Sequence[Entry], more: Sequence[Entry]) -> list[Entry]:
    """The newest of two lists of runs, newest first, each run once; taking in a list twice changes nothing."""
    # A run that was posted again with a later time lies there now, and must not take the place of others.
    latest = {entry.run_id: entry for entry in sorted((*entries, *more))}
    return sorted(latest.values(), reverse=True)[:MAX_RECENT]


def _contribution(record: Facts, layout: Layout) -> Iterator[tuple[RollupKey, Rollup]]:
    created: str = record[runs.CREATED_AT]
    hour, cell = created[:13], cell_of(record)
    for generation in layout.taking(hour):
        if counts_for(record, generation):
            for dimension, member, name, minutes in _places(record, hour, layout, cell):
                yield RollupKey(generation.number, dimension, member, hour), Rollup({name: cell}, minutes)
            if experiment := record.get("experiment_id"):
                squared = Rollup({record[runs.VERSION]: Cell(cell.sums | _squares(record), cell.durations)})
                yield RollupKey(generation.number, Dimension.EXPERIMENT, experiment, hour), squared
    for generation in layout.totalling:
        if counts_for(record, generation):
            for dimension, member, name, newest in _totals(record):
                total = Cell(cell.sums, newest=newest)
                yield RollupKey(generation.number, dimension, member, None), Rollup({name: total})


def _places(
    record: Facts, hour: str, layout: Layout, cell: Cell
) -> Iterator[tuple[Dimension, str, str, dict[Measure, Counter[int]]]]:
    agent, task_type = record[runs.AGENT_ID], record.get("task_type")
    minute = int(record[runs.CREATED_AT][14:16])
    yield Dimension.ORGANISATION, EVERYONE, task_type or NONE, _by_minute(minute, cell)
    yield Dimension.AGENT, agent, agent_cell(record[runs.VERSION], task_type), {Measure.RUNS: Counter({minute: 1})}
    user = runs.user_of(record)
    if user:
        yield Dimension.USER, user_member(user, hour, layout), user, {}
    if record.get("campaign_id"):
        yield Dimension.CAMPAIGN, record["campaign_id"], agent, {}


def _squares(record: Facts) -> Sums:
    """The squares of what has a mean, for those who ask whether two means differ."""
    sums: Sums = {}
    for name, measure in _SQUARED.items():
        _put(sums, measure, round(Decimal(record.get(name) or 0) / SQUARE_STEPS[measure]) ** 2)
    return sums


def _totals(record: Facts) -> Iterator[tuple[Dimension, str, str, str]]:
    # When something was last seen cannot be taken away again, so it is kept only for what a run never leaves.
    yield Dimension.AGENT, record[runs.AGENT_ID], record[runs.VERSION], record[runs.CREATED_AT]
    if record.get("campaign_id"):
        yield Dimension.CAMPAIGN, record["campaign_id"], record[runs.AGENT_ID], ""


def _by_minute(minute: int, cell: Cell) -> dict[Measure, Counter[int]]:
    amounts = {measure: int(cell[measure]) for measure in (Measure.RUNS, Measure.TIMED, Measure.DURATION_MS)}
    amounts[Measure.COST] = int(cell[Measure.COST] * COST_STEP)
    return {measure: Counter({minute: amount}) for measure, amount in amounts.items() if amount}


def _put(sums: Sums, measure: Measure, amount: int | Decimal | None) -> None:
    if amount:
        sums[measure] = amount
